//! The command line: clap structs, one file per subcommand. Parses and validates, and makes no decisions.

mod arguments;
mod as_typed;
mod config;
mod duration;
mod global;
mod import;
mod input;
mod presets;
mod responses;
mod run_number;
mod runs;
mod sandbox;
mod sending;
mod smoke;
mod submit;
mod token;

pub use arguments::{Arguments, Command, asks_for_json, command, exit_of, help, parse, print_error};
pub use config::ConfigCommand;
pub use global::{ColorWhen, GlobalArgs, OutputFormat};
pub use import::{ImportArgs, RowArgs};
pub use input::{InputArgs, InspectFileArgs};
pub use presets::PresetsCommand;
pub use responses::{ExportArgs, GroupBy, ResponseFormat, ResponsesArgs, ResponsesCommand, ScoresArgs};
pub use run_number::RunNumber;
pub use runs::{RunsCommand, VerifyArgs};
pub use sandbox::SandboxArgs;
pub use sending::SendingArgs;
pub use smoke::SmokeArgs;
pub use submit::SubmitArgs;
pub use token::{MintArgs, TokenArgs, TokenCommand};

use duration::duration;
