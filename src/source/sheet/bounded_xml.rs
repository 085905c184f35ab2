//! Reads the XML of a workbook's part as calamine does, and stops before it becomes too much for memory.
//!
//! calamine reads a tag or a text as a whole, however long, and keeps most of what it reads. An archive's directory can lie about
//! sizes, so only what is really decompressed counts.

use std::collections::HashSet;
use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::limits::{MAX_DECOMPRESSED, MAX_EVENT, MAX_KEPT, MAX_ROWS, MAX_STRINGS, PER_STYLE, PER_TAG};
use super::row_tag::read_row;
use crate::source::error::ContentError;
use crate::text::{excerpt, grouped};

/// The elements of which a sheet has many, and of which calamine keeps nothing but the text.
const SHEET_ELEMENTS: [&str; 10] =
    ["row", "c", "v", "f", "is", "t", "table-row", "table-cell", "covered-table-cell", "p"];
/// calamine collects everything up to the end of these, tags included.
const COLLECTING: [&str; 3] = ["t", "v", "annotation"];
const NAME_SHOWN: usize = 100;

#[derive(Debug)]
pub(super) enum XmlError {
    TooLarge(ContentError),
    Invalid(quick_xml::Error),
}

pub(super) struct BoundedXml<R: Read> {
    reader: Reader<BufReader<Budget<R>>>,
    buffer: Vec<u8>,
    usage: Usage,
}

impl<R: Read> BoundedXml<R> {
    /// `decompressed` is how much of the archive was decompressed before.
    pub(super) fn new(part: &str, content: R, decompressed: u64) -> Self {
        let budget = Budget { content, event: MAX_EVENT, all: MAX_DECOMPRESSED.saturating_sub(decompressed) };
        let mut reader = Reader::from_reader(BufReader::new(budget));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), usage: Usage::new(part) }
    }

    /// calamine does not compare the names of start and end tags.
    pub(super) fn allow_mismatched_tags(mut self) -> Self {
        self.reader.config_mut().check_end_names = false;
        self
    }

    pub(super) fn next(&mut self) -> Result<Event<'_>, XmlError> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().event = MAX_EVENT;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => {
                self.usage.count(&event).map_err(XmlError::TooLarge)?;
                Ok(event)
            }
            Err(error) => Err(match self.reader.get_ref().get_ref() {
                Budget { all: 0, .. } => XmlError::TooLarge(expands_too_far()),
                Budget { event: 0, .. } => XmlError::TooLarge(self.usage.too_large("a cell or tag", MAX_EVENT)),
                _ => XmlError::Invalid(error),
            }),
        }
    }

    /// The hidden rows so far, counted from 0.
    pub(super) fn into_hidden_rows(self) -> HashSet<u32> {
        self.usage.hidden_rows
    }

    /// How much of the archive was decompressed, with this part.
    pub(super) fn decompressed(&self) -> u64 {
        MAX_DECOMPRESSED - self.reader.get_ref().get_ref().all
    }
}

pub(super) fn expands_too_far() -> ContentError {
    ContentError::WorkbookTooLarge(format!("it expands to more than {} GiB", MAX_DECOMPRESSED >> 30))
}

/// How much may still be read: for the current event, and of the archive.
struct Budget<R> {
    content: R,
    event: u64,
    all: u64,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.event.min(self.all);
        if most == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.content.by_ref().take(most).read(buffer)?;
        self.event -= read as u64;
        self.all -= read as u64;
        Ok(read)
    }
}

/// What calamine keeps of a part.
struct Usage {
    part: String,
    kept: u64,
    styles: u64,
    longest_tag: u64,
    collecting: [bool; COLLECTING.len()],
    is_formula: bool,
    last_row: Option<u32>,
    hidden_rows: HashSet<u32>,
}

impl Usage {
    fn new(part: &str) -> Self {
        let part = excerpt(part, NAME_SHOWN);
        let collecting = [false; COLLECTING.len()];
        let (last_row, hidden_rows) = (None, HashSet::new());
        Self { part, kept: 0, styles: 0, longest_tag: 0, collecting, is_formula: false, last_row, hidden_rows }
    }

    fn count(&mut self, event: &Event<'_>) -> Result<(), ContentError> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => {
                self.is_formula = false;
                self.collect(tag.local_name().as_ref(), false);
            }
            Event::Text(_) if self.is_formula && !self.is_collecting() => {}
            other => self.kept += other.len() as u64,
        }
        // A style contains a copy of its font and number format.
        let styles = self.styles.saturating_mul(PER_STYLE + self.longest_tag);
        if self.kept.max(styles) > MAX_KEPT { Err(self.too_large("text", MAX_KEPT)) } else { Ok(()) }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ContentError> {
        let (name, length) = (tag.local_name(), tag.len() as u64);
        let name = name.as_ref();
        if self.is_collecting() || !SHEET_ELEMENTS.contains(&name) {
            self.kept += length + PER_TAG;
        }
        self.longest_tag = self.longest_tag.max(length);
        self.styles += u64::from(name == "xf");
        self.is_formula = name == "f";
        self.collect(name, true);
        match name {
            "sst" => self.ensure_few_strings(tag),
            "row" => {
                self.add_row(tag);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn add_row(&mut self, tag: &BytesStart<'_>) {
        let (row, is_hidden) = read_row(tag, self.last_row);
        self.last_row = Some(row);
        if is_hidden && row < MAX_ROWS {
            self.hidden_rows.insert(row);
        }
    }

    fn collect(&mut self, name: &str, is_start: bool) {
        if let Some(index) = COLLECTING.iter().position(|collecting| *collecting == name) {
            self.collecting[index] = is_start;
        }
    }

    fn is_collecting(&self) -> bool {
        self.collecting.contains(&true)
    }

    /// calamine allocates as many shared strings as there are said to be.
    fn ensure_few_strings(&self, table: &BytesStart<'_>) -> Result<(), ContentError> {
        let counts = table.attributes().flatten().filter(|attribute| attribute.key.0 == "uniqueCount");
        let declared = counts.filter_map(|count| count.value.trim().parse::<u64>().ok()).max();
        match declared {
            Some(strings) if strings > MAX_STRINGS => Err(ContentError::WorkbookTooLarge(format!(
                "{} declares {} strings, at most {} are allowed",
                self.part,
                grouped(strings),
                grouped(MAX_STRINGS)
            ))),
            _ => Ok(()),
        }
    }

    fn too_large(&self, what: &str, limit: u64) -> ContentError {
        ContentError::WorkbookTooLarge(format!("{} has {what} of more than {} MiB", self.part, limit >> 20))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use quick_xml::events::Event;

    use super::{BoundedXml, MAX_EVENT, MAX_KEPT, Usage, XmlError};

    /// What stops reading this, if anything does.
    fn problem(content: impl Read) -> Option<String> {
        let mut xml = BoundedXml::new("xl/part.xml", content, 0).allow_mismatched_tags();
        loop {
            match xml.next() {
                Ok(Event::Eof) | Err(XmlError::Invalid(_)) => return None,
                Ok(_) => {}
                Err(XmlError::TooLarge(error)) => return Some(error.to_string()),
            }
        }
    }

    /// What is counted as kept of this.
    fn kept(content: &str) -> u64 {
        let mut xml = BoundedXml::new("xl/part.xml", content.as_bytes(), 0).allow_mismatched_tags();
        while !matches!(xml.next().unwrap(), Event::Eof) {}
        xml.usage.kept
    }

    #[test]
    fn no_event_is_read_beyond_its_limit() {
        for start in ["<c><v>", "<c r=\"", "<!--", "<![CDATA[", "<?"] {
            let long = |length: u64| start.as_bytes().chain(std::io::repeat(b'x').take(length));
            assert_eq!(problem(long(MAX_EVENT / 2)), None, "{start}");
            let expected = "the workbook is too large: xl/part.xml has a cell or tag of more than 16 MiB";
            assert_eq!(problem(long(u64::MAX)).as_deref(), Some(expected), "{start}");
        }
    }

    #[test]
    fn a_sheet_keeps_its_texts_only() {
        assert_eq!(kept("<row><c r=\"A1\"><v>12</v><f>SUM(1,2)</f></c></row>"), 2);
        assert_eq!(
            kept("<table:table-row><table:table-cell><text:p>12</text:p></table:table-cell></table:table-row>"),
            2
        );
        assert_eq!(kept("<si><t>12</t></si>"), 2 + 2 + 64);
        // These are collected although they look like a sheet.
        for hidden in ["<t><f>12</f></t>", "<v><t></t><f>12</f></v>", "<office:annotation><c/></office:annotation>"] {
            assert!(kept(hidden) > 64, "{hidden}");
        }
    }

    #[test]
    fn declared_and_multiplied_sizes_are_limited() {
        let declared =
            "the workbook is too large: xl/part.xml declares 4,194,305 strings, at most 4,194,304 are allowed";
        assert_eq!(problem(&b"<sst uniqueCount=\"4194305\">"[..]).as_deref(), Some(declared));
        assert_eq!(problem(&b"<sst uniqueCount=\"4194304\">"[..]), None);
        let mut styles = Usage::new("xl/styles.xml");
        (styles.styles, styles.longest_tag) = (100_000, MAX_KEPT / 100_000);
        assert!(
            styles.count(&Event::Eof).unwrap_err().to_string().contains("xl/styles.xml has text of more than 256 MiB")
        );
    }
}
