//! What each commit of the ledger contains: how many there are, and what follows if one of them fails.

use rusqlite::Connection;

use crate::support::{Stage, numbered, until};

fn ledger(stage: &Stage) -> Connection {
    Connection::open(stage.state().join("ledger.db")).unwrap()
}

/// A stage whose ledger exists.
fn stage() -> Stage {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(1)), &[]).success();
    stage
}

/// How many transactions the write-ahead log contains.
fn commits(stage: &Stage) -> usize {
    let log = std::fs::read(stage.state().join("ledger.db-wal")).unwrap();
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let frames = log[32..].chunks_exact(24 + number(&log[8..12]) as usize);
    // The last frame of a transaction has the size of the database; all frames of one log have its salt.
    frames.filter(|frame| frame[8..16] == log[16..24] && number(&frame[4..8]) > 0).count()
}

#[test]
fn a_record_takes_one_commit() {
    let stage = stage();
    // While a connection is open, others leave the log where it is.
    let open = ledger(&stage);
    open.query_row("SELECT count(*) FROM runs", [], |_| Ok(())).unwrap();
    let records = numbered(81);
    let mut counts = vec![0];
    for part in [&records[1..21], &records[21..81]] {
        stage.import(&stage.write_records(part), &["--concurrency", "1"]).success();
        counts.push(commits(&stage));
    }
    let [few, more] = [counts[1], counts[2] - counts[1]];
    assert!((35..=45).contains(&(more - few)), "40 more records took {few} and {more} commits");
}

#[test]
fn an_outcome_does_not_wait_for_a_permit() {
    let stage = stage();
    let open = ledger(&stage);
    let file = stage.write_records(&numbered(3)[1..]);
    let running = stage.start_import(&file, &["--rate-limit", "2/1h", "--pace", "early", "--concurrency", "1"]);
    let saved = "SELECT count(*) FROM rows WHERE run = 2 AND state = 'saved'";
    until(|| open.query_row(saved, [], |row| row.get::<_, u64>(0)).unwrap() == 1);
    running.kill();
}

#[test]
fn nothing_is_sent_after_a_failed_outcome() {
    let stage = stage();
    let reject = "CREATE TRIGGER no_outcome BEFORE UPDATE ON records WHEN new.state = 1
                  BEGIN SELECT RAISE(ABORT, 'no outcome is recorded'); END";
    ledger(&stage).execute_batch(reject).unwrap();
    let file = stage.write_records(&numbered(6)[1..]);
    let output = stage.import(&file, &["--concurrency", "1"]).code(5);
    let said = crate::support::stderr(&output);
    assert!(said.contains("no outcome is recorded"), "{said}");
    assert_eq!(stage.sandbox.counts().arrivals, 2, "one of them of the first import");
}
