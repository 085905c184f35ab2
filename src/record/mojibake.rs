//! Detects mojibake: UTF-8 that was decoded as another encoding, such as `GrÃ¶ÃŸe` for `Größe`. Such text is valid UTF-8, so
//! only its characters give it away.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

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
        let bytes = encoded(text, encoding)?;
        let has_lead = bytes.iter().any(|byte| LEAD_BYTES.contains(byte));
        let repaired = String::from_utf8(bytes).ok().filter(|_| has_lead)?;
        (!repaired.chars().any(char::is_control)).then_some(repaired)
    })
}

/// The text in an encoding whose bytes are characters each; `None` if it lacks one. With the encoders of `encoding_rs`, the
/// program would contain those of all encodings.
fn encoded(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let high: Vec<u8> = (0x80..=0xff).collect();
    let (characters, _) = encoding.decode_without_bom_handling(&high);
    let byte = |c: char| match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => Some(byte),
        _ => characters.chars().zip(0x80..=0xff).find(|(known, _)| *known == c).map(|(_, byte)| byte),
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{encoded, repaired};

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

    proptest! {
        #[test]
        fn texts_encode_as_by_their_standard(text in "[a-zÀ-ÿŒ€„“\u{80}-\u{9f}√∂Ω東\u{f8ff}]{0,6}") {
            for encoding in [encoding_rs::WINDOWS_1252, encoding_rs::MACINTOSH] {
                let (bytes, _, had_errors) = encoding.encode(&text);
                prop_assert_eq!(encoded(&text, encoding), (!had_errors).then(|| bytes.into_owned()));
            }
        }
    }
}
