//! `presets`: the built-in mappings.

use serde_json::json;

use super::error::CommandError;
use super::session::Session;
use crate::cli::PresetsCommand;
use crate::exit::Exit;
use crate::report::presets_table;
use crate::settings::{Preset, Source, preset, presets as all};

pub(super) fn presets(command: &PresetsCommand, session: Session<'_>) -> Result<Exit, CommandError> {
    match command {
        PresetsCommand::List => {
            let presets = all()?;
            let json: Vec<_> = presets.iter().map(as_json).collect();
            session.result(presets_table(&presets, session.printer.table_width()), &json!({ "presets": json }))?;
        }
        PresetsCommand::Show { preset: name } => {
            let preset = preset(name, &Source::Argument("presets show"))?;
            session.result(preset.text.trim_end(), &as_json(&preset))?;
        }
    }
    Ok(Exit::Success)
}

fn as_json(preset: &Preset) -> serde_json::Value {
    json!({
        "name": preset.name,
        "about": preset.about,
        "recognised_by": preset.recognised_by,
        "skips": preset.spec.skip.iter().map(|rule| json!({"key": rule.key, "reason": &*rule.reason})).collect::<Vec<_>>(),
        "mapping": preset.text,
    })
}
