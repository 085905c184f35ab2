//! `presets`: the built-in mappings.

use serde_json::json;

use super::error::CommandError;
use crate::cli::{GlobalArgs, OutputFormat, PresetsArgs, PresetsCommand};
use crate::exit::Exit;
use crate::report::{Printer, presets_table};
use crate::settings::{Preset, Source, preset, presets as all};

pub(super) fn presets(args: &PresetsArgs, global: &GlobalArgs, printer: &Printer) -> Result<Exit, CommandError> {
    let json = global.output == OutputFormat::Json;
    match &args.command {
        PresetsCommand::List if json => printer.json(&all()?.iter().map(as_json).collect::<Vec<_>>())?,
        PresetsCommand::List => printer.result(presets_table(&all()?, printer.table_width()))?,
        PresetsCommand::Show(show) => {
            let preset = preset(&show.name, &Source::Argument("presets show"))?;
            if json { printer.json(&as_json(&preset))? } else { printer.result(preset.text.trim_end())? }
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
