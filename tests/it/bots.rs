//! One input for many bots: each row reaches the bot that it names, once, and each bot has its own rate limits and
//! failures.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its fixtures has failed")]

use std::collections::BTreeMap;
use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;
#[cfg(unix)]
use rustix::process::Signal;

#[cfg(unix)]
use crate::support::Running;
use crate::support::{Fixed, IMPATIENT, Stage, json, new_record, stderr, stdout, until};

const BY_BOT: &str = "--map=bot_id=Bot";
const BOTS: [&str; 3] = ["st-a", "st-b", "st-c"];

fn serving(bots: &[&str]) -> SandboxOptions {
    SandboxOptions { more_bots: bots.iter().copied().map(str::to_owned).collect(), ..SandboxOptions::default() }
}

/// The given number of rows for each bot, with respondents numbered like the rows.
fn csv(bots: &[(&str, usize)]) -> String {
    let mut csv = "channelUId,name,score,channel,type,language,message,Bot\n".to_owned();
    let all = bots.iter().flat_map(|(bot, rows)| std::iter::repeat_n(bot, *rows));
    for (row, bot) in (1..).zip(all) {
        csv.push_str(&format!("jo+{row}@example.com,Post-chat,{},rtm,CSAT,en,,{bot}\n", 1 + row % 5));
    }
    csv
}

/// The respondents of each bot's records.
fn respondents(stage: &Stage) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in stage.sandbox.records() {
        found.entry(record.bot_id.to_string()).or_default().push(record.channel_uid.to_string());
    }
    found.values_mut().for_each(|respondents| respondents.sort());
    found
}

/// What [`respondents`] returns if every row of [`csv`] reached its bot once.
fn each_once(bots: &[(&str, usize)]) -> BTreeMap<String, Vec<String>> {
    let mut row = 0;
    let of_bot = |(bot, rows): &(&str, usize)| {
        let mut respondents: Vec<_> = (row + 1..=row + rows).map(|row| format!("jo+{row}@example.com")).collect();
        row += rows;
        respondents.sort();
        ((*bot).to_owned(), respondents)
    };
    bots.iter().map(of_bot).collect()
}

#[test]
fn bots_have_own_windows_in_parallel() {
    let limits = vec![(4, Duration::from_millis(500))];
    let stage = Stage::with(SandboxOptions { limits, ..serving(&BOTS) });
    let bots = BOTS.map(|bot| (bot, 12));
    stage.write("in.csv", csv(&bots));
    let arguments = ["import", "in.csv", BY_BOT, "--rate-limit", "4/500ms", "--pace", "early"];
    let said = stdout(&stage.run(&arguments).success());
    assert_eq!(respondents(&stage), each_once(&bots));
    assert_eq!(stage.sandbox.counts().rate_limited, 0);
    assert!(said.contains(", 3 bots, "), "{said}");
    for bot in BOTS {
        assert!(said.contains(&format!(" {bot}     12     12         0       0         0")), "{said}");
    }
    // The file is sorted by bot. If bots waited for each other, the records would be, too.
    let records = stage.sandbox.records();
    let place = |bot: &str| records.iter().position(|record| &*record.bot_id == bot).unwrap();
    assert!(BOTS.iter().all(|bot| place(bot) < 24), "{:?}", BOTS.map(place));
}

#[test]
fn runs_to_the_same_bot_share_its_windows() {
    let limits = vec![(5, Duration::from_millis(500))];
    let stage = Stage::with(SandboxOptions { limits, ..serving(&BOTS) });
    let (first, second) = (csv(&[("st-a", 15), ("st-b", 15)]), csv(&[("st-b", 11), ("st-c", 11)]));
    let limits = ["--map", "bot_id=Bot", "--rate-limit", "5/500ms", "--pace", "early"];
    let running = [("first.csv", first), ("second.csv", second)]
        .map(|(name, text)| stage.start_import(&stage.write(name, text), &limits));
    for run in running {
        let ended = run.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let counts = stage.sandbox.counts();
    assert_eq!((counts.saved, counts.rate_limited), (52, 0));
}

#[test]
fn a_refused_bot_spares_others_and_can_resume() {
    let mut stage = Stage::with(serving(&["st-b"]));
    let bots = [("st-a", 10), ("st-b", 10), ("st-c", 10)];
    let invalid = "jo+31@example.com,Post-chat,9,rtm,CSAT,en,,st-a\n";
    let blank = ",,,,,,,\n";
    stage.write("in.csv", csv(&bots) + invalid + blank);
    let arguments = ["import", "in.csv", BY_BOT, "--skip-invalid", "-o", "json"];
    let refused = stage.run(&arguments).code(3);
    let (summary, said) = (json(&refused), stderr(&refused));
    let counts = |key: &str| summary[key].as_u64().unwrap();
    assert_eq!(["saved", "invalid", "skipped", "unsent"].map(counts), [10, 1, 1, 20], "{summary}");
    assert_eq!(summary["bots"][1]["saved"], 10);
    assert!(said.contains("stopped sending to bot st-a") && said.contains("stopped sending to bot st-c"), "{said}");
    let told = said.lines().find(|line| line.starts_with("error: ")).unwrap();
    assert!(told.contains(" (and 1 more: st-") && told.contains("the server rejected the target"), "{said}");
    assert!(std::fs::read_to_string(stage.path("in.failures.csv")).unwrap().contains("jo+31@"), "{said}");
    assert_eq!(respondents(&stage), each_once(&bots).into_iter().filter(|(bot, _)| bot == "st-b").collect());

    // Now these bots exist.
    stage.restart_with(serving(&BOTS));
    let resumed = stage.run(&["runs", "resume", "1", "-o", "json"]).code(1);
    let said = stderr(&resumed);
    assert!(said.contains("to send: 20 rows to 2 bots in parallel"), "the third bot has all of its rows: {said}");
    let resumed = json(&resumed);
    assert_eq!((&resumed["saved"], &resumed["unsent"]), (&30.into(), &0.into()), "{resumed}");
    assert_eq!(respondents(&stage), each_once(&bots).into_iter().filter(|(bot, _)| bot != "st-b").collect());
}

/// Writes a file with six rows for each of twenty bots; returns the number of rows.
fn many_bots(stage: &Stage) -> u64 {
    let many: Vec<String> = (1..=20).map(|number| format!("st-{number}")).collect();
    let bots: Vec<(&str, usize)> = many.iter().map(|bot| (&**bot, 6)).collect();
    stage.write("in.csv", csv(&bots));
    20 * 6
}

fn any_bot(faults: &[&str]) -> SandboxOptions {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    SandboxOptions { any_bot: true, faults, ..SandboxOptions::default() }
}

/// There is one error for all bots, not one for each.
#[track_caller]
fn is_told_once(said: &str, error: &str) {
    let errors: Vec<_> = said.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(errors.len() == 1 && errors[0].starts_with(error), "{said}");
    assert!(!said.contains("stopped sending"), "{said}");
    assert!(said.lines().filter(|line| line.starts_with("paused: ")).count() < 10, "{said}");
}

#[test]
fn a_wrong_secret_is_reported_once() {
    let stage = Stage::with(any_bot(&[]));
    let rows = many_bots(&stage);
    let mut import = stage.command(&["import", "in.csv", BY_BOT, "-o", "json"]);
    let ended = import.env("KORE_FEEDBACK_CLIENT_SECRET", "a secret that is not the right one").assert().code(3);
    assert_eq!(json(&ended)["unsent"], rows);
    assert_eq!(stage.sandbox.counts().arrivals, 20);
    is_told_once(&stderr(&ended), "error: the server rejected the credentials: ");
    stage.run(&["runs", "resume", "1"]).success();
    assert_eq!(stage.sandbox.counts().saved, rows);
}

#[test]
fn a_failing_server_costs_few_rows_in_total() {
    for fault in ["500", "truncate"] {
        let stage = Stage::with(any_bot(&[fault]));
        let rows = many_bots(&stage);
        let ended = stage.run(&["import", "in.csv", BY_BOT, "-o", "json", IMPATIENT]).code(5);
        let summary = json(&ended);
        let [in_doubt, unsent] = ["in_doubt", "unsent"].map(|key| summary[key].as_u64().unwrap());
        assert!((3..10).contains(&in_doubt) && in_doubt + unsent == rows, "{fault}: {summary}");
        is_told_once(&stderr(&ended), "error: the server is not confirming whether records were saved: ");
    }
}

#[test]
fn a_timeout_on_the_last_row_ends_normally() {
    let stage = Stage::with(any_bot(&["500"]));
    stage.write("in.csv", csv(&[("st-a", 2), ("st-b", 1)]));
    let ended = stage.run(&["import", "in.csv", BY_BOT, "-o", "json", "--wait-for-target", "0s"]).code(1);
    assert_eq!(json(&ended)["in_doubt"], 3, "{}", stderr(&ended));
}

#[test]
fn an_unreachable_host_is_tried_once_for_all() {
    let stage = Stage::new();
    let rows = many_bots(&stage);
    // A port that nothing listens on.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut import = stage.command(&["import", "in.csv", BY_BOT, "-o", "json", IMPATIENT]);
    let ended = import.env("KORE_FEEDBACK_HOST", format!("http://{closed}")).assert().code(4);
    assert_eq!(json(&ended)["unsent"], rows);
    let ledger = rusqlite::Connection::open(stage.state().join("ledger.db")).unwrap();
    let tries: i64 = ledger.query_row("SELECT sum(calls) FROM attempts", [], |row| row.get(0)).unwrap();
    assert!((2..10).contains(&tries), "{tries}");
    is_told_once(&stderr(&ended), "error: cannot reach the server: ");
}

#[test]
fn a_forbidden_bot_does_not_stop_the_others() {
    let server = Fixed::start(|request| match request.lines().next().unwrap_or_default().contains("/st-a/") {
        true => (403, "Forbidden".to_owned()),
        false => (200, new_record()),
    });
    let stage = Stage::new();
    stage.write("in.csv", csv(&[("st-a", 8), ("st-b", 8), ("st-c", 8)]));
    let mut import = stage.command(&["import", "in.csv", BY_BOT, IMPATIENT, "-o", "json"]);
    let ended = import.env("KORE_FEEDBACK_HOST", server.url()).assert().code(3);
    let (summary, said) = (json(&ended), stderr(&ended));
    assert_eq!((&summary["saved"], &summary["unsent"]), (&16.into(), &8.into()), "{summary}");
    assert!(said.contains("stopped sending to bot st-a"), "{said}");
    assert!(said.contains("error: bot st-a: the server rejected the credentials: "), "{said}");
}

#[test]
fn the_hint_sends_misaddressed_rows_to_another_bot() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("st-a", 2), ("st-wrong", 2), ("st-c", 1)]));
    let said = stderr(&stage.run(&["import", "in.csv", BY_BOT]).code(3));
    assert!(said.contains("--filter COLUMN=WRONG --set bot_id=RIGHT"), "{said}");
    let rest = ["--filter", "Bot=st-wrong", "--set", "bot_id=st-a"];
    stage.run(&[&["import", "in.csv"], &rest[..]].concat()).success();
    assert_eq!(respondents(&stage), each_once(&[("st-a", 4), ("st-c", 1)]));
}

#[cfg(unix)]
#[test]
fn pauses_show_after_a_bot_was_stopped() {
    let stage = Stage::with(serving(&["st-b"]));
    let file = stage.write("in.csv", csv(&[("st-a", 300), ("st-b", 9)]));
    let options =
        [BY_BOT, "--rate-limit", "6/1h", "--pace", "early", "--wait-for-target", "500ms", "--concurrency", "1"];
    let mut running = stage.start_import(&file, &options);
    running.wait_until_said("stopped sending to bot st-a (other bots continue): ");
    // The run does not wait for the rows of the stopped bot.
    running.wait_until_said("paused: 6/1h is used up");
    running.signal(Signal::INT);
    let ended = running.end();
    assert!(ended.code == Some(130) && ended.stderr.contains("error: interrupted"), "{}", ended.stderr);
}

#[test]
fn the_last_stopped_bot_leaves_no_others() {
    let stage = Stage::new();
    stage.write("one.csv", csv(&[("st-a", 3)]));
    let patience = ["--wait-for-target", "500ms"];
    let said = stderr(&stage.run(&[&["import", "one.csv", BY_BOT], &patience[..]].concat()).code(3));
    assert!(said.contains("stopped sending to bot st-a: ") && !said.contains("others"), "{said}");
    let many: Vec<String> = (1..=9).map(|number| format!("st-{number}")).collect();
    stage.write("many.csv", csv(&many.iter().map(|bot| (&**bot, 1)).collect::<Vec<_>>()));
    let said = stderr(&stage.run(&[&["import", "many.csv", BY_BOT], &patience[..]].concat()).code(3));
    let last = said.lines().rfind(|line| line.contains("stopped sending to bot ")).unwrap();
    assert!(!last.contains("other bots continue"), "{said}");
    let told = said.lines().find(|line| line.starts_with("error: ")).unwrap();
    assert!(
        told.contains(" (and 8 more: st-") && told.contains(", …): ") && told.matches("st-").count() == 4,
        "{told}"
    );
}

#[test]
fn a_paused_bot_is_named_while_others_continue() {
    let faults = vec!["429-retry-after:at=1".parse().unwrap()];
    let stage = Stage::with(SandboxOptions { faults, ..serving(&BOTS) });
    stage.write("in.csv", csv(&[("st-a", 3), ("st-b", 3)]));
    let said = stderr(&stage.run(&["import", "in.csv", BY_BOT, "--concurrency", "1"]).success());
    assert!(said.contains("paused: bot st-") && said.contains("the server's rate limit"), "{said}");
    // The rate-limited row came last, after those of the other bot.
    let records = stage.sandbox.records();
    assert_eq!(records.len(), 6, "{said}");
    assert_ne!(records[0].bot_id, records[5].bot_id);
    assert!(records[..3].iter().all(|record| record.bot_id == records[0].bot_id), "{records:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_to_several_bots_resumes() {
    let latency = Some(Duration::from_millis(2)..=Duration::from_millis(9));
    let stage = Stage::with(SandboxOptions { latency, ..serving(&BOTS) });
    let bots = [("st-a", 60), ("st-b", 90), ("st-c", 30)];
    let file = stage.write("in.csv", csv(&bots));
    let options = [BY_BOT, "--concurrency", "2", "-q"];
    let running = stage.start_import(&file, &options);
    until(|| stage.sandbox.records().len() >= 31);
    running.signal(Signal::INT);
    assert_eq!(running.end().code, Some(130));
    let resumed = [&options[..], &["--resume"]].concat();
    let running = stage.start_import(&file, &resumed);
    until(|| stage.sandbox.records().len() >= 97);
    running.kill();
    let summary = json(&stage.import(&file, &[&resumed[..], &["-o", "json"]].concat()));
    let in_doubt = summary["in_doubt"].as_u64().unwrap();
    assert!(in_doubt <= 6 && summary["unsent"] == 0, "{summary}");
    let arrived = respondents(&stage);
    for (bot, expected) in each_once(&bots) {
        let mut once = arrived[&bot].clone();
        once.dedup();
        assert_eq!(once, arrived[&bot], "a record arrived twice");
        assert!(once.iter().all(|respondent| expected.contains(respondent)), "{bot}: {once:?}");
    }
    let all: usize = arrived.values().map(Vec::len).sum();
    assert!(all as u64 + in_doubt >= 180, "{all} arrived, {in_doubt} in doubt");
}

#[test]
fn doubt_is_verified_at_its_own_bot() {
    // Both bots get the same two records, and the one in doubt was lost.
    let stage = Stage::with(SandboxOptions { faults: vec!["hang:at=1".parse().unwrap()], ..serving(&BOTS) });
    let [jo, al] = ["jo", "al"].map(|name| format!("{name}@example.com,Post-chat,4,rtm,CSAT,en,"));
    let rows = format!("{jo},st-a\n{jo},st-b\n{al},st-a\n{al},st-b\n");
    let text = format!("channelUId,name,score,channel,type,language,message,Bot\n{rows}");
    stage.write("in.csv", text);
    let arguments = ["import", "in.csv", BY_BOT, "--concurrency", "1", "--timeout", "400ms", "-o", "json"];
    let imported = json(&stage.run(&arguments).code(1));
    assert_eq!((&imported["saved"], &imported["in_doubt"]), (&3.into(), &1.into()), "{imported}");

    stage.let_time_pass();
    let verified = json(&stage.run(&["runs", "verify", "1", "-o", "json"]).success());
    let figures = ["in_doubt_before", "saved", "absent", "saved_before", "missing_saved"].map(|key| &verified[key]);
    assert_eq!(figures, [1, 0, 1, 3, 0].map(serde_json::Value::from).each_ref(), "{verified}");

    stage.run(&["runs", "resume", "1"]).success();
    let both = ["al@example.com", "jo@example.com"].map(str::to_owned).to_vec();
    assert_eq!(respondents(&stage), ["st-a", "st-b"].map(|bot| (bot.to_owned(), both.clone())).into());
}

#[test]
fn a_mapping_turns_cells_into_bots() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("Sales", 2), (" Support ", 2), ("Spam", 1), ("support", 1)]));
    let mapping = "[fields]\nbot_id = { column = \"Bot\", values = { Sales = \"st-a\", Support = \"st-c\" } }\n\
                   [[skip]]\ncolumn = \"Bot\"\nis = \"Spam\"\nreason = \"no bot's\"\n";
    stage.write("regions.toml", mapping);
    let said = stderr(&stage.run(&["import", "in.csv", "--mapping", "regions.toml"]).code(2));
    assert!(said.contains("support  bot_id: the mapping's values contain no bot for this"), "{said}");
    stage.write("regions.toml", mapping.replace(" } }", " }, ignore_case = true }"));
    stage.run(&["import", "in.csv", "--mapping", "regions.toml"]).success();
    let mut expected = each_once(&[("st-a", 2), ("st-c", 2)]);
    expected.get_mut("st-c").unwrap().push("jo+6@example.com".to_owned());
    assert_eq!(respondents(&stage), expected);
}

#[test]
fn set_bot_id_overrides_the_profile() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("st-a", 2), ("st-b", 2)]));
    let all = each_once(&[("st-c", 4)]);
    let arguments = ["import", "in.csv", "--set", "bot_id=st-c"];
    stage.command(&arguments).env_remove("KORE_FEEDBACK_BOT_ID").assert().success();
    assert_eq!(respondents(&stage), all);
    // The same target, set in another way, is the same import.
    let again = stage.command(&["import", "in.csv"]).env("KORE_FEEDBACK_BOT_ID", "st-c").assert().code(2);
    assert!(stderr(&again).contains("already imported by run 1"), "{}", stderr(&again));
    assert_eq!(respondents(&stage), all);
}

#[test]
fn bot_values_in_a_mapping_need_a_column() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("Sales", 2), ("Support", 2)]));
    stage.write("m.toml", "fields.bot_id.values = { Sales = \"st-a\", Support = \" st-b \" }");
    let said = stderr(&stage.run(&["import", "in.csv", "--mapping", "m.toml"]).code(2));
    assert!(said.contains("- bot_id: ") && said.contains("--map bot_id=COLUMN"), "{said}");
    stage.was_never_called();
    // Spaces around an id do not belong to it, in a mapping as in a cell.
    stage.run(&["import", "in.csv", "--mapping", "m.toml", BY_BOT]).success();
    assert_eq!(respondents(&stage), each_once(&[("st-a", 2), ("st-b", 2)]));
}

#[test]
fn a_missing_bot_id_gets_all_options() {
    let stage = Stage::new();
    stage.write("in.csv", csv(&[("st-a", 2)]));
    let refused = stage.command(&["import", "in.csv"]).env_remove("KORE_FEEDBACK_BOT_ID").assert().code(2);
    let said = stderr(&refused);
    assert!(said.contains("error: bot_id is not set") && said.contains("--map bot_id=COLUMN"), "{said}");
    // This needs only the header: later problems in the file do not matter.
    stage.write("broken.csv", csv(&[("st-a", 30_000)]) + "\"never closed");
    let refused = stage.command(&["import", "broken.csv"]).env_remove("KORE_FEEDBACK_BOT_ID").assert().code(2);
    assert!(stderr(&refused).contains("error: bot_id is not set"), "{}", stderr(&refused));
    stage.was_never_called();
}

#[test]
fn a_bot_id_column_wins_with_a_warning() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("st-a", 2), ("st-b", 1)]).replace(",Bot\n", ",botId\n"));
    let said = stderr(&stage.run(&["import", "in.csv"]).success());
    let bot = stage.sandbox.bot_id();
    let warning = format!("the bot named in its column \"botId\", not to {bot} from the settings");
    assert!(said.contains(&warning), "{said}");
    assert_eq!(respondents(&stage), each_once(&[("st-a", 2), ("st-b", 1)]));
    stage.write("other.csv", csv(&[("st-c", 3)]).replace(",Bot\n", ",botId\n"));
    let said = stderr(&stage.run(&["import", "other.csv", "--map", "bot_id=botId"]).success());
    assert!(!said.contains("and not to"), "requested with --map, but warned about: {said}");
}

#[test]
fn a_column_without_bots_is_rejected_before_sending() {
    let stage = Stage::new();
    let respondents = csv(&[("st-a", 150)]);
    stage.write("in.csv", respondents.replace(",st-a", ",x"));
    let said = stderr(&stage.run(&["import", "in.csv", "--map", "bot_id=channelUId"]).code(2));
    let told = "in.csv: the first 101 rows name more than 100 bots, such as \"jo+1@example.com\", \"jo+2@example.com\", \
                \"jo+3@example.com\"";
    assert!(said.contains(told) && said.contains("check that bot_id is taken from the right column"), "{said}");
    stage.write("in.csv", csv(&[("st-a", 1), ("", 1), ("Order bot", 1), ("../admin", 1)]));
    let said = stderr(&stage.run(&["import", "in.csv", BY_BOT]).code(2));
    for row in ["Bot     –          bot_id: required, but empty", "Order bot  bot_id: not", "../admin   bot_id: not"]
    {
        assert!(said.contains(row), "{row}: {said}");
    }
    stage.was_never_called();
}

#[test]
fn exclude_run_skips_rows_sent_to_one_bot() {
    let stage = Stage::with(serving(&BOTS));
    let bots = [("st-a", 3), ("st-b", 3)];
    stage.write("in.csv", csv(&bots));
    stage.run(&["import", "in.csv", "--filter", "Bot=st-a", "--set", "bot_id=st-a"]).success();
    let said = stderr(&stage.run(&["import", "in.csv", BY_BOT]).code(2));
    assert!(said.contains("3 of 6 records were sent before to the same bots: 3 by run 1"), "{said}");
    stage.run(&["import", "in.csv", BY_BOT, "--exclude-run", "1"]).success();
    assert_eq!(respondents(&stage), each_once(&bots));
}

#[test]
fn each_bot_has_a_preview_and_counts() {
    let stage = Stage::with(serving(&BOTS));
    let bots = [("st-a", 40), ("st-b", 20)];
    stage.write("in.csv", csv(&bots));
    let dry = stage.run(&["import", "in.csv", BY_BOT, "--dry-run", "--rate-limit", "10/1m", "-o", "json"]).success();
    assert_eq!(
        json(&dry)["bots"][0],
        serde_json::json!({
            "bot_id": "st-a", "rows": 40, "records": 40, "saved": 0, "rejected": 0, "unsent": 40, "in_doubt": 0
        })
    );
    let said = stderr(&dry).replace(&completion_time(&stderr(&dry)), "[time]");
    stage.filtered(|| insta::assert_snapshot!("the_dashboards_of_two_bots", said));
    stage.run(&["import", "in.csv", BY_BOT]).success();
    let listed = stdout(&stage.run(&["runs", "list"]).success());
    assert!(listed.contains("2 bots"), "{listed}");
    let shown = stdout(&stage.run(&["runs", "show", "1"]).success());
    stage.filtered(|| insta::assert_snapshot!("a_run_to_two_bots", shown));
}

/// The time of completion, which differs between runs.
fn completion_time(said: &str) -> String {
    let (_, done) = said.split_once("done ").unwrap();
    done.lines().next().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn vendor_bot_ids_fit_80_columns() {
    use crate::support::Terminal;
    let bots = ["a", "b"].map(|end| format!("st-0b5c1f6e-5d5e-4c49-a3e4-08b2b5b6d0c{end}"));
    let bots = [(&*bots[0], 1200), (&*bots[1], 3)];
    let stage = Stage::new();
    stage.write("in.csv", csv(&bots));
    let mut command = stage.process(&["import", "in.csv", BY_BOT, "--sandbox"]);
    let (code, seen) = Terminal::start_wide(command.env("NO_COLOR", "1"), 80).end();
    assert_eq!(code, Some(0), "{seen}");
    let of_bots = || seen.lines().map(str::trim_end).filter(|line| line.contains("st-"));
    let wider: Vec<_> = of_bots().filter(|line| line.chars().count() > 80 && !line.contains('\u{1b}')).collect();
    assert!(wider.is_empty(), "{wider:#?}");
    for end in ["b2b5b6d0ca  1,200  1,200 ", "b2b5b6d0cb      3      3 "] {
        assert!(seen.contains(end), "{end}: {seen}");
    }
}

#[cfg(unix)]
#[test]
fn a_rejected_secret_is_reread_a_few_times() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&BOTS.map(|bot| (bot, 2))));
    let asked = stage.path("asked");
    let text = format!("#!/bin/sh\necho asked >> '{}'\necho a secret that is not the right one\n", asked.display());
    let command = stage.write("secret.sh", text);
    std::fs::set_permissions(&command, std::fs::Permissions::from_mode(0o700)).unwrap();
    let config = format!("[profiles.p]\nclient_secret_command = [\"{}\"]\n", command.display());
    stage.write("config.toml", config);
    let options = ["--config", "config.toml", "--wait-for-target", "500ms"];
    let mut import = stage.command(&[&["import", "in.csv", BY_BOT], &options[..]].concat());
    import.env_remove("KORE_FEEDBACK_CLIENT_SECRET").assert().code(3);
    // At the start, and after each refusal except the fifth, which stops the run.
    assert_eq!(std::fs::read_to_string(asked).unwrap().lines().count(), 5);
}

/// Runs the binary in a shell that sets a limit first.
#[cfg(unix)]
fn limited(stage: &Stage, limit: &str, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut shell = assert_cmd::Command::from_std(stage.program("sh"));
    let script = format!("{limit}; exec \"$@\"");
    shell.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_kore-feedback")]).args(arguments);
    shell.envs(stage.variables()).assert()
}

#[cfg(unix)]
#[test]
fn many_bots_raise_the_open_file_limit() {
    let latency = Some(Duration::from_millis(40)..=Duration::from_millis(40));
    let many: Vec<String> = (1..=30).map(|number| format!("st-{number}")).collect();
    let bots: Vec<(&str, usize)> = many.iter().map(|bot| (&**bot, 4)).collect();
    let names: Vec<&str> = many.iter().map(|bot| &**bot).collect();
    let stage = Stage::with(SandboxOptions { latency, ..serving(&names) });
    stage.write("in.csv", csv(&bots));
    let arguments = ["import", "in.csv", BY_BOT];
    let said = stderr(&limited(&stage, "ulimit -n 150", &arguments).code(2));
    assert!(said.contains(
        "error: sending to 30 bots at once needs 193 open files and connections, but this process may open only 150"
    ));
    assert!(said.contains("hint: raise the limit with `ulimit -n 193`"), "{said}");
    stage.was_never_called();
    assert!(stdout(&stage.run(&["runs", "list"]).success()).is_empty(), "a run has begun");
    let said = stderr(&limited(&stage, "ulimit -S -n 64", &arguments).success());
    assert!(!said.contains("paused") && !said.contains("concurrency reduced"), "{said}");
    let said = stderr(&limited(&stage, "ulimit -n 260", &[&arguments[..], &["--again"]].concat()).success());
    assert!(said.contains("concurrency reduced from 4 to 2 per bot"), "{said}");
    assert_eq!(stage.sandbox.records().len(), 2 * 120);
}

#[test]
fn a_workbook_serves_several_bots() {
    let stage = Stage::with(serving(&BOTS));
    let bots = [("st-a", 200), ("st-b", 1), ("st-c", 70)];
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let text = csv(&bots);
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    stage.write("in.xlsx", workbook.save_to_buffer().unwrap());
    stage.run(&["import", "in.xlsx", BY_BOT]).success();
    assert_eq!(respondents(&stage), each_once(&bots));
}

#[test]
fn verification_continues_after_a_failing_bot() {
    let mut stage = Stage::with(SandboxOptions { faults: vec!["500:p=1".parse().unwrap()], ..serving(&BOTS) });
    stage.write("in.csv", csv(&[("st-a", 1), ("st-b", 1)]));
    let imported = json(&stage.run(&["import", "in.csv", BY_BOT, "-o", "json"]).code(1));
    assert_eq!(imported["in_doubt"], 2, "{imported}");
    stage.restart_with(serving(&["st-b"]));
    let asked = stage.run(&["runs", "verify", "1", "-o", "json"]).code(4);
    let said = stderr(&asked);
    assert!(said.contains("error: bot st-a: the server refuses to return its records"), "{said}");
    assert!(said.contains("no row of this bot was changed") && !said.contains("everything"), "{said}");
    assert_eq!(json(&asked)["in_doubt_before"], 1, "st-b was asked: {said}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_verification_reports_what_it_found() {
    let faults = ["500:p=1", "hang:on=responses,at=2"].map(|fault| fault.parse().unwrap()).to_vec();
    let stage = Stage::with(SandboxOptions { faults, ..serving(&BOTS) });
    stage.write("in.csv", csv(&[("st-a", 1), ("st-b", 1), ("st-c", 1)]));
    stage.run(&["import", "in.csv", BY_BOT]).code(1);
    let faulted = stage.sandbox.counts().faulted;
    let mut asking = stage.process(&["runs", "verify", "1", "-o", "json"]);
    let running = Running::start(asking.envs(stage.variables()));
    until(|| stage.sandbox.counts().faulted > faulted);
    running.signal(Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("error: interrupted\n"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("bot st-c"), "{}", ended.stderr);
    let verified: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(verified["in_doubt_before"], 1, "that of st-a: {verified}");
}

#[test]
fn exclude_run_keeps_rows_sent_to_another_bot() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("st-a", 3), ("st-b", 3)]));
    // All rows went to one bot by mistake.
    stage.run(&["import", "in.csv", "--set", "bot_id=st-a"]).success();
    let said = stderr(&stage.run(&["import", "in.csv", BY_BOT, "--exclude-run", "1"]).success());
    assert!(said.contains("skipped: 3 rows (sent by run 1)"), "{said}");
    let found = respondents(&stage);
    assert_eq!((found["st-a"].len(), &found["st-b"]), (6, &each_once(&[("st-a", 3), ("st-b", 3)])["st-b"]));
}

#[test]
fn written_mappings_keep_unresolved_bot_rules() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("Sales", 2)]));
    let values = "values = { Sales = \"st-a\" }";
    for (name, rule) in [("wrong", format!("column = \"Regoin\", {values}")), ("open", values.to_owned())] {
        let (given, written) = (format!("{name}.toml"), format!("{name}-written.toml"));
        stage.write(&given, format!("[fields]\nbot_id = {{ {rule} }}\n"));
        let plan = ["inspect", "in.csv", "--mapping", &given, "--write-mapping", &written];
        let said = stdout(&stage.run(&plan).success());
        assert!(said.contains("bot_id       ?"), "{said}");
        let refused = stderr(&stage.run(&["import", "in.csv", "--mapping", &written]).code(2));
        assert!(refused.contains("- bot_id: ") && !refused.contains("- score: "), "{refused}");
        stage.was_never_called();
        stage.run(&["import", "in.csv", "--mapping", &written, BY_BOT, "--dry-run"]).success();
    }
    let said = stderr(&stage.run(&["inspect", "in.csv", "--mapping", "open.toml"]).success());
    assert!(said.contains("'--map=bot_id=…'"), "{said}");
}

#[test]
fn the_bot_column_is_not_guessed_for_fields() {
    let stage = Stage::new();
    stage.write("in.csv", csv(&[("st-a", 2)]).replace(",Bot\n", ",Campaign\n").replace(",name,", ",title,"));
    let said = stdout(&stage.run(&["inspect", "in.csv", "--map", "bot_id=Campaign"]).success());
    assert!(said.contains("bot_id       column \"Campaign\"") && !said.contains("name         column"), "{said}");
}

#[test]
fn exclude_run_rejects_sandbox_runs() {
    let stage = Stage::with(serving(&BOTS));
    stage.write("in.csv", csv(&[("st-a", 2)]));
    stage.run(&["import", "in.csv", BY_BOT, "--sandbox"]).success();
    let said = stderr(&stage.run(&["import", "in.csv", BY_BOT, "--exclude-run", "1"]).code(2));
    assert!(said.contains("--exclude-run 1: that run sent to a sandbox"), "{said}");
    stage.run(&["import", "in.csv", BY_BOT]).success();
    assert_eq!(respondents(&stage), each_once(&[("st-a", 2)]));
}

#[test]
fn a_second_file_can_be_a_workbook() {
    let stage = Stage::with(serving(&BOTS));
    let bots = [("st-a", 3), ("st-b", 2)];
    let text = csv(&bots);
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    stage.write("one.csv", format!("{head}\n{}\n", rows[0]));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(std::iter::once(head).chain(rows[1..].iter().copied())) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    stage.write("two.xlsx", workbook.save_to_buffer().unwrap());
    stage.run(&["import", "one.csv", "two.xlsx", BY_BOT]).success();
    assert_eq!(respondents(&stage), each_once(&bots));
}
