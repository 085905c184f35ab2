//! Reads the client secret from where the settings say it is, and mints tokens with it. The only module that exposes a
//! secret. Knows no HTTP, no terminal and no field of a record.

mod compact;
mod error;
mod hidden;
mod inspect;
mod jwe;
mod jwk;
#[cfg(test)]
mod samples;
mod secret;
mod token;

pub(crate) use compact::EncryptedParts;
pub(crate) use error::CredentialError;
pub(crate) use hidden::Hidden;
#[cfg(test)]
pub(crate) use inspect::RefusalKind;
pub(crate) use inspect::{Expected, Inspection, Signature, inspect};
pub(crate) use token::{Minter, Token, TokenSource};
