//! Removes a token from what a server sends back: gateways quote the requests that they refuse, whole or in part, in pages,
//! messages and redirects.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use secrecy::{ExposeSecret, SecretString};

/// The shortest part of a token that is redacted. A text that only happens to contain as much of a token is not to be expected.
const SHORTEST: usize = size_of::<u64>();
const REDACTED: &str = "[token]";
/// Half of the shortest part: wherever a part begins, it contains a gram that begins at a multiple of [`STEP`].
const GRAM: usize = size_of::<u32>();
const STEP: usize = SHORTEST - GRAM + 1;
/// Some fifty for each gram of a usual token.
const FILTER_BITS: usize = 1 << 14;

/// What must not be shown: a token, and what is encrypted in it.
#[derive(Clone)]
pub(crate) struct Hidden {
    /// Joined by NUL, which no text has.
    tokens: SecretString,
    /// Computed with the first text: most single-use tokens are sent and never looked for.
    parts: OnceLock<Parts>,
}

#[derive(Clone)]
struct Parts {
    windows: HashSet<u64, RandomState>,
    grams: HashSet<u32, RandomState>,
    /// A bit for each gram: almost every gram of a text is in no set, and this is the quickest way to learn that.
    filter: Vec<u64>,
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hidden").finish_non_exhaustive()
    }
}

impl Hidden {
    /// Hides these tokens, which are joined by NUL.
    pub(crate) fn new(tokens: SecretString) -> Self {
        Self { tokens, parts: OnceLock::new() }
    }

    /// Replaces every part of the tokens in the text, raw or percent-encoded.
    pub(crate) fn redact(&self, text: String) -> String {
        let parts = self.parts.get_or_init(|| Parts::of(self.tokens.expose_secret().as_bytes()));
        if parts.may_be_in(text.as_bytes()) { parts.redact(&text) } else { text }
    }
}

impl Parts {
    fn of(tokens: &[u8]) -> Self {
        let window = |part: &[u8]| part.iter().fold(0, |window, byte| push(window, *byte));
        let grams: HashSet<u32, RandomState> = tokens.windows(GRAM).filter_map(gram).collect();
        let mut filter = vec![0; FILTER_BITS / 64];
        for (word, bit) in grams.iter().map(|gram| place(*gram)) {
            filter[word] |= bit;
        }
        Self { windows: tokens.windows(SHORTEST).map(window).collect(), grams, filter }
    }

    fn has(&self, gram: u32) -> bool {
        let (word, bit) = place(gram);
        self.filter[word] & bit != 0 && self.grams.contains(&gram)
    }

    /// False only if the text contains no part. Almost every text is an answer without any.
    fn may_be_in(&self, text: &[u8]) -> bool {
        let is_escaped = text.contains(&b'%');
        is_escaped || text.chunks(STEP).filter_map(gram).any(|gram| self.has(gram))
    }

    fn redact(&self, text: &str) -> String {
        redact(text, &self.windows)
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

fn redact(text: &str, parts: &HashSet<u64, RandomState>) -> String {
    let mut redacted = String::with_capacity(text.len());
    let (mut window, mut starts, mut hidden_to) = (0, [0; SHORTEST], None);
    for (number, (byte, place)) in decode(text).enumerate() {
        window = push(window, byte);
        starts[number % SHORTEST] = place.start;
        if number + 1 < SHORTEST || !parts.contains(&window) {
            continue;
        }
        let start = starts[(number + 1) % SHORTEST];
        if hidden_to.is_none_or(|hidden_to| start > hidden_to) {
            redacted.push_str(text.get(hidden_to.unwrap_or_default()..start).unwrap_or_default());
            redacted.push_str(REDACTED);
        }
        hidden_to = Some(place.end);
    }
    redacted.push_str(text.get(hidden_to.unwrap_or_default()..).unwrap_or_default());
    redacted
}

/// The last [`SHORTEST`] bytes.
fn push(window: u64, byte: u8) -> u64 {
    window << 8 | u64::from(byte)
}

/// The text's bytes, each with its place. Escapes such as `%2E`, and `%252E` for an escape that was escaped again, are one
/// byte.
fn decode(text: &str) -> impl Iterator<Item = (u8, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        let start = next;
        let (byte, length) = escape(&bytes[start..]).or_else(|| Some((*bytes.get(start)?, 1)))?;
        next = start + length;
        Some((byte, start..next))
    })
}

/// The byte of the escape that this starts with, and the escape's length.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let escaped_again = text.strip_prefix(b"%")?.chunks_exact(2).take_while(|pair| pair == b"25").count();
    // `%25` alone is a percent sign.
    (0..=escaped_again).rev().find_map(|again| {
        let digits = std::str::from_utf8(text.get(1 + 2 * again..3 + 2 * again)?).ok()?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        Some((u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?, 3 + 2 * again))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Hidden, Parts};

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJrb3JlIn0.3q2-7w_AbCdEfGhIjKlMnOp";

    fn redacted(text: &str) -> String {
        Hidden::new(TOKEN.into()).redact(text.to_owned())
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
    fn other_text_stays_as_it_is() {
        for text in ["", "%", "%2", "100% of eyJhbGc", "Größe %zz %25 %+1", "https://bots.kore.ai/a%20b?c=%C3%BC"] {
            assert_eq!(redacted(text), text);
        }
    }

    proptest! {
        #[test]
        fn skipping_texts_changes_nothing(
            texts in prop::collection::vec(("[eyJhbGciO%2E.]{0,9}", 0_usize..60, 0_usize..12), 0..6),
        ) {
            let part = |from: usize, length| &TOKEN[from..TOKEN.len().min(from + length)];
            let text: String = texts.iter().map(|(text, from, length)| text.clone() + part(*from, *length)).collect();
            prop_assert_eq!(redacted(&text), Parts::of(TOKEN.as_bytes()).redact(&text));
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
