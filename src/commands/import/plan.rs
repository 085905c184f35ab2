//! `import --plan`: look at the input, propose a mapping, write it down, and where nothing is open check the rows by it. And on
//! a terminal, where nobody has said enough: ask.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Instant;

use dialoguer::{Input, Select, theme::ColorfulTheme};

use crate::cli::{Command, GlobalArgs, ImportArgs, OutputFormat, parse_again};
use crate::commands::error::{CommandError, Explain};
use crate::commands::findings::{self, checked_summary, invalid_hint};
use crate::commands::input::open_all;
use crate::commands::rules::check_settings;
use crate::commands::settings::{overrides, resolve};
use crate::error::Advice;
use crate::exit::Exit;
use crate::record::{
    FeedbackType, Field, Mapping, MappingError, MappingProblem, MappingRules, Proposal, Proposed, check_value, propose,
};
use crate::report::{PlanView, Printer, problems_table};
use crate::run::{CheckError, CheckReport, CheckSettings, InputColumns, check, inspect_columns};
use crate::settings::{Context, MappingFile, Preset, Settings, Source, preset, presets, write_mapping};
use crate::source::Inputs;
use crate::text::{counted, shell_command};

/// How many rows are looked at.
const ROWS: u64 = 10_000;
const ASKING: &str = "cannot ask at the terminal";

/// What is known of an input, and what is proposed.
struct Outlook {
    inputs: Inputs,
    look: InputColumns,
    preset: Option<Preset>,
    /// How the input is to be read, as far as that was said or is known from a preset.
    settings: CheckSettings,
    proposals: Vec<Proposal>,
    problems: Vec<String>,
    /// What to do about the problems.
    advice: Option<String>,
    /// The options that say what was guessed and found out.
    options: Vec<String>,
}

/// Runs `import --plan`.
pub(super) fn plan(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let (began, settings) = (Instant::now(), resolve(&overrides(global), context, printer)?);
    let outlook = Outlook::of(args, &settings, context)?;
    let command = outlook.command(context);
    let view = outlook.view(&command, printer);
    if let Some(path) = &args.rows.write_mapping {
        outlook.write(path, &args.files, context)?;
        printer.note(format_args!("the mapping is in {}", path.display()));
    }
    // What can't be read to its end has a plan all the same.
    let (checked, broken) = match outlook.check() {
        Ok(checked) => (checked, None),
        Err(error) => (None, Some(error)),
    };
    if global.output == OutputFormat::Json {
        printer.json(&view.json(checked.as_ref().map(|report| checked_summary(report, began.elapsed())).as_ref()))?;
    } else {
        printer.result(format_args!("{}\n\n{}", view.found(), view.proposed()))?;
    }
    if let Some(report) = &checked {
        tell_checked(report, args, &settings, printer);
    }
    if let Some(error) = broken {
        return Err(error.into());
    }
    if let Some(advice) = &outlook.advice {
        printer.hint(advice);
    }
    if global.output == OutputFormat::Text {
        tell_next(args, &view, checked.as_ref(), printer);
    }
    Ok(Exit::Success)
}

/// What would become of the rows.
fn tell_checked(report: &CheckReport, args: &ImportArgs, settings: &Settings, printer: &Printer) {
    report.warnings.iter().for_each(|warning| printer.warning(warning));
    findings::print_skipped(report, printer);
    if report.invalid > 0 {
        let rows = counted(report.rows, "row");
        let table = problems_table(report, printer.table_width());
        printer.warning(format_args!("{} of {rows} can't be sent:\n{table}", report.invalid));
    }
    findings::print_preview(report, settings, args.sending.sandbox, printer);
}

/// How to go on.
fn tell_next(args: &ImportArgs, view: &PlanView<'_>, checked: Option<&CheckReport>, printer: &Printer) {
    if let Some(report) = checked.filter(|report| report.invalid > 0 && !args.skip_invalid) {
        printer.hint(invalid_hint(report));
    }
    let command = view.command;
    match (&args.rows.write_mapping, &view.open()[..]) {
        (Some(path), _) => printer.hint(format_args!(
            "edit {}, then see what it does with `{}`",
            path.display(),
            command_with_mapping(path, &args.files)
        )),
        (None, []) => printer.hint(format_args!("see what becomes of it with `{command}`")),
        (None, _) => {
            printer.hint(format_args!("say what is open, or write it down with --write-mapping FILE: `{command}`"))
        }
    }
}

impl Outlook {
    fn of(args: &ImportArgs, settings: &Settings, context: &Context) -> Result<Self, CommandError> {
        let inputs = open_all(&args.files, settings)?;
        // A plan is made without a target, too.
        let mut settings = CheckSettings { needs_bots: false, ..check_settings(args, settings, context)? };
        let look = inspect_columns(&inputs, &settings.source, ROWS)?;
        let headers: Vec<String> = look.columns.iter().map(|column| column.header.clone()).collect();
        let rules = &mut settings.rules;
        let (mut options, mut known) = (Vec::new(), None);
        if let Some(name) = &args.rows.preset {
            known = Some(preset(name, &Source::Argument("--preset"))?);
        } else if args.rows.mapping.is_none() {
            known = presets()?.into_iter().find(|preset| preset.recognizes(&headers));
            if let Some(found) = &known {
                rules.description = std::mem::take(&mut rules.description).over(found.description.clone());
                options.push(format!("--preset={}", found.name));
            }
        }
        let has_numbers = |column: usize| look.columns[column].numbers.is_some();
        let proposals = propose(&headers, rules, &has_numbers);
        let (mut guesses, mut open) = (Vec::new(), Vec::new());
        for Proposal { field, state } in &proposals {
            match state {
                Proposed::Guess { header } => guesses.push(format!("--map={field}={header}")),
                Proposed::Open { .. } => {
                    open.push(if matches!(field, Field::Score | Field::ChannelUid | Field::BotId) {
                        format!("--map={field}=…")
                    } else {
                        format!("--set={field}=…")
                    })
                }
                Proposed::Known(_) | Proposed::Wrong(_) => {}
            }
        }
        options.extend(guesses.into_iter().chain(open));
        let wrong = other_problems(&look, &headers, rules, &proposals);
        let (problems, advice) = (wrong.problems.iter().map(ToString::to_string).collect(), wrong.hint());
        Ok(Self { inputs, look, preset: known, settings, proposals, problems, advice, options })
    }

    /// Judges every row by what was said and what is guessed; `None` where something is open or wrong.
    fn check(&self) -> Result<Option<CheckReport>, CheckError> {
        let mut settings = self.settings.clone();
        for Proposal { field, state } in &self.proposals {
            match state {
                Proposed::Known(_) => {}
                Proposed::Guess { header } => settings.rules.map.push((*field, header.clone())),
                Proposed::Open { .. } | Proposed::Wrong(_) => return Ok(None),
            }
        }
        if !self.problems.is_empty() {
            return Ok(None);
        }
        check(&self.inputs, &settings).map(Some)
    }

    fn view<'a>(&'a self, command: &'a str, printer: &Printer) -> PlanView<'a> {
        let Self { look, preset, settings, proposals, problems, .. } = self;
        let (description, width) = (&settings.rules.description, printer.table_width());
        PlanView { look, preset: preset.as_ref(), description, proposals, problems, command, width }
    }

    /// The command line with what was found out, to be completed.
    fn command(&self, context: &Context) -> String {
        let given = context.arguments.iter().filter(|word| *word != "--plan").cloned();
        let words: Vec<OsString> = std::iter::once("kore-feedback".into())
            .chain(given)
            .chain(self.options.iter().map(Into::into))
            .chain(["--dry-run".into()])
            .collect();
        shell_command(words.iter().map(OsString::as_os_str))
    }

    fn write(&self, path: &Path, inputs: &[PathBuf], context: &Context) -> Result<(), CommandError> {
        let headers: Vec<String> = self.look.columns.iter().map(|column| column.header.clone()).collect();
        let text = MappingFile {
            input: &self.look.name,
            command: &command_with_mapping(path, inputs),
            headers: &headers,
            proposals: &self.proposals,
            description: &self.settings.rules.description,
        };
        Ok(write_mapping(&context.working_directory.join(path), &text.text())?)
    }
}

fn command_with_mapping(mapping: &Path, inputs: &[PathBuf]) -> String {
    let begin = ["kore-feedback", "import"].map(OsStr::new).into_iter();
    let inputs = inputs.iter().map(|input| input.as_os_str());
    shell_command(begin.chain(inputs).chain(["--mapping".as_ref(), mapping.as_os_str(), "--dry-run".as_ref()]))
}

/// What is wrong and concerns no single field.
fn other_problems(
    look: &InputColumns,
    headers: &[String],
    rules: &MappingRules,
    proposals: &[Proposal],
) -> MappingError {
    let resolved = Mapping::resolve(headers, look.dialect.delimiter.map(char::from), rules);
    let mut problems = resolved.err().map(|error| error.problems).unwrap_or_default();
    // A list of addresses may be all that is needed, and is then one column rightly.
    let is_open = proposals.iter().any(|proposal| matches!(proposal.state, Proposed::Open { .. }));
    problems.retain(|problem| match problem {
        MappingProblem::OneColumn { .. } => is_open,
        MappingProblem::NoSuchSkip { .. } | MappingProblem::NoSuchColumnFor { .. } => true,
        _ => false,
    });
    MappingError { problems, headers: headers.to_vec() }
}

/// Whether the error is one that a person at the terminal can mend by answering.
pub(super) fn can_ask(error: &CommandError, global: &GlobalArgs, context: &Context) -> bool {
    let is_open = match error.downcast_ref() {
        Some(CheckError::Mapping { error, .. }) => error
            .problems
            .iter()
            .any(|problem| matches!(problem, MappingProblem::Unfilled { .. } | MappingProblem::Ambiguous { .. })),
        _ => false,
    };
    let has_terminal = context.stdin_is_terminal && context.stderr_is_terminal;
    is_open && has_terminal && global.output == OutputFormat::Text
}

/// Shows the plan, asks for what is open, and gives the command line that says it all, with the answers in it.
pub(super) fn ask(
    args: &ImportArgs,
    global: &GlobalArgs,
    context: &Context,
    printer: &Printer,
) -> Result<(ImportArgs, Context), CommandError> {
    let settings = resolve(&overrides(global), context, printer)?;
    let mut outlook = Outlook::of(args, &settings, context)?;
    let view = outlook.view("", printer);
    printer.note(format_args!("{}\n\n{}\n", view.found(), view.proposed()));
    let theme = ColorfulTheme::default();
    let mut words = Vec::new();
    words.extend(outlook.options.iter().filter(|option| option.starts_with("--preset=")).map(OsString::from));
    for proposal in &outlook.proposals {
        if let Some(option) = ask_field(&theme, &outlook.look, proposal)? {
            words.push(OsString::from(option));
        }
    }
    let (mut args, mut context) = given_too(context, &words)?;
    if let Some(path) = ask_path(&theme)? {
        outlook = Outlook::of(&args, &settings, &context)?;
        outlook.write(Path::new(&path), &args.files, &context)?;
        printer
            .note(format_args!("the mapping is in {path}; edit it as you like, and name it next time with --mapping"));
        (args, context) = given_too(&context, &[])?;
    }
    Ok((args, context))
}

/// The same command line with more words.
fn given_too(context: &Context, words: &[OsString]) -> Result<(ImportArgs, Context), CommandError> {
    let mut all: Vec<OsString> = context.arguments.clone();
    // Behind `--` every word is a file's name.
    let end = all.iter().position(|word| word == OsStr::new("--")).unwrap_or(all.len());
    all.splice(end..end, words.iter().cloned());
    let texts: Vec<String> = all.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let given = parse_again(&texts).explain("cannot complete the command line")?;
    let Command::Import(args) = given.command else { unreachable!("only an import asks for its mapping") };
    Ok((*args, context.as_if_given(all, context.working_directory.clone())))
}

/// The option that says where a field comes from; `None` where that is known.
fn ask_field(theme: &ColorfulTheme, look: &InputColumns, proposal: &Proposal) -> Result<Option<String>, CommandError> {
    let field = proposal.field;
    let likely = match &proposal.state {
        Proposed::Known(_) | Proposed::Wrong(_) => return Ok(None),
        Proposed::Guess { header } => Some(header),
        Proposed::Open { candidates, .. } => candidates.first(),
    };
    let columns = look.columns.iter().map(|column| {
        let samples = column.samples.join(", ");
        format!("{}  ({samples})", column.shown_header())
    });
    let items: Vec<String> = std::iter::once("the same for every row".to_owned()).chain(columns).collect();
    let likely = likely.and_then(|header| look.columns.iter().position(|column| column.header == *header));
    let chosen = Select::with_theme(theme)
        .with_prompt(format!("Where does {field} come from?"))
        .items(&items)
        .default(likely.map_or(0, |index| index + 1))
        .interact()
        .explain(ASKING)?;
    Ok(Some(match chosen.checked_sub(1) {
        Some(index) => format!("--map={field}={}", look.columns[index].header),
        None => format!("--set={field}={}", ask_value(theme, field)?),
    }))
}

fn ask_value(theme: &ColorfulTheme, field: Field) -> Result<String, CommandError> {
    if field == Field::Type {
        let items = FeedbackType::ALL.map(FeedbackType::wire_name);
        let chosen = Select::with_theme(theme)
            .with_prompt("Type of feedback")
            .items(items)
            .default(0)
            .interact()
            .explain(ASKING)?;
        return Ok(items[chosen].to_owned());
    }
    let value = Input::<String>::with_theme(theme)
        .with_prompt(format!("{field} of every row"))
        .allow_empty(field == Field::Message)
        .validate_with(move |text: &String| check_value(field, text).map_or(Ok(()), |problem| Err(problem.to_string())))
        .interact_text()
        .explain(ASKING)?;
    Ok(value)
}

fn ask_path(theme: &ColorfulTheme) -> Result<Option<String>, CommandError> {
    let path = Input::<String>::with_theme(theme)
        .with_prompt("Write this mapping into a file? Its name, or nothing")
        .allow_empty(true)
        .interact_text()
        .explain(ASKING)?;
    Ok(Some(path).filter(|path| !path.trim().is_empty()))
}
