//! `runs`: what the ledger remembers.

use jiff::tz::TimeZone;

use super::error::CommandError;
use super::import::{failures, resume};
use super::settings::{overrides, resolve};
use super::verify::verify as verify_run;
use crate::cli::{FailuresArgs, GlobalArgs, OutputFormat, ResumeArgs, RunsArgs, RunsCommand, ShowArgs};
use crate::exit::Exit;
use crate::ledger::{Lease, LedgerError, Run, RunId, Store};
use crate::report::{
    BotView, OutputError, Printer, ROW_COLUMNS, RunView, io_error, runs_table, write_json_row, write_row,
};
use crate::settings::Context;

/// Runs `runs`.
pub(super) fn runs(
    args: &RunsArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let settings = resolve(&overrides(global), context, printer)?;
    let store = Store::open_existing(&settings.state_dir()?)?;
    let json = global.output == OutputFormat::Json;
    match (&args.command, store) {
        (RunsCommand::Verify(verify), _) => return verify_run(verify, global, context, printer),
        (RunsCommand::List, None) => list(&[], json, printer)?,
        (RunsCommand::List, Some(store)) => {
            let views = store.runs()?.into_iter().map(|run| view(&store, run)).collect::<Result<Vec<_>, _>>()?;
            list(&views, json, printer)?;
        }
        (RunsCommand::Show(ShowArgs { run, .. }), None)
        | (RunsCommand::Resume(ResumeArgs { run, .. }) | RunsCommand::Failures(FailuresArgs { run }), None) => {
            return Err(LedgerError::NoSuchRun { run: RunId(*run) }.into());
        }
        (RunsCommand::Show(show), Some(store)) => show_run(&store, show, json, printer)?,
        (RunsCommand::Resume(args), Some(store)) => {
            let run = store.run(RunId(args.run))?;
            return resume(&run, args.resend_in_doubt, global, &store, context, printer);
        }
        (RunsCommand::Failures(args), Some(store)) => {
            let run = store.run(RunId(args.run))?;
            return failures(&run, global, &store, context, printer);
        }
    }
    Ok(Exit::Success)
}

fn list(views: &[RunView], json: bool, printer: &Printer) -> Result<(), CommandError> {
    if json {
        printer.json(&views)?;
    } else if views.is_empty() {
        printer.note("no runs yet");
    } else {
        printer.result(runs_table(views, &TimeZone::system(), printer.table_width()))?;
    }
    Ok(())
}

fn show_run(store: &Store, show: &ShowArgs, json: bool, printer: &Printer) -> Result<(), CommandError> {
    let run = store.run(RunId(show.run))?;
    if show.rows {
        return if json { print_json_rows(store, &run, printer) } else { print_rows(store, &run, printer) };
    }
    let view = view(store, run)?;
    if json {
        printer.json(&view)?
    } else {
        printer.result(view.details(&TimeZone::system(), printer.result_width()))?
    }
    Ok(())
}

fn print_rows(store: &Store, run: &Run, printer: &Printer) -> Result<(), CommandError> {
    let running = Lease::is_held(store.directory(), run.id);
    printer.stream(|out| {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(ROW_COLUMNS).map_err(io_error).map_err(OutputError)?;
        for row in store.rows(run.id) {
            write_row(&row?, running, &mut out).map_err(OutputError)?;
        }
        Ok(out.flush().map_err(OutputError)?)
    })
}

/// One array, of which only a page at a time is in memory.
fn print_json_rows(store: &Store, run: &Run, printer: &Printer) -> Result<(), CommandError> {
    let running = Lease::is_held(store.directory(), run.id);
    printer.stream(|out| {
        let mut is_first = true;
        write!(out, "[").map_err(OutputError)?;
        for row in store.rows(run.id) {
            write_json_row(&row?, running, std::mem::take(&mut is_first), out).map_err(OutputError)?;
        }
        Ok(writeln!(out, "{}", if is_first { "]" } else { "\n]" }).map_err(OutputError)?)
    })
}

fn view(store: &Store, run: Run) -> Result<RunView, LedgerError> {
    let counts = store.counts(&run)?;
    let running = Lease::is_held(store.directory(), run.id);
    let bots = BotView::of_run(&run, &store.counts_by_bot(&run)?);
    Ok(RunView::new(run, counts, bots, running))
}
