//! Before anything is sent: how it will read, and what looks odd in it.

use super::Import;
use crate::record::{ColumnBy, Field, FieldSource, Mapping, Oddity};
use crate::report::{Printer, preview, preview_of_bots};
use crate::run::BotRows;
use crate::settings::Settings;
use crate::text::{counted, excerpt};

impl Import<'_> {
    /// Shows the preview and its warnings. Who resumes a run has seen them when it began.
    pub(super) fn tell_preview(&self) {
        if self.args.resume && !self.args.dry_run {
            return;
        }
        tell_bots(&self.report.bots, self.printer);
        if let Some(column) = self.unasked_bots() {
            self.printer.caution(column);
        }
        let records = self.report.valid;
        if records > 0 && !self.setup.is_sandbox {
            self.printer.caution(format_args!(
                "the API takes no date: on the dashboard each record carries the day on which it is sent, not that of the \
                 answer ({} here)",
                counted(records, "record")
            ));
        }
    }

    /// Rows may go to other bots than the profile's because of a column's name alone: that is worth a word.
    fn unasked_bots(&self) -> Option<String> {
        (!self.setup.is_sandbox).then(|| unasked_bots(&self.report.mapping, &self.setup.settings)).flatten()
    }
}

/// How the records of each bot will read, and what is odd about them.
pub(super) fn tell_bots(bots: &[BotRows], printer: &Printer) {
    match bots {
        [BotRows { bot_id: None, tally, .. }] => printer.drawing(&preview(tally, printer.columns())),
        bots => printer.drawing(&preview_of_bots(bots, printer.columns())),
    }
    for bot in bots {
        for oddity in Oddity::find_in(&bot.tally) {
            match &bot.bot_id {
                Some(bot_id) => printer.caution(format_args!("bot {}: {oddity}", excerpt(bot_id, 48))),
                None => printer.caution(oddity),
            }
        }
    }
}

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
