//! `responses scores`: server's records → counts → tables.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::source::Source;
use crate::cli::{GroupBy, ScoresArgs};
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::delivery::SurveyResponse;
use crate::exit::Exit;
use crate::record::{FeedbackType, Score, Tally};
use crate::report::{ScoreGroup, ScoresView};

/// How many channels or languages are shown one by one. Weeks and months are never so many.
const MAX_GROUPS: usize = 1000;
const OTHERS: &str = "others";
const UNKNOWN: &str = "unknown";

/// Runs `responses scores`.
pub(crate) fn scores(args: &ScoresArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let sending = args.responses.sending();
    let source = Source::new(&args.responses, &sending, session)?;
    let mut counted = Counted::default();
    source.read(None, |batch| {
        batch.records.iter().for_each(|record| counted.count(record, args.by));
        Ok(())
    })?;
    let groups = counted.groups.into_iter().map(|(name, tally)| ScoreGroup { name, tally });
    let view = ScoresView {
        time: source.time_in_words(),
        all: &counted.all,
        unreadable: counted.unreadable,
        by: args.by.map(name_of),
        groups: &groups.collect::<Vec<_>>(),
        width: session.printer.result_width(),
    };
    session.result(&view, &view.json())?;
    Ok(Exit::Success)
}

const fn name_of(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Week => "week",
        GroupBy::Month => "month",
        GroupBy::Channel => "channel",
        GroupBy::Language => "language",
    }
}

#[derive(Default)]
struct Counted {
    all: Tally,
    groups: BTreeMap<String, Tally>,
    unreadable: u64,
}

impl Counted {
    fn count(&mut self, record: &SurveyResponse, by: Option<GroupBy>) {
        let survey_type = record.survey_type.as_deref().and_then(FeedbackType::parse);
        let score = record.score.and_then(|score| Score::new(score).ok());
        let (Some(name), Some(of), Some(score)) = (record.name.as_deref(), survey_type, score) else {
            self.unreadable += 1;
            return;
        };
        let text = |text: &'_ Option<String>| text.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let (channel, language) = (text(&record.channel), text(&record.language));
        self.all.count_score((name, of), score, &channel, &language);
        if let Some(by) = by {
            let mut group = group_of(record, by, &channel, &language);
            if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&group) {
                OTHERS.clone_into(&mut group);
            }
            self.groups.entry(group).or_default().count_score((name, of), score, &channel, &language);
        }
    }
}

/// `2026-W07`, `2026-02`, or a text of the record.
fn group_of(record: &SurveyResponse, by: GroupBy, channel: &str, language: &str) -> String {
    let by_time = |format: &str| {
        let time = record.time().map(|time| time.to_zoned(TimeZone::UTC));
        time.map_or_else(|| UNKNOWN.to_owned(), |time| time.strftime(format).to_string())
    };
    match by {
        GroupBy::Week => by_time("%G-W%V"),
        GroupBy::Month => by_time("%Y-%m"),
        GroupBy::Channel => channel.to_owned(),
        GroupBy::Language => language.to_owned(),
    }
}
