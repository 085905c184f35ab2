//! What people and programs are shown. It consumes events and finished results, and nothing waits for it.

mod answers;
mod counts;
mod failures;
mod findings;
mod format;
mod inspection;
mod line;
mod partial_file;
mod preview;
mod printer;
mod progress;
mod reading;
mod responses;
mod rows;
mod runs;
mod scores;
mod summary;
mod terminal;
mod verified;

pub(crate) use answers::AnswersView;
pub(crate) use counts::{BotView, rows_and_records};
pub(crate) use failures::{ExistingFile, FailureReport, ReportError, default_path, keep_aside};
pub(crate) use findings::{mapping_table, presets_table, problems_table, time_estimate};
pub(crate) use format::format_time_ahead;
pub(crate) use inspection::InspectionView;
pub(crate) use partial_file::PartialFile;
pub(crate) use preview::{preview, preview_of_bots};
pub(crate) use printer::{OutputError, Printer};
pub(crate) use progress::{ProgressDisplay, ProgressStart};
pub(crate) use reading::ReadProgress;
pub(crate) use responses::ResponseLayout;
pub(crate) use rows::{ROW_COLUMNS, ShownRun, io_error, write_json_row, write_row};
pub(crate) use runs::{RunView, runs_table};
pub(crate) use scores::{ScoreGroup, ScoresView};
pub(crate) use summary::{Summary, SummaryView};
pub(crate) use verified::VerifiedView;
