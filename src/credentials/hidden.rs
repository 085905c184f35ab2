//! Removes tokens and secrets from what a server sends back: gateways quote the requests that they refuse, whole or in part, in
//! pages, messages and redirects, and a server knows the secret, too.
//!
//! A token is removed in whatever part it comes. A secret may consist of words, so it is removed only as a whole.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// The shortest secret and the shortest part of a token that is redacted. A text that only happens to contain as much is not to
/// be expected.
const SHORTEST: usize = size_of::<u64>();
const TOKEN: &str = "[token]";
const SECRET: &str = "[secret]";
/// Half of the shortest part: wherever a part begins, it contains a gram that begins at a multiple of [`STEP`].
const GRAM: usize = size_of::<u32>();
const STEP: usize = SHORTEST - GRAM + 1;
/// Some fifty for each gram of a usual token.
const FILTER_BITS: usize = 1 << 14;

/// What must not be shown: a token, what is encrypted in it, and the secret that signed it.
#[derive(Clone)]
pub(crate) struct Hidden {
    /// Joined by NUL, which no text has.
    tokens: SecretString,
    secrets: Vec<SecretString>,
    /// Computed with the first text: most single-use tokens are sent and never looked for.
    parts: OnceLock<Parts>,
}

#[derive(Clone)]
struct Parts {
    windows: HashSet<u64, RandomState>,
    secrets: Vec<Whole>,
    grams: HashSet<u32, RandomState>,
    /// A bit for each gram: almost every gram of a text is in no set, and this is the quickest way to learn that.
    filter: Vec<u64>,
}

/// A secret's bytes, as they are or decoded like a text, and its first window.
#[derive(Clone)]
struct Whole {
    start: u64,
    bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hidden").finish_non_exhaustive()
    }
}

impl Hidden {
    /// Hides these tokens, which are joined by NUL, and secrets.
    pub(crate) fn new(tokens: SecretString, secrets: Vec<SecretString>) -> Self {
        Self { tokens, secrets, parts: OnceLock::new() }
    }

    /// Replaces every part of the tokens and every secret in the text, raw, percent-encoded or escaped as in JSON.
    pub(crate) fn redact(&self, text: String) -> String {
        let parts = self.parts.get_or_init(|| Parts::of(self.tokens.expose_secret().as_bytes(), &self.secrets));
        if parts.may_be_in(text.as_bytes()) { parts.redact(&text) } else { text }
    }
}

impl Parts {
    fn of(tokens: &[u8], secrets: &[SecretString]) -> Self {
        let secrets: Vec<Whole> = secrets.iter().flat_map(|secret| Whole::of(secret.expose_secret())).collect();
        let starts = secrets.iter().flat_map(|secret| secret.bytes[..SHORTEST].windows(GRAM));
        let grams: HashSet<u32, RandomState> = tokens.windows(GRAM).chain(starts).filter_map(gram).collect();
        let mut filter = vec![0; FILTER_BITS / 64];
        for (word, bit) in grams.iter().map(|gram| place(*gram)) {
            filter[word] |= bit;
        }
        Self { windows: tokens.windows(SHORTEST).map(window).collect(), secrets, grams, filter }
    }

    fn has(&self, gram: u32) -> bool {
        let (word, bit) = place(gram);
        self.filter[word] & bit != 0 && self.grams.contains(&gram)
    }

    /// False only if the text contains no part. Almost every text is an answer without any.
    fn may_be_in(&self, text: &[u8]) -> bool {
        let is_escaped = text.contains(&b'%') || text.contains(&b'\\');
        is_escaped || text.chunks(STEP).filter_map(gram).any(|gram| self.has(gram))
    }

    fn redact(&self, text: &str) -> String {
        let mut redacted = String::with_capacity(text.len());
        let (mut window, mut starts, mut hidden_to) = (0, [0; SHORTEST], None);
        for (number, (byte, place)) in decode(text).enumerate() {
            window = push(window, byte);
            starts[number % SHORTEST] = place.start;
            if number + 1 < SHORTEST {
                continue;
            }
            let start = starts[(number + 1) % SHORTEST];
            let Some((end, mark)) = self.find(window, text, start..place.end) else { continue };
            if hidden_to.is_none_or(|hidden_to| start > hidden_to) {
                redacted.push_str(text.get(hidden_to.unwrap_or_default()..start).unwrap_or_default());
                redacted.push_str(mark);
            }
            hidden_to = hidden_to.max(Some(end));
        }
        redacted.push_str(text.get(hidden_to.unwrap_or_default()..).unwrap_or_default());
        redacted
    }

    /// The end of what begins with this window and is hidden, and the mark that replaces it.
    fn find(&self, window: u64, text: &str, place: Range<usize>) -> Option<(usize, &'static str)> {
        let from_here = text.get(place.start..);
        let length = self.secrets.iter().find_map(|secret| secret.length_in(window, from_here?));
        let secret = length.map(|length| (place.start + length, SECRET));
        secret.or_else(|| self.windows.contains(&window).then_some((place.end, TOKEN)))
    }
}

impl Whole {
    fn of(secret: &str) -> Vec<Self> {
        let mut forms = vec![Zeroizing::new(secret.as_bytes().to_vec())];
        forms.push(Zeroizing::new(decode(secret).map(|(byte, _)| byte).collect()));
        forms.dedup();
        let whole = |bytes: Zeroizing<Vec<u8>>| Some(Self { start: window(bytes.get(..SHORTEST)?), bytes });
        forms.into_iter().filter_map(whole).collect()
    }

    /// The length of the secret, as it is written where this text begins.
    fn length_in(&self, window: u64, text: &str) -> Option<usize> {
        let (mut decoded, mut length) = (decode(text), 0);
        let mut is_next = |byte: &u8| {
            decoded.next().is_some_and(|(found, place)| {
                length = place.end;
                found == *byte
            })
        };
        (self.start == window && self.bytes.iter().all(&mut is_next)).then_some(length)
    }
}

/// A gram's word and bit in the filter.
fn place(gram: u32) -> (usize, u64) {
    let hash = (gram.wrapping_mul(0x9e37_79b1) >> (u32::BITS - FILTER_BITS.ilog2())) as usize;
    (hash / 64, 1 << (hash % 64))
}

/// The gram that these bytes begin with.
fn gram(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|gram| u32::from_ne_bytes(*gram))
}

fn window(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |window, byte| push(window, *byte))
}

/// The last [`SHORTEST`] bytes.
fn push(window: u64, byte: u8) -> u64 {
    window << 8 | u64::from(byte)
}

/// The text's bytes, each with its place. Escapes such as `%2E`, `%252E` for an escape that was escaped again, and `\/` in JSON
/// are one byte.
fn decode(text: &str) -> impl Iterator<Item = (u8, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        let start = next;
        let (byte, length) = escape(&bytes[start..])
            .or_else(|| json_escape(&bytes[start..]))
            .or_else(|| Some((*bytes.get(start)?, 1)))?;
        next = start + length;
        Some((byte, start..next))
    })
}

/// The character of the JSON escape that this starts with, and the escape's length. Others are no part of tokens or secrets.
fn json_escape(text: &[u8]) -> Option<(u8, usize)> {
    match text.strip_prefix(b"\\")? {
        [byte @ (b'"' | b'\\' | b'/'), ..] => Some((*byte, 2)),
        [b'u', b'0', b'0', digits @ ..] => hex_byte(digits.get(..2)?).map(|byte| (byte, 6)),
        _ => None,
    }
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    std::str::from_utf8(digits).ok().filter(|_| is_hex).and_then(|digits| u8::from_str_radix(digits, 16).ok())
}

/// The byte of the percent escape that this starts with, and the escape's length.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let escaped_again = text.strip_prefix(b"%")?.chunks_exact(2).take_while(|pair| pair == b"25").count();
    // `%25` alone is a percent sign.
    let byte = |again: usize| hex_byte(text.get(1 + 2 * again..3 + 2 * again)?).map(|byte| (byte, 3 + 2 * again));
    (0..=escaped_again).rev().find_map(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Hidden, Parts};

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJrb3JlIn0.3q2-7w_AbCdEfGhIjKlMnOp";

    const SECRET: &str = "a\"s3cr3t\\of/w%6Frds=";

    fn hidden(secret: &str) -> Hidden {
        Hidden::new(TOKEN.into(), vec![secret.into()])
    }

    fn redacted(text: &str) -> String {
        hidden(SECRET).redact(text.to_owned())
    }

    fn percent_encoded(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02x}")).collect()
    }

    #[test]
    fn tokens_are_redacted_whole_in_part_and_encoded() {
        let encoded = percent_encoded(TOKEN);
        let twice = encoded.replace('%', "%25");
        for form in [TOKEN, &TOKEN[..8], &TOKEN[40..], &encoded, &encoded.to_uppercase(), &twice] {
            assert_eq!(redacted(&format!("at /login?auth={form}&x=1")), "at /login?auth=[token]&x=1", "{form}");
            assert_eq!(redacted(form), "[token]");
        }
        assert_eq!(redacted(&format!("{TOKEN} {TOKEN}")), "[token] [token]");
        assert_eq!(redacted(&format!("ü{}ü", TOKEN.replace('.', "%2E"))), "ü[token]ü");
    }

    #[test]
    fn secrets_are_redacted_raw_and_encoded() {
        let encoded = percent_encoded(SECRET);
        let json = serde_json::to_string(SECRET).unwrap();
        let json = json.trim_matches('"');
        for form in
            [SECRET, &encoded, &encoded.replace('%', "%25"), json, &json.replace('/', "\\/").replace('s', "\\u0073")]
        {
            assert_eq!(redacted(&format!("ü\"{form}\": {TOKEN}")), "ü\"[secret]\": [token]", "{form}");
            assert_eq!(redacted(form), "[secret]");
        }
        assert_eq!(redacted(&format!("{SECRET}{SECRET}")), "[secret]");
        // Its words are not secret.
        let part = &SECRET[..SECRET.len() - 1];
        assert_eq!(redacted(part), part);
        let short = "hunter2";
        assert_eq!(hidden(short).redact(short.to_owned()), short);
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "",
            "%",
            "%2",
            "100% of eyJhbGc",
            "Größe %zz %25 %+1",
            r"\ \n \u00 \u00e9",
            "https://bots.kore.ai/a%20b?c=%C3%BC",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    proptest! {
        #[test]
        fn skipping_texts_changes_nothing(
            texts in prop::collection::vec(("[eyJhbGciO%2E.]{0,9}", 0_usize..60, 0_usize..12, any::<bool>()), 0..6),
        ) {
            let secret = "the secret";
            let part = |from: usize, length| &TOKEN[from..TOKEN.len().min(from + length)];
            let secret_if = |is: bool| if is { secret } else { "" };
            let text: String = texts
                .iter()
                .map(|(text, from, length, is_secret)| text.clone() + part(*from, *length) + secret_if(*is_secret))
                .collect();
            let parts = Parts::of(TOKEN.as_bytes(), &[secret.into()]);
            prop_assert_eq!(hidden(secret).redact(text.clone()), parts.redact(&text));
        }

        #[test]
        fn no_long_part_survives(before in ".{0,20}", from in 0_usize..50, length in 8_usize..60, encode: bool) {
            let part = &TOKEN[from..TOKEN.len().min(from + length)];
            let sent = if encode { percent_encoded(part) } else { part.to_owned() };
            let shown = redacted(&format!("{before}{sent}\u{e9}{before}"));
            prop_assert!(shown.contains("[token]") && !shown.contains(&sent), "{shown}");
        }
    }
}
