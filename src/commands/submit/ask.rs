//! Asks for the missing fields of a record, and whether it may be sent.

use crate::commands::confirm::Declined;
use crate::commands::error::CommandError;
use crate::commands::prompt::Prompter;
use crate::commands::setup::Setup;
use crate::record::{Draft, Feedback, FeedbackType, Field, ScoreRule, check_value};
use crate::text::excerpt;

/// The order in which people think of feedback: what kind, what score, from whom.
const ORDER: [Field; 7] =
    [Field::Type, Field::Score, Field::ChannelUid, Field::Name, Field::Channel, Field::Language, Field::Message];
/// What usually is the same for many records: taken from the last submit, and shown with the final question.
const STABLE: [Field; 4] = [Field::Name, Field::Channel, Field::Language, Field::Message];
/// Clears a message that is offered: an empty answer keeps it.
const NONE: &str = "-";
/// The channels of the vendor that most answers come from. Any other can be typed.
const CHANNELS: [&str; 8] = ["rtm", "email", "sms", "msteams", "slack", "facebook", "wfacebook", "ivr"];
const SHOWN: usize = 60;

/// Asks about one record.
pub(super) struct Questions<'a> {
    pub(super) prompter: Prompter<'a>,
    /// What the last submit had, by the keys of fields.
    pub(super) last: Vec<(String, String)>,
    pub(super) rule: ScoreRule,
}

impl Questions<'_> {
    /// Asks for these fields. If the final question follows, those that usually stay the same are taken from the last
    /// submit instead; returns them.
    ///
    /// # Errors
    /// `InvalidDraft` if the given fields cannot be valid, whatever the answers; those of [`Prompter`].
    pub(super) fn complete(
        &self,
        draft: &mut Draft,
        missing: &[Field],
        can_change_later: bool,
    ) -> Result<Vec<Field>, CommandError> {
        let is_known = |field: &Field| self.last(*field).is_some_and(|value| check_value(*field, value).is_none());
        let taken = STABLE.into_iter().filter(|field| can_change_later && missing.contains(field) && is_known(field));
        let taken: Vec<Field> = taken.collect();
        for field in ORDER.into_iter().filter(|field| missing.contains(field) && !taken.contains(field)) {
            self.ask(draft, field)?;
        }
        for field in &taken {
            draft.set(*field, self.last(*field).unwrap_or_default());
        }
        Ok(taken)
    }

    fn last(&self, field: Field) -> Option<&str> {
        self.last.iter().find(|(key, _)| key == field.key()).map(|(_, value)| value.as_str())
    }

    /// Asks for a field. The current value is offered, else that of the last submit.
    pub(super) fn ask(&self, draft: &mut Draft, field: Field) -> Result<(), CommandError> {
        // Before every question: the type just chosen may make a given score invalid.
        draft.check_partial(self.rule)?;
        let current = draft.get(field).map(str::to_owned);
        let offered = current.as_deref().or_else(|| self.last(field));
        let answer = match field {
            Field::Type => self.ask_type(offered)?,
            Field::Score => self.ask_score(draft)?,
            Field::Channel => self.ask_channel(offered)?,
            Field::Message => self.ask_message(offered)?,
            _ => self.prompter.value(field, prompt(field), offered.filter(|_| field != Field::ChannelUid))?,
        };
        draft.set(field, answer);
        Ok(())
    }

    fn ask_type(&self, offered: Option<&str>) -> Result<String, CommandError> {
        let kinds = FeedbackType::ALL;
        let items = kinds.map(|kind| match kind {
            FeedbackType::Nps => "NPS: how likely to recommend, 0 to 10".to_owned(),
            FeedbackType::Csat => "CSAT: how satisfied, 1 to 5".to_owned(),
            FeedbackType::Thumb => "THUMB: thumbs up or down".to_owned(),
        });
        let first = kinds.iter().position(|kind| Some(kind.wire_name()) == offered).unwrap_or_default();
        let chosen = self.prompter.select("Type of feedback", &items, first)?;
        Ok(kinds[chosen].wire_name().to_owned())
    }

    /// Without a default: a score that nobody typed must not be sent.
    fn ask_score(&self, draft: &Draft) -> Result<String, CommandError> {
        let check = |text: &str| {
            let mut trial = draft.clone();
            trial.set(Field::Score, text);
            let problem = trial.check_partial(self.rule).err()?.problems.into_iter().next()?;
            Some(problem.to_string())
        };
        let kind = draft.get(Field::Type).and_then(FeedbackType::parse).filter(|_| self.rule == ScoreRule::InScale);
        self.prompter.text(score_prompt(kind), None, check)
    }

    fn ask_channel(&self, offered: Option<&str>) -> Result<String, CommandError> {
        let usual = offered.unwrap_or(CHANNELS[0]);
        let others = CHANNELS.into_iter().filter(|channel| *channel != usual);
        let mut items: Vec<String> = std::iter::once(usual.to_owned()).chain(others.map(str::to_owned)).collect();
        items.push("another channel".to_owned());
        let chosen = self.prompter.select("Channel", &items, 0)?;
        if chosen + 1 < items.len() {
            return Ok(items.swap_remove(chosen));
        }
        self.prompter.value(Field::Channel, "Name of the channel", None)
    }

    fn ask_message(&self, offered: Option<&str>) -> Result<String, CommandError> {
        let Some(offered) = offered.filter(|message| !message.is_empty()) else {
            return self.prompter.value(Field::Message, "Prompt the respondent was shown (may be empty)", None);
        };
        let prompt = format!("Prompt the respondent was shown ({NONE} for none)");
        let answer = self.prompter.value(Field::Message, &prompt, Some(offered))?;
        Ok(if answer == NONE { String::new() } else { answer })
    }

    /// Asks whether the record may be sent; `false` if its `taken` fields are to be changed first.
    pub(super) fn confirm(
        &self,
        feedback: &Feedback<'_>,
        taken: &[Field],
        setup: &Setup<'_>,
    ) -> Result<bool, CommandError> {
        let (kind, score) = (feedback.feedback_type().wire_name(), feedback.score());
        let uid = excerpt(feedback.channel_uid(), SHOWN);
        let question = format!("Send {kind} {score} for {uid} to {}?", setup.short_target(1));
        if taken.is_empty() {
            return if self.prompter.yes(&question)? { Ok(true) } else { Err(Declined.into()) };
        }
        match self.prompter.letter(&format!("{question} [Y/n, e to edit]"), &['y', 'n', 'e'])? {
            'y' => Ok(true),
            'e' => Ok(false),
            _ => Err(Declined.into()),
        }
    }
}

/// The fields taken from the last submit, one per line.
pub(super) fn taken_lines(draft: &Draft, taken: &[Field]) -> String {
    let line = |field: &Field| {
        let value = draft.get(*field).unwrap_or_default();
        format!("  {:<9} {}", field.key(), if value.is_empty() { "(none)".to_owned() } else { excerpt(value, SHOWN) })
    };
    format!("as last time:\n{}", taken.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// What scores there are, and what they mean on the vendor's dashboard. Its pages disagree on which end of CSAT is better.
fn score_prompt(kind: Option<FeedbackType>) -> &'static str {
    match kind {
        Some(FeedbackType::Nps) => "Score, 0 to 10 (9 and 10 are promoters, 0 to 5 detractors)",
        Some(FeedbackType::Csat) => "Score, 1 to 5 (5 is very satisfied on the current dashboard)",
        Some(FeedbackType::Thumb) => "Score, 0 or 1 (1 is a like)",
        None => "Score",
    }
}

fn prompt(field: Field) -> &'static str {
    match field {
        Field::ChannelUid => "Respondent's id or email address",
        Field::Name => "Survey name",
        Field::Channel => "Channel",
        Field::Language => "Language, such as en",
        Field::Message => "Prompt the respondent was shown",
        Field::Score => "Score",
        Field::Type => "Type",
        Field::BotId => "Bot id",
    }
}
