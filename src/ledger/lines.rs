//! A run's lines in the tables that describe it, in a form that can be stored elsewhere and inserted again.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, ToSql, Transaction, params_from_iter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{LedgerError, RunId};

/// In the order in which their foreign keys allow to insert them.
const TABLES: [&str; 2] = ["runs", "bots"];

/// The lines of each table; each is a list of columns and values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lines(BTreeMap<String, Vec<BTreeMap<String, Value>>>);

/// A value of SQLite; a number with a fraction does not occur.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Lines {
    pub(super) fn of_run(connection: &Connection, run: RunId) -> Result<Self, LedgerError> {
        let of_table = |table: &str| -> Result<_, LedgerError> {
            let mut statement = connection.prepare(&format!("SELECT * FROM {table} WHERE run = ?1"))?;
            let lines = statement.query_map([run.0], line)?;
            Ok((table.to_owned(), lines.collect::<Result<_, _>>()?))
        };
        Ok(Self(TABLES.into_iter().map(of_table).collect::<Result<_, _>>()?))
    }

    /// Inserts the lines. A column that this version does not have is an error.
    pub(super) fn insert(&self, transaction: &Transaction<'_>) -> Result<(), LedgerError> {
        for table in TABLES {
            for line in self.0.get(table).into_iter().flatten() {
                let columns: Vec<String> =
                    line.keys().map(|column| format!("\"{}\"", column.replace('"', ""))).collect();
                let values = vec!["?"; columns.len()].join(", ");
                let sql = format!("INSERT INTO {table} ({}) VALUES ({values})", columns.join(", "));
                transaction.execute(&sql, params_from_iter(line.values()))?;
            }
        }
        Ok(())
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<BTreeMap<String, Value>> {
    let columns: Vec<String> = row.as_ref().column_names().map(str::to_owned).collect();
    let value = |(index, column): (usize, String)| Ok((column, Value::from(row.get_ref(index)?)));
    columns.into_iter().enumerate().map(value).collect()
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(integer) => Self::Integer(integer),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(blob) => Self::Blob(blob.to_owned()),
            ValueRef::Null | ValueRef::Real(_) => Self::Null,
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Lines;
    use crate::ledger::Store;
    use crate::ledger::model::new_run;

    #[test]
    fn a_run_is_inserted_as_it_was() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::open(one.path()).unwrap();
        store.begin(&new_run(), Timestamp::UNIX_EPOCH).unwrap();
        let run = store.begin(&new_run(), Timestamp::UNIX_EPOCH).unwrap();
        let lines = Lines::of_run(&store.connection, run).unwrap();
        let json = serde_json::to_string(&lines).unwrap();
        let lines: Lines = serde_json::from_str(&json).unwrap();

        let copy = Store::open(other.path()).unwrap();
        copy.write(|transaction| lines.insert(transaction)).unwrap();
        assert_eq!(Lines::of_run(&copy.connection, run).unwrap(), lines);
        assert_eq!(format!("{:?}", copy.run(run).unwrap()), format!("{:?}", store.run(run).unwrap()));
    }
}
