//! Ledgers of older versions are brought up to date, or left as they are.

use std::fs::File;

use assert_cmd::Command;
use rusqlite::Connection;

use crate::support::{Stage, json, stderr};

const SCHEMA_9: [&str; 9] = [
    include_str!("../../src/ledger/migrations/1_one_bot_per_run.sql"),
    include_str!("../../src/ledger/migrations/2_several_bots_per_run.sql"),
    include_str!("../../src/ledger/migrations/3_options_as_json.sql"),
    include_str!("../../src/ledger/migrations/4_turns.sql"),
    include_str!("../../src/ledger/migrations/5_content_of_rows.sql"),
    include_str!("../../src/ledger/migrations/6_server_time.sql"),
    include_str!("../../src/ledger/migrations/7_several_records_per_row.sql"),
    include_str!("../../src/ledger/migrations/8_sent_before.sql"),
    include_str!("../../src/ledger/migrations/9_index_without_states.sql"),
];

/// A stage whose ledger has an unfinished run of schema 9, with this many saved rows.
fn stage(rows: u32) -> Stage {
    let stage = Stage::new();
    std::fs::create_dir_all(stage.state()).expect("a directory");
    let ledger = ledger(&stage);
    SCHEMA_9.iter().for_each(|migration| ledger.execute_batch(migration).expect("schema 9"));
    let sql = format!(
        "INSERT INTO runs (run, kind, sandbox, host, api_version, input, content, mapping, identity, rows, started_at)
         VALUES (1, 'import', 0, 'http://127.0.0.1', '1.1', '/in.csv', zeroblob(32), 'm', zeroblob(32), {rows}, 1000);
         INSERT INTO bots VALUES (1, 1, 'st-1', {rows});
         WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {rows})
         INSERT INTO rows (run, row, state, status, server_id, fingerprint, attempts, claimed_at, answer_due, changed_at, bot)
         SELECT 1, number, 'saved', 200, printf('%024x', number), randomblob(16), 1, 2000, 32000, 2100, 1 FROM numbers;
         PRAGMA user_version = 9;"
    );
    ledger.execute_batch(&sql).expect("rows");
    stage
}

fn ledger(stage: &Stage) -> Connection {
    Connection::open(stage.state().join("ledger.db")).expect("a ledger")
}

fn schema(stage: &Stage) -> i64 {
    ledger(stage).pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version")
}

#[test]
fn a_run_of_an_older_version_is_left_alone() {
    let stage = stage(2);
    std::fs::create_dir_all(stage.state().join("leases")).unwrap();
    let lease = File::create(stage.state().join("leases/run-1")).unwrap();
    lease.lock().unwrap();
    let said = stderr(&stage.run(&["runs", "list"]).code(2));
    assert!(said.contains("run 1 is in progress with an older version of kore-feedback"), "{said}");
    assert_eq!(schema(&stage), 9);
    drop(lease);
    let shown = json(&stage.run(&["runs", "show", "1", "-o", "json"]).success());
    assert_eq!(shown["saved"], 2, "{shown}");
    assert!(schema(&stage) > 9);
}

#[cfg(unix)]
#[test]
fn a_full_disk_keeps_the_old_ledger() {
    let stage = stage(20_000);
    let mut shell = Command::from_std(stage.program("sh"));
    // The write-ahead log reaches the shell's file size limit.
    shell.args(["-c", "ulimit -f 1000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_kore-feedback"), "runs", "list"]);
    let said = stderr(&shell.envs(stage.variables()).assert().code(2));
    assert!(said.contains("free space") || said.contains("disk"), "{said}");
    assert_eq!(schema(&stage), 9);
    let rows = "SELECT count(*) FROM rows WHERE state = 'saved' AND length(server_id) = 24";
    assert_eq!(ledger(&stage).query_row(rows, [], |row| row.get::<_, u32>(0)).unwrap(), 20_000);
    // With room for it, the same command succeeds.
    let listed = json(&stage.run(&["runs", "list", "-o", "json"]).success());
    assert_eq!(listed["runs"][0]["saved"], 20_000, "{listed}");
}
