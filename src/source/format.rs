//! Input formats, and how to detect them in the content of an input.

use std::fmt;
use std::path::Path;

use strum::{EnumString, IntoStaticStr, VariantNames};

/// The format of an input. Its names on the command line are the variants in lower case; `jsonl` means [`Format::Ndjson`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Format {
    /// Delimited text, with any delimiter but a tab.
    #[default]
    Csv,
    /// Tab-separated text.
    Tsv,
    /// JSON objects in sequence, usually one per line.
    #[strum(to_string = "ndjson", serialize = "jsonl")]
    Ndjson,
    /// A JSON array of objects.
    Json,
    /// An Excel workbook.
    Xlsx,
    /// An Excel workbook in the binary format used until 2003.
    Xls,
    /// An OpenDocument spreadsheet.
    Ods,
}

impl Format {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub(super) fn is_workbook(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xls | Self::Ods)
    }

    /// Reads the format from a file name's extension, ignoring that of a compressed file.
    pub(super) fn from_extension(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let plain =
            [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz"].iter().find_map(|extension| name.strip_suffix(extension));
        match Path::new(plain.unwrap_or(&name)).extension()?.to_str()? {
            "txt" => Some(Self::Csv),
            "tab" => Some(Self::Tsv),
            extension => extension.parse().ok(),
        }
    }

    /// Detects the format from the start of a text. The file's extension decides only where the content is ambiguous.
    pub(super) fn detect(start: &str, extension: Option<Self>) -> Self {
        let mut chars = start.chars().filter(|c| !c.is_whitespace());
        let is_json = matches!(extension, Some(Self::Json | Self::Ndjson));
        match (chars.next(), chars.next()) {
            (Some('{'), Some('"' | '}')) => Self::Ndjson,
            (Some('['), Some('{')) => Self::Json,
            (Some('['), Some(_)) if is_json => Self::Json,
            (Some('{'), _) if is_json => Self::Ndjson,
            _ if extension == Some(Self::Tsv) => Self::Tsv,
            _ => Self::Csv,
        }
    }
}

/// Says what a text is that spreadsheet programs open although it is no table: tools save HTML and XML as `.xls`.
pub(super) fn detect_markup(start: &str) -> Option<&'static str> {
    const HTML: [&str; 6] = ["<!doctype html", "<html", "<head", "<body", "<meta", "<table"];
    let start: String = start.trim_start().chars().take(2000).collect::<String>().to_lowercase();
    if start.starts_with("<?xml") && start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Some("an XML spreadsheet of Excel 2003; open it in a spreadsheet program and save it as XLSX");
    }
    let is_html =
        HTML.iter().any(|tag| start.starts_with(tag)) || start.starts_with("<?xml") && start.contains("<html");
    if is_html {
        return Some("an HTML page; if a spreadsheet program shows a table, save it there as XLSX");
    }
    start.starts_with("<?xml").then_some("XML")
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, detect_markup};

    #[test]
    fn content_decides_and_extension_breaks_ties() {
        for (start, extension, format) in [
            ("id,score\n", None, Format::Csv),
            ("id,score\n", Some(Format::Json), Format::Csv),
            (" {\"id\": 1}\n", Some(Format::Csv), Format::Ndjson),
            ("\n[\n  {\"id\": 1}", Some(Format::Csv), Format::Json),
            ("[]", Some(Format::Json), Format::Json),
            ("[]", Some(Format::Csv), Format::Csv),
            ("{id},{score}\n", None, Format::Csv),
            ("id\tscore", Some(Format::Tsv), Format::Tsv),
            ("", None, Format::Csv),
        ] {
            assert_eq!(Format::detect(start, extension), format, "{start:?}");
        }
    }

    #[test]
    fn markup_is_not_a_table() {
        for (start, expected) in [
            ("\n<HTML xmlns:x=\"urn:schemas-microsoft-com:office:excel\">", Some("an HTML page")),
            ("<!DOCTYPE html>", Some("an HTML page")),
            ("<table border=1>", Some("an HTML page")),
            (
                "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
                Some("an XML sp"),
            ),
            ("<?xml version=\"1.0\"?><answers>", Some("XML")),
            ("<id>,<name>\n", None),
            ("", None),
        ] {
            let detected = detect_markup(start);
            assert!(detected.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{start}: {detected:?}");
            assert_eq!(detected.is_some(), expected.is_some(), "{start}");
        }
    }

    #[test]
    fn compressed_files_keep_their_inner_extension() {
        for (name, format) in
            [("a.JSONL.gz", Some(Format::Ndjson)), ("q3/b.tsv.xz", Some(Format::Tsv)), ("c.gz", None), ("c", None)]
        {
            assert_eq!(Format::from_extension(name), format, "{name}");
        }
    }
}
