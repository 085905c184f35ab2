//! One file per subcommand: settings → pipeline → report → exit code. Commands may use every other module, and leave the
//! decisions to them.

mod ask_header;
mod command_line;
mod completion;
mod config;
mod config_file;
mod confirm;
mod dispatch;
mod doctor;
mod error;
mod find_run;
mod findings;
mod import;
mod input;
mod inspect;
mod presets;
mod prompt;
mod reading;
mod responses;
mod rules;
mod runs;
mod sandbox;
mod score_hint;
mod session;
mod setup;
mod smoke;
mod stop_reason;
mod strict;
mod submit;
mod token;
mod verify;

pub use completion::complete;
pub use dispatch::{refuse, run};
