//! Rows checked one after the other, with plain and mapped columns.

use super::{CheckedRow, Checker, SkipReason};
use crate::numbering::RecordId;
use crate::record::{
    Assignment, Dedupe, FeedbackType, Field, MappingOptions, ProblemKind, ResolvedMapping, RowSelection, ScoreRule,
};
use crate::source::{Row, RowError, SourceOptions, Table};
use proptest::prelude::{Strategy, prop, prop_assert_eq, proptest};

const HEADER: [&str; 8] = ["channel_uid", "name", "score", "channel", "type", "language", "message", "note"];
const GOOD: [&str; 8] = ["007", "Post-chat", "4.0", "rtm", "csat", "de", "", "kept out"];

fn of_row(row: u64) -> RecordId {
    RecordId { row, record: None }
}

fn checker(header: &[&str], include_in_doubt: bool) -> Checker {
    let headers: Vec<String> = header.iter().copied().map(str::to_owned).collect();
    let mapping = ResolvedMapping::resolve(&headers, Some(','), &MappingOptions::default()).unwrap();
    Checker::new(mapping, ScoreRule::InScale, include_in_doubt)
}

fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> Row {
    Row::from_cells(1, 2, cells)
}

#[test]
fn a_row_becomes_a_body() {
    let (mut checker, row) = (checker(&HEADER, false), row(GOOD));
    let CheckedRow::Valid(feedback) = checker.check(&row, 0).unwrap() else { panic!("not valid") };
    let body = r#"{"channelUId":"007","name":"Post-chat","score":4,"channel":"rtm","type":"CSAT","language":"de","message":""}"#;
    assert_eq!(String::from_utf8(feedback.body()).unwrap(), body);
}

#[test]
fn problems_name_column_and_value() {
    let (mut checker, mut row) = (checker(&HEADER, false), row(["", "x", "11\u{1b}[2J", "rtm", "NPS", "de", "", ""]));
    let CheckedRow::Invalid(problems) = checker.check(&row, 0).unwrap() else { panic!("not invalid") };
    let told: Vec<_> = problems.iter().map(|p| (p.column.as_deref(), p.value.as_str(), p.kind)).collect();
    assert_eq!(
        told,
        [(Some("channel_uid"), "", ProblemKind::Empty), (Some("score"), "11\u{fffd}[2J", ProblemKind::NotANumber)]
    );
    row = Row::from_cells(1, 2, ["1", "x", "11", "rtm", "NPS", "de", "", ""]);
    let CheckedRow::Invalid(problems) = checker.check(&row, 0).unwrap() else { panic!("not invalid") };
    assert_eq!(problems[0].kind, ProblemKind::OutOfScale(FeedbackType::Nps));
    assert_eq!(problems[0].to_string(), "score: an NPS score is a whole number from 0 to 10");
}

#[test]
fn constants_do_not_fill_empty_cells() {
    let rules = MappingOptions {
        set: vec![(Field::Language, "fr".into())],
        defaults: [(Field::Name, "default".to_owned())].into(),
        ..MappingOptions::default()
    };
    let mapping = ResolvedMapping::resolve(&HEADER.map(str::to_owned), Some(','), &rules).unwrap();
    let mut checker = Checker::new(mapping, ScoreRule::InScale, false);
    let good = row(GOOD);
    assert!(matches!(checker.check(&good, 0).unwrap(), CheckedRow::Valid(feedback) if feedback.language() == "fr"));
    let nameless = row(["007", "", "4", "rtm", "CSAT", "de", "", ""]);
    assert!(
        matches!(checker.check(&nameless, 0).unwrap(), CheckedRow::Invalid(problems) if problems[0].field == Some(Field::Name))
    );
}

#[test]
fn blank_rows_are_skipped_faulty_rows_invalid() {
    let mut checker = checker(&HEADER, false);
    assert_eq!(checker.check(&row([""; 8]), 0).unwrap(), CheckedRow::Skipped(SkipReason::Blank));
    let mut ragged = row(["", " ", "\t"]);
    ragged.error = Some(RowError::Ragged { found: 3, expected: 8 });
    assert_eq!(checker.check(&ragged, 0).unwrap(), CheckedRow::Skipped(SkipReason::Blank));
    ragged = row(["1", "x"]);
    ragged.error = Some(RowError::Ragged { found: 2, expected: 8 });
    let CheckedRow::Invalid(problems) = checker.check(&ragged, 0).unwrap() else { panic!("not invalid") };
    assert_eq!((problems[0].kind, &*problems[0].value), (ProblemKind::TooFewCells, "2 instead of 8"));
    let mut foreign = row(GOOD);
    foreign.error = Some(RowError::NotUtf8 { column: 1 });
    let CheckedRow::Invalid(problems) = checker.check(&foreign, 0).unwrap() else { panic!("not invalid") };
    assert_eq!((problems[0].field, problems[0].kind), (Some(Field::Name), ProblemKind::NotUtf8));
}

fn selecting(selection: RowSelection) -> Checker {
    let rules = MappingOptions { selection, ..MappingOptions::default() };
    let mapping = ResolvedMapping::resolve(&HEADER.map(str::to_owned), Some(','), &rules).unwrap();
    Checker::new(mapping, ScoreRule::InScale, false)
}

fn numbered(number: u64, cells: [&str; 8]) -> Row {
    Row::from_cells(number, number + 1, cells)
}

#[test]
fn duplicates_repeat_an_earlier_valid_row() {
    let other = GOOD.map(|cell| if cell == "kept out" { "another note" } else { cell });
    let invalid = GOOD.map(|cell| if cell == "4.0" { "9" } else { cell });
    let mut checker = selecting(RowSelection { dedupe: Some(Dedupe::Record), ..RowSelection::default() });
    let duplicate = CheckedRow::Skipped(SkipReason::Duplicate { of: Some(of_row(2)) });
    assert!(matches!(checker.check(&numbered(1, invalid), 0).unwrap(), CheckedRow::Invalid(_)));
    assert!(matches!(checker.check(&numbered(2, GOOD), 0).unwrap(), CheckedRow::Valid(_)));
    assert_eq!(checker.check(&numbered(3, other), 0).unwrap(), duplicate);
    assert!(matches!(checker.check(&numbered(4, invalid), 0).unwrap(), CheckedRow::Invalid(_)));
    let mut checker = checker.with_duplicates([(3, of_row(2))].into());
    assert_eq!(checker.check(&numbered(3, other), 0).unwrap(), duplicate);
    assert!(matches!(checker.check(&numbered(2, GOOD), 0).unwrap(), CheckedRow::Valid(_)));
    let by_note = Some(Dedupe::Columns(vec!["note".into()]));
    let mut checker = selecting(RowSelection { dedupe: by_note, ..RowSelection::default() });
    assert!(matches!(checker.check(&numbered(1, GOOD), 0).unwrap(), CheckedRow::Valid(_)));
    assert!(matches!(checker.check(&numbered(2, other), 0).unwrap(), CheckedRow::Valid(_)));
    assert_eq!(
        checker.check(&numbered(3, other), 0).unwrap(),
        CheckedRow::Skipped(SkipReason::Duplicate { of: Some(of_row(2)) })
    );
}

#[test]
fn records_are_compared_as_they_are_sent() {
    let mut checker = selecting(RowSelection { dedupe: Some(Dedupe::Record), ..RowSelection::default() });
    assert!(matches!(checker.check(&numbered(1, GOOD), 0).unwrap(), CheckedRow::Valid(_)));
    let same = GOOD.map(|cell| match cell {
        "4.0" => "4",
        "csat" => " CSAT",
        other => other,
    });
    assert_eq!(
        checker.check(&numbered(2, same), 0).unwrap(),
        CheckedRow::Skipped(SkipReason::Duplicate { of: Some(of_row(1)) })
    );
}

#[test]
fn the_same_record_for_another_bot_is_sent() {
    let rules = MappingOptions {
        map: vec![(Field::BotId, "note".into())],
        selection: RowSelection { dedupe: Some(Dedupe::Record), ..RowSelection::default() },
        ..MappingOptions::default()
    };
    let mapping = ResolvedMapping::resolve(&HEADER.map(str::to_owned), Some(','), &rules).unwrap();
    let mut checker = Checker::new(mapping, ScoreRule::InScale, false);
    let to = |bot| GOOD.map(|cell| if cell == "kept out" { bot } else { cell });
    let first = numbered(1, to(" st-1 "));
    let CheckedRow::Valid(feedback) = checker.check(&first, 0).unwrap() else { panic!("not valid") };
    assert_eq!(feedback.bot_id(), Some("st-1"));
    assert!(!String::from_utf8(feedback.body()).unwrap().contains("st-1"));
    assert!(matches!(checker.check(&numbered(2, to("st-2")), 0).unwrap(), CheckedRow::Valid(_)));
    assert_eq!(
        checker.check(&numbered(3, to("st-1")), 0).unwrap(),
        CheckedRow::Skipped(SkipReason::Duplicate { of: Some(of_row(1)) })
    );
    for (bot, kind) in [
        ("", ProblemKind::Empty),
        ("Order bot", ProblemKind::NotABotId),
        ("..", ProblemKind::NotABotId),
        ("a/b", ProblemKind::NotABotId),
        ("st-\u{7}", ProblemKind::ControlCharacter),
    ] {
        let wrong = numbered(4, to(bot));
        let CheckedRow::Invalid(problems) = checker.check(&wrong, 0).unwrap() else { panic!("{bot:?} is valid") };
        assert_eq!((problems[0].field, problems[0].kind), (Some(Field::BotId), kind), "{bot:?}");
    }
}

#[test]
fn unselected_rows_count_for_duplicates() {
    let rows = vec!["2-".parse().unwrap()];
    let dedupe = Some(Dedupe::Record);
    let mut checker = selecting(RowSelection { rows, dedupe, ..RowSelection::default() });
    assert_eq!(checker.check(&numbered(1, GOOD), 0).unwrap(), CheckedRow::Skipped(SkipReason::NotInRows));
    assert_eq!(
        checker.check(&numbered(2, GOOD), 0).unwrap(),
        CheckedRow::Skipped(SkipReason::Duplicate { of: Some(of_row(1)) })
    );
}

#[test]
fn filters_for_one_column_are_alternatives() {
    let filters = ["channel=rtm", "channel=EMAIL", "language!=fr"].map(|filter| filter.parse().unwrap()).to_vec();
    let mut checker = selecting(RowSelection { filters, ..RowSelection::default() });
    let mut with = |channel: &'static str, language: &'static str| {
        let cells = ["1", "x", "4", channel, "CSAT", language, "", ""];
        matches!(checker.check(&numbered(1, cells), 0).unwrap(), CheckedRow::Valid(_))
    };
    assert!(with("rtm", "de") && with(" Email ", "en"));
    assert!(!with("sms", "de") && !with("rtm", "FR"));
}

#[test]
fn a_spec_converts_cells_or_names_them() {
    let text = "no_answer = [\"-\"]\n[fields]\nname = { template = \"{{ name }} {{ row['note'] }}\" }\n\
                score = { number = \"leading\", column = \"score\", scale = \"0-10 -> 1-5\" }\n\
                language = { column = \"language\", lower_case = true }";
    let spec = crate::settings::parse_mapping("m.toml".as_ref(), text).unwrap().full_spec().unwrap();
    let rules = MappingOptions { spec, ..MappingOptions::default() };
    let mapping = ResolvedMapping::resolve(&HEADER.map(str::to_owned), Some(','), &rules).unwrap();
    let mut checker = Checker::new(mapping, ScoreRule::InScale, false);
    let good = row(["u", "n", "10 - yes", "rtm", "CSAT", "DE", "", "x"]);
    let CheckedRow::Valid(feedback) = checker.check(&good, 0).unwrap() else { panic!("not valid") };
    assert_eq!((feedback.name(), feedback.score().value(), feedback.language()), ("n x", 5.0, "de"));
    assert_eq!(
        checker.check(&row(["u", "n", " - ", "rtm", "", "", "", ""]), 0).unwrap(),
        CheckedRow::Skipped(SkipReason::NoAnswer)
    );
    let bad = row(["", "n", "11 - yes", "rtm", "CSAT", "DE", "", "x"]);
    let CheckedRow::Invalid(problems) = checker.check(&bad, 0).unwrap() else { panic!("not invalid") };
    let told: Vec<_> = problems.iter().map(|p| (p.field.unwrap(), p.value.as_str(), p.kind)).collect();
    let expected =
        [(Field::ChannelUid, "", ProblemKind::Empty), (Field::Score, "11 - yes", ProblemKind::OffSourceScale)];
    assert_eq!(told, expected);
}

#[test]
fn a_failure_reports_in_doubt_rows_are_skipped() {
    let header: Vec<_> = HEADER.into_iter().chain(["_row", "_outcome", "_status", "_error"]).collect();
    let reported = |outcome| row(GOOD.into_iter().chain(["9", outcome, "504", "timed out"]));
    let (mut careful, mut eager) = (checker(&header, false), checker(&header, true));
    assert_eq!(careful.check(&reported("in doubt"), 0).unwrap(), CheckedRow::Skipped(SkipReason::InDoubtBefore));
    assert!(matches!(careful.check(&reported("rejected"), 0).unwrap(), CheckedRow::Valid(_)));
    assert!(matches!(eager.check(&reported("in doubt"), 0).unwrap(), CheckedRow::Valid(_)));
    let blank = row([""; 8].into_iter().chain(["9", "invalid", "", "blank"]));
    assert_eq!(careful.check(&blank, 0).unwrap(), CheckedRow::Skipped(SkipReason::Blank));
}

/// Counts an example's valid rows and collects the problems of the others.
fn check_example(bytes: &[u8], map: &[&str], set: &[&str]) -> (usize, Vec<ProblemKind>) {
    let pairs = |given: &[&str]| -> Vec<(Field, String)> {
        given.iter().map(|text| text.parse::<Assignment>().unwrap()).map(|a| (a.field, a.text)).collect()
    };
    let rules = MappingOptions { map: pairs(map), set: pairs(set), ..MappingOptions::default() };
    let mut rows = Table::open(bytes, "example", &SourceOptions::default()).unwrap();
    let mut checker =
        Checker::new(ResolvedMapping::resolve(rows.headers(), None, &rules).unwrap(), ScoreRule::InScale, false);
    let (mut row, mut valid, mut invalid) = (Row::default(), 0, Vec::new());
    while rows.read(&mut row).unwrap() {
        match checker.check(&row, 0).unwrap() {
            CheckedRow::Valid(_) => valid += 1,
            CheckedRow::Invalid(problems) => invalid.extend(problems.iter().map(|problem| problem.kind)),
            CheckedRow::Skipped(reason) => panic!("line {}: {reason}", row.line),
        }
    }
    (valid, invalid)
}

#[test]
fn the_examples_match_their_readme() {
    let feedback = include_bytes!("../../../examples/feedback.csv");
    assert_eq!(check_example(feedback, &[], &[]), (200, vec![]));

    let columns = ["channel_uid=Kundennummer", "name=Umfrage", "score=Bewertung", "channel=Kanal"];
    let umfrage = include_bytes!("../../../examples/umfrage.csv");
    let map: Vec<_> = columns.into_iter().chain(["language=Sprache", "message=Frage"]).collect();
    assert_eq!(check_example(umfrage, &map, &["type=CSAT"]), (204, vec![]));

    let columns = ["channel_uid=Email Address", "name=Campaign", "score=Score (0-10)", "channel=Source"];
    let export = include_bytes!("../../../examples/nps-export.csv");
    let map: Vec<_> = columns.into_iter().chain(["language=Locale"]).collect();
    let (valid, kinds) = check_example(export, &map, &["type=NPS", "message=How likely?"]);
    assert_eq!(valid, 205);
    assert_eq!(
        kinds,
        [
            ProblemKind::OutOfScale(FeedbackType::Nps),
            ProblemKind::Empty,
            ProblemKind::NotANumber,
            ProblemKind::TooFewCells,
            ProblemKind::SeparatorInNumber
        ]
    );
}

/// Seven texts that make a valid record.
fn record() -> impl Strategy<Value = [String; 7]> {
    let text = || "[a-zA-Z0-9äöüß東京🙂,;\"'\\\\|@. ]{0,16}[a-z0-9€]";
    let score = prop::sample::select(vec![("NPS", 0..=10_u8), ("CSAT", 1..=5), ("THUMB", 0..=1)])
        .prop_flat_map(|(of, scale)| scale.prop_map(move |score| (of.to_owned(), score.to_string())));
    let message = "[a-zäöü東,;\"\\\\ \n\t]{0,40}";
    (text(), text(), score, text(), text(), message).prop_map(|(uid, name, (of, score), channel, language, message)| {
        [uid, name, score, channel, of, language, message]
    })
}

proptest! {
    #[test]
    fn records_written_as_csv_arrive_unchanged(
        records in prop::collection::vec(record(), 1..20),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(Field::BODY.map(Field::wire_name)).unwrap();
        for record in &records {
            writer.write_record(record).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let options = SourceOptions { delimiter: Some(delimiter), ..SourceOptions::default() };
        let mut rows = Table::open(&bytes[..], "in.csv", &options).unwrap();
        let mut checker = checker(&Field::BODY.map(Field::wire_name), false);
        let (mut row, mut sent) = (Row::default(), Vec::new());
        while rows.read(&mut row).unwrap() {
            let CheckedRow::Valid(feedback) = checker.check(&row, 0).unwrap() else { panic!("{row:?}") };
            let body: serde_json::Map<_, _> = serde_json::from_slice(&feedback.body()).unwrap();
            sent.push(Field::BODY.map(|field| match &body[field.wire_name()] {
                serde_json::Value::String(text) => text.clone(),
                number => number.to_string(),
            }));
        }
        // Texts are generated without blanks at their ends, except for messages.
        let trimmed = records.into_iter().map(|record| record.map(|text| text.trim().to_owned()));
        prop_assert_eq!(sent, trimmed.collect::<Vec<_>>());
    }
}
