//! The reports of an import: their paths and their contents.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use encoding_rs::UTF_8;

use super::checked::Import;
use super::error::ImportRefused;
use super::page_file::ensure_replaceable;
use crate::ledger::{Run, Store};
use crate::record::PLACES;
use crate::report::{InputReport, ListedRecords, ReportKind, default_path};
use crate::source::{Dialect, EncodingSource, Inputs, SourceOptions};

impl Import<'_> {
    pub(super) fn report_path(&self) -> PathBuf {
        let path = self.args.failures.clone().unwrap_or_else(|| default_path(self.input.path()));
        self.session.context.working_directory.join(path)
    }

    /// Refuses an unusable path now rather than after hours of sending.
    pub(super) fn ensure_reports_can_be_written(&self) -> Result<(), ImportRefused> {
        let reports = [
            (ReportKind::Failures, Some(self.report_path())),
            (ReportKind::Saved, self.saved_path()),
            (ReportKind::Page, self.page_path()),
        ];
        let reports: Vec<_> = reports.into_iter().filter_map(|(kind, path)| Some((kind, path?))).collect();
        for (index, (kind, path)) in reports.iter().enumerate() {
            let same = reports[..index].iter().find(|(_, other)| other == path);
            let problem = match same {
                Some((other, _)) => Some(format!("{} and {} name the same file", kind.option(), other.option())),
                None => self.problem_of(*kind, path),
            };
            if let Some(problem) = problem {
                return Err(ImportRefused::ReportPath { kind: *kind, problem });
            }
        }
        Ok(())
    }

    /// The list that `--saved` asks for.
    pub(super) fn saved_path(&self) -> Option<PathBuf> {
        Some(self.session.context.working_directory.join(self.args.saved.as_ref()?))
    }

    /// The page that `--report` asks for.
    pub(super) fn page_path(&self) -> Option<PathBuf> {
        Some(self.session.context.working_directory.join(self.args.report.as_ref()?))
    }

    /// Why the report cannot be written to this path.
    fn problem_of(&self, kind: ReportKind, path: &Path) -> Option<String> {
        let shown = path.display();
        let found = path.symlink_metadata();
        if let Some(what) = self.use_of(path) {
            Some(format!("it would overwrite the {what} {shown}"))
        } else if found.as_ref().is_ok_and(Metadata::is_dir) {
            Some(format!("{shown} is a directory"))
        } else if found.is_ok_and(|found| !found.is_file()) {
            Some(format!("{shown} is not a regular file"))
        } else if path.parent().is_some_and(|parent| !parent.is_dir()) {
            Some(format!("no directory for {shown}"))
        } else if kind == ReportKind::Page {
            ensure_replaceable(path).err().map(|reason| format!("{shown}: {reason}"))
        } else {
            None
        }
    }

    /// What else this run uses the file at this path for.
    fn use_of(&self, path: &Path) -> Option<&'static str> {
        let settings = &self.setup.settings;
        let ledger = settings.state_dir().ok().map(|directory| Store::path_in(&directory));
        let inputs = self.input.iter().filter_map(|input| Some(("input", input.path()?.to_owned())));
        let config = settings.config().map(|(config, _)| ("config", config.value.clone()));
        let mut used = inputs.chain(config).chain(ledger.map(|ledger| ("ledger", ledger)));
        let path = path.canonicalize().ok()?;
        used.find(|(_, used)| used.canonicalize().is_ok_and(|used| used == path)).map(|(what, _)| what)
    }

    pub(super) fn input_report<'b>(&'b self, records: ListedRecords, ledger: &'b Store, run: &Run) -> InputReport<'b> {
        let (dialect, headers) = (&self.report.dialect, self.report.mapping.headers());
        input_report(records, &self.source, (&self.input, dialect, headers), ledger, run)
    }
}

/// The report of an input with this dialect and these headers. It does not depend on the mapping.
pub(super) fn input_report<'a>(
    records: ListedRecords,
    source: &SourceOptions,
    (input, dialect, headers): (&'a Inputs, &Dialect, &'a [String]),
    ledger: &'a Store,
    run: &Run,
) -> InputReport<'a> {
    let needs_bom = |name, found_by| found_by == EncodingSource::Bom || name != UTF_8.name();
    let bom =
        source.encoding.is_some() || dialect.encoding.is_some_and(|encoding| needs_bom(encoding.name, encoding.source));
    let delimiter = dialect.delimiter.or(source.delimiter).unwrap_or(b',');
    let (source, numbering) = (source.clone(), run.numbering);
    let is_column = |name: &str| headers.iter().any(|header| header == name);
    // The mapping as the ledger has it contains its templates.
    let places = PLACES.into_iter().filter(|name| run.mapping.contains(name) && !is_column(name)).collect();
    InputReport { records, input, source, delimiter, headers, places, bom, ledger, run: run.id, numbering }
}
