//! Before anything is sent: how it will read, and what looks odd in it.

use super::Import;
use crate::record::Oddity;
use crate::report::preview;
use crate::text::counted;

impl Import<'_> {
    /// Shows the preview and its warnings. Who resumes a run has seen them when it began.
    pub(super) fn tell_preview(&self) {
        if self.args.resume && !self.args.dry_run {
            return;
        }
        let tally = &self.report.tally;
        self.printer.drawing(&preview(tally, self.printer.columns()));
        for oddity in Oddity::find_in(tally) {
            self.printer.caution(oddity);
        }
        if tally.records() > 0 && !self.setup.is_sandbox {
            self.printer.caution(format_args!(
                "the API takes no date: on the dashboard each record carries the day on which it is sent, not that of the \
                 answer ({} here)",
                counted(tally.records(), "record")
            ));
        }
    }
}
