//! How an answer about a saved record deviates from the contract and from what was sent, in one small number per row.

use rusqlite::types::{FromSql, FromSqlResult, Null, ToSql, ToSqlOutput, ValueRef};

/// The fields that the contract requires in an answer besides the id, by their names there. A field's place is its bit in
/// the ledger: new ones are added at the end.
const FIELDS: [&str; 13] = [
    "botId",
    "channel",
    "language",
    "score",
    "timestamp",
    "createdOn",
    "timestampValue",
    "type",
    "name",
    "channelUId",
    "orgId",
    "accountId",
    "userId",
];
/// Bits from here on are fields with another value than was sent.
const CHANGED: u32 = 16;

/// A set of deviations; empty for an answer as documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Deviations(u32);

impl Deviations {
    /// Every field that the contract requires in an answer, besides the id.
    pub(crate) const FIELDS: &[&str] = &FIELDS;

    /// Adds that a field is missing.
    pub(crate) fn add_missing(&mut self, field: &str) {
        self.0 |= bit(field);
    }

    /// Adds that a field has another value than was sent.
    pub(crate) fn add_changed(&mut self, field: &str) {
        self.0 |= bit(field) << CHANGED;
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn missing(self) -> impl Iterator<Item = &'static str> {
        FIELDS.into_iter().filter(move |field| self.0 & bit(field) != 0)
    }

    pub(crate) fn changed(self) -> impl Iterator<Item = &'static str> {
        FIELDS.into_iter().filter(move |field| (self.0 >> CHANGED) & bit(field) != 0)
    }
}

/// No bit for a field that the contract does not have.
fn bit(field: &str) -> u32 {
    FIELDS.iter().position(|known| *known == field).map_or(0, |place| 1 << place)
}

/// Null if there are none, which takes no room.
impl ToSql for Deviations {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(if self.is_empty() { Null.into() } else { self.0.into() })
    }
}

impl FromSql for Deviations {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(Option::<u32>::column_result(value)?.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::Deviations;

    #[test]
    fn missing_and_changed_fields_are_kept_apart() {
        let mut deviations = Deviations::default();
        assert!(deviations.is_empty());
        deviations.add_missing("userId");
        deviations.add_missing("botId");
        deviations.add_changed("name");
        deviations.add_changed("novel");
        assert_eq!(deviations.missing().collect::<Vec<_>>(), ["botId", "userId"]);
        assert_eq!(deviations.changed().collect::<Vec<_>>(), ["name"]);
        for field in Deviations::FIELDS {
            let mut one = Deviations::default();
            one.add_changed(field);
            assert_eq!((one.changed().collect::<Vec<_>>(), one.missing().count()), (vec![*field], 0));
        }
    }
}
