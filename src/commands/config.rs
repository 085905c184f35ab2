//! `config show`, `config path` and `config init`.

use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

use super::config_file;
use super::doctor::check;
use super::error::CommandError;
use super::session::Session;
use crate::cli::ConfigCommand;
use crate::exit::Exit;
use crate::settings::{self, Key, Settings, SettingsError, Shown, ShownValue, Sourced};
use crate::text::{excerpt_of_both_ends, printable};

pub(super) fn config(command: &ConfigCommand, session: Session<'_>) -> Result<Exit, CommandError> {
    match command {
        ConfigCommand::Show => {
            let settings = session.settings()?;
            let width = session.printer.is_result_on_terminal().then(|| session.printer.result_width().into());
            session.result(settings_text(&settings, width), &settings_json(&settings))?;
            settings.ensure_complete()?;
        }
        ConfigCommand::Path => print_path(session)?,
        ConfigCommand::Init => return config_file::init(session),
        ConfigCommand::Get { key } => return config_file::get(key, session),
        ConfigCommand::Set { key, value } => return config_file::set(key, value.as_deref(), session),
        ConfigCommand::Edit => return config_file::edit(session),
        ConfigCommand::Check => return check(session),
    }
    Ok(Exit::Success)
}

fn print_path(session: Session<'_>) -> Result<(), CommandError> {
    let found = settings::config_file(&session.overrides(), session.context)?;
    let Sourced { value: path, source } = found.ok_or(SettingsError::NoHome("the config"))?;
    let json = json!({
        "path": path.display().to_string(),
        "exists": path.exists(),
        "source": source.to_string(),
    });
    Ok(session.result(path.display(), &json)?)
}

/// Three columns: key, value, source. On a terminal, sources are named without the path of the config, which has a line of
/// its own, and long values are cut.
fn settings_text(settings: &Settings, width: Option<usize>) -> String {
    let mut rows: Vec<_> = settings.shown().into_iter().map(|shown| shown_row(shown, settings)).collect();
    if width.is_some() {
        rows.iter_mut().for_each(|[_, _, source]| *source = short_source(source, settings));
    }
    let taken = widest_of(&rows, 0) + widest_of(&rows, 2) + 4;
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(taken).max(MIN_VALUE));
    for [key, value, source] in &mut rows {
        // A line without a source has more room.
        let room = if source.is_empty() { room.saturating_add(2) } else { room };
        if value.width() > room && key != "config" && key != "state_dir" {
            *value = excerpt_of_both_ends(value, room - 1);
        }
    }
    let (keys, values) = (widest_of(&rows, 0), widest_of(&rows, 1).min(60).min(room));
    let line =
        |[key, value, source]: &[String; 3]| format!("{key:keys$}  {value:values$}  {source}").trim_end().to_owned();
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The shortest that a value is cut to.
const MIN_VALUE: usize = 12;

fn widest_of(rows: &[[String; 3]], column: usize) -> usize {
    rows.iter().map(|row| row[column].width()).max().unwrap_or_default()
}

/// `(profile prod, /home/jo/.config/kore-feedback/config.toml:3)` without the profile and the directory.
fn short_source(source: &str, settings: &Settings) -> String {
    let Some((config, _)) = settings.config() else { return source.to_owned() };
    let path = printable(&config.value.display().to_string()).into_owned();
    match source.split_once(&path) {
        Some((_, line)) => {
            let name = config.value.file_name().unwrap_or_default().to_string_lossy().into_owned();
            format!("({}{line}", printable(&name))
        }
        None => source.to_owned(),
    }
}

fn shown_row(shown: Shown<'_>, settings: &Settings) -> [String; 3] {
    let source = shown.source.map(|source| format!("({source})")).unwrap_or_default();
    let value = match shown.value {
        ShownValue::Open(value) => config_file::open_text(&value),
        ShownValue::Secret(origin) => format!("set, from {origin}"),
        ShownValue::Unset => "not set".to_owned(),
    };
    let is_missing_config = shown.key == "config" && settings.config().is_some_and(|(_, exists)| !exists);
    let value = if is_missing_config { format!("{value} (missing)") } else { value };
    [printable(&shown.key).into_owned(), printable(&value).into_owned(), printable(&source).into_owned()]
}

fn settings_json(settings: &Settings) -> Value {
    let entries = settings.shown().into_iter().map(|shown| {
        let source = shown.source.map(ToString::to_string);
        let entry = match shown.value {
            ShownValue::Open(value) => json!({ "value": value, "source": source }),
            ShownValue::Secret(origin) => json!({ "set": true, "from": origin, "source": source }),
            ShownValue::Unset if shown.key == Key::ClientSecret.name() => json!({ "set": false }),
            ShownValue::Unset => json!({ "value": null, "source": null }),
        };
        (shown.key, entry)
    });
    json!({
        "settings": entries.collect::<Map<_, _>>(),
        "config_exists": settings.config().is_some_and(|(_, exists)| exists),
        "warnings": settings.warnings(),
    })
}
