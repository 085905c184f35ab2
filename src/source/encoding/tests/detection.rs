//! Detection: short texts, languages, and what is asked.

use super::super::{Detection, Encoding, detect, detect_utf16};
use crate::source::parse_encoding;
use crate::source::tests::encode_as;
use encoding_rs::{UTF_16BE, UTF_16LE};
use proptest::prelude::{any, prop, proptest};

fn encoded(text: &str, label: &str) -> Vec<u8> {
    encode_as(text, label).unwrap_or_else(|| panic!("{text} in {label}"))
}

fn assert_certain(text: &str, label: &str) {
    let certain = Detection::Certain(parse_encoding(label).unwrap());
    assert_eq!(detect(&encoded(text, label), true), certain, "{text:?} in {label}");
}

#[test]
fn letters_tell_windows_from_mac() {
    for text in [
        "id,comment\n1,\"Schöne Grüße und danke für die Hilfe!\"\n2,es wäre möglich, können Sie größere schicken\n",
        "id,Name\n1,Müller\n2,Schröder\n3,Bäcker\n4,Löwe\n",
        "id,commentaire\n1,Très bien reçu, merci à l’équipe\n",
        "id,comentario\n1,El niño está en el jardín de mañana\n2,La señora explicó todo, también el año próximo\n",
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
    assert_eq!(ambiguity.readings, [("ISO-8859-15", "5 €".to_owned()), ("windows-1252", "5 ¤".to_owned())]);
    // The other reading could be a Czech word.
    let ambiguity = ambiguous("id;Stadt\n1;Köln\n", "macintosh");
    assert_eq!(ambiguity.readings, [("macintosh", "Köln".to_owned()), ("windows-1252", "Kšln".to_owned())]);
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
        assert_eq!(detect_utf16(&utf16(text, u16::to_le_bytes)), Some(Encoding::Standard(UTF_16LE)), "{text}");
        assert_eq!(detect_utf16(&utf16(text, u16::to_be_bytes)), Some(Encoding::Standard(UTF_16BE)), "{text}");
    }
    for binary in [&b"a\0"[..], b"\0\0\0\0\0\0", b"\x01\0\x02\0\x03\0\x04\0", b"abc\0def", b""] {
        assert_eq!(detect_utf16(binary), None, "{binary:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), is_whole in any::<bool>()) {
        let _ = (detect(&bytes, is_whole), detect_utf16(&bytes));
    }
}
