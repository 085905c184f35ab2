//! The failure report of an import: its path and its contents.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use encoding_rs::UTF_8;

use super::checked::Import;
use super::error::ImportRefused;
use super::page::ensure_replaceable;
use crate::ledger::{Run, Store};
use crate::record::PLACES;
use crate::report::{FailureReport, default_path};
use crate::source::{Dialect, EncodingSource, Inputs, SourceOptions};

impl Import<'_> {
    pub(super) fn report_path(&self) -> PathBuf {
        let path = self.args.failures.clone().unwrap_or_else(|| default_path(self.input.path()));
        self.session.context.working_directory.join(path)
    }

    /// Refuses an unusable path now rather than after hours of sending.
    pub(super) fn ensure_report_can_be_written(&self) -> Result<(), ImportRefused> {
        self.ensure_can_be_written("failure report", &self.report_path())?;
        let Some(page) = self.page_path() else { return Ok(()) };
        self.ensure_can_be_written("report", &page)?;
        let is_in_use = page == self.report_path();
        let problem = match ensure_replaceable(&page) {
            Ok(()) if is_in_use => "--report and --failures name the same file".to_owned(),
            Ok(()) => return Ok(()),
            Err(reason) => format!("{}: {reason}", page.display()),
        };
        Err(ImportRefused::ReportPath { what: "report", problem })
    }

    /// The page that `--report` asks for.
    pub(super) fn page_path(&self) -> Option<PathBuf> {
        Some(self.session.context.working_directory.join(self.args.report.as_ref()?))
    }

    fn ensure_can_be_written(&self, what: &'static str, path: &Path) -> Result<(), ImportRefused> {
        let shown = path.display();
        let found = path.symlink_metadata();
        let problem = if let Some(what) = self.use_of(path) {
            format!("it would overwrite the {what} {shown}")
        } else if found.as_ref().is_ok_and(Metadata::is_dir) {
            format!("{shown} is a directory")
        } else if found.is_ok_and(|found| !found.is_file()) {
            format!("{shown} is not a regular file")
        } else if path.parent().is_some_and(|parent| !parent.is_dir()) {
            format!("no directory for {shown}")
        } else {
            return Ok(());
        };
        Err(ImportRefused::ReportPath { what, problem })
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

    pub(super) fn failure_report<'b>(&'b self, ledger: &'b Store, run: &Run) -> FailureReport<'b> {
        let (dialect, headers) = (&self.report.dialect, self.report.mapping.headers());
        failure_report(&self.source, &self.input, dialect, headers, ledger, run)
    }
}

/// The failure report of an input with this dialect and these headers. It does not depend on the mapping.
pub(super) fn failure_report<'a>(
    source: &SourceOptions,
    input: &'a Inputs,
    dialect: &Dialect,
    headers: &'a [String],
    ledger: &'a Store,
    run: &Run,
) -> FailureReport<'a> {
    let needs_bom = |name, found_by| found_by == EncodingSource::Bom || name != UTF_8.name();
    let bom =
        source.encoding.is_some() || dialect.encoding.is_some_and(|encoding| needs_bom(encoding.name, encoding.source));
    let delimiter = dialect.delimiter.or(source.delimiter).unwrap_or(b',');
    let (source, numbering) = (source.clone(), run.numbering);
    let is_column = |name: &str| headers.iter().any(|header| header == name);
    // The mapping as the ledger has it contains its templates.
    let places = PLACES.into_iter().filter(|name| run.mapping.contains(name) && !is_column(name)).collect();
    FailureReport { input, source, delimiter, headers, places, bom, ledger, run: run.id, numbering }
}
