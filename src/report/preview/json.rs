//! The preview as JSON.

use serde_json::{Map, Value, json};

use crate::record::{BandCounts, FeedbackType, Survey, Tally};
use crate::run::BotRows;

/// The dashboard of each bot, in the order of the input; one whose `bot_id` is null if rows name no bot.
pub(crate) fn preview_json(bots: &[BotRows]) -> Value {
    let dashboard = |bot: &BotRows| {
        let mut dashboard = json!({ "bot_id": bot.bot_id });
        add(&mut dashboard, dashboard_json(&bot.tally));
        dashboard
    };
    bots.iter().map(dashboard).collect()
}

/// The surveys of one dashboard, the largest first, with their scores; and how many records have which channel and language.
pub(crate) fn dashboard_json(tally: &Tally) -> Value {
    json!({
        "records": tally.records(),
        "surveys": tally.surveys().iter().map(survey).collect::<Vec<_>>(),
        "other_surveys": tally.records_of_other_surveys(),
        "channels": counts(&tally.channels(), tally.records_of_other_channels()),
        "languages": counts(&tally.languages(), tally.records_of_other_languages()),
    })
}

/// Adds the keys of one object to another.
pub(crate) fn add(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

/// The vendor's score: NPS from -100 to 100, otherwise the share of the positive band in percent.
fn survey(survey: &Survey<'_>) -> Value {
    let Survey { name, feedback_type: of, scores } = *survey;
    let bands = BandCounts::vendor(of, scores);
    let is_nps = of == FeedbackType::Nps;
    json!({
        "name": name,
        "type": of.wire_name(),
        "records": scores.total(),
        "score": if is_nps { bands.nps() } else { bands.positive_percent() },
        "standard_nps": is_nps.then(|| BandCounts::standard_nps(scores).nps()).flatten(),
        "positive": bands.positive,
        "neutral": bands.neutral,
        "negative": bands.negative,
        "off_scale": scores.out_of_scale().count,
        "by_score": of.scale().map(|score| (score.to_string(), scores.count_of(score).into())).collect::<Map<_, _>>(),
    })
}

fn counts(known: &[(&str, u64)], others: u64) -> Value {
    let known = known.iter().map(|(code, records)| ((*code).to_owned(), json!(records)));
    json!({ "records": known.collect::<Map<_, _>>(), "others": others })
}
