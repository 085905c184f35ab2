//! Detecting the encoding of text without a byte order mark. Only an unambiguous encoding is accepted: a wrong guess would
//! send mojibake, and nobody reads a million rows to notice it.

use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_15, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::text::excerpt;

/// The encoding of a text, and how it was determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextEncoding {
    /// The name in the WHATWG encoding standard, such as `UTF-8`.
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
pub(super) enum Detection {
    /// UTF-8, except perhaps for a few bytes.
    Utf8,
    Certain(&'static Encoding),
    Ambiguous(Ambiguity),
}

/// The first cell that reads differently in two encodings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    pub line: u64,
    /// Each encoding's name, and an excerpt of the cell read in it.
    pub readings: [(&'static str, String); 2],
}

/// How many non-Latin characters make the detector's guess reliable.
const MIN_CHARACTERS: usize = 12;

/// How many times as much evidence one Western encoding needs as the other.
const MIN_RATIO: usize = 10;

/// Detects the encoding of a text from its start; `is_whole` says whether `sample` is the whole text.
pub(super) fn detect(sample: &[u8], is_whole: bool) -> Detection {
    if is_utf8(sample, is_whole) {
        return Detection::Utf8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, is_whole);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if !guess.is_single_byte() {
        return match count_east_asian(sample, guess) {
            Some(count) if count >= MIN_CHARACTERS => Detection::Certain(guess),
            _ => compare(sample, guess, WINDOWS_1252),
        };
    }
    let western = WesternEvidence::collect(sample);
    if western.mac > western.windows * MIN_RATIO {
        return Detection::Certain(MACINTOSH);
    }
    if guess != WINDOWS_1252 && first_difference(sample, guess, WINDOWS_1252).is_some() {
        // Words in another script, such as Cyrillic, contain hardly any ASCII letters.
        let is_other_script = western.adjacent * 2 > western.non_ascii && western.non_ascii >= MIN_CHARACTERS;
        return if is_other_script { Detection::Certain(guess) } else { compare(sample, guess, WINDOWS_1252) };
    }
    if western.windows <= western.mac * MIN_RATIO {
        return compare(sample, WINDOWS_1252, MACINTOSH);
    }
    // The euro sign of ISO 8859-15 is the one difference from windows-1252 that matters.
    if sample.contains(&0xa4) { compare(sample, WINDOWS_1252, ISO_8859_15) } else { Detection::Certain(WINDOWS_1252) }
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
fn decode_strictly(sample: &[u8], encoding: &'static Encoding) -> Option<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(sample.len())?);
    let (_, _, had_errors) = decoder.decode_to_string(sample, &mut text, false);
    (!had_errors).then_some(text)
}

/// Counts the East Asian characters, provided that the text is mostly made of them.
fn count_east_asian(sample: &[u8], encoding: &'static Encoding) -> Option<usize> {
    let is_east_asian = |c: &char| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}');
    let text = decode_strictly(sample, encoding)?;
    let (east_asian, others): (Vec<char>, Vec<char>) = text.chars().filter(|c| !c.is_ascii()).partition(is_east_asian);
    (others.len() * 4 <= east_asian.len()).then_some(east_asian.len())
}

/// Evidence for windows-1252 and for Mac OS Roman: letters inside words that the other encoding reads as symbols.
#[derive(Debug, Default)]
struct WesternEvidence {
    windows: usize,
    mac: usize,
    /// Non-ASCII bytes, and how many of them are next to another one.
    non_ascii: usize,
    adjacent: usize,
}

impl WesternEvidence {
    fn collect(sample: &[u8]) -> Self {
        let mut evidence = Self::default();
        for (index, &byte) in sample.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            let (before, rest) = (&sample[..index], &sample[index + 1..]);
            let before = before.last().copied().unwrap_or_default();
            let is_adjacent = !before.is_ascii() || rest.first().is_some_and(|byte| !byte.is_ascii());
            evidence.non_ascii += 1;
            evidence.adjacent += usize::from(is_adjacent);
            match (plausibility(WINDOWS_1252, byte, before, rest), plausibility(MACINTOSH, byte, before, rest)) {
                (Plausibility::Certain, Plausibility::Implausible) => evidence.windows += 1,
                (Plausibility::Implausible, Plausibility::Certain) => evidence.mac += 1,
                _ => {}
            }
        }
        evidence
    }
}

/// How well a character fits between its neighbors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plausibility {
    /// A letter in a word, in the case that belongs there, or the apostrophe of an English contraction.
    Certain,
    /// A symbol where one is allowed.
    Possible,
    /// A symbol inside a word, a capital after a small letter, or no character at all.
    Implausible,
}

fn plausibility(encoding: &'static Encoding, byte: u8, before: u8, rest: &[u8]) -> Plausibility {
    let Some(character) = decode_byte(encoding, byte).filter(|c| !c.is_control()) else {
        return Plausibility::Implausible;
    };
    let after = rest.first().copied().unwrap_or_default();
    let is_inside_word = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
    let touches_word = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
    let is_contraction = before.is_ascii_alphabetic() && is_contraction(before, rest);
    let other = if encoding == MACINTOSH { WINDOWS_1252 } else { MACINTOSH };
    match character {
        '’' if is_contraction => Plausibility::Certain,
        '’' => Plausibility::Possible,
        c if is_contraction && c.is_lowercase() && decode_byte(other, byte) == Some('’') => Plausibility::Implausible,
        c if c.is_uppercase() && before.is_ascii_lowercase() => Plausibility::Implausible,
        c if is_letter(c) && touches_word && is_common(c) => Plausibility::Certain,
        c if is_letter(c) => Plausibility::Possible,
        _ if is_inside_word => Plausibility::Implausible,
        _ => Plausibility::Possible,
    }
}

/// Whether `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` or `'ll` ends the word. `pa's` does not count: it may be Spanish.
fn is_contraction(before: u8, rest: &[u8]) -> bool {
    [&b"s"[..], b"t", b"m", b"d", b"re", b"ve", b"ll"].iter().any(|ending| {
        let ends_word = rest.get(ending.len()).is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        rest.starts_with(ending) && ends_word && (*ending != b"s" || !b"aeou".contains(&before))
    })
}

/// Whether words are spelled with this character. Unicode also calls `ˆ`, `ª` and ligatures letters.
fn is_letter(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ')
}

/// Whether the letter is common in a Western European language.
fn is_common(c: char) -> bool {
    "äöüßÄÖÜéèêëàâáãåæçíìîïñóòôõøœúùûÉÈÀÁÂÅÆÇÍÑÓÔØŒÚ".contains(c)
}

fn decode_byte(encoding: &'static Encoding, byte: u8) -> Option<char> {
    encoding.decode_without_bom_handling(&[byte]).0.chars().next()
}

/// Ambiguous if the sample reads differently in the two encodings; otherwise either of them is right.
fn compare(sample: &[u8], one: &'static Encoding, other: &'static Encoding) -> Detection {
    first_difference(sample, one, other).map_or(Detection::Certain(one), Detection::Ambiguous)
}

/// Finds the first cell that reads differently in the two encodings.
fn first_difference(sample: &[u8], one: &'static Encoding, other: &'static Encoding) -> Option<Ambiguity> {
    let is_end = |byte: &u8| b",;\t|\"\r\n".contains(byte);
    let mut line = 1;
    for cell in sample.split_inclusive(is_end) {
        if !cell.is_ascii() {
            let text = cell.split_last().filter(|(last, _)| is_end(last)).map_or(cell, |(_, text)| text);
            let [first, second] = [one, other].map(|encoding| encoding.decode_without_bom_handling(text).0);
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

/// Detects UTF-16 without a byte order mark: NUL bytes at odd or at even offsets only, and text when decoded.
pub(super) fn detect_utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let even = &sample[..sample.len() - sample.len() % 2];
    let nuls_at = |parity: usize| even.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let is_enough = |nuls: usize| nuls >= 3 && nuls * 10 >= even.len() / 2;
    let encoding = match (nuls_at(0), nuls_at(1)) {
        (0, odd) if is_enough(odd) => UTF_16LE,
        (even, 0) if is_enough(even) => UTF_16BE,
        _ => return None,
    };
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    decode_strictly(even, encoding)?.chars().all(is_text).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::{Detection, detect, detect_utf16};
    use crate::source::parse_encoding;
    use encoding_rs::{Encoding, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};
    use proptest::prelude::{any, prop, proptest};

    fn encoded(text: &str, label: &str) -> Vec<u8> {
        let (bytes, _, had_errors) = parse_encoding(label).unwrap().encode(text);
        assert!(!had_errors, "{text}");
        bytes.into_owned()
    }

    fn assert_certain(text: &str, label: &str) {
        let certain = Detection::Certain(parse_encoding(label).unwrap());
        assert_eq!(detect(&encoded(text, label), true), certain, "{text:?} in {label}");
    }

    #[test]
    fn letters_tell_windows_from_mac() {
        for text in [
            "id,comment\n1,\"Das war sehr gut, danke für die Hilfe!\"\n",
            "id,Name\n1,Müller\n2,Groß\n3,José\n4,Ångström\n",
            "id,commentaire\n1,Très bien reçu, merci à l’équipe\n",
            "id,comentario\n1,El niño está en el jardín de mañana\n",
            "id,comment\n1,I don’t know\n2,it’s “fine”\n",
        ] {
            assert_certain(text, "windows-1252");
            assert_certain(text, "macintosh");
        }
        assert_certain("id;Stadt\n1;Köln\n", "windows-1252");
    }

    #[test]
    fn other_scripts_need_enough_characters() {
        assert_certain("id,отзыв\n1,Всё было хорошо, спасибо за помощь\n", "windows-1251");
        assert_certain("id,σχόλιο\n1,Ευχαριστώ πολύ για τη βοήθεια\n", "windows-1253");
        assert_certain("番号,感想\n1,とても良かったです。ありがとうございました。\n", "shift_jis");
        assert_certain("番号,感想\n1,とても良かったです。ありがとうございました。\n", "euc-jp");
        assert_certain("번호,의견\n1,정말 좋았습니다 감사합니다 도움이 되었어요\n", "euc-kr");
    }

    #[test]
    fn ambiguous_text_shows_both_readings() {
        let ambiguous = |text: &str, label: &str| match detect(&encoded(text, label), true) {
            Detection::Ambiguous(ambiguity) => ambiguity,
            other => panic!("{text:?} in {label} is {other:?}"),
        };
        let ambiguity = ambiguous("id,price\n1,2\n2,5 €\n", "windows-1252");
        assert_eq!(ambiguity.line, 3);
        assert_eq!(ambiguity.readings, [("windows-1252", "5 €".to_owned()), ("macintosh", "5 Ä".to_owned())]);
        let ambiguity = ambiguous("id,city,price\n1,Köln,5 €\n", "iso-8859-15");
        assert_eq!(ambiguity.readings, [("windows-1252", "5 ¤".to_owned()), ("ISO-8859-15", "5 €".to_owned())]);
        // The other reading could be a Czech word.
        let ambiguity = ambiguous("id;Stadt\n1;Köln\n", "macintosh");
        assert_eq!(ambiguity.readings, [("windows-1252", "Kšln".to_owned()), ("macintosh", "Köln".to_owned())]);
        ambiguous("id,name\n1,Řehoř\n", "windows-1250");
        ambiguous("id,name\n1,日\n", "shift_jis");
    }

    #[test]
    fn utf_8_may_contain_an_invalid_byte() {
        let mixed = ["id,city\n1,Köln\n2,Zürich\n3,".as_bytes(), b"K\xf6ln\n"].concat();
        assert_eq!(detect(&mixed, true), Detection::Utf8);
        let cut_off = "id,city\n1,Kö".as_bytes();
        assert_eq!(detect(&cut_off[..cut_off.len() - 1], false), Detection::Utf8);
        assert_eq!(detect(b"id,city\n", true), Detection::Utf8);
    }

    #[test]
    fn utf_16_differs_from_binary_data() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        for text in ["id,score\n1,5\n", "番号,感想\n1,とても良かった\n2,良\n3,良\n"] {
            assert_eq!(detect_utf16(&utf16(text, u16::to_le_bytes)), Some(UTF_16LE), "{text}");
            assert_eq!(detect_utf16(&utf16(text, u16::to_be_bytes)), Some(UTF_16BE), "{text}");
        }
        for binary in [&b"a\0"[..], b"\0\0\0\0\0\0", b"\x01\0\x02\0\x03\0\x04\0", b"abc\0def", b""] {
            assert_eq!(detect_utf16(binary), None, "{binary:?}");
        }
    }

    #[test]
    fn certain_detections_are_right() {
        let texts = [
            (
                "Zufriedenheit: für mich war es größtenteils schön, nächstes Mal öfter. Übrigens: 5 € gespart – „danke“!",
                &["windows-1252", "macintosh"][..],
            ),
            ("Příliš žluťoučký kůň úpěl ďábelské ódy, že to nejde", &["windows-1250", "iso-8859-2"]),
            ("Zażółć gęślą jaźń, bardzo dobra obsługa i pomoc", &["windows-1250", "iso-8859-2"]),
            ("Çok iyi bir hizmet, teşekkürler, ığdır şehri güzel", &["windows-1254"]),
            ("Satisfação com a resolução: não, obrigado, até amanhã", &["windows-1252", "macintosh"]),
        ];
        for (text, labels) in texts {
            for label in labels {
                let meant: &'static Encoding = parse_encoding(label).unwrap();
                let bytes = meant.encode(text).0;
                if let Detection::Certain(found) = detect(&bytes, true) {
                    assert_eq!(found.decode_without_bom_handling(&bytes).0, text, "{label} as {}", found.name());
                }
            }
        }
        assert_ne!(WINDOWS_1252, MACINTOSH);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), is_whole in any::<bool>()) {
            let _ = (detect(&bytes, is_whole), detect_utf16(&bytes));
        }
    }
}
