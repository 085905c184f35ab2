//! Records that the server returned, as CSV or JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::rows::io_error;
use crate::delivery::SurveyResponse;
use crate::record::{FeedbackType, Field, Score};
use crate::text::not_a_formula;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ResponseLayout {
    Csv,
    /// CSV with a byte order mark, and without texts that a spreadsheet would read as formulas.
    Spreadsheet,
    Ndjson,
    Json,
}

/// A record under the names that `import` reads, then what else the server returns.
#[derive(Debug, Serialize)]
pub(crate) struct ExportedRecord<'a> {
    #[serde(rename = "channelUId")]
    channel_uid: Option<&'a str>,
    name: Option<&'a str>,
    score: Option<Score>,
    channel: Option<&'a str>,
    #[serde(rename = "type")]
    survey_type: Option<&'a str>,
    language: Option<&'a str>,
    /// The server does not return it, and a record may go without.
    message: &'static str,
    comments: Option<&'a str>,
    timestamp: Option<&'a str>,
    #[serde(rename = "_id")]
    id: Option<&'a str>,
    #[serde(rename = "userId")]
    user_id: Option<&'a str>,
    #[serde(rename = "sessionId")]
    session_id: Option<&'a str>,
}

/// The columns after those of a record.
const MORE_COLUMNS: [&str; 5] = ["comments", "timestamp", "_id", "userId", "sessionId"];

impl<'a> ExportedRecord<'a> {
    pub(crate) fn new(response: &'a SurveyResponse) -> Self {
        let survey_type = response.survey_type.as_deref();
        Self {
            channel_uid: response.channel_uid.as_deref(),
            name: response.name.as_deref(),
            score: response.score.and_then(|score| Score::new(score).ok()),
            channel: response.channel.as_deref(),
            // A type that records can't be sent with stays as it is.
            survey_type: survey_type.map(|text| FeedbackType::parse(text).map_or(text, |of| of.wire_name())),
            language: response.language.as_deref(),
            message: "",
            comments: response.comments.as_deref(),
            timestamp: response.timestamp.as_deref(),
            id: response.id.as_deref(),
            user_id: response.user_id.as_deref(),
            session_id: response.session_id.as_deref(),
        }
    }

    /// In the order of the header.
    fn cells(&self) -> [Cow<'a, str>; 12] {
        let text = |text: Option<&'a str>| Cow::Borrowed(text.unwrap_or_default());
        [
            text(self.channel_uid),
            text(self.name),
            self.score.map(|score| score.to_string().into()).unwrap_or_default(),
            text(self.channel),
            text(self.survey_type),
            text(self.language),
            text(Some(self.message)),
            text(self.comments),
            text(self.timestamp),
            text(self.id),
            text(self.user_id),
            text(self.session_id),
        ]
    }
}

impl ResponseLayout {
    /// Appends records. `written` is how many there are before them.
    ///
    /// # Errors
    /// If writing to `out` fails.
    pub(crate) fn write(self, records: &[SurveyResponse], written: u64, out: &mut dyn Write) -> io::Result<()> {
        let records = records.iter().map(ExportedRecord::new);
        match self {
            Self::Csv | Self::Spreadsheet => {
                let mut csv = csv_writer(out);
                for record in records {
                    let is_text = |column: usize| column != SCORE_COLUMN;
                    let cells = record.cells().into_iter().enumerate().map(|(column, cell)| match self {
                        Self::Spreadsheet if is_text(column) => not_a_formula(cell),
                        _ => cell,
                    });
                    csv.write_record(cells.map(|cell| cell.into_owned())).map_err(io_error)?;
                }
                csv.flush()?;
            }
            Self::Ndjson | Self::Json => {
                for (index, record) in records.enumerate() {
                    if self == Self::Json {
                        out.write_all(if written == 0 && index == 0 { b"\n" } else { b",\n" })?;
                    }
                    serde_json::to_writer(&mut *out, &record)?;
                    if self == Self::Ndjson {
                        out.write_all(b"\n")?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes what comes before the first record.
    ///
    /// # Errors
    /// If writing to `out` fails.
    pub(crate) fn begin(self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Csv | Self::Spreadsheet => {
                if self == Self::Spreadsheet {
                    out.write_all(BYTE_ORDER_MARK)?;
                }
                let mut csv = csv_writer(out);
                csv.write_record(Field::BODY.map(Field::wire_name).into_iter().chain(MORE_COLUMNS))
                    .map_err(io_error)?;
                csv.flush()
            }
            Self::Json => out.write_all(b"["),
            Self::Ndjson => Ok(()),
        }
    }

    /// Appends what comes after the last record.
    ///
    /// # Errors
    /// If writing to `out` fails.
    pub(crate) fn end(self, out: &mut dyn Write) -> io::Result<()> {
        if self == Self::Json { out.write_all(b"\n]\n") } else { Ok(()) }
    }
}

/// The place of `score` in [`ExportedRecord::cells`]: a negative number is not a formula.
const SCORE_COLUMN: usize = 2;

fn csv_writer(out: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new().from_writer(out)
}

#[cfg(test)]
mod tests {
    use super::ResponseLayout;
    use crate::delivery::SurveyResponse;

    fn response(name: &str) -> SurveyResponse {
        let text = |text: &str| Some(text.to_owned());
        SurveyResponse {
            id: text("a1"),
            name: text(name),
            survey_type: text("Like/Dislike"),
            channel_uid: text("+49 151"),
            channel: text("rtm"),
            language: text("en"),
            score: Some(-1.0),
            comments: None,
            user_id: text("u-1"),
            session_id: text("s-1"),
            timestamp: text("2026-01-01T00:00:00.000Z"),
        }
    }

    fn written(layout: ResponseLayout) -> String {
        let mut out = Vec::new();
        layout.begin(&mut out).unwrap();
        layout.write(&[], 0, &mut out).unwrap();
        layout.write(&[response("=A1")], 0, &mut out).unwrap();
        layout.write(&[response("two")], 1, &mut out).unwrap();
        layout.end(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_has_the_names_that_import_reads() {
        let expected = "channelUId,name,score,channel,type,language,message,comments,timestamp,_id,userId,sessionId\n\
                        +49 151,=A1,-1,rtm,THUMB,en,,,2026-01-01T00:00:00.000Z,a1,u-1,s-1\n\
                        +49 151,two,-1,rtm,THUMB,en,,,2026-01-01T00:00:00.000Z,a1,u-1,s-1\n";
        assert_eq!(written(ResponseLayout::Csv), expected);
    }

    #[test]
    fn spreadsheets_get_no_formulas() {
        let text = written(ResponseLayout::Spreadsheet);
        assert!(text.starts_with("\u{feff}channelUId,"), "{text}");
        assert!(text.contains("\n'+49 151,'=A1,-1,rtm"), "{text}");
    }

    #[test]
    fn json_is_valid_however_it_was_written() {
        let lines: Vec<serde_json::Value> =
            written(ResponseLayout::Ndjson).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let array: Vec<serde_json::Value> = serde_json::from_str(&written(ResponseLayout::Json)).unwrap();
        assert_eq!(lines, array);
        assert_eq!((&array[0]["score"], &array[0]["comments"]), (&(-1).into(), &serde_json::Value::Null));
        let mut empty = Vec::new();
        ResponseLayout::Json.begin(&mut empty).unwrap();
        ResponseLayout::Json.end(&mut empty).unwrap();
        assert_eq!(empty, b"[\n]\n");
    }
}
