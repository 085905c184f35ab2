//! `config init`, `get`, `set` and `edit`: the file itself.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::doctor::check;
use super::error::{CommandError, Explain};
use super::prompt::Prompter;
use super::session::Session;
use crate::error::{Advice, did_you_mean, nearest};
use crate::exit::Exit;
use crate::settings::{
    EditError, INITIAL_CONFIG, Key, SettingsError, ShownValue, config_file, replace_config, set_in_config,
    write_initial_config, write_secret,
};
use crate::text::printable;

/// The hosts that the vendor's pages and public code name.
const HOSTS: [&str; 8] = [
    "https://bots.kore.ai",
    "https://platform.kore.ai",
    "https://eu-platform.kore.ai",
    "https://de-platform.kore.ai",
    "https://jp-platform.kore.ai",
    "https://uae-platform.kore.ai",
    "https://eu-bots.kore.ai",
    "https://jp-bots.kore.ai",
];
/// The most that is read of a secret from a pipe.
const MAX_SECRET: u64 = 64 * 1024;
const WAYS: &str = "run `kore-feedback config set client_secret` without a value and type it, pipe it in, or set \
                    client_secret_command, client_secret_file or client_secret_env";

#[derive(Debug, thiserror::Error)]
enum ConfigRefused {
    #[error("a secret on the command line can be seen by other users and stays in the shell's history")]
    SecretArgument,
    #[error("no value for {0}")]
    NoValue(String),
    #[error("there is no setting {name:?}{}", did_you_mean(*nearest))]
    Unknown { name: String, nearest: Option<&'static str> },
    #[error("{0} is not set")]
    Unset(String),
    #[error("the editor {0} failed; the config may be unchanged")]
    Editor(String),
}

impl Advice for ConfigRefused {
    fn hint(&self) -> Option<String> {
        match self {
            Self::SecretArgument => Some(format!("replace the secret if others may have seen it; then {WAYS}")),
            Self::NoValue(key) if key == Key::ClientSecret.name() => Some(WAYS.to_owned()),
            Self::NoValue(key) => Some(format!("run `kore-feedback config set {key} VALUE`")),
            Self::Unknown { .. } => Some("`kore-feedback config show` lists all settings".to_owned()),
            Self::Unset(key) => Some(format!("run `kore-feedback config set {key} VALUE`")),
            Self::Editor(_) => Some("set VISUAL or EDITOR to your editor".to_owned()),
        }
    }
}

/// The path of the config, whether it exists or not.
pub(super) fn located(session: Session<'_>) -> Result<PathBuf, SettingsError> {
    let found = config_file(&session.overrides(), session.context)?;
    found.map(|path| path.value).ok_or(SettingsError::NoHome("the config"))
}

/// Prints one setting in effect.
pub(super) fn get(key: &str, session: Session<'_>) -> Result<Exit, CommandError> {
    let settings = session.settings()?;
    let shown = settings.shown();
    let known = Key::ALL.iter().map(|key| key.name());
    let found = shown.iter().find(|shown| shown.key == key);
    let Some(found) = found else {
        return Err(match known.clone().any(|known| known == key) || key.contains('.') {
            true => ConfigRefused::Unset(key.to_owned()).into(),
            false => ConfigRefused::Unknown { name: key.to_owned(), nearest: nearest(key, known) }.into(),
        });
    };
    match &found.value {
        ShownValue::Open(value) => session.result(open_text(value), &json!({ "key": key, "value": value }))?,
        ShownValue::Secret(origin) => {
            session.result(format_args!("set, from {origin}"), &json!({ "key": key, "set": true, "from": origin }))?;
        }
        ShownValue::Unset => return Err(ConfigRefused::Unset(key.to_owned()).into()),
    }
    Ok(Exit::Success)
}

/// A value as people read it.
pub(super) fn open_text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(open_text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Changes one value in the file, which is created if there is none.
pub(super) fn set(key: &str, value: Option<&str>, session: Session<'_>) -> Result<Exit, CommandError> {
    let is_secret = key == Key::ClientSecret.name();
    let value = match value {
        Some(_) if is_secret => return Err(ConfigRefused::SecretArgument.into()),
        Some(value) => Zeroizing::new(value.to_owned()),
        None if is_secret => Zeroizing::new(read_secret(key, session)?.expose_secret().to_owned()),
        None => return Err(ConfigRefused::NoValue(key.to_owned()).into()),
    };
    let path = located(session)?;
    if !path.exists() {
        // Before the file: an invalid value changes nothing.
        changed(INITIAL_CONFIG, &path, &[(key, &value)], session)?;
        write_initial_config(&path)?;
    }
    change(&path, &[(key, &value)], session)?;
    session.result(
        format_args!("set {key} in {}", path.display()),
        &json!({ "key": key, "path": path.display().to_string() }),
    )?;
    Ok(Exit::Success)
}

fn change(path: &Path, values: &[(&str, &str)], session: Session<'_>) -> Result<(), CommandError> {
    let read = std::fs::read_to_string(path).explain(format!("cannot read the config {}", path.display()))?;
    let text = changed(&Zeroizing::new(read), path, values, session)?;
    Ok(replace_config(path, &text)?)
}

/// The text of the config with these values.
fn changed(
    text: &str,
    path: &Path,
    values: &[(&str, &str)],
    session: Session<'_>,
) -> Result<Zeroizing<String>, EditError> {
    let mut text = Zeroizing::new(text.to_owned());
    for (key, value) in values {
        let changed = set_in_config(&text, path, session.global.profile.as_deref(), key, value, session.context)?;
        text = Zeroizing::new(changed);
    }
    Ok(text)
}

/// The secret, from a prompt or from a pipe.
fn read_secret(key: &str, session: Session<'_>) -> Result<SecretString, CommandError> {
    if session.can_ask() {
        return Prompter::new(session)?.secret("Client secret (not shown)");
    }
    if session.context.stdin_is_terminal {
        return Err(ConfigRefused::NoValue(key.to_owned()).into());
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().lock().take(MAX_SECRET).read_to_string(&mut text).explain("cannot read the secret from stdin")?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() { Err(ConfigRefused::NoValue(key.to_owned()).into()) } else { Ok(line.to_owned().into()) }
}

/// Opens the file in the user's editor, and checks the result.
pub(super) fn edit(session: Session<'_>) -> Result<Exit, CommandError> {
    let path = located(session)?;
    if !path.exists() {
        write_initial_config(&path)?;
    }
    let variable = |name| session.context.variable_os(name).filter(|value| !value.is_empty());
    let editor = variable("VISUAL").or_else(|| variable("EDITOR"));
    let fallback = if cfg!(windows) { "notepad" } else { "vi" };
    let editor = editor.map_or_else(|| fallback.to_owned(), |editor| editor.to_string_lossy().into_owned());
    let failed = || ConfigRefused::Editor(printable(&editor).into_owned());
    let words = shell_words::split(&editor).map_err(|_| failed())?;
    let (program, arguments) = words.split_first().ok_or_else(failed)?;
    let ended = Command::new(program).args(arguments).arg(&path).status();
    if !ended.is_ok_and(|status| status.success()) {
        return Err(failed().into());
    }
    session.settings()?;
    session.result(path.display(), &json!({ "path": path.display().to_string() }))?;
    Ok(Exit::Success)
}

/// Creates the config; on a terminal, with the answers to a few questions.
pub(super) fn init(session: Session<'_>) -> Result<Exit, CommandError> {
    let path = located(session)?;
    if !session.can_ask() || session.is_json() || path.exists() {
        write_initial_config(&path)?;
        session.result(path.display(), &json!({ "path": path.display().to_string() }))?;
        session.printer.hint(
            "set host, bot_id, client_id and the source of the secret, then check the settings with `kore-feedback config check`",
        );
        return Ok(Exit::Success);
    }
    let prompter = Prompter::new(session)?;
    let questions = Questions { prompter: &prompter, path: &path, session };
    let (values, secret) = questions.ask()?;
    if let Some((file, secret)) = secret {
        // Before the config: if there is such a file, nothing is written, and the questions can be answered again.
        write_secret(&file, &secret)?;
        session.printer.note(format_args!("wrote the secret to {}, which only you can read", file.display()));
    }
    write_initial_config(&path)?;
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    change(&path, &values, session)?;
    session.result(path.display(), &json!({ "path": path.display().to_string() }))?;
    if prompter.yes("Check the result now? It sends no record.")? { check(session) } else { Ok(Exit::Success) }
}

/// The questions of `config init`.
struct Questions<'a> {
    prompter: &'a Prompter<'a>,
    path: &'a Path,
    session: Session<'a>,
}

type Answers = (Vec<(&'static str, String)>, Option<(PathBuf, SecretString)>);

impl Questions<'_> {
    fn ask(&self) -> Result<Answers, CommandError> {
        let mut hosts: Vec<String> = HOSTS.map(str::to_owned).into();
        hosts.push("another host".to_owned());
        let chosen = self.prompter.select("Host of the platform", &hosts, 0)?;
        let host = if chosen < HOSTS.len() { hosts.swap_remove(chosen) } else { self.text("host", "URL of the host")? };
        let bot_id = self.text("bot_id", "Bot id, st-…, from the bot's general settings")?;
        let client_id = self.text("client_id", "Client id of the JWT app, cs-…")?;
        let mut values = vec![("host", host), ("bot_id", bot_id), ("client_id", client_id)];
        let sources = [
            "a command that prints it, such as a password manager",
            "a file",
            "an environment variable",
            "type it now, into a file that only you can read",
        ];
        let mut secret = None;
        match self.prompter.select("Where is the client secret?", &sources.map(str::to_owned), 0)? {
            0 => values.push(("client_secret_command", self.command()?)),
            1 => values.push(("client_secret_file", self.text("client_secret_file", "Path of the file")?)),
            2 => values.push(("client_secret_env", self.text("client_secret_env", "Name of the variable")?)),
            _ => {
                let file = self.path.with_file_name("client-secret");
                values.push(("client_secret_file", file.display().to_string()));
                secret = Some((file, self.prompter.secret("Client secret (not shown)")?));
            }
        }
        Ok((values, secret))
    }

    /// Asks until the config would be valid with the answer.
    fn text(&self, key: &str, prompt: &str) -> Result<String, CommandError> {
        self.prompter.text(prompt, None, |answer| self.problem(key, answer))
    }

    fn problem(&self, key: &str, answer: &str) -> Option<String> {
        if answer.trim().is_empty() {
            return Some("required, but empty".to_owned());
        }
        let problem = set_in_config("", self.path, None, key, answer, self.session.context).err()?;
        // There is no config yet that could have been changed.
        Some(if let EditError::Invalid { reason, .. } = problem { reason } else { problem.to_string() })
    }

    /// The words of a command line, as a TOML list.
    fn command(&self) -> Result<String, CommandError> {
        let as_list = |line: &str| shell_words::split(line).ok().map(|words| json!(words).to_string());
        let check = |line: &str| match as_list(line) {
            Some(list) => self.problem("client_secret_command", if line.trim().is_empty() { "" } else { &list }),
            None => Some("a quote is not closed".to_owned()),
        };
        let line = self.prompter.text("Command, such as pass show kore/client-secret", None, check)?;
        Ok(as_list(&line).unwrap_or_default())
    }
}
