//! What people and programs are shown. Listens to events and finished results; nothing waits for it.

mod failures;
mod findings;
mod inspection;
mod line;
mod printer;
mod progress;
mod runs;
mod scores;
mod summary;
mod time;
mod verified;

pub use failures::{ExistingFile, FailureReport, ReportError, default_path, keep_aside};
pub use findings::{mapping_table, presets_table, problems_table, time_estimate};
pub use inspection::InspectionView;
pub use line::{Line, Tone};
pub use printer::{OutputError, Printer};
pub use progress::{ProgressDisplay, ProgressStart};
pub use runs::{BotView, ROW_COLUMNS, RunView, io_error, runs_table, write_json_row, write_row};
pub use scores::{preview, preview_of_bots};
pub use summary::{Summary, SummaryView};
pub use verified::VerifiedView;
