//! Resolves each of the records that are made of a row.

use std::sync::Arc;

use super::{Resolver, keep_problem};
use crate::record::mapping::{FieldSource, MappingProblem, MatchedSource, RecordMapping};
use crate::record::{Field, FoldedSet};

impl Resolver<'_> {
    /// The records that are made of each row; what is wrong with them joins the other problems.
    pub(super) fn records(&self, problems: &mut Vec<MappingProblem>) -> Vec<RecordMapping> {
        let specs = &self.options.spec.records;
        if specs.is_empty() {
            return self.record_mapping().map_err(|found| problems.extend(found)).into_iter().collect();
        }
        let mut resolved: Vec<_> = specs.iter().map(|spec| self.of_record(spec).record_mapping()).collect();
        require_bots(&mut resolved);
        let found: Vec<&[MappingProblem]> =
            resolved.iter().map(|one| one.as_ref().err().map(Vec::as_slice).unwrap_or_default()).collect();
        let is_shared = |problem: &MappingProblem| found.iter().all(|others| others.contains(problem));
        // What is wrong with all of them is said once.
        problems
            .extend(found.first().copied().unwrap_or_default().iter().filter(|problem| is_shared(problem)).cloned());
        for ((spec, number), own) in specs.iter().zip(1..).zip(&found) {
            let in_record = |problem: &MappingProblem| MappingProblem::InRecord {
                record: spec.in_words(number),
                problem: Box::new(problem.clone()),
            };
            problems.extend(own.iter().filter(|problem| !is_shared(problem)).map(in_record));
        }
        resolved.into_iter().filter_map(Result::ok).collect()
    }

    fn record_mapping(&self) -> Result<RecordMapping, Vec<MappingProblem>> {
        let mut problems = Vec::new();
        let sources = self.sources().map(|source| keep_problem(source, &mut problems));
        let bot = self.bot_source().and_then(|source| keep_problem(source, &mut problems));
        match sources {
            [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)] if problems.is_empty() => {
                Ok(self.mapping([a, b, c, d, e, f, g], bot))
            }
            _ => Err(problems),
        }
    }

    fn mapping(&self, sources: [MatchedSource; 7], bot: Option<MatchedSource>) -> RecordMapping {
        let has_template = sources.iter().chain(&bot).any(|matched| matches!(matched.source, FieldSource::Template(_)));
        let columns_by_name = || Arc::new(self.headers.iter().cloned().zip(0..).collect());
        let source = |field: Field| sources.get(field as usize).or(bot.as_ref());
        RecordMapping {
            conversions: Field::ROW.map(|field| self.conversion(field, source(field)?)),
            columns_by_name: has_template.then(columns_by_name),
            sources,
            bot,
            no_answer: self.no_answer(),
        }
    }

    /// One of several records need not be answered in every row.
    fn no_answer(&self) -> Option<FoldedSet> {
        let own = self.record.and_then(|record| record.no_answer.as_ref());
        let texts = own.or(self.options.spec.no_answer.as_ref()).cloned();
        texts.or_else(|| self.record.map(|_| FoldedSet::new([""])))
    }
}

/// If one record names its bot, all of them must: the others would go to the profile's bot unnoticed.
fn require_bots(records: &mut [Result<RecordMapping, Vec<MappingProblem>>]) {
    if records.iter().flatten().all(|record| record.bot.is_none()) {
        return;
    }
    for record in records.iter_mut().filter(|record| record.as_ref().is_ok_and(|record| record.bot.is_none())) {
        *record = Err(vec![MappingProblem::Unfilled { field: Field::BotId, needed: None }]);
    }
}
