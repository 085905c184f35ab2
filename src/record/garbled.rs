//! Text that is UTF-8 and was read as something else, once too often: `GrÃ¶ÃŸe` for `Größe`. Such text is valid, and nothing
//! but its looks tells.

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// What the first bytes of the commonest characters of several bytes look like in the encodings that UTF-8 is taken for.
const TELLING: [char; 6] = ['Ã', 'Â', 'â', '√', '¬', '‚'];
/// Those bytes: Western letters, and the signs of punctuation.
const LEADS: [u8; 3] = [0xc2, 0xc3, 0xe2];

/// What the text would be, had it been read as UTF-8; `None` if it doesn't look like that.
pub(super) fn ungarbled(text: &str) -> Option<String> {
    if !text.contains(TELLING) {
        return None;
    }
    [WINDOWS_1252, MACINTOSH].into_iter().find_map(|encoding| {
        let (bytes, _, had_errors) = encoding.encode(text);
        let has_lead = bytes.iter().any(|byte| LEADS.contains(byte));
        let mended = std::str::from_utf8(&bytes).ok().filter(|_| has_lead && !had_errors)?;
        (!mended.chars().any(char::is_control)).then(|| mended.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::ungarbled;

    #[test]
    fn utf_8_that_was_taken_for_something_else_is_known() {
        for text in ["Größe", "für Köln – „gut“", "Ça va très bien, merci à l’équipe", "5 €", "¿Qué tal?"]
        {
            for encoding in [encoding_rs::WINDOWS_1252, encoding_rs::MACINTOSH] {
                let garbled = encoding.decode_without_bom_handling(text.as_bytes()).0;
                assert_eq!(ungarbled(&garbled).as_deref(), Some(text), "{garbled}");
            }
        }
    }

    #[test]
    fn words_of_many_languages_are_left_alone() {
        for text in [
            "Größe",
            "NÃO",
            "não",
            "Âge",
            "âge",
            "Très bien",
            "«CAFÉ»",
            "STRAẞE",
            "5 √ 2",
            "¬p",
            "‚so‘",
            "Ã",
            "Â",
            "東京",
            "",
            "plain",
            "Århus",
            "DÉJÀ",
            "SÃO PAULO",
            "VÂNĂTOARE",
            "î‚",
        ] {
            assert_eq!(ungarbled(text), None, "{text}");
        }
    }
}
