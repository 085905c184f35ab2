//! The record to submit: from a JSON file, then options, then the profile's defaults, then answers at the terminal.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use dialoguer::console::Term;
use dialoguer::{Select, theme::ColorfulTheme};

use crate::cli::SubmitArgs;
use crate::commands::error::{CommandError, Explain};
use crate::commands::prompt::ask_value;
use crate::commands::setup::Setup;
use crate::commands::stop_reason::StoppedEarly;
use crate::ledger::Store;
use crate::record::{Draft, FeedbackType, Field, ScoreRule};
use crate::signals::Signals;

const MAX_JSON_SIZE: u64 = 1024 * 1024;

/// The order in which people think of feedback: what kind, what score, from whom.
const ORDER: [Field; 7] =
    [Field::Type, Field::Score, Field::ChannelUid, Field::Name, Field::Channel, Field::Language, Field::Message];

const SIGNALS: &str = "cannot listen for signals";

/// Without a terminal, the draft may be incomplete: the check then reports everything that is missing or wrong at once.
pub(super) fn complete_draft(args: &SubmitArgs, setup: &Setup<'_>, rule: ScoreRule) -> Result<Draft, CommandError> {
    let (context, settings) = (setup.session.context, &setup.settings);
    let mut draft = args.json.as_deref().map(read_json).transpose()?.unwrap_or_default();
    for field in Field::BODY {
        if let Some(text) = args.value(field) {
            draft.set(field, text);
        }
    }
    for (field, text) in settings.defaults() {
        draft.set_default(field, &text);
    }
    let missing: Vec<Field> = draft.missing().collect();
    let stdin_is_record = args.json.as_deref() == Some(Path::new("-"));
    if !missing.is_empty() && context.stdin_is_terminal && context.stderr_is_terminal && !stdin_is_record {
        let last = Store::open_existing(&settings.state_dir()?)?.map_or_else(|| Ok(Vec::new()), |s| s.last_values())?;
        ask(&mut draft, &missing, &last, rule)?;
    }
    Ok(draft)
}

fn read_json(file: &Path) -> Result<Draft, CommandError> {
    let is_stdin = file == Path::new("-");
    let name = if is_stdin { "standard input".to_owned() } else { file.display().to_string() };
    let text = if is_stdin { read_text(io::stdin().lock()) } else { File::open(file).and_then(read_text) };
    let text = text.explain(format!("cannot read {name}"))?;
    let draft = Draft::from_json(text.strip_prefix('\u{feff}').unwrap_or(&text));
    draft.map_err(|error| CommandError::from(error).context(name))
}

fn read_text(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(MAX_JSON_SIZE).read_to_string(&mut text)?;
    Ok(text)
}

/// Asks for the missing fields one by one, and restores the terminal, however that ends.
///
/// # Errors
/// [`StoppedEarly::Interrupted`] if Ctrl-C is pressed; `InvalidDraft` if the given fields
/// cannot be valid, whatever the answers; the system's error if the terminal is gone.
fn ask(draft: &mut Draft, missing: &[Field], last: &[(String, String)], rule: ScoreRule) -> Result<(), CommandError> {
    // A selection hides the cursor, and dialoguer raises SIGINT when it is interrupted. Without a listener, that would end
    // the process before the cursor is shown again.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().explain(SIGNALS)?;
    let _signals = runtime.block_on(async { Signals::listen() }).explain(SIGNALS)?;
    ask_each(draft, missing, last, rule).map_err(|error| {
        // If the terminal is gone, there is no cursor to show.
        let _ = Term::stderr().show_cursor();
        match error.downcast_ref() {
            Some(dialoguer::Error::IO(cause)) if cause.kind() == io::ErrorKind::Interrupted => {
                StoppedEarly::Interrupted.into()
            }
            _ => error,
        }
    })
}

fn ask_each(
    draft: &mut Draft,
    missing: &[Field],
    last: &[(String, String)],
    rule: ScoreRule,
) -> Result<(), CommandError> {
    let theme = ColorfulTheme::default();
    for field in ORDER.into_iter().filter(|field| missing.contains(field)) {
        // Before every question: the type just chosen may make a given score invalid.
        draft.check_partial(rule)?;
        let offered = last.iter().find(|(key, _)| key == field.key()).map(|(_, value)| value.as_str());
        let kind = draft.get(Field::Type).and_then(FeedbackType::parse);
        let answer = match (field, kind) {
            (Field::Type, _) => ask_type(&theme, offered),
            (Field::Score, Some(kind)) if rule == ScoreRule::InScale => ask_score(&theme, kind),
            _ => ask_value(&theme, field, prompt(field), offered),
        };
        draft.set(field, answer.explain("cannot ask at the terminal")?);
    }
    Ok(())
}

fn ask_type(theme: &ColorfulTheme, offered: Option<&str>) -> dialoguer::Result<String> {
    let kinds = FeedbackType::ALL;
    let items = kinds.map(|kind| match kind {
        FeedbackType::Nps => "NPS: how likely to recommend, 0 to 10",
        FeedbackType::Csat => "CSAT: how satisfied, 1 to 5",
        FeedbackType::Thumb => "THUMB: thumbs up or down",
    });
    let first = kinds.iter().position(|kind| Some(kind.wire_name()) == offered).unwrap_or_default();
    let chosen = Select::with_theme(theme).with_prompt("Type of feedback").items(items).default(first).interact()?;
    Ok(kinds[chosen].wire_name().to_owned())
}

fn ask_score(theme: &ColorfulTheme, kind: FeedbackType) -> dialoguer::Result<String> {
    let scores: Vec<u8> = kind.scale().collect();
    let items: Vec<String> = scores.iter().map(|score| meaning(kind, *score)).collect();
    let chosen = Select::with_theme(theme).with_prompt("Score").items(&items).default(items.len() - 1).interact()?;
    Ok(scores[chosen].to_string())
}

/// What a score means on the vendor's dashboard. Its pages disagree on which end of CSAT is the better one.
fn meaning(kind: FeedbackType, score: u8) -> String {
    let meaning = match (kind, score) {
        (FeedbackType::Nps, 9..) => "promoter",
        (FeedbackType::Nps, 6..=8) => "passive",
        (FeedbackType::Nps, _) => "detractor",
        (FeedbackType::Thumb, 0) => "dislike",
        (FeedbackType::Thumb, _) => "like",
        (FeedbackType::Csat, 5) => "very satisfied, on the current dashboard",
        (FeedbackType::Csat, 1) => "very unsatisfied, on the current dashboard",
        (FeedbackType::Csat, _) => return score.to_string(),
    };
    format!("{score}  {meaning}")
}

fn prompt(field: Field) -> &'static str {
    match field {
        Field::ChannelUid => "Respondent's id or email address",
        Field::Name => "Survey name",
        Field::Channel => "Channel, such as rtm or email",
        Field::Language => "Language, such as en",
        Field::Message => "Prompt the respondent was shown (may be empty)",
        Field::Score => "Score",
        Field::Type => "Type",
        Field::BotId => "Bot id",
    }
}
