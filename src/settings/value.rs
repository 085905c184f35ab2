//! Parses single values, wherever they are set: in a config, a variable or an option.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use strum::VariantNames;
use url::Url;

use super::credential::Algorithm;
use crate::error::{did_you_mean, nearest};
use crate::net::is_loopback;
use crate::pacing::{Limit, LimitError, parse_duration};
use crate::record::{ClauseError, MAX_RECORDS, ProblemKind, ScaleError, TemplateError, is_path_segment};
use crate::source;
use crate::text::excerpt;

const SHOWN: usize = 60;
/// The most requests in flight at once. Above it, a bot's rate limits are by far the bottleneck.
const MAX_CONCURRENCY: usize = 1_000;

/// What is wrong with a value, to follow the name of its key. Never shows a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Another type than the key's.
    #[error("must be {expected}, not {found}")]
    WrongType {
        /// What the key expects.
        expected: &'static str,
        /// What was written.
        found: &'static str,
    },
    /// Nothing between the quotes.
    #[error("must not be empty")]
    Empty,
    /// Most likely copied along with the id.
    #[error("{0:?} must not contain spaces, line breaks or control characters")]
    Blanks(String),
    /// A character that would end the id's segment of the URL path.
    #[error("{0:?} must be an id without /, ?, # or %")]
    NotAnId(String),
    /// Not the start of a URL.
    #[error("{0:?} must be a URL such as https://bots.kore.ai")]
    NotAUrl(String),
    /// A user name or password in the host. Neither is shown.
    #[error("must not contain a user name or password")]
    UserInHost,
    /// More than scheme, name and port in the host.
    #[error("must not contain {0}")]
    MoreThanHost(&'static str),
    /// An unencrypted target on another machine.
    #[error("{0:?} must start with https:// (http:// is allowed for this machine only)")]
    NotEncrypted(String),
    /// Not a version for the URL path.
    #[error("{0:?} must be digits and dots, such as 1.1, or empty for a URL without a version")]
    NotAVersion(String),
    /// Not one of the known names.
    #[error("{text:?} is not one of {}", names_like(text, known))]
    NotOneOf {
        /// What was written.
        text: String,
        /// All known names.
        known: &'static [&'static str],
    },
    /// Not a duration.
    #[error("{0:?} is not a duration: write a number with a unit, such as 30s, 10m or 1h 30m")]
    NotADuration(String),
    /// Below the minimum.
    #[error("must be at least {0}")]
    TooShort(&'static str),
    /// Not a rate limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// No format, delimiter or encoding.
    #[error("is invalid: {0}")]
    OfFile(#[from] source::ValueError),
    /// Not a number of header rows.
    #[error("{0:?} must be a whole number from 1 to 3")]
    NotHeaderRows(String),
    /// Not a number of lines.
    #[error("{0:?} must be a whole number, 0 or more")]
    NotACount(String),
    /// Neither true nor false.
    #[error("{0:?} must be true or false")]
    NotABoolean(String),
    /// Not a number of requests.
    #[error("{0:?} must be a whole number from 1 to {MAX_CONCURRENCY}")]
    NotAConcurrency(String),
    /// A command without a program.
    #[error("must name a program, followed by its arguments")]
    NoProgram,
    /// A path in the home directory, which is unknown.
    #[error("starts with ~, but there is no home directory")]
    NoHome,
    /// Not the name of a variable. It may be the secret itself, so it is not shown.
    #[error("must be the name of an environment variable (letters, digits and _), not the secret itself")]
    NotAVariable,
    /// A claim that another setting controls.
    #[error("must not contain {name:?}: {instead}")]
    ReservedClaim {
        /// The claim.
        name: String,
        /// What controls it.
        instead: &'static str,
    },
    /// A number that JSON cannot represent.
    #[error("must be a finite number")]
    NotFinite,
    /// A whole number outside the supported range.
    #[error("is too large")]
    TooLarge,
    /// Longer than the platform allows for a token with a `jti`.
    #[error("is {0} but must be at most 1h when jti is on: the platform rejects tokens with a later exp")]
    TooLongForJti(String),
    /// An RS algorithm without its key.
    #[error("{0} signs with a private key, but private_key_file is not set")]
    NoPrivateKey(Algorithm),
    /// Not a conversion between scales.
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// Not a template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Not a condition.
    #[error(transparent)]
    Clause(#[from] ClauseError),
    /// Not the form of a date.
    #[error("{0:?} is not the form of a date, such as %d/%m/%Y or %m/%d/%Y %H:%M (see strptime)")]
    NotADateForm(String),
    /// Not a way of extracting a number.
    #[error("{0:?} must be \"leading\" (the number at the start of the text)")]
    NotANumberKind(String),
    /// Neither a comma nor a point.
    #[error("{0:?} must be \",\" or \".\", the sign before the decimals")]
    NotADecimalSign(String),
    /// A placeholder that was not replaced.
    #[error("must be replaced: write the score that this text stands for, instead of …")]
    ToFillIn,
    /// One text with two meanings.
    #[error("maps {0:?} to two values")]
    TwoMeanings(String),
    /// More records than can be made of a row.
    #[error("describes more than {MAX_RECORDS} records")]
    TooManyRecords,
    /// A required key is missing.
    #[error("is required")]
    Required,
    /// A key that needs another key.
    #[error("has no effect without {0}")]
    Without(&'static str),
    /// A constant that the field does not allow.
    #[error("{value:?}: {problem}")]
    InvalidConstant {
        /// The constant.
        value: String,
        /// Why it is invalid.
        problem: ProblemKind,
    },
}

/// Parses the URL of a host: https, or http to this machine; without user, path, query or fragment.
pub(super) fn host(text: &str) -> Result<Url, ValueError> {
    let shown = || if text.contains('@') { "…".to_owned() } else { excerpt(text, SHOWN) };
    let url = Url::parse(non_empty(text)?).map_err(|_| ValueError::NotAUrl(shown()))?;
    let problem = if !url.username().is_empty() || url.password().is_some() {
        ValueError::UserInHost
    } else if !matches!(url.scheme(), "http" | "https") {
        ValueError::NotAUrl(shown())
    } else if url.query().is_some() {
        ValueError::MoreThanHost("a query")
    } else if url.fragment().is_some() {
        ValueError::MoreThanHost("a fragment")
    } else if url.path() != "/" {
        ValueError::MoreThanHost("a path")
    } else if url.scheme() == "http" && !is_loopback(&url) {
        ValueError::NotEncrypted(shown())
    } else {
        return Ok(url);
    };
    Err(problem)
}

fn non_empty(text: &str) -> Result<&str, ValueError> {
    if text.trim().is_empty() { Err(ValueError::Empty) } else { Ok(text) }
}

/// Parses an id of the platform. It never contains spaces, which copying may add.
pub(super) fn id(text: &str) -> Result<String, ValueError> {
    if non_empty(text)?.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(ValueError::Blanks(excerpt(text, SHOWN)));
    }
    Ok(text.to_owned())
}

/// Parses an id that is a segment of the URL path.
pub(super) fn path_id(text: &str) -> Result<String, ValueError> {
    let id = id(text)?;
    if is_path_segment(&id) { Ok(id) } else { Err(ValueError::NotAnId(excerpt(text, SHOWN))) }
}

/// Accepts any text that is not blank.
pub(super) fn text(text: &str) -> Result<String, ValueError> {
    non_empty(text).map(str::to_owned)
}

/// Parses the version in the API's path; empty for a path without one.
pub(super) fn api_version(text: &str) -> Result<String, ValueError> {
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let is_version = text.is_empty() || text.split('.').all(is_number);
    if is_version { Ok(text.to_owned()) } else { Err(ValueError::NotAVersion(excerpt(text, SHOWN))) }
}

/// All names, and which one is meant.
fn names_like(text: &str, known: &[&str]) -> String {
    format!("{}{}", known.join(", "), did_you_mean(nearest(text, known.iter().copied())))
}

/// Parses one of a fixed set of names.
pub(super) fn one_of<T: FromStr + VariantNames>(text: &str) -> Result<T, ValueError> {
    text.trim().parse().map_err(|_| ValueError::NotOneOf { text: excerpt(text, SHOWN), known: T::VARIANTS })
}

pub(super) fn duration(text: &str) -> Result<Duration, ValueError> {
    let duration = parse_duration(text).ok_or_else(|| ValueError::NotADuration(excerpt(text, SHOWN)))?;
    positive(duration)
}

pub(super) fn positive(duration: Duration) -> Result<Duration, ValueError> {
    if duration.is_zero() { Err(ValueError::TooShort("1ms")) } else { Ok(duration) }
}

/// Checks a token's lifetime: at least one second, because `exp` counts seconds.
pub(super) fn token_ttl(ttl: Duration) -> Result<Duration, ValueError> {
    if ttl < Duration::from_secs(1) { Err(ValueError::TooShort("1s")) } else { Ok(ttl) }
}

pub(super) fn limits(limits: &[&str]) -> Result<Vec<Limit>, ValueError> {
    limits.iter().map(|limit| Ok(limit.parse()?)).collect()
}

pub(super) fn boolean(text: &str) -> Result<bool, ValueError> {
    text.trim().to_ascii_lowercase().parse().map_err(|_| ValueError::NotABoolean(excerpt(text, SHOWN)))
}

pub(super) fn concurrency(text: &str) -> Result<NonZeroUsize, ValueError> {
    let number = text.trim().parse().map_err(|_| ValueError::NotAConcurrency(excerpt(text, SHOWN)))?;
    checked_concurrency(number)
}

pub(super) fn checked_concurrency(number: NonZeroUsize) -> Result<NonZeroUsize, ValueError> {
    let is_allowed = number.get() <= MAX_CONCURRENCY;
    if is_allowed { Ok(number) } else { Err(ValueError::NotAConcurrency(number.to_string())) }
}

/// Expands a path: `~` is the home directory, and a relative path starts at `base`.
pub(super) fn path(text: &str, base: &Path, home: Option<&Path>) -> Result<PathBuf, ValueError> {
    expand(Path::new(non_empty(text)?), base, home)
}

/// Like [`path`], for a path that need not be UTF-8.
pub(super) fn expand(path: &Path, base: &Path, home: Option<&Path>) -> Result<PathBuf, ValueError> {
    match path.strip_prefix("~") {
        Ok(below) => Ok(home.ok_or(ValueError::NoHome)?.join(below)),
        Err(_) => Ok(base.join(path)),
    }
}

/// Checks the name of an environment variable.
pub(super) fn variable_name(text: &str) -> Result<String, ValueError> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = starts_well && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { Ok(text.to_owned()) } else { Err(ValueError::NotAVariable) }
}

/// Checks that no other setting controls the claim.
pub(super) fn claim_name(name: &str) -> Result<(), ValueError> {
    let instead = match name {
        "" => return Err(ValueError::Empty),
        "sub" => "set subject in the config, or --sub",
        "appId" => "it is always the client_id",
        "iat" => "it is always the time of signing",
        "exp" => "set token_ttl in the config, or --ttl",
        "jti" => "set jti = true in the config, or --jti",
        "kore_sub" => "set subject and kore_claims = [\"sub\"] in the config",
        "kore_jti" => "set jti = true and kore_claims = [\"jti\"] in the config: each token needs its own",
        _ => return Ok(()),
    };
    Err(ValueError::ReservedClaim { name: name.to_owned(), instead })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{ValueError, api_version, boolean, claim_name, concurrency, expand, host, id, path_id, variable_name};

    #[test]
    fn hosts_are_https_or_this_machine() {
        for good in [
            "https://bots.kore.ai",
            "https://bots.kore.ai/",
            "https://kore.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://127.9.9.9:1",
            "http://[::1]:3000",
        ] {
            assert!(host(good).is_ok(), "{good}: {:?}", host(good));
        }
        for bad in
            ["http://bots.kore.ai", "http://localhost.example", "http://128.0.0.1", "http://0.0.0.0", "http://[::]"]
        {
            assert_eq!(host(bad), Err(ValueError::NotEncrypted(bad.into())), "{bad}");
        }
        for bad in ["bots.kore.ai", "ftp://bots.kore.ai", "https://", "//bots.kore.ai", "localhost:8080"] {
            assert_eq!(host(bad), Err(ValueError::NotAUrl(bad.into())), "{bad}");
        }
        assert_eq!(host("https://bots.kore.ai/api"), Err(ValueError::MoreThanHost("a path")));
        assert_eq!(host("https://bots.kore.ai?a=b"), Err(ValueError::MoreThanHost("a query")));
        assert_eq!(host("https://bots.kore.ai/#a"), Err(ValueError::MoreThanHost("a fragment")));
        assert_eq!(host(" "), Err(ValueError::Empty));
    }

    #[test]
    fn passwords_in_hosts_are_rejected_and_hidden() {
        for bad in [
            "https://jo:hunter2@bots.kore.ai",
            "https://hunter2@bots.kore.ai/x",
            "jo:hunter2@bots.kore.ai",
            "https://jo:hunter2@:9",
        ] {
            let error = host(bad).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn ids_contain_no_spaces_or_separators() {
        assert_eq!(id("cs-1234"), Ok("cs-1234".to_owned()));
        assert_eq!(id("cs-1234 "), Err(ValueError::Blanks("cs-1234".into())));
        assert_eq!(id(""), Err(ValueError::Empty));
        for bad in ["st-1/..", "..", "st?x", "st#x", "st%2f"] {
            assert!(matches!(path_id(bad), Err(ValueError::NotAnId(_))), "{bad}");
        }
    }

    #[test]
    fn versions_are_numbers_or_empty() {
        for good in ["", "1.1", "2"] {
            assert_eq!(api_version(good), Ok(good.to_owned()));
        }
        for bad in ["v1", "1.", "/1.1", "1/1", "."] {
            assert!(api_version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_and_booleans_parse_strictly() {
        assert_eq!(boolean("True"), Ok(true));
        assert!(boolean("1").is_err());
        assert!(concurrency("0").is_err());
        assert!(concurrency("1001").is_err());
        assert_eq!(concurrency("8").map(usize::from), Ok(8));
    }

    #[test]
    fn paths_start_at_home_or_base() {
        let (base, home) = (Path::new("/base"), Path::new("/home/jo"));
        let expanded = |path: &str| expand(Path::new(path), base, Some(home)).unwrap();
        assert_eq!(expanded("~/secret"), PathBuf::from("/home/jo/secret"));
        assert_eq!(expanded("secret"), PathBuf::from("/base/secret"));
        assert_eq!(expanded("/secret"), PathBuf::from("/secret"));
        assert_eq!(expanded("~jo/secret"), PathBuf::from("/base/~jo/secret"));
        assert_eq!(expand(Path::new("~"), base, None), Err(ValueError::NoHome));
    }

    #[test]
    fn invalid_variable_names_are_rejected_and_hidden() {
        assert!(variable_name("MY_SECRET_2").is_ok());
        let error = variable_name("s3cr3t=").unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"));
        assert!(variable_name("2X").is_err());
        assert!(variable_name("").is_err());
    }

    #[test]
    fn claims_with_a_meaning_are_reserved() {
        for name in ["sub", "appId", "iat", "exp", "jti", "kore_jti", "kore_sub"] {
            assert!(matches!(claim_name(name), Err(ValueError::ReservedClaim { .. })), "{name}");
        }
        assert_eq!(claim_name("aud"), Ok(()));
        assert_eq!(claim_name("kore_iss"), Ok(()));
    }
}
