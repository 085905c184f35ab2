//! The options of a run, as JSON with a version in the ledger. A run is resumed with them, whatever the command line and
//! the working directory are then.

use serde::{Deserialize, Serialize};

use super::error::CannotResume;
use crate::cli::{GlobalArgs, ImportArgs, InputArgs};
use crate::commands::error::{CommandError, Explain};
use crate::ledger::Run;
use crate::settings::Context;
use crate::source::Inputs;

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct StoredOptions {
    version: u32,
    /// The working directory of the command: a mapping file and the failure report are relative to it.
    pub(super) directory: String,
    pub(super) config: Option<String>,
    pub(super) profile: Option<String>,
    #[serde(flatten)]
    pub(super) args: ImportArgs,
}

impl StoredOptions {
    /// The options as the ledger stores them; `global` has absolute paths.
    pub(super) fn to_json(args: &ImportArgs, global: &GlobalArgs, context: &Context) -> Result<String, CommandError> {
        let directory = &context.working_directory;
        let input = InputArgs { files: Inputs::expand(&args.input.files, directory)?, ..args.input.clone() };
        let stored = Self {
            version: VERSION,
            directory: directory.to_string_lossy().into_owned(),
            config: global.config.as_ref().map(|path| path.to_string_lossy().into_owned()),
            profile: global.profile.clone(),
            args: ImportArgs { input, ..args.clone() },
        };
        serde_json::to_string(&stored).explain("cannot store the options of the run")
    }

    pub(super) fn of(run: &Run) -> Result<Self, CannotResume> {
        let stored = run.options.as_deref().and_then(|json| serde_json::from_str::<Self>(json).ok());
        stored.filter(|stored| stored.version == VERSION).ok_or(CannotResume::OtherVersion { run: run.id })
    }
}
