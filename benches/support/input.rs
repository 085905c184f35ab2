//! Rows that differ in respondent and score.

use std::io::Write;

/// Writes this many rows as CSV.
pub(crate) fn write_csv(mut out: impl Write, rows: usize) -> std::io::Result<()> {
    writeln!(out, "channelUId,name,score,channel,type,language,message")?;
    for row in 1..=rows {
        writeln!(out, "respondent-{row}@example.com,Post-chat,{},rtm,NPS,en,How likely?", row % 11)?;
    }
    out.flush()
}
