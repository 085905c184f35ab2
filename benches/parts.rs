//! The pure parts of an import and one group of the ledger, each on its own: time per item.
//!
//! ```sh
//! cargo bench --bench parts               # all
//! cargo bench --bench parts -- judge      # those whose names contain a word
//! cargo bench --bench parts -- --test     # each once, to see that it works
//! ```

use divan::Bencher;
use divan::counter::ItemsCount;
use kore_feedback::parts::{FullWindows, GROUP, Group, Judge, Mint};
use kore_feedback::record::{CheckedRow, Checker, MappingOptions, ResolvedMapping, ScoreRule};
use kore_feedback::source::{Row, SourceOptions, Table};

#[path = "support/input.rs"]
mod input;

const ROWS: usize = 10_000;
const BODY: &str = r#"{"channelUId":"jo@example.com","name":"Post-chat","score":7,"channel":"rtm","type":"NPS","language":"en","message":"How likely?"}"#;
const ANSWER: &str = r#"{"_id":"6565f1a2b3c4d5e6f7a8b9c0","botId":"st-1","channelUId":"jo@example.com","name":"Post-chat","score":7,"channel":"rtm","type":"NPS","language":"en","message":"How likely?","orgId":"o-6fd0bbbd-ef96-5e9a-aef3-ca0cec1a1a6d","accountId":"5ef5c7c3a3b1d9e0f4a6b2c8","userId":"u-0f6ab2b5-1f1c-5d3a-9a77-4c1e0e1c8a11"}"#;

fn main() {
    divan::main();
}

/// Splits CSV into rows.
#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let csv = csv();
    bencher.counter(ItemsCount::new(ROWS)).bench(|| rows(&csv, |_| {}));
}

/// Makes a valid record of each row.
#[divan::bench]
fn map_and_validate(bencher: Bencher<'_, '_>) {
    let (rows, mapping) = read(&csv());
    let checker = || Checker::new(mapping.clone(), ScoreRule::default(), false);
    bencher.counter(ItemsCount::new(ROWS)).with_inputs(checker).bench_values(|mut checker| {
        rows.iter().filter(|row| matches!(checker.check(row, 0), Some(CheckedRow::Valid(_)))).count()
    });
}

/// The same, and makes its request body.
#[divan::bench]
fn map_validate_and_serialize(bencher: Bencher<'_, '_>) {
    let (rows, mapping) = read(&csv());
    let checker = || Checker::new(mapping.clone(), ScoreRule::default(), false);
    bencher.counter(ItemsCount::new(ROWS)).with_inputs(checker).bench_values(|mut checker| {
        let mut body = |row| match checker.check(row, 0) {
            Some(CheckedRow::Valid(record)) => record.body().len(),
            _ => 0,
        };
        rows.iter().map(&mut body).sum::<usize>()
    });
}

#[divan::bench]
fn mint_token(bencher: Bencher<'_, '_>) {
    let mint = Mint::new().expect("a minter");
    bencher.counter(ItemsCount::new(1_u32)).bench(|| mint.mint().expect("a token"));
}

/// Decides that an answer is about the record and that it is saved.
#[divan::bench]
fn judge_answer(bencher: Bencher<'_, '_>) {
    let judge = Judge::new(ANSWER, BODY);
    assert!(judge.is_saved());
    bencher.counter(ItemsCount::new(1_u32)).bench(|| judge.is_saved());
}

/// Finds the next moment with room in two full windows, and takes it.
#[divan::bench]
fn take_slot(bencher: Bencher<'_, '_>) {
    let mut windows = FullWindows::new().expect("windows");
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| windows.call());
}

/// Makes 64 intents durable together, then their outcomes: two or more commits with their syncs.
#[divan::bench(sample_count = 50, sample_size = 2)]
fn ledger_group(bencher: Bencher<'_, '_>) {
    let mut group = Group::new().expect("a ledger");
    bencher.counter(ItemsCount::new(GROUP)).bench_local(|| group.claim_and_settle().expect("durable"));
}

fn csv() -> Vec<u8> {
    let mut csv = Vec::new();
    input::write_csv(&mut csv, ROWS).expect("rows in memory");
    csv
}

fn rows(csv: &[u8], mut each: impl FnMut(&Row)) -> ResolvedMapping {
    let mut table = Table::open(csv, "in.csv", &SourceOptions::default()).expect("a table");
    let mut row = Row::default();
    while table.read(&mut row).expect("a row") {
        each(&row);
    }
    ResolvedMapping::resolve(table.headers(), Some(','), &MappingOptions::default()).expect("a mapping")
}

fn read(csv: &[u8]) -> (Vec<Row>, ResolvedMapping) {
    let mut all = Vec::with_capacity(ROWS);
    let mapping = rows(csv, |row| all.push(row.clone()));
    (all, mapping)
}
