//! Prints an inspection, checks the rows by the proposed mapping, and suggests the next step.

use std::time::Instant;

use super::inspection::Inspection;
use crate::cli::{GlobalArgs, ImportArgs, InspectFileArgs, OutputFormat};
use crate::commands::error::CommandError;
use crate::commands::findings::{self, checked_summary, invalid_hint};
use crate::commands::settings::{overrides, resolve};
use crate::exit::Exit;
use crate::report::{Printer, problems_table};
use crate::run::CheckReport;
use crate::settings::{Context, Settings};
use crate::text::counted;

pub(in crate::commands) fn inspect(
    args: &InspectFileArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let (started, settings) = (Instant::now(), resolve(&overrides(global), context, printer)?);
    let import = ImportArgs { input: args.input.clone(), ..ImportArgs::default() };
    let inspection = Inspection::of(&import, &settings, context)?;
    if let Some(path) = &args.write_mapping {
        inspection.write(path, context)?;
        printer.note(format_args!("wrote the mapping to {}", path.display()));
    }
    // An input that breaks off later is shown all the same.
    let (checked, failed) = match inspection.check() {
        Ok(checked) => (checked, None),
        Err(error) => (None, Some(error)),
    };
    let command = inspection.import_command(global);
    let view = inspection.view(&command, printer);
    let is_json = global.output == OutputFormat::Json;
    if is_json {
        let summary = checked.as_ref().map(|report| checked_summary(report, started.elapsed()));
        printer.json(&view.json(summary.as_ref()))?;
    } else {
        printer.result(format_args!("{}\n\n{}", view.input(), view.mapping()))?;
    }
    if let Some(report) = &checked {
        print_checked(report, &settings, printer);
    }
    if let Some(error) = failed {
        return Err(error.into());
    }
    if let Some(hint) = &inspection.hint {
        printer.hint(hint);
    }
    if !is_json {
        print_next_step(args, &inspection, &command, checked.as_ref(), printer);
    }
    Ok(Exit::Success)
}

fn print_checked(report: &CheckReport, settings: &Settings, printer: &Printer) {
    report.warnings.iter().for_each(|warning| printer.warning(warning));
    findings::print_skipped(report, printer);
    if report.invalid > 0 {
        let rows = counted(report.rows, "row");
        let table = problems_table(report, printer.table_width());
        printer.warning(format_args!("{} of {rows} cannot be sent:\n{table}", report.invalid));
    }
    findings::print_preview(report, settings, false, printer);
}

fn print_next_step(
    args: &InspectFileArgs,
    inspection: &Inspection,
    command: &str,
    checked: Option<&CheckReport>,
    printer: &Printer,
) {
    if let Some(report) = checked.filter(|report| report.invalid > 0) {
        printer.hint(invalid_hint(report));
    }
    match (&args.write_mapping, inspection.is_complete()) {
        (Some(path), _) => printer.hint(format_args!(
            "edit {}, then check it with `{}`",
            path.display(),
            inspection.command_with_mapping(path)
        )),
        (None, true) => printer.hint(format_args!("check the import with `{command}`")),
        (None, false) => printer.hint(format_args!(
            "replace each … in `{command}`, or write the mapping to a file with --write-mapping FILE and edit it"
        )),
    }
}
