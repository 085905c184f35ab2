//! Filters and skip rules: by comparison, date, list and regular expression.

use std::path::PathBuf;

use crate::support::{Stage, stderr};

const HEADER: &str = "channelUId,name,score,channel,type,language,message,Country,End date,Age in years";
const ROWS: [&str; 6] = [
    "r1,S,4,rtm,CSAT,en,Great service,DE,2025-12-31 23:59:59,40",
    "r2,S,4,rtm,CSAT,en,great,AT,2026-01-01T00:00:00Z,9",
    "r3,S,4,rtm,CSAT,en,not great,CH,2026-02-01,100",
    "r4,S,4,rtm,CSAT,en,asdf test,de ,2026-01-15,18.5",
    "r5,S,4,rtm,CSAT,en,,\"Korea, Republic of\",2026-03-01 08:00,",
    "r6,S,4,rtm,CSAT,en,,,,30",
];

fn file(stage: &Stage) -> PathBuf {
    stage.write("in.csv", format!("{HEADER}\n{}\n", ROWS.join("\n")))
}

/// The respondents whose rows are sent with these options.
fn sent(options: &[&str]) -> Vec<String> {
    let stage = Stage::new();
    stage.import(&file(&stage), options).success();
    let mut sent: Vec<_> = stage.sent().into_iter().map(|[uid, ..]| uid).collect();
    sent.sort();
    sent
}

#[test]
fn filters_compare_numbers_dates_lists_and_patterns() {
    for (filters, expected) in [
        (&["End date>=2026-01-01"][..], &["r2", "r3", "r4", "r5"][..]),
        (&["End date >= 2026-01-01", "End date < 2026-03-01 08:00"], &["r2", "r3", "r4"]),
        (&["message~^Great"], &["r1", "r2"]),
        (&["message!~test|^$"], &["r1", "r2", "r3"]),
        (&["Country in DE,AT"], &["r1", "r2", "r4"]),
        (&["Country not in \"Korea, Republic of\",DE,\"\""], &["r2", "r3"]),
        (&["Country=DE", "Country in AT,CH", "message!=asdf test"], &["r1", "r2", "r3"]),
        (&["Age in years>9"], &["r1", "r3", "r4", "r6"]),
        (&["Age in years=9"], &["r2"]),
        (&["#10 <= 18.5"], &["r2", "r4"]),
    ] {
        let options: Vec<_> = filters.iter().flat_map(|filter| ["--filter", filter]).collect();
        assert_eq!(sent(&options), expected, "{filters:?}");
    }
}

#[test]
fn mappings_have_the_same_conditions() {
    let stage = Stage::new();
    stage.write(
        "rules.toml",
        "[[filter]]\nwhen = \"Country in DE,AT,CH\"\n[[filter]]\nwhen = \"End date >= 2026-01-01\"\n\
         [[skip]]\nwhen = \"message ~ test\"\nreason = \"test response\"\nkey = \"tests\"\n",
    );
    let options = ["--mapping", "rules.toml", "--filter", "Country!=CH"];
    let words = stderr(&stage.import(&file(&stage), &options).success());
    for skipped in [
        "1 row (test response)",
        "1 row (excluded by --filter Country!=CH)",
        "2 rows (excluded by the mapping's filter Country in DE,AT,CH)",
        "1 row (excluded by the mapping's filter End date >= 2026-01-01)",
    ] {
        assert!(words.contains(skipped), "{skipped}: {words}");
    }
    assert_eq!(stage.sent().len(), 1);
}

#[test]
fn ambiguous_dates_need_their_form() {
    let stage = Stage::new();
    let rows = ["r1,S,4,rtm,CSAT,en,,DE,03/04/2026,1", "r2,S,4,rtm,CSAT,en,,DE,04/03/2026,2"];
    let file = stage.write("in.csv", format!("{HEADER}\n{}\n", rows.join("\n")));
    let words = stderr(&stage.import(&file, &["--filter", "End date>=2026-04-01"]).failure().code(2));
    for said in
        ["End date", "03/04/2026", "not a date such as 2026-01-31", "date = \"%d/%m/%Y\"", "2 × cell not a date"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    stage.was_never_called();

    stage.write("dates.toml", "[[filter]]\nwhen = \"End date >= 2026-04-01\"\ndate = \"%d/%m/%Y\"\n");
    stage.import(&file, &["--mapping", "dates.toml"]).success();
    assert_eq!(stage.sent().iter().map(|[uid, ..]| uid.as_str()).collect::<Vec<_>>(), ["r1"]);
}

#[test]
fn wrong_conditions_are_refused_with_their_place() {
    let stage = Stage::new();
    let file = file(&stage);
    for (filter, said) in [
        ("End date>=03/04/2026", "\"03/04/2026\" is neither a number nor an unambiguous date"),
        ("message~(", "is not a regular expression: unclosed group"),
        ("Country in DE,", "contains an empty value"),
        ("Country", "expected COLUMN=VALUE"),
        ("Land in DE", "--filter: no column \"Land\""),
    ] {
        let words = stderr(&stage.import(&file, &["--filter", filter]).failure().code(2));
        assert!(words.contains(said), "{said}: {words}");
    }
    let words = stderr(&stage.import(&file, &["--filter", "Country>=5"]).failure().code(2));
    assert!(words.contains("5 × cell not a number") && words.contains("Korea, Republic of"), "{words}");
    for (rule, said) in [
        ("when = \"Country\"", "m.toml:2: when \"Country\" is not a condition"),
        ("when = \"a=b\"\ncolumn = \"a\"", "m.toml:3: when and column cannot both be set"),
        ("when = \"a=b\"\ndate = \"%d.%m.%Y\"", "compares no dates, so date has no effect"),
        ("column = \"a\"\nis = \"b\"\ndate = \"%d.%m.%Y\"", "m.toml:4: date has no effect without when"),
        ("when = \"a>=2026-01-01\"\ndate = \"dd.mm.yyyy\"", "m.toml:3: date \"dd.mm.yyyy\" is not the form of a date"),
        ("", "m.toml:1: when is required"),
    ] {
        stage.write("m.toml", format!("[[filter]]\n{rule}\n"));
        let words = stderr(&stage.import(&file, &["--mapping", "m.toml"]).failure().code(2));
        assert!(words.contains(said), "{said}: {words}");
    }
    stage.was_never_called();
}
