//! The failure report of an import: its path and its contents.

use std::path::{Path, PathBuf};

use encoding_rs::UTF_8;

use super::checked::Import;
use super::error::ImportRefused;
use crate::cli::InputArgs;
use crate::commands::rules::source_options;
use crate::ledger::{RunId, Store};
use crate::report::{FailureReport, default_path};
use crate::source::{Dialect, EncodingSource, Input, Inputs};

impl Import<'_> {
    pub(super) fn report_path(&self) -> PathBuf {
        let path = self.args.failures.clone().unwrap_or_else(|| default_path(self.input.path()));
        self.session.context.working_directory.join(path)
    }

    /// Refuses a path that cannot work now, rather than after hours of sending.
    pub(super) fn ensure_report_can_be_written(&self) -> Result<(), ImportRefused> {
        let path = self.report_path();
        let is_report = |input: &Input| match (path.canonicalize(), input.path().map(Path::canonicalize)) {
            (Ok(report), Some(Ok(input))) => report == input,
            _ => false,
        };
        let shown = path.display();
        let problem = if self.input.iter().any(is_report) {
            format!("it would overwrite the input {shown}")
        } else if path.is_dir() {
            format!("{shown} is a directory")
        } else if path.parent().is_some_and(|parent| !parent.is_dir()) {
            format!("no directory for {shown}")
        } else {
            return Ok(());
        };
        Err(ImportRefused::ReportPath(problem))
    }

    pub(super) fn failure_report<'b>(&'b self, ledger: &'b Store, run: RunId) -> FailureReport<'b> {
        let (dialect, headers) = (&self.report.dialect, self.report.mapping.headers());
        failure_report(&self.args.input, &self.input, dialect, headers, ledger, run)
    }
}

/// The failure report of an input with this dialect and these headers. It does not depend on the mapping.
pub(super) fn failure_report<'a>(
    args: &InputArgs,
    input: &'a Inputs,
    dialect: &Dialect,
    headers: &'a [String],
    ledger: &'a Store,
    run: RunId,
) -> FailureReport<'a> {
    let needs_bom = |name, source| source == EncodingSource::Bom || name != UTF_8.name();
    let bom =
        args.encoding.is_some() || dialect.encoding.is_some_and(|encoding| needs_bom(encoding.name, encoding.source));
    let delimiter = dialect.delimiter.or(args.delimiter).unwrap_or(b',');
    FailureReport { input, source: source_options(args), delimiter, headers, bom, ledger, run }
}
