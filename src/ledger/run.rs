//! What identifies a run, and what is stored about it.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use strum::IntoStaticStr;

use super::RunId;
use crate::numbering::Numbering;

/// What makes two imports the same: a hash of content, mapping and target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(pub [u8; 32]);

impl Identity {
    /// The identity of this content, read with this mapping, sent to this target.
    pub(crate) fn of(content: &[u8; 32], mapping: &str, target: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(content);
        for part in std::iter::once(&mapping).chain(target) {
            // The lengths are hashed too, so that no two lists of texts hash the same bytes.
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum RunKind {
    /// Many rows from an input.
    Import,
    /// One record entered by hand.
    Submit,
}

impl RunKind {
    pub const fn as_str(self) -> &'static str {
        self.into_str()
    }
}

/// What is recorded when a run starts.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    pub kind: RunKind,
    /// Whether the run sends to a sandbox inside its own process.
    pub sandbox: bool,
    /// The profile's name, if one was used.
    pub profile: Option<String>,
    pub host: String,
    /// The bots, and how many records go to each; at least one.
    pub bots: Vec<(String, u64)>,
    /// The API version in the path.
    pub api_version: String,
    /// The input's name, `-` for standard input.
    pub input: String,
    /// BLAKE3 of the input's rows.
    pub content: [u8; 32],
    /// Which column provides which field, in a form that can be compared.
    pub mapping: String,
    pub identity: Identity,
    /// How many rows the input has.
    pub rows: u64,
    /// How many records they make.
    pub records: u64,
    pub numbering: Numbering,
    /// The options that the run started with, as JSON; `None` for a submit, and for a run of an older version.
    pub options: Option<String>,
    /// Whether the run sends records although other runs have sent them.
    pub(crate) again: bool,
    /// How many rows are skipped because an earlier run has sent their records. The ledger does not list them.
    pub(crate) sent_before: u64,
}

/// A run as the ledger has it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub id: RunId,
    pub kind: RunKind,
    /// Whether the run sent to a sandbox inside its own process.
    pub sandbox: bool,
    /// The profile's name, if one was used.
    pub profile: Option<String>,
    pub host: String,
    /// The bots that its records go to; at least one.
    pub bots: Vec<RunBot>,
    /// The input's name, `-` for standard input.
    pub input: String,
    /// BLAKE3 of the input's rows, or of its bytes.
    pub content: [u8; 32],
    /// Whether an older version started the run: the input is then identified by its bytes.
    pub is_of_bytes: bool,
    /// Which column provides which field, in a form that can be compared.
    pub mapping: String,
    /// How many rows the input has.
    pub rows: u64,
    /// How many records they make.
    pub records: u64,
    pub numbering: Numbering,
    /// The options that the run started with, as JSON; `None` for a submit, and for a run of an older version.
    pub options: Option<String>,
    /// As in [`NewRun`].
    pub(crate) again: bool,
    pub(crate) sent_before: u64,
    pub started_at: Timestamp,
    /// When the run ended with nothing left to send; `None` while it can be resumed.
    pub finished_at: Option<Timestamp>,
    /// How far the server's clock was ahead of this machine's, if it was said.
    pub(crate) clock_offset: Option<SignedDuration>,
    /// The last failure report, and the hash of its content.
    pub report: Option<(PathBuf, [u8; 32])>,
}

/// One bot of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunBot {
    /// Its number in the run, from 1.
    pub number: u32,
    pub bot_id: String,
    /// How many records go to it.
    pub records: u64,
}

impl Run {
    /// Whether any records of the run go to this bot.
    pub(crate) fn includes_bot(&self, bot_id: &str) -> bool {
        self.bots.iter().any(|bot| bot.bot_id == bot_id)
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;

    #[test]
    fn identity_depends_on_every_part_and_boundary() {
        let content = [7; 32];
        let one = Identity::of(&content, "score=Q1", &["https://a", "st-1"]);
        assert_eq!(one, Identity::of(&content, "score=Q1", &["https://a", "st-1"]));
        assert_ne!(one, Identity::of(&[8; 32], "score=Q1", &["https://a", "st-1"]));
        assert_ne!(one, Identity::of(&content, "score=Q2", &["https://a", "st-1"]));
        assert_ne!(one, Identity::of(&content, "score=Q1", &["https://as", "t-1"]));
    }
}
