//! Survey answers in many languages, each in every encoding that is used for them.

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, proptest};
use proptest::test_runner::RngSeed;

use super::super::{Detection, detect, detect_utf16};
use crate::source::parse_encoding;
use crate::source::tests::{encode, encode_as};

/// A header and twelve answers in each of 24 languages, invented for this test.
const SURVEYS: &str = include_str!("surveys.txt");

const ENCODINGS: &str = "\
    utf-8 utf-16le utf-16be \
    windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1257 windows-874 \
    iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-7 iso-8859-8 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 \
    iso-8859-16 koi8-r koi8-u \
    cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp865 cp866 cp869 \
    macintosh mac-ce mac-turkish mac-greek mac-icelandic mac-cyrillic";

/// The encodings that are used for a language, if they can represent the text.
fn encodings(language: &str) -> impl Iterator<Item = &'static str> {
    let east_asian = match language {
        "ja" => "shift_jis euc-jp",
        "ko" => "euc-kr",
        "zh" => "gbk gb18030",
        _ => "",
    };
    ENCODINGS.split_whitespace().chain(east_asian.split_whitespace())
}

struct Survey {
    language: &'static str,
    header: &'static str,
    answers: Vec<&'static str>,
}

impl Survey {
    fn all() -> Vec<Self> {
        let parts = SURVEYS.split('[').skip(1);
        let read = |part: &'static str| {
            let (language, rest) = part.split_once("] ").unwrap();
            let mut lines = rest.lines();
            Self { language, header: lines.next().unwrap(), answers: lines.collect() }
        };
        parts.map(read).collect()
    }

    /// A file with this number of rows, whose answers start at this one.
    fn file(&self, rows: usize, first: usize) -> String {
        let answers = self.answers.iter().cycle().skip(first).take(rows).enumerate();
        let rows = answers.map(|(row, answer)| format!("{};{};\"{answer}\"\n", row + 1, row * 7 % 11));
        format!("{}\n{}", self.header, rows.collect::<String>())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Correct,
    Asked { is_offered: bool },
    Wrong(String),
}

/// What detection says about a text in this encoding; `None` if the encoding cannot represent the text.
fn verdict(text: &str, label: &str) -> Option<Verdict> {
    if label.starts_with("utf-16") {
        let is_found = detect_utf16(&encode(text, label)) == Some(parse_encoding(label).unwrap());
        return Some(if is_found { Verdict::Correct } else { Verdict::Asked { is_offered: false } });
    }
    let bytes = encode_as(text, label).filter(|bytes| !bytes.is_ascii())?;
    Some(match detect(&bytes, true) {
        Detection::Utf8 if std::str::from_utf8(&bytes).is_ok_and(|read| read == text) => Verdict::Correct,
        Detection::Certain(encoding) if encoding.decode(&bytes) == text => Verdict::Correct,
        Detection::Ambiguous(ambiguity) => {
            let reads = |(name, _): &(&str, String)| parse_encoding(name).unwrap().decode(&bytes) == text;
            Verdict::Asked { is_offered: ambiguity.readings.iter().any(reads) }
        }
        other => Verdict::Wrong(format!("{text} in {label} is {other:?}")),
    })
}

/// Prints a line for each language with its encodings: correct (+), asked and the right reading offered (?), asked (!), wrong (X).
#[test]
#[expect(clippy::print_stdout, reason = "the matrix is shown when the test is run by hand")]
fn no_survey_is_silently_wrong() {
    let (mut long, mut short, mut wrong) = ([0; 3], [0; 3], Vec::new());
    for survey in Survey::all() {
        let mut line = format!("{}:", survey.language);
        for label in encodings(survey.language) {
            let mut marks = String::new();
            for (rows, first) in [(100, 0), (3, 0), (3, 3), (3, 6), (3, 9)] {
                let Some(verdict) = verdict(&survey.file(rows, first), label) else { continue };
                let counts = if rows == 100 { &mut long } else { &mut short };
                let (place, mark) = match verdict {
                    Verdict::Correct => (0, '+'),
                    Verdict::Asked { is_offered } => (1, if is_offered { '?' } else { '!' }),
                    Verdict::Wrong(what) => {
                        wrong.push(what);
                        (2, 'X')
                    }
                };
                counts[place] += 1;
                marks.push(mark);
            }
            if !marks.is_empty() {
                line += &format!(" {label} {marks}");
            }
        }
        println!("{line}");
    }
    println!("100 rows: {long:?}; 3 rows: {short:?} (correct, asked, wrong)");
    assert_eq!(wrong, [""; 0]);
    assert!(long[1] * 20 < long[0], "files of 100 rows are rarely asked about: {long:?}");
    assert!(short[1] * 5 < short[0], "files of 3 rows are seldom asked about: {short:?}");
}

proptest! {
    // The same samples in every run: detection is a matter of statistics, and there is always a few words that mislead it.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_few_words_are_silently_wrong(
        survey in any::<prop::sample::Index>(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..12),
        is_upper in any::<bool>(),
    ) {
        let surveys = Survey::all();
        let survey = survey.get(&surveys);
        let words: Vec<&str> = survey.answers.iter().flat_map(|answer| answer.split(' ')).collect();
        let chosen = places.iter().map(|place| format!("1,{}\n", place.get(&words))).collect::<String>();
        let text = format!("id,text\n{}", if is_upper { chosen.to_uppercase() } else { chosen });
        for label in encodings(survey.language) {
            // What is UTF-8 is read as UTF-8, even if two letters of Greek are UTF-8 by chance.
            if encode_as(&text, label).is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok()) {
                continue;
            }
            let verdict = verdict(&text, label);
            prop_assert!(!matches!(verdict, Some(Verdict::Wrong(_))), "{}: {:?}", survey.language, verdict);
        }
    }
}

#[test]
fn garbled_text_is_not_decided() {
    let noise: Vec<u8> = (0..4000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
    let text = [b"id,text\n1,", &noise[..], b"\n"].concat();
    assert!(matches!(detect(&text, true), Detection::Ambiguous(_)), "{:?}", detect(&text, true));
}
