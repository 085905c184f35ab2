//! The client secret read from where the settings say it is, and the tokens minted with it. The only place where a
//! secret is exposed. Knows no HTTP, no terminal and no field of a record.

mod command;
mod error;
mod inspect;
mod jws;
mod read;
mod refusal;
#[cfg(test)]
mod samples;
mod secret;
mod span;
mod supply;
mod token;

pub use error::CredentialError;
pub use inspect::{Expected, Inspection, inspect};
pub use refusal::{Refusal, RefusalKind, Signature};
pub use supply::TokenSource;
pub use token::{Minter, Token};
