//! Before anything is sent: how it will read, and what looks odd in it.

use std::ffi::OsStr;

use super::Import;
use crate::record::{ColumnBy, Field, FieldSource, Mapping, Oddity, SkipReason};
use crate::report::{Printer, preview, preview_of_bots};
use crate::run::{BotRows, CheckReport};
use crate::settings::Settings;
use crate::text::{counted, excerpt, shell_command};

impl Import<'_> {
    /// Shows the preview and its warnings. Who resumes a run has seen them when it began.
    pub(super) fn tell_preview(&self) {
        if !self.args.resume || self.args.dry_run {
            tell(&self.report, &self.setup.settings, self.setup.is_sandbox, self.printer);
        }
    }
}

/// Shows how these records will read, and what looks odd in them.
pub(super) fn tell(report: &CheckReport, settings: &Settings, is_sandbox: bool, printer: &Printer) {
    tell_bots(&report.bots, printer);
    if is_sandbox {
        return;
    }
    if let Some(unasked) = unasked_bots(&report.mapping, settings) {
        printer.wrapped_warning(unasked);
    }
    if report.valid > 0 {
        printer.wrapped_warning(format_args!(
            "the API takes no date: on the dashboard each record carries the day on which it is sent, not that of the \
             answer ({} here)",
            counted(report.valid, "record")
        ));
    }
}

fn tell_bots(bots: &[BotRows], printer: &Printer) {
    match bots {
        [BotRows { bot_id: None, tally, .. }] => printer.styled(&preview(tally, printer.columns())),
        bots => printer.styled(&preview_of_bots(bots, printer.columns())),
    }
    for bot in bots {
        for oddity in Oddity::find_in(&bot.tally) {
            match &bot.bot_id {
                Some(bot_id) => printer.wrapped_warning(format_args!("bot {}: {oddity}", excerpt(bot_id, 48))),
                None => printer.wrapped_warning(oddity),
            }
        }
    }
}

/// Rows may go to other bots than the profile's because of a column's name alone: that is worth a word.
fn unasked_bots(mapping: &Mapping, settings: &Settings) -> Option<String> {
    let FieldSource::Column { header, by: ColumnBy::ExactName | ColumnBy::SimilarName, .. } =
        mapping.source(Field::BotId)?
    else {
        return None;
    };
    let bot_id = settings.bot_id().ok()?;
    Some(format!(
        "each row goes to the bot that its column {:?} names, and not to {bot_id}, the bot of the settings; --set \
         bot_id={bot_id} sends all of them there",
        excerpt(header, 40)
    ))
}

/// Says which rows are left out on purpose, by reason, and where none is left how to let them in.
pub(super) fn tell_skipped(report: &CheckReport, printer: &Printer) {
    for (reason, rows) in &report.skipped {
        printer.note(format_args!("skipped: {} ({reason})", counted(*rows, "row")));
    }
    let by_rule = report.skipped.keys().find_map(|reason| match reason {
        SkipReason::Rule(words) => Some(words),
        _ => None,
    });
    if let Some(words) = by_rule.filter(|_| report.valid + report.invalid == 0) {
        let option = shell_command([OsStr::new("--include"), OsStr::new(&**words)]);
        printer.hint(format_args!("no row is left to send; `{option}` lets in those that are skipped as {words}"));
    }
}
