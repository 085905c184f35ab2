//! Headers and options resolved to columns and constants, and everything that can be wrong with them.

use crate::error::Advice;
use crate::record::mapping::{Column, FieldSource, MappingProblem, MatchedBy, MatchedSource};
use crate::record::{Field, MappingError, MappingOptions, ProblemKind, ResolvedMapping};

const PLAIN: &str = "channelUId,name,score,channel,type,language,message";

fn headers(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

fn resolve(text: &str, rules: &MappingOptions) -> Result<ResolvedMapping, MappingError> {
    ResolvedMapping::resolve(&headers(text), Some(','), rules)
}

fn pairs(pairs: &[(Field, &str)]) -> Vec<(Field, String)> {
    pairs.iter().map(|(field, text)| (*field, (*text).to_owned())).collect()
}

fn rules(map: &[(Field, &str)], set: &[(Field, &str)]) -> MappingOptions {
    MappingOptions { map: pairs(map), set: pairs(set), ..MappingOptions::default() }
}

fn problems(text: &str, rules: &MappingOptions) -> Vec<MappingProblem> {
    resolve(text, rules).unwrap_err().problems
}

fn column(index: usize, header: &str, matched_by: MatchedBy) -> MatchedSource {
    MatchedSource { source: FieldSource::Column(Column { index, header: header.to_owned() }), matched_by }
}

#[test]
fn columns_are_matched_by_exact_or_similar_names() {
    let mapping = resolve("Message,Channel-UID,channel,NAME, score ,Type,language,extra", &MappingOptions::default());
    let mapping = mapping.unwrap();
    let found: Vec<_> = mapping.records()[0].fields().map(|(_, source)| source.columns()[0].index).collect();
    assert_eq!(found, [1, 3, 4, 2, 5, 6, 0]);
    let by = |field| mapping.records()[0].source(field).unwrap().matched_by;
    assert_eq!((by(Field::Channel), by(Field::Name)), (MatchedBy::ExactName, MatchedBy::SimilarName));
    assert_eq!(mapping.unused().collect::<Vec<_>>(), ["extra"]);
    assert!(!mapping.is_failure_report());
}

#[test]
fn command_line_wins_over_profile_over_names() {
    let columns = [(Field::Name, "Survey".to_owned())].into();
    let defaults = [Field::Name, Field::Language].map(|field| (field, "default".to_owned())).into();
    let mut rules = MappingOptions { columns, defaults, ..MappingOptions::default() };
    let header = format!("{PLAIN},Survey,Other");
    let by = |rules: &MappingOptions, header: &str| {
        resolve(header, rules).unwrap().records()[0].source(Field::Name).unwrap().clone()
    };

    let profile = column(7, "Survey", MatchedBy::ProfileColumns);
    assert_eq!(by(&rules, &header), profile);
    rules.set = pairs(&[(Field::Name, "Chat")]);
    assert_eq!(by(&rules, &header), MatchedSource::constant("Chat".into(), MatchedBy::Set));
    (rules.set, rules.map) = (vec![], pairs(&[(Field::Name, "other")]));
    assert_eq!(by(&rules, &header), column(8, "Other", MatchedBy::Map));

    rules = MappingOptions { map: vec![], columns: [].into(), ..rules };
    assert_eq!(by(&rules, PLAIN), column(1, "name", MatchedBy::ExactName));
    let without_name = PLAIN.replace(",name", "");
    assert_eq!(by(&rules, &without_name), MatchedSource::constant("default".into(), MatchedBy::ProfileDefaults));
}

#[test]
fn all_problems_are_reported_at_once() {
    let rules = rules(
        &[(Field::ChannelUid, "Kundenummer"), (Field::Name, "Umfrage"), (Field::Channel, "Kanal")],
        &[(Field::Type, "CES"), (Field::Channel, "rtm")],
    );
    let error = resolve("Kundennummer,Umfrage,Umfrage,Kanal,score,Score", &rules).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot map the input's columns to the fields of a record:\
        \n  - channel_uid: no column \"Kundenummer\" (named by --map); did you mean \"Kundennummer\"?\
        \n  - name: matches several columns: \"Umfrage\" (column 2), \"Umfrage\" (column 3)\
        \n  - channel: set more than once (--map channel=Kanal, --set channel=rtm)\
        \n  - type: invalid value \"CES\" from --set: unknown type; expected NPS, CSAT or THUMB\
        \n  - language: no column and no value\
        \n  - message: no column and no value\
        \n  columns found: \"Kundennummer\", \"Umfrage\", \"Umfrage\", \"Kanal\", \"score\", \"Score\""
    );
    let hint = error.hint().unwrap();
    assert!(hint.contains("--map language=COLUMN") && hint.contains("--set language=VALUE"), "{hint}");
}

#[test]
fn duplicate_headers_matter_only_when_used() {
    assert!(resolve(&format!("{PLAIN},,,Extra,Extra"), &MappingOptions::default()).is_ok());
    let twice = problems(&format!("{PLAIN},score"), &MappingOptions::default());
    let columns = vec![(2, "score".to_owned()), (7, "score".to_owned())];
    assert_eq!(twice, [MappingProblem::Ambiguous { field: Field::Score, columns }]);
    assert!(resolve(&format!("{PLAIN},score,Q1"), &rules(&[(Field::Score, "Q1")], &[])).is_ok());
}

#[test]
fn columns_can_be_named_by_position() {
    let header = format!("{PLAIN},score#2,#9");
    let column = |name: &str| {
        let mapping = resolve(&header, &rules(&[(Field::Score, name)], &[])).unwrap();
        mapping.records()[0].source(Field::Score).unwrap().columns().first().map(|column| column.index)
    };
    assert_eq!(["score", "score#2", "#9", "#2"].map(column), [Some(2), Some(7), Some(8), Some(1)]);
    let unasked = problems(&header, &MappingOptions::default());
    let columns = vec![(2, "score".to_owned()), (7, "score#2".to_owned())];
    assert_eq!(unasked, [MappingProblem::Ambiguous { field: Field::Score, columns }]);
    let beyond = problems(&header, &rules(&[(Field::Score, "#10")], &[]));
    assert!(matches!(beyond[..], [MappingProblem::NoSuchColumn { .. }]), "{beyond:?}");
}

#[test]
fn a_single_column_is_reported_first() {
    let error =
        ResolvedMapping::resolve(&headers("Kunde;Bewertung"), Some(','), &MappingOptions::default()).unwrap_err();
    let one = MappingProblem::OneColumn { delimiter: ',', header: "Kunde;Bewertung".into() };
    assert_eq!(error.problems[0], one);
    assert_eq!(one.to_string(), "found only one column, \"Kunde;Bewertung\", with ',' as the delimiter");
    assert!(error.hint().unwrap().starts_with("set the delimiter, such as --delimiter"));

    let fields = Field::BODY.into_iter().filter(|field| *field != Field::Score);
    let defaults = fields.map(|f| (f, if f == Field::Type { "NPS" } else { "x" }.to_owned())).collect();
    assert!(resolve("score", &MappingOptions { defaults, ..MappingOptions::default() }).is_ok());
}

#[test]
fn constants_are_checked_without_rows() {
    for (field, value, kind) in [
        (Field::Type, "CES", ProblemKind::UnknownType),
        (Field::Score, "3,5", ProblemKind::SeparatorInNumber),
        (Field::Name, " ", ProblemKind::Empty),
        (Field::Language, "e\nn", ProblemKind::ControlCharacter),
    ] {
        let problem = MappingProblem::BadConstant { field, value: value.into(), by: MatchedBy::Set, kind };
        assert_eq!(problems(PLAIN, &rules(&[], &[(field, value)])), [problem]);
    }
    assert!(resolve(PLAIN, &rules(&[], &[(Field::Message, "")])).is_ok());
}

#[test]
fn the_bot_comes_from_rows_or_options() {
    let bot = |header: &str, rules: &MappingOptions| {
        resolve(header, rules).unwrap().records()[0].source(Field::BotId).cloned()
    };
    assert_eq!(bot(PLAIN, &MappingOptions::default()), None);
    let header = format!("{PLAIN},Bot-ID,Region");
    assert_eq!(bot(&header, &MappingOptions::default()), Some(column(7, "Bot-ID", MatchedBy::SimilarName)));
    assert_eq!(bot(&header, &rules(&[(Field::BotId, "Region")], &[])), Some(column(8, "Region", MatchedBy::Map)));
    let one = resolve(&header, &rules(&[], &[(Field::BotId, "st-1")])).unwrap();
    assert_eq!((one.constant_bot(), one.names_bots()), (Some("st-1"), false));
    // One bot for all rows is a part of the target, so the mapping stays the same.
    assert_eq!(one.canonical(), resolve(PLAIN, &MappingOptions::default()).unwrap().canonical());
    assert_eq!(one.unused().collect::<Vec<_>>(), ["Bot-ID", "Region"]);
    let wrong = problems(PLAIN, &rules(&[], &[(Field::BotId, "st 1")]));
    assert!(matches!(wrong[..], [MappingProblem::BadConstant { field: Field::BotId, .. }]), "{wrong:?}");
}

#[test]
fn a_failure_reports_columns_are_no_fields() {
    let report = format!("{PLAIN},_row,_outcome,_status,_error");
    let mapping = resolve(&report, &MappingOptions::default()).unwrap();
    assert!(mapping.is_failure_report());
    assert_eq!((mapping.input_columns(), mapping.unused().count()), (7, 0));
    let problems = problems(&report, &rules(&[(Field::Message, "_error")], &[]));
    assert!(matches!(problems[..], [MappingProblem::NoSuchColumn { .. }]), "{problems:?}");
}

#[test]
fn canonical_text_ignores_how_columns_matched() {
    let found = resolve(PLAIN, &MappingOptions::default()).unwrap();
    let named = resolve(PLAIN, &rules(&[(Field::Name, "name")], &[])).unwrap();
    assert_eq!(found.canonical(), named.canonical());
    let other = resolve(PLAIN, &rules(&[], &[(Field::Message, "say \"hi\"\n")])).unwrap();
    assert_eq!(
        other.canonical(),
        "channelUId<0\"channelUId\"\nname<1\"name\"\nscore<2\"score\"\nchannel<3\"channel\"\ntype<4\"type\"\n\
        language<5\"language\"\nmessage=\"say \\\"hi\\\"\\n\"\n"
    );
}
