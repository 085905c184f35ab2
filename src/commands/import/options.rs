//! The options of a run, as JSON with a version in the ledger. A run is resumed with them, whatever the command line and
//! the working directory are then.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::CannotResume;
use crate::cli::{GlobalArgs, ImportArgs, InputArgs};
use crate::ledger::Run;
use crate::settings::Context;
use crate::source::{InputError, Inputs};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct StoredOptions {
    version: u32,
    /// The working directory of the command: a mapping file and the failure report are relative to it.
    pub(super) directory: PathBuf,
    pub(super) config: Option<PathBuf>,
    pub(super) profile: Option<String>,
    #[serde(flatten)]
    pub(super) args: ImportArgs,
}

impl StoredOptions {
    /// The options as the ledger stores them; `global` has absolute paths. `None` if a path is not Unicode: such a run is
    /// resumed from its file.
    pub(super) fn to_json(
        args: &ImportArgs,
        global: &GlobalArgs,
        context: &Context,
    ) -> Result<Option<String>, InputError> {
        let directory = context.working_directory.clone();
        let input = InputArgs { files: Inputs::expand(&args.input.files, &directory)?, ..args.input.clone() };
        let args = ImportArgs { input, ..args.clone() };
        let (config, profile) = (global.config.clone(), global.profile.clone());
        Ok(serde_json::to_string(&Self { version: VERSION, directory, config, profile, args }).ok())
    }

    pub(super) fn of(run: &Run) -> Result<Self, CannotResume> {
        let stored = run.options.as_deref().and_then(|json| serde_json::from_str::<Self>(json).ok());
        stored.filter(|stored| stored.version == VERSION).ok_or(CannotResume::NoOptions { run: run.id })
    }
}
