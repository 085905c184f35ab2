//! Detecting the encoding of text without a byte order mark. Only an unambiguous encoding is accepted: a wrong guess would
//! send mojibake, and nobody reads a million rows to notice it.

use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_16BE, UTF_16LE};

use super::charset::Encoding;
use super::evidence::Best;
use crate::text::excerpt;

/// The encoding of a text, and how it was determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextEncoding {
    /// The name, such as `UTF-8`.
    pub name: &'static str,
    pub source: EncodingSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EncodingSource {
    /// A byte order mark.
    Bom,
    /// `--encoding`.
    Option,
    /// UTF-8, because the start of the input is valid UTF-8, or nearly so.
    Default,
    /// Not UTF-8; the letters make sense in this encoding only.
    Detected,
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = if self.source == EncodingSource::Detected { " (detected)" } else { "" };
        write!(f, "{}{source}", self.name)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(in crate::source) enum Detection {
    /// UTF-8, except perhaps for a few bytes.
    Utf8,
    Certain(Encoding),
    Ambiguous(Ambiguity),
}

/// The first cell that reads differently in two encodings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    pub line: u64,
    /// Each encoding's name, and an excerpt of the cell read in it.
    pub readings: [(&'static str, String); 2],
}

/// How many East Asian characters make the detector's guess reliable.
const MIN_CHARACTERS: usize = 12;

/// How many words make a reading in a single-byte encoding reliable although it could be East Asian text.
const MIN_WORDS: usize = 8;

/// Detects the encoding of a text from its start; `is_whole` says whether `sample` is the whole text.
pub(in crate::source) fn detect(sample: &[u8], is_whole: bool) -> Detection {
    if is_utf8(sample, is_whole) {
        return Detection::Utf8;
    }
    let Some(best) = Best::find(sample) else { return Detection::Utf8 };
    match guess_east_asian(sample, is_whole) {
        Some((guess, count)) if count >= MIN_CHARACTERS && !best.is_plausible => return Detection::Certain(guess),
        Some((guess, _)) if !best.is_plausible || best.words < MIN_WORDS => {
            return compare(sample, best.encoding, guess);
        }
        _ => {}
    }
    let rival = if best.is_plausible { best.rival } else { best.rival.or(best.second) };
    rival.map_or(Detection::Certain(best.encoding), |rival| compare(sample, best.encoding, rival))
}

/// The East Asian encoding in which the text is mostly made of East Asian characters, and how many these are.
fn guess_east_asian(sample: &[u8], is_whole: bool) -> Option<(Encoding, usize)> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, is_whole);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let count = if guess.is_single_byte() { 0 } else { count_east_asian(sample, guess)? };
    (count > 0).then_some((Encoding::Standard(guess), count))
}

/// Whether the text is UTF-8 except for a few bytes: other encodings do not form multi-byte characters by chance.
fn is_utf8(sample: &[u8], is_whole: bool) -> bool {
    let (mut characters, mut invalid) = (0_usize, 0_usize);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut_off = chunks.peek().is_none() && !is_whole;
        invalid += usize::from(!chunk.invalid().is_empty() && !is_cut_off);
    }
    invalid == 0 || characters > invalid
}

/// Decodes the sample, which may end within a character; `None` if it contains invalid bytes.
fn decode_strictly(sample: &[u8], encoding: &'static encoding_rs::Encoding) -> Option<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(sample.len())?);
    let (_, _, had_errors) = decoder.decode_to_string(sample, &mut text, false);
    (!had_errors).then_some(text)
}

/// Counts the East Asian characters, provided that the text is mostly made of them.
fn count_east_asian(sample: &[u8], encoding: &'static encoding_rs::Encoding) -> Option<usize> {
    let is_east_asian = |c: &char| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}');
    let text = decode_strictly(sample, encoding)?;
    let (east_asian, others): (Vec<char>, Vec<char>) = text.chars().filter(|c| !c.is_ascii()).partition(is_east_asian);
    (others.len() * 4 <= east_asian.len()).then_some(east_asian.len())
}

/// Ambiguous if the sample reads differently in the two encodings; otherwise either of them is right.
fn compare(sample: &[u8], one: Encoding, other: Encoding) -> Detection {
    first_difference(sample, one, other).map_or(Detection::Certain(one), Detection::Ambiguous)
}

/// Finds the first cell that reads differently in the two encodings.
fn first_difference(sample: &[u8], one: Encoding, other: Encoding) -> Option<Ambiguity> {
    let is_end = |byte: &u8| b",;\t|\"\r\n".contains(byte);
    let mut line = 1;
    for cell in sample.split_inclusive(is_end) {
        if !cell.is_ascii() {
            let text = cell.split_last().filter(|(last, _)| is_end(last)).map_or(cell, |(_, text)| text);
            let [first, second] = [one, other].map(|encoding| encoding.decode(text));
            if first != second {
                let readings = [(one.name(), difference(&first, &second)), (other.name(), difference(&second, &first))];
                return Some(Ambiguity { line, readings });
            }
        }
        line += u64::from(cell.last() == Some(&b'\n'));
    }
    None
}

/// The part of a text where it differs from another.
fn difference(text: &str, other: &str) -> String {
    const SHOWN: usize = 40;
    let same = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    excerpt(&text.chars().skip(same.saturating_sub(SHOWN / 2)).collect::<String>(), SHOWN)
}

/// Detects UTF-16 without a byte order mark: NUL bytes mostly at odd or at even offsets, and text when decoded.
pub(in crate::source) fn detect_utf16(sample: &[u8]) -> Option<Encoding> {
    let even = &sample[..sample.len() - sample.len() % 2];
    let nuls_at = |parity: usize| even.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let is_enough = |nuls: usize| nuls >= 3 && nuls * 10 >= even.len() / 2;
    let encoding = match (nuls_at(0), nuls_at(1)) {
        // Few characters have a low byte of 0.
        (even, odd) if is_enough(odd) && odd > 4 * even => UTF_16LE,
        (even, odd) if is_enough(even) && even > 4 * odd => UTF_16BE,
        _ => return None,
    };
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    decode_strictly(even, encoding)?.chars().all(is_text).then_some(Encoding::Standard(encoding))
}
