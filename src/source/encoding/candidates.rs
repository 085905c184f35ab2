//! The single-byte encodings that a file may have, and the languages written in them.

use std::sync::OnceLock;

use super::charset::Encoding;

const WESTERN: &str = "en de fr es pt it da sv no fi nl ca is";
const CENTRAL: &str = "pl cs sk hu hr sl ro de";
const CYRILLIC: &str = "ru uk bg mk";

/// The cost of encodings that hardly any file has.
const RARELY_USED: u32 = 12;

/// Each encoding with a cost, the greater the rarer it is among files, and with its languages. Of encodings that are the same
/// for a text, the first with the lowest cost is chosen.
const CANDIDATES: [(&str, u32, &str); 47] = [
    ("windows-1252", 0, WESTERN),
    ("macintosh", 2, WESTERN),
    ("cp850", 2, WESTERN),
    ("cp437", 3, WESTERN),
    ("cp858", 3, WESTERN),
    ("iso-8859-15", 3, WESTERN),
    ("windows-1250", 1, CENTRAL),
    ("iso-8859-2", 2, CENTRAL),
    ("cp852", 3, CENTRAL),
    ("x-mac-ce", 4, CENTRAL),
    ("windows-1251", 1, CYRILLIC),
    ("koi8-r", 2, CYRILLIC),
    ("ibm866", 2, CYRILLIC),
    ("x-mac-cyrillic", 3, CYRILLIC),
    ("iso-8859-5", 3, CYRILLIC),
    ("cp855", 4, CYRILLIC),
    ("koi8-u", 3, CYRILLIC),
    ("windows-1253", 1, "el"),
    ("iso-8859-7", 2, "el"),
    ("cp737", 3, "el"),
    ("x-mac-greek", 4, "el"),
    ("cp869", 4, "el"),
    ("windows-1254", 1, "tr"),
    ("cp857", 3, "tr"),
    ("x-mac-turkish", 4, "tr"),
    ("windows-1255", 1, "he"),
    ("iso-8859-8", 2, "he"),
    ("cp862", 3, "he"),
    ("windows-1256", 1, "ar"),
    ("iso-8859-6", 2, "ar"),
    ("cp864", 5, "ar"),
    ("cp720", 4, "ar"),
    ("windows-1257", 2, "lv lt"),
    ("iso-8859-13", 6, "lv lt"),
    ("iso-8859-4", 8, "lv lt"),
    ("cp775", 4, "lv lt"),
    ("windows-874", 1, "th"),
    ("cp865", 3, "da no"),
    ("cp860", 4, "pt"),
    ("cp861", 4, "is"),
    ("cp863", 4, "fr"),
    ("x-mac-icelandic", 5, "is"),
    ("iso-8859-10", RARELY_USED, "is"),
    ("iso-8859-16", RARELY_USED, "ro"),
    ("iso-8859-3", RARELY_USED, ""),
    ("iso-8859-14", RARELY_USED, ""),
    ("windows-1258", RARELY_USED, ""),
];

/// What it costs a text to be in a language that its encoding was not made for.
const UNUSUAL: u32 = 10;

pub(super) struct Candidate {
    pub(super) encoding: Encoding,
    /// The characters from byte 128 on.
    pub(super) upper: [char; 128],
    pub(super) cost: u32,
    languages: &'static str,
}

impl Candidate {
    pub(super) fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Candidate>> = OnceLock::new();
        ALL.get_or_init(|| CANDIDATES.iter().filter_map(Self::new).collect())
    }

    fn new((label, cost, languages): &(&str, u32, &'static str)) -> Option<Self> {
        let encoding = Encoding::for_label(label)?;
        Some(Self { encoding, upper: encoding.upper(), cost: *cost, languages })
    }

    /// Whether one of these bytes is another character in the other encoding.
    pub(super) fn differs<'a>(&self, other: &Self, bytes: impl IntoIterator<Item = &'a u8>) -> bool {
        let upper = |candidate: &Self, byte: u8| candidate.upper[usize::from(byte - 128)];
        bytes.into_iter().any(|byte| !byte.is_ascii() && upper(self, *byte) != upper(other, *byte))
    }

    /// What it costs a text in this language to have this encoding.
    pub(super) fn cost_in(&self, language: &str) -> u32 {
        let is_usual = self.languages.split(' ').any(|usual| usual == language);
        self.cost + if is_usual { 0 } else { UNUSUAL }
    }
}

#[cfg(test)]
mod tests {
    use super::{CANDIDATES, Candidate};
    use crate::source::encoding::languages::Languages;

    #[test]
    fn candidates_are_known() {
        let languages: Vec<&str> = (0..Languages::all().len()).map(|place| Languages::all().name(place)).collect();
        assert_eq!(Candidate::all().len(), CANDIDATES.len());
        for (label, _, usual) in CANDIDATES {
            assert!(usual.split_whitespace().all(|language| languages.contains(&language)), "{label}");
        }
    }
}
