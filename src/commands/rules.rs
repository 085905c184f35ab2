//! From the arguments and settings to the rules that rows are read by.

use std::collections::BTreeMap;

use crate::cli::ImportArgs;
use crate::commands::error::CommandError;
use crate::ledger::{LedgerError, OutcomeKind, RowState, RunId, Store};
use crate::record::{Assignment, DedupeRule, Description, Except, MappingRules, ScoreRule, SelectionRules, Words};
use crate::run::CheckSettings;
use crate::settings::{Context, Settings, SettingsError, Source, preset};
use crate::source::SourceOptions;

/// How the input is read and checked.
pub(super) fn check_settings(
    args: &ImportArgs,
    settings: &Settings,
    context: &Context,
) -> Result<CheckSettings, CommandError> {
    let mut rules = mapping_rules(args, settings, context)?;
    rules.selection.except = except(args, settings)?;
    Ok(CheckSettings {
        source: source(args),
        rules,
        score: if args.allow_any_score { ScoreRule::Any } else { ScoreRule::InScale },
        include_in_doubt: args.include_in_doubt,
        needs_bots: settings.bot_id().is_err(),
    })
}

/// How the input is read, as far as that was said.
pub(super) fn source(args: &ImportArgs) -> SourceOptions {
    SourceOptions {
        format: args.format,
        sheet: args.sheet.clone(),
        header_rows: args.header_rows,
        delimiter: args.delimiter,
        encoding: args.encoding,
    }
}

/// What was said about columns and rows.
pub(super) fn mapping_rules(
    args: &ImportArgs,
    settings: &Settings,
    context: &Context,
) -> Result<MappingRules, SettingsError> {
    let pairs = |given: &[Assignment]| given.iter().map(|one| (one.field, one.text.clone())).collect();
    Ok(MappingRules {
        map: pairs(&args.map),
        set: pairs(&args.set),
        description: description(args, settings, context)?,
        selection: selection(args),
        columns: settings.columns(),
        defaults: settings.defaults(),
    })
}

/// The preset, over it the mapping, over it what the arguments say.
fn description(args: &ImportArgs, settings: &Settings, context: &Context) -> Result<Description, SettingsError> {
    let rows = &args.rows;
    let preset = match &rows.preset {
        Some(name) => preset(name, &Source::Argument("--preset"))?.description,
        None => Description::default(),
    };
    let mapping = match &rows.mapping {
        Some(name) => settings.mapping(name, context)?.description()?,
        None => Description::default(),
    };
    let said = Description {
        fields: BTreeMap::new(),
        no_answer: (!rows.no_answer.is_empty()).then(|| Words::new(&rows.no_answer)),
        skip: Vec::new(),
        include: rows.include.clone(),
    };
    Ok(said.over(mapping).over(preset))
}

fn selection(args: &ImportArgs) -> SelectionRules {
    let rows = &args.rows;
    let dedupe = match &rows.dedupe_by[..] {
        [] => rows.dedupe.then_some(DedupeRule::Record),
        columns => Some(DedupeRule::Columns(columns.to_vec())),
    };
    SelectionRules {
        filters: rows.filter.clone(),
        rows: rows.rows.clone(),
        sample: rows.sample,
        dedupe,
        except: Vec::new(),
    }
}

/// The rows that earlier runs have sent, or may have.
fn except(args: &ImportArgs, settings: &Settings) -> Result<Vec<Except>, CommandError> {
    let runs = &args.rows.exclude_run;
    let Some(first) = runs.first() else { return Ok(Vec::new()) };
    let store = Store::open_existing(&settings.state_dir()?)?.ok_or(LedgerError::NoSuchRun { run: RunId(*first) })?;
    let bot_id = settings.bot_id().ok();
    Ok(runs.iter().map(|run| sent_by(&store, RunId(*run), bot_id)).collect::<Result<_, _>>()?)
}

fn sent_by(store: &Store, run: RunId, bot_id: Option<&str>) -> Result<Except, LedgerError> {
    let mut sent = Except::new(run.0, bot_id.map(str::to_owned));
    let run = store.run(run)?;
    for entry in store.rows(run.id) {
        let entry = entry?;
        let may_be_saved =
            matches!(entry.state, RowState::Claimed | RowState::Settled(OutcomeKind::Saved | OutcomeKind::InDoubt));
        let bot = run.bots.iter().find(|bot| Some(bot.number) == entry.bot);
        if let Some(bot) = bot.filter(|_| may_be_saved) {
            sent.add(&bot.bot_id, entry.row);
        }
    }
    Ok(sent)
}
