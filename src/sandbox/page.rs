//! The page for people: what was received and what it scores. Self-contained, without scripts; it reloads itself.

use std::fmt::{Display, Write};

use jiff::{SignedDuration, Timestamp};

use super::options::SandboxOptions;
use super::scores::{Bands, Survey};
use super::service::{Memory, RefusedCalls};
use super::store::{StoredRecord, SurveyType};
use crate::text::{excerpt, grouped};

const STYLE: &str = include_str!("page.css");
/// How many records are shown, the latest first.
const LATEST: usize = 50;
/// How much of a text is shown.
const LONGEST_TEXT: usize = 160;

/// The whole page.
pub(super) fn page(options: &SandboxOptions, memory: &Memory) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta http-equiv=\"refresh\" content=\"5\">\n\
         <title>kore-feedback sandbox</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>kore-feedback sandbox</h1>\n{settings}{counts}{scores}{refusals}{records}</main>\n</body>\n</html>\n",
        settings = settings(options),
        counts = counts(memory),
        scores = scores(memory),
        refusals = refusals(memory),
        records = records(memory),
    )
}

fn settings(options: &SandboxOptions) -> String {
    let bots: Vec<String> = std::iter::once(&options.credentials.bot_id)
        .chain(&options.more_bots)
        .map(|bot| format!("<code>{}</code>", escape(bot)))
        .collect();
    format!(
        "<p>An imitation of the Kore.ai feedback API. Nothing leaves this machine.</p>\n\
         <p>{} {} · {}</p>\n",
        if bots.len() == 1 { "Bot" } else { "Bots" },
        bots.join(", "),
        escape(&switched_on(options))
    )
}

/// What was asked of the sandbox beyond answering, in the words of its options.
fn switched_on(options: &SandboxOptions) -> String {
    let time = |time: &std::time::Duration| {
        SignedDuration::try_from(*time).map_or_else(|_| format!("{time:?}"), |time| format!("{time:#}"))
    };
    let mut words: Vec<String> =
        options.limits.iter().map(|(calls, per)| format!("at most {calls} in {}", time(per))).collect();
    if let Some(latency) = &options.latency {
        words.push(format!("latency {}..{}", time(latency.start()), time(latency.end())));
    }
    words.extend(options.faults.iter().map(|fault| format!("fault {fault}")));
    if options.enforce_jti {
        words.push("jti enforced".to_owned());
    }
    if words.is_empty() { "no limits, no latency, no faults".to_owned() } else { words.join(" · ") }
}

fn counts(memory: &Memory) -> String {
    let counts = &memory.counts;
    let good = [("calls received", counts.arrivals), ("records saved", counts.saved), ("calls that read", counts.read)];
    let bad =
        [("refused", counts.refused), ("rate-limited", counts.rate_limited), ("struck by faults", counts.faulted)];
    let mut list = String::from("<dl>\n");
    for (name, count) in good {
        push(&mut list, format_args!("<div><dt>{name}</dt><dd>{}</dd></div>\n", grouped(count)));
    }
    for (name, count) in bad {
        let class = if count == 0 { "none" } else { "some" };
        push(&mut list, format_args!("<div><dt>{name}</dt><dd class=\"{class}\">{}</dd></div>\n", grouped(count)));
    }
    list.push_str("</dl>\n");
    list
}

fn scores(memory: &Memory) -> String {
    let head = "<th>Survey</th><th>Type</th><th class=\"number\">Score</th><th>Split</th>\
                <th class=\"number\">Records</th><th class=\"number\">Off the scale</th>";
    let by_bot = memory.scores.has_several_bots();
    let rows =
        memory.scores.surveys().map(|survey| format!("{}{}", bot_cell(survey.bot_id, by_bot), score_row(survey)));
    let head = format!("{}{head}", bot_head(by_bot));
    let note = "<p>NPS: promoters (9–10) less detractors (0–5), in per cent of all. CSAT: 4 and 5 of all. \
                THUMB: likes of all.</p>\n";
    format!("<h2>Scores, as the dashboard reads them</h2>\n{}{note}", table(&head, rows, "No scores yet."))
}

/// Where there are several bots each line says which; one alone stands at the top of the page.
fn bot_head(by_bot: bool) -> &'static str {
    if by_bot { "<th>Bot</th>" } else { "" }
}

fn bot_cell(bot_id: &str, by_bot: bool) -> String {
    if by_bot { format!("<td class=\"text\">{}</td>", shown(bot_id)) } else { String::new() }
}

fn score_row(survey: Survey<'_>) -> String {
    let Survey { name, survey_type, bands, .. } = survey;
    let score = match (bands.score(survey_type), survey_type) {
        (None, _) => "–".to_owned(),
        (Some(score @ 1..), SurveyType::Nps) => format!("+{score}"),
        (Some(score), SurveyType::Nps) => score.to_string(),
        (Some(score), _) => format!("{score} %"),
    };
    format!(
        "<td class=\"text\">{}</td><td class=\"short\">{survey_type}</td><td class=\"number score\">{score}</td><td>{}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td>",
        shown(name),
        split(survey_type, bands),
        grouped(bands.all()),
        grouped(bands.outside),
    )
}

/// The parts as a bar, and in words for who hovers over it or has it read out.
fn split(survey_type: SurveyType, bands: &Bands) -> String {
    let [good, middling, bad] = match survey_type {
        SurveyType::Nps => ["promoters", "passives", "detractors"],
        SurveyType::Csat => ["satisfied", "neutral", "unsatisfied"],
        SurveyType::Thumb => ["likes", "", "dislikes"],
    };
    let parts = [("good", good, bands.good), ("middling", middling, bands.middling), ("bad", bad, bands.bad)];
    let named = parts.iter().filter(|(_, name, _)| !name.is_empty());
    let words: Vec<String> = named.map(|(_, name, count)| format!("{} {name}", grouped(*count))).collect();
    let words = words.join(", ");
    let mut bar = format!("<div class=\"bar\" role=\"img\" aria-label=\"{words}\" title=\"{words}\">");
    for (class, _, count) in parts.iter().filter(|(_, _, count)| *count > 0) {
        push(&mut bar, format_args!("<div class=\"{class}\" style=\"flex:{count}\"></div>"));
    }
    bar.push_str("</div>");
    bar
}

fn refusals(memory: &Memory) -> String {
    if memory.refusals.is_empty() {
        return String::new();
    }
    let row = |refused: &RefusedCalls| {
        format!(
            "<td class=\"short\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"text\">{}</td>",
            time_of_day(refused.at),
            grouped(refused.count),
            refused.status.as_u16(),
            shown(&refused.words)
        )
    };
    let head = "<th>UTC</th><th class=\"number\">Times</th><th class=\"number\">Status</th><th class=\"wide\">Why</th>";
    format!("<h2>Latest refusals</h2>\n{}", table(head, memory.refusals.iter().map(row), ""))
}

fn records(memory: &Memory) -> String {
    let records = memory.store.records();
    let by_bot = memory.scores.has_several_bots();
    let row = |record: &StoredRecord| format!("{}{}", bot_cell(&record.bot_id, by_bot), record_row(record));
    let latest = records.iter().rev().take(LATEST).map(row);
    let head = "<th>UTC</th><th>Type</th><th class=\"number\">Score</th><th>Survey</th><th>Channel user</th>\
                <th>Channel</th><th>Language</th><th>Message</th>";
    let head = format!("{}{head}", bot_head(by_bot));
    let count = match records.len() {
        0..=LATEST => String::new(),
        all => format!(" ({LATEST} of {})", grouped(all as u64)),
    };
    let link = "<p>All of them, as JSON: <a href=\"/records\">/records</a></p>\n";
    format!("<h2>Latest records{count}</h2>\n{}{link}", table(&head, latest, "Nothing was saved yet."))
}

fn record_row(record: &StoredRecord) -> String {
    format!(
        "<td class=\"short\">{}</td><td class=\"short\">{}</td><td class=\"number score\">{}</td>\
         <td class=\"text\">{}</td><td class=\"text\">{}</td><td>{}</td><td>{}</td><td class=\"text\">{}</td>",
        time_of_day(record.saved_at),
        record.survey_type,
        record.score,
        shown(&record.name),
        shown(&record.channel_uid),
        shown(&record.channel),
        shown(&record.language),
        shown(&record.message),
    )
}

fn table(head: &str, rows: impl ExactSizeIterator<Item = String>, when_empty: &str) -> String {
    if rows.len() == 0 {
        return format!("<div class=\"table\"><p class=\"nothing\">{when_empty}</p></div>\n");
    }
    let mut html = format!("<div class=\"table\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n");
    for row in rows {
        push(&mut html, format_args!("<tr>{row}</tr>\n"));
    }
    html.push_str("</tbody>\n</table></div>\n");
    html
}

fn time_of_day(moment: Timestamp) -> impl Display {
    moment.strftime("%H:%M:%S")
}

/// A foreign text, short, without what could play tricks, and escaped.
fn shown(text: &str) -> String {
    escape(&excerpt(text, LONGEST_TEXT))
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn push(html: &mut String, part: std::fmt::Arguments<'_>) {
    // A String takes everything that is written to it.
    let _ = html.write_fmt(part);
}
