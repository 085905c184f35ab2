//! Submit and bulk-import survey feedback to Kore.ai's `saveFeedback` API.
//!
//! Data flows one way, and the module list is the pipeline:
//!
//! ```text
//! bytes ─ source ─ rows ─ record ─ feedback ─ ledger(intent) ─ pacing(permit) ─ delivery(POST) ─ verdict ─ ledger(outcome)
//!                                                         └────────────── run ──────────────┘
//!                                                                           │ events
//!                                                                         report
//! ```
//!
//! No module reaches back up: [`source`] knows files and no field's meaning, [`record`] alone can make a valid
//! feedback, `ledger` knows neither HTTP nor terminals, `delivery` is the only user of the HTTP client, `run`
//! joins them and knows no terminal, `report` only listens. [`cli`] says what can be said, [`commands`] turns it into
//! settings → pipeline → report → exit code. [`sandbox`] imitates the API from its contract alone and shares no type
//! with the modules that it is there to test.

pub mod cli;
pub mod clock;
pub mod commands;
pub(crate) mod credentials;
pub(crate) mod delivery;
pub(crate) mod entries;
pub mod error;
pub mod exit;
pub(crate) mod html;
pub(crate) mod ledger;
pub(crate) mod net;
pub(crate) mod numbering;
pub mod pacing;
#[doc(hidden)]
pub mod parts;
pub(crate) mod private;
pub mod record;
pub(crate) mod report;
pub(crate) mod rlimit;
pub(crate) mod run;
pub mod sandbox;
pub mod settings;
pub(crate) mod signals;
pub mod source;
pub(crate) mod text;
