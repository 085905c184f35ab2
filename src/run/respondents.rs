//! Who the respondents of some records are, from the input: the ledger stores no respondent.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::feed::{FeedError, FeedSettings};
use crate::record::{CheckedRow, Checker, Fingerprint};
use crate::source::{Inputs, Row};

/// The respondents of the records with these fingerprints, as far as the input has such records.
///
/// # Errors
/// When the input cannot be read, or has changed.
pub(crate) fn respondents(
    input: &Inputs,
    settings: &FeedSettings,
    wanted: &HashSet<Fingerprint>,
) -> Result<HashMap<Fingerprint, String>, FeedError> {
    let mut rows = input.open(&settings.source)?;
    let checker = Checker::new(settings.mapping.clone(), settings.score, settings.include_in_doubt);
    let mut checker = checker.with_duplicates(Arc::clone(&settings.duplicates));
    let mut found = HashMap::new();
    let mut row = Row::default();
    while found.len() < wanted.len() && rows.read(&mut row)? {
        for part in settings.mapping.numbering().parts() {
            if let Some(CheckedRow::Valid(record)) = checker.check(&row, part)
                && wanted.contains(&record.fingerprint())
            {
                found.insert(record.fingerprint(), record.channel_uid().to_owned());
            }
        }
    }
    rows.ensure_unchanged()?;
    Ok(found)
}
