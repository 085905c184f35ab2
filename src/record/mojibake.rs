//! Detects mojibake: UTF-8 that was decoded as another encoding, such as `GrÃ¶ÃŸe` for `Größe`. Such text is valid UTF-8, so
//! only its characters give it away.

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// What the lead bytes look like in the encodings that UTF-8 is mistaken for.
const SUSPICIOUS: [char; 6] = ['Ã', 'Â', 'â', '√', '¬', '‚'];
/// The lead bytes of Western letters and of punctuation.
const LEAD_BYTES: [u8; 3] = [0xc2, 0xc3, 0xe2];

/// The text decoded as UTF-8; `None` if it does not look like mojibake.
pub(super) fn repaired(text: &str) -> Option<String> {
    if text.is_ascii() || !text.contains(SUSPICIOUS) {
        return None;
    }
    [WINDOWS_1252, MACINTOSH].into_iter().find_map(|encoding| {
        let (bytes, _, had_errors) = encoding.encode(text);
        let has_lead = bytes.iter().any(|byte| LEAD_BYTES.contains(byte));
        let repaired = std::str::from_utf8(&bytes).ok().filter(|_| has_lead && !had_errors)?;
        (!repaired.chars().any(char::is_control)).then(|| repaired.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::repaired;

    #[test]
    fn mojibake_is_repaired() {
        for text in ["Größe", "für Köln – „gut“", "Ça va très bien, merci à l’équipe", "5 €", "¿Qué tal?"]
        {
            for encoding in [encoding_rs::WINDOWS_1252, encoding_rs::MACINTOSH] {
                let mojibake = encoding.decode_without_bom_handling(text.as_bytes()).0;
                assert_eq!(repaired(&mojibake).as_deref(), Some(text), "{mojibake}");
            }
        }
    }

    #[test]
    fn correct_text_is_left_alone() {
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
            assert_eq!(repaired(text), None, "{text}");
        }
    }
}
