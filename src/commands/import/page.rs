//! The report of a run as a web page: `import --report FILE` and `runs report N`.

use std::io;
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::json;

use super::finish::ImportRun;
use super::page_file::{ensure_replaceable, replace};
use super::resume::with_input;
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::exit::Exit;
use crate::ledger::{Lease, Run, RunKind, Store};
use crate::pacing::Limit;
use crate::report::{BotView, OutputError, ReportError, ReportKind, RunPage, RunView};
use crate::run::BotRows;

/// At most this many bars.
const SLOTS: i64 = 60;
const REASONS: u32 = 50;

/// What the ledger does not know about a run.
#[derive(Default)]
struct FromInput<'a> {
    bots: &'a [BotRows],
    limits: &'a [Limit],
    next: Vec<String>,
    without_scores: Option<String>,
}

impl ImportRun<'_> {
    /// Writes the page that `--report` asks for.
    pub(super) fn write_page(&self, next: &[String]) -> Result<(), ReportError> {
        let Some(path) = self.import.page_path() else { return Ok(()) };
        let page = self.page(&self.store.run(self.run.id)?, next.to_vec(), false)?;
        replace(&path, &page).map_err(|reason| ReportKind::Page.failed(self.run.id, &path, reason))
    }

    fn page(&self, run: &Run, next: Vec<String>, is_running: bool) -> Result<String, ReportError> {
        let (bots, limits) = (&self.import.report.bots, self.import.setup.limits());
        page(run, self.store, is_running, FromInput { bots, limits, next, without_scores: None })
    }
}

/// Prints the page of a run, or writes it to a new file. Without the input it has no scores.
pub(in crate::commands) fn report(
    run: &Run,
    store: &Store,
    file: Option<&Path>,
    session: Session<'_>,
) -> Result<Exit, CommandError> {
    let is_running = Lease::is_held(store.directory(), run.id);
    let html = with_input(run, store, session, |import| {
        let of_import = ImportRun::new(import, store, run.clone());
        let next = of_import.next_steps_of_ledger()?;
        Ok(of_import.page(run, next, is_running)?)
    });
    let html = match html {
        Ok(html) => html,
        Err(error) => {
            let is_import = run.kind == RunKind::Import;
            let without_scores = is_import.then(|| format!("The scores are not known: {error}."));
            page(run, store, is_running, FromInput { without_scores, ..FromInput::default() })?
        }
    };
    let Some(file) = file else {
        match session.is_json() {
            true => session.printer.json(&json!({ "run": run.id.0, "file": null, "html": html }))?,
            false => session.printer.stream(|out| Ok::<_, OutputError>(out.write_all(html.as_bytes())?))?,
        }
        return Ok(Exit::Success);
    };
    let path = session.context.working_directory.join(file);
    let failed = |reason| ReportKind::Page.failed(run.id, &path, reason);
    ensure_replaceable(&path).and_then(|()| replace(&path, &html)).map_err(failed)?;
    session.result(file.display(), &json!({ "run": run.id.0, "file": file.display().to_string(), "html": null }))?;
    Ok(Exit::Success)
}

fn page(run: &Run, store: &Store, is_running: bool, from_input: FromInput<'_>) -> Result<String, ReportError> {
    let counts = store.counts(run)?;
    let bots = BotView::of_run(run, &store.counts_by_bot(run)?);
    let view = RunView::new(run.clone(), counts, bots, is_running);
    let (activity, failures) = (store.activity(run.id, SLOTS)?, store.failure_groups(run.id, REASONS)?);
    let page = RunPage {
        run: &view,
        counts: &counts,
        numbering: run.numbering,
        bots: from_input.bots,
        without_scores: from_input.without_scores,
        activity: activity.as_ref(),
        limits: from_input.limits,
        failures: &failures,
        next: &from_input.next,
        now: clock::now(),
        zone: &TimeZone::system(),
    };
    page.html().map_err(|error| ReportKind::Page.failed(run.id, Path::new("page"), io::Error::other(error)))
}
