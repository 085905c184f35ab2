//! Converts options and settings to the rules by which an input is read and checked.

use crate::cli::ImportArgs;
use crate::commands::error::CommandError;
use crate::ledger::{LedgerError, OutcomeKind, RowState, RunId, Store};
use crate::record::{
    Assignment, Dedupe, ExcludedRun, FoldedSet, MappingOptions, MappingSpec, RecordOption, RowSelection, ScoreRule,
};
use crate::run::CheckSettings;
use crate::settings::{Context, Settings, SettingsError, Source, preset};
use crate::source::SourceOptions;

pub(super) fn check_settings(
    args: &ImportArgs,
    settings: &Settings,
    context: &Context,
) -> Result<CheckSettings, CommandError> {
    let pairs = |given: &[Assignment]| given.iter().map(|one| (one.field, one.text.clone())).collect();
    let (spec, source) = description(args, settings, context)?;
    let rules = MappingOptions {
        map: pairs(&args.input.map),
        set: pairs(&args.input.set),
        spec,
        selection: selection(args, settings)?,
        columns: settings.columns(),
        defaults: settings.defaults(),
    };
    Ok(CheckSettings {
        source,
        rules,
        score: score_rule(args),
        include_in_doubt: args.include_in_doubt,
        // An unfinished run has decided that.
        ensures_header: !args.resume,
        needs_bots: settings.bot_id().is_err() && !args.dry_run,
    })
}

pub(super) fn score_rule(args: &ImportArgs) -> ScoreRule {
    if args.allow_any_score { ScoreRule::Any } else { ScoreRule::InScale }
}

/// How rows become records, and how the file is read. Options override the mapping, which overrides the preset.
fn description(
    args: &ImportArgs,
    settings: &Settings,
    context: &Context,
) -> Result<(MappingSpec, SourceOptions), SettingsError> {
    let input = &args.input;
    let options = MappingSpec {
        no_answer: (!input.no_answer.is_empty()).then(|| FoldedSet::new(&input.no_answer)),
        include: args.rows.include.clone(),
        records: input.record.iter().map(RecordOption::spec).collect(),
        ..MappingSpec::default()
    };
    let (mut spec, mut source) = (options, input.source());
    if let Some(name) = &input.mapping {
        let mapping = settings.mapping(name, context)?;
        (spec, source) = (spec.over(mapping.full_spec()?), source.over(mapping.full_source()?));
    }
    if let Some(name) = &input.preset {
        let preset = preset(name, &Source::Argument("--preset"))?;
        (spec, source) = (spec.over(preset.spec), source.over(preset.source));
    }
    Ok((spec, source))
}

fn selection(args: &ImportArgs, settings: &Settings) -> Result<RowSelection, CommandError> {
    let rows = &args.rows;
    let dedupe = match &rows.dedupe_by[..] {
        [] => rows.dedupe.then_some(Dedupe::Record),
        columns => Some(Dedupe::Columns(columns.to_vec())),
    };
    Ok(RowSelection {
        filters: rows.filter.clone(),
        rows: rows.rows.clone(),
        sample: rows.sample,
        dedupe,
        excluded_runs: excluded(&rows.exclude_run, settings)?,
        key: args.key.clone(),
    })
}

/// The rows that these runs have sent, or may have sent.
fn excluded(runs: &[i64], settings: &Settings) -> Result<Vec<ExcludedRun>, CommandError> {
    let Some(first) = runs.first() else { return Ok(Vec::new()) };
    let store = Store::open_existing(&settings.state_dir()?)?.ok_or(LedgerError::NoSuchRun { run: RunId(*first) })?;
    let bot_id = settings.bot_id().ok();
    Ok(runs.iter().map(|run| sent_by(&store, RunId(*run), bot_id)).collect::<Result<_, _>>()?)
}

fn sent_by(store: &Store, run: RunId, bot_id: Option<&str>) -> Result<ExcludedRun, LedgerError> {
    let run = store.run(run)?;
    let mut sent = ExcludedRun::new(run.id.0, run.numbering, bot_id.map(str::to_owned));
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
