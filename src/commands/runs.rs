//! `runs`: earlier runs, from the ledger.

use jiff::tz::TimeZone;
use serde_json::json;

use super::error::CommandError;
use super::find_run::find_run;
use super::import::{ResumeOptions, failures, report, resume, saved};
use super::session::Session;
use super::verify::verify;
use crate::cli::{RunNumber, RunsCommand};
use crate::exit::Exit;
use crate::ledger::{Lease, LedgerError, ResendPolicy, Run, Store};
use crate::report::{
    BotView, OutputError, Printer, ROW_COLUMNS, RunView, ShownRun, io_error, runs_table, with_outcome_tones,
    write_json_row, write_row,
};

pub(super) fn runs(command: &RunsCommand, session: Session<'_>) -> Result<Exit, CommandError> {
    let state_dir = session.settings()?.state_dir()?;
    let find = |run: RunNumber| {
        let (store, run) = find_run(run, &state_dir)?;
        let run = store.run(run)?;
        Ok::<_, CommandError>((store, run))
    };
    match command {
        RunsCommand::List { limit } => list(Store::open_existing(&state_dir)?.as_ref(), *limit, session)?,
        RunsCommand::Show { run, rows } => {
            let (store, run) = find(*run)?;
            show_run(&store, run, *rows, session)?;
        }
        RunsCommand::Resume { run, resend_in_doubt, rejected, max_rejected, on_finish } => {
            let (store, run) = find(*run)?;
            let resend = ResendPolicy { in_doubt: *resend_in_doubt, rejected: *rejected };
            let options = ResumeOptions { resend, max_rejected: *max_rejected, on_finish: on_finish.clone() };
            return resume(&run, options, &store, session);
        }
        RunsCommand::Report { run, file } => {
            let (store, run) = find(*run)?;
            return report(&run, &store, file.as_deref(), session).map_err(CommandError::without_sending);
        }
        RunsCommand::Saved { run, file } => {
            let (store, run) = find(*run)?;
            return saved(&run, &store, file.as_deref(), session).map_err(CommandError::without_sending);
        }
        RunsCommand::Failures { run } => {
            let (store, run) = find(*run)?;
            return failures(&run, &store, session.printer).map_err(CommandError::without_sending);
        }
        RunsCommand::Verify(args) => return verify(args, session),
    }
    Ok(Exit::Success)
}

fn list(store: Option<&Store>, limit: Option<usize>, session: Session<'_>) -> Result<(), CommandError> {
    let mut views = match store {
        Some(store) => {
            let runs = store.runs()?;
            let older = limit.map_or(0, |limit| runs.len().saturating_sub(limit));
            runs.into_iter().skip(older).map(|run| view(store, run)).collect::<Result<Vec<_>, _>>()?
        }
        None => Vec::new(),
    };
    let printer = session.printer;
    printer.json(&json!({ "runs": views }))?;
    // Programs get the order of the numbers.
    views.reverse();
    match (session.is_json(), views.is_empty()) {
        (true, _) => {}
        (false, true) => printer.note("no runs yet"),
        (false, false) => printer.result(runs_table(&views, &TimeZone::system(), printer.result_width()))?,
    }
    Ok(())
}

fn show_run(store: &Store, run: Run, rows: bool, session: Session<'_>) -> Result<(), CommandError> {
    let printer = session.printer;
    match (rows, session.is_json()) {
        (true, true) => print_json_rows(store, &run, printer)?,
        (true, false) => print_rows(store, &run, printer)?,
        (false, true) => printer.json(&view(store, run)?)?,
        (false, false) => {
            let details = view(store, run)?.details(&TimeZone::system(), printer.result_width());
            printer.styled_result(&with_outcome_tones(&details))?;
        }
    }
    Ok(())
}

fn print_rows(store: &Store, run: &Run, printer: &Printer) -> Result<(), CommandError> {
    let shown = shown(store, run);
    printer.stream(|out| {
        let mut out = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        out.write_record(ROW_COLUMNS).map_err(io_error).map_err(OutputError)?;
        for row in store.rows(run.id) {
            write_row(&row?, &shown, &mut out).map_err(OutputError)?;
        }
        Ok(out.flush().map_err(OutputError)?)
    })
}

/// Written row by row, so that memory stays constant.
fn print_json_rows(store: &Store, run: &Run, printer: &Printer) -> Result<(), CommandError> {
    let shown = shown(store, run);
    printer.json_array("rows", |array| store.rows(run.id).try_for_each(|row| Ok(write_json_row(&row?, &shown, array)?)))
}

fn shown(store: &Store, run: &Run) -> ShownRun {
    ShownRun { numbering: run.numbering, is_running: Lease::is_held(store.directory(), run.id) }
}

fn view(store: &Store, run: Run) -> Result<RunView, LedgerError> {
    let counts = store.counts(&run)?;
    let running = Lease::is_held(store.directory(), run.id);
    let bots = BotView::of_run(&run, &store.counts_by_bot(&run)?);
    Ok(RunView::new(run, counts, bots, running))
}
