//! Which encoding a text without a byte order mark is in. Decided only where the bytes leave no doubt: a wrong guess
//! would send mojibake, and nobody reads a million rows to find it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_15, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::text::excerpt;

/// What the bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Nothing speaks against UTF-8, or hardly anything.
    Utf8,
    /// It can't be anything else.
    Clear(&'static Encoding),
    /// It can be either.
    Unclear(Readings),
}

/// The first cell that reads differently in two encodings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// The line it is on, from 1.
    pub line: u64,
    /// Each encoding's name, and the cell read in it, cut and safe to print.
    pub either: [(&'static str, String); 2],
}

/// How many characters of a writing that isn't Latin make a detector's guess one to rely on.
const ENOUGH: usize = 12;

/// How many times as much evidence one Western encoding needs as the other has.
const SURELY: usize = 10;

/// Looks at the beginning of a text; `is_whole` says whether that is all of it.
pub(super) fn detect(sample: &[u8], is_whole: bool) -> Evidence {
    if is_utf8(sample, is_whole) {
        return Evidence::Utf8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, is_whole);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let western = Western::of(sample);
    if is_multibyte(guess) {
        return match decode_wide(sample, guess) {
            Some(wide) if wide >= ENOUGH => Evidence::Clear(guess),
            _ => unclear(sample, guess, WINDOWS_1252),
        };
    }
    if western.is_mac() {
        return Evidence::Clear(MACINTOSH);
    }
    if guess != WINDOWS_1252 && differ(sample, guess, WINDOWS_1252).is_some() {
        // A writing of its own, such as Cyrillic, has hardly an ASCII letter in its words.
        let is_writing = western.in_runs * 2 > western.high && western.high >= ENOUGH;
        return if is_writing { Evidence::Clear(guess) } else { unclear(sample, guess, WINDOWS_1252) };
    }
    if !western.is_windows() {
        return unclear(sample, WINDOWS_1252, MACINTOSH);
    }
    // The one difference that matters here: the euro sign of ISO 8859-15.
    if sample.contains(&0xa4) { unclear(sample, WINDOWS_1252, ISO_8859_15) } else { Evidence::Clear(WINDOWS_1252) }
}

/// Whether the text is UTF-8 but for a few bytes: other encodings don't make characters of several bytes by chance.
fn is_utf8(sample: &[u8], is_whole: bool) -> bool {
    let (mut characters, mut wrong) = (0_usize, 0_usize);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut = chunks.peek().is_none() && !is_whole;
        wrong += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    wrong == 0 || characters > wrong
}

fn is_multibyte(encoding: &'static Encoding) -> bool {
    !encoding.is_single_byte()
}

/// How many characters of East Asian writing the sample has in this encoding; `None` if it isn't in it.
fn decode_wide(sample: &[u8], encoding: &'static Encoding) -> Option<usize> {
    // The sample may end within a character.
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(sample.len())?);
    let (_, _, had_errors) = decoder.decode_to_string(sample, &mut text, false);
    let is_wide = |c: char| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}');
    let (wide, others) = text
        .chars()
        .filter(|c| !c.is_ascii())
        .fold((0, 0), |(wide, others), c| if is_wide(c) { (wide + 1, others) } else { (wide, others + 1) });
    (!had_errors && others * 4 <= wide).then_some(wide)
}

/// What speaks for windows-1252 and what for Mac OS Roman: letters inside words that the other one reads as signs.
#[derive(Debug, Default)]
struct Western {
    windows: usize,
    mac: usize,
    /// Bytes beyond ASCII, and those of them that have another one beside them.
    high: usize,
    in_runs: usize,
}

impl Western {
    fn of(sample: &[u8]) -> Self {
        let mut found = Self::default();
        for (place, &byte) in sample.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            let before = place.checked_sub(1).and_then(|place| sample.get(place)).copied().unwrap_or_default();
            let after = sample.get(place + 1).copied().unwrap_or_default();
            found.high += 1;
            found.in_runs += usize::from(!before.is_ascii() || !after.is_ascii());
            let rest = sample.get(place + 1..).unwrap_or_default();
            match (sense(WINDOWS_1252, byte, before, rest), sense(MACINTOSH, byte, before, rest)) {
                (Sense::Sure, Sense::None) => found.windows += 1,
                (Sense::None, Sense::Sure) => found.mac += 1,
                _ => {}
            }
        }
        found
    }

    fn is_windows(&self) -> bool {
        self.windows > self.mac * SURELY
    }

    fn is_mac(&self) -> bool {
        self.mac > self.windows * SURELY
    }
}

/// Whether a byte makes sense where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// A letter inside a word, of the case that belongs there, or an apostrophe in an English contraction.
    Sure,
    /// A sign where one may be.
    Possible,
    /// A sign inside a word, a capital behind a small letter, or nothing at all.
    None,
}

fn sense(encoding: &'static Encoding, byte: u8, before: u8, rest: &[u8]) -> Sense {
    let Some(character) = decode_byte(encoding, byte).filter(|c| !c.is_control()) else { return Sense::None };
    let after = rest.first().copied().unwrap_or_default();
    let is_inside = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
    let touches = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
    let is_contraction = before.is_ascii_alphabetic() && is_contraction(before, rest);
    match character {
        '’' if is_contraction => Sense::Sure,
        '’' => Sense::Possible,
        c if is_contraction && c.is_lowercase() && decode_byte(other(encoding), byte) == Some('’') => Sense::None,
        c if c.is_uppercase() && before.is_ascii_lowercase() => Sense::None,
        c if is_letter(c) && touches && is_common(c) => Sense::Sure,
        c if is_letter(c) => Sense::Possible,
        _ if is_inside => Sense::None,
        _ => Sense::Possible,
    }
}

/// `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` and `'ll` at a word's end. `pa's` isn't one: it may be Spanish.
fn is_contraction(before: u8, rest: &[u8]) -> bool {
    [&b"s"[..], b"t", b"m", b"d", b"re", b"ve", b"ll"].iter().any(|ending| {
        let ends = rest.get(ending.len()).is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        rest.starts_with(ending) && ends && (*ending != b"s" || !b"aeou".contains(&before))
    })
}

/// A letter that words are spelled with: Unicode counts `ˆ`, `ª` and ligatures among letters, too.
fn is_letter(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ')
}

/// The letters of Western European languages; others of the two encodings hardly occur.
fn is_common(c: char) -> bool {
    "äöüßÄÖÜéèêëàâáãåæçíìîïñóòôõøœúùûÉÈÀÁÂÅÆÇÍÑÓÔØŒÚ".contains(c)
}

fn other(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == MACINTOSH { WINDOWS_1252 } else { MACINTOSH }
}

fn decode_byte(encoding: &'static Encoding, byte: u8) -> Option<char> {
    encoding.decode_without_bom_handling(&[byte]).0.chars().next()
}

fn unclear(sample: &[u8], one: &'static Encoding, another: &'static Encoding) -> Evidence {
    match differ(sample, one, another) {
        Some(readings) => Evidence::Unclear(readings),
        // They read alike here, so it makes no difference which one is meant.
        None => Evidence::Clear(one),
    }
}

/// The first cell that reads differently.
fn differ(sample: &[u8], one: &'static Encoding, another: &'static Encoding) -> Option<Readings> {
    let is_end = |byte: &u8| b",;\t|\"\r\n".contains(byte);
    let mut line = 1;
    for cell in sample.split_inclusive(is_end) {
        if !cell.is_ascii() {
            let text =
                cell.strip_suffix(&cell[cell.len() - 1..]).filter(|_| cell.last().is_some_and(is_end)).unwrap_or(cell);
            let read = |encoding: &'static Encoding| encoding.decode_without_bom_handling(text).0;
            let (first, second) = (read(one), read(another));
            if first != second {
                let either = [(one.name(), around(&first, &second)), (another.name(), around(&second, &first))];
                return Some(Readings { line, either });
            }
        }
        line += u64::from(cell.last() == Some(&b'\n'));
    }
    None
}

/// The part of a text where it differs from another.
fn around(text: &str, other: &str) -> String {
    const SHOWN: usize = 40;
    let same = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    excerpt(&text.chars().skip(same.saturating_sub(SHOWN / 2)).collect::<String>(), SHOWN)
}

/// UTF-16 without a byte order mark: bytes that are NUL in every other place only, and text when read so.
pub(super) fn unmarked_utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let even = &sample[..sample.len() - sample.len() % 2];
    let nuls_at = |parity: usize| even.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let enough = |nuls: usize| nuls >= 3 && nuls * 10 >= even.len() / 2;
    let encoding = match (nuls_at(0), nuls_at(1)) {
        (0, odd) if enough(odd) => UTF_16LE,
        (nuls, 0) if enough(nuls) => UTF_16BE,
        _ => return None,
    };
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(even.len())?);
    let (_, _, had_errors) = decoder.decode_to_string(even, &mut text, false);
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    (!had_errors && text.chars().all(is_text)).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::{Evidence, detect, unmarked_utf16};
    use crate::source::parse_encoding;
    use encoding_rs::{Encoding, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};
    use proptest::prelude::{any, prop, proptest};

    fn encoded(text: &str, label: &str) -> Vec<u8> {
        let (bytes, _, had_errors) = parse_encoding(label).unwrap().encode(text);
        assert!(!had_errors, "{text}");
        bytes.into_owned()
    }

    fn assert_clear(text: &str, label: &str) {
        let clear = Evidence::Clear(parse_encoding(label).unwrap());
        assert_eq!(detect(&encoded(text, label), true), clear, "{text:?} in {label}");
    }

    #[test]
    fn western_texts_tell_windows_from_mac_by_the_letters_in_their_words() {
        for text in [
            "id,comment\n1,\"Das war sehr gut, danke für die Hilfe!\"\n",
            "id,Name\n1,Müller\n2,Groß\n3,José\n4,Ångström\n",
            "id,commentaire\n1,Très bien reçu, merci à l’équipe\n",
            "id,comentario\n1,El niño está en el jardín de mañana\n",
            "id,comment\n1,I don’t know\n2,it’s “fine”\n",
        ] {
            assert_clear(text, "windows-1252");
            assert_clear(text, "macintosh");
        }
        assert_clear("id;Stadt\n1;Köln\n", "windows-1252");
    }

    #[test]
    fn other_writings_are_told_when_there_is_enough_of_them() {
        assert_clear("id,отзыв\n1,Всё было хорошо, спасибо за помощь\n", "windows-1251");
        assert_clear("id,σχόλιο\n1,Ευχαριστώ πολύ για τη βοήθεια\n", "windows-1253");
        assert_clear("番号,感想\n1,とても良かったです。ありがとうございました。\n", "shift_jis");
        assert_clear("番号,感想\n1,とても良かったです。ありがとうございました。\n", "euc-jp");
        assert_clear("번호,의견\n1,정말 좋았습니다 감사합니다 도움이 되었어요\n", "euc-kr");
    }

    #[test]
    fn what_can_be_either_is_asked_with_both_readings() {
        let asked = |text: &str, label: &str| match detect(&encoded(text, label), true) {
            Evidence::Unclear(readings) => readings,
            other => panic!("{text:?} in {label} is {other:?}"),
        };
        let readings = asked("id,price\n1,2\n2,5 €\n", "windows-1252");
        assert_eq!(readings.line, 3);
        assert_eq!(readings.either, [("windows-1252", "5 €".to_owned()), ("macintosh", "5 Ä".to_owned())]);
        let readings = asked("id,city,price\n1,Köln,5 €\n", "iso-8859-15");
        assert_eq!(readings.either, [("windows-1252", "5 ¤".to_owned()), ("ISO-8859-15", "5 €".to_owned())]);
        // Nothing but Czech has such a word, and who knows.
        let readings = asked("id;Stadt\n1;Köln\n", "macintosh");
        assert_eq!(readings.either, [("windows-1252", "Kšln".to_owned()), ("macintosh", "Köln".to_owned())]);
        asked("id,name\n1,Řehoř\n", "windows-1250");
        asked("id,name\n1,日\n", "shift_jis");
    }

    #[test]
    fn utf_8_with_a_wrong_byte_in_it_is_still_utf_8() {
        let mixed = ["id,city\n1,Köln\n2,Zürich\n3,".as_bytes(), b"K\xf6ln\n"].concat();
        assert_eq!(detect(&mixed, true), Evidence::Utf8);
        let cut = "id,city\n1,Kö".as_bytes();
        assert_eq!(detect(&cut[..cut.len() - 1], false), Evidence::Utf8);
        assert_eq!(detect(b"id,city\n", true), Evidence::Utf8);
    }

    #[test]
    fn utf_16_without_a_mark_is_told_from_binary_data() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        for text in ["id,score\n1,5\n", "番号,感想\n1,とても良かった\n2,良\n3,良\n"] {
            assert_eq!(unmarked_utf16(&utf16(text, u16::to_le_bytes)), Some(UTF_16LE), "{text}");
            assert_eq!(unmarked_utf16(&utf16(text, u16::to_be_bytes)), Some(UTF_16BE), "{text}");
        }
        for binary in [&b"a\0"[..], b"\0\0\0\0\0\0", b"\x01\0\x02\0\x03\0\x04\0", b"abc\0def", b""] {
            assert_eq!(unmarked_utf16(binary), None, "{binary:?}");
        }
    }

    /// Long texts of one language must never be taken for another encoding's.
    #[test]
    fn nothing_is_clear_and_wrong() {
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
                if let Evidence::Clear(found) = detect(&bytes, true) {
                    assert_eq!(found.decode_without_bom_handling(&bytes).0, text, "{label} as {}", found.name());
                }
            }
        }
        assert_ne!(WINDOWS_1252, MACINTOSH);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), is_whole in any::<bool>()) {
            let _ = (detect(&bytes, is_whole), unmarked_utf16(&bytes));
        }
    }
}
