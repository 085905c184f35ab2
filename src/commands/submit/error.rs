//! Why a record was not submitted, or not saved.

use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{OutcomeKind, RunId};

/// An earlier submit of the same record may have saved it. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("the same record is in doubt since run {run}: it may have been saved")]
pub(super) struct DuplicateInDoubt {
    pub(super) run: RunId,
}

impl Advice for DuplicateInDoubt {
    fn hint(&self) -> Option<String> {
        let run = self.run;
        Some(format!("ask the server with `kore-feedback runs verify {run}`, or submit the record again with --again"))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{kind}{}{}", status_text(*status), detail_text(detail.as_deref()))]
pub(super) struct NotSaved {
    pub(super) run: RunId,
    pub(super) kind: OutcomeKind,
    pub(super) status: Option<u16>,
    pub(super) detail: Option<String>,
}

fn status_text(status: Option<u16>) -> String {
    status.map_or_else(String::new, |status| format!(" with status {status}"))
}

fn detail_text(detail: Option<&str>) -> String {
    detail.map_or_else(String::new, |detail| format!(": {detail}"))
}

impl Advice for NotSaved {
    fn hint(&self) -> Option<String> {
        let run = self.run;
        (self.kind == OutcomeKind::InDoubt)
            .then(|| format!("before you submit it again, ask the server with `kore-feedback runs verify {run}`"))
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}
