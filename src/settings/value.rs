//! Single values as people write them, wherever they write them: in a config, a variable or an argument.

mod error;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::credential::Algorithm;
use crate::error::nearest;
use crate::net::is_loopback;
use crate::pacing::{Limit, parse_duration};
use crate::record::is_part_of_path;
use crate::text::excerpt;

pub use error::ValueError;

/// The most calls that may be on their way at once: past it, a bot's limits are the bottleneck by far.
pub(super) const MOST_CONCURRENT: usize = 1_000;
const SHOWN: usize = 60;

/// The end of a message that has a better name to offer.
pub(super) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean {name:?}?"))
}

/// The host's URL: https, or http to this machine; no path, no query, nobody's password.
pub(super) fn host(text: &str) -> Result<Url, ValueError> {
    let shown = || if text.contains('@') { "…".to_owned() } else { excerpt(text, SHOWN) };
    let not_a_url = |_| ValueError::NotAUrl(shown());
    let url = Url::parse(non_empty(text)?).map_err(not_a_url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ValueError::UserInHost);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ValueError::NotAUrl(shown()));
    }
    if url.query().is_some() {
        return Err(ValueError::MoreThanHost("a query"));
    }
    if url.fragment().is_some() {
        return Err(ValueError::MoreThanHost("a fragment"));
    }
    if url.path() != "/" {
        return Err(ValueError::MoreThanHost("a path"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ValueError::NotEncrypted(shown()));
    }
    Ok(url)
}

fn non_empty(text: &str) -> Result<&str, ValueError> {
    if text.trim().is_empty() { Err(ValueError::Empty) } else { Ok(text) }
}

/// An id of the platform's: no blanks, which only copying adds.
pub(super) fn id(text: &str) -> Result<String, ValueError> {
    if non_empty(text)?.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(ValueError::Blanks(excerpt(text, SHOWN)));
    }
    Ok(text.to_owned())
}

/// An id that is a part of the URL's path.
pub(super) fn path_id(text: &str) -> Result<String, ValueError> {
    let id = id(text)?;
    if !is_part_of_path(&id) {
        return Err(ValueError::NotAnId(excerpt(text, SHOWN)));
    }
    Ok(id)
}

/// A text of which only the lack is wrong.
pub(super) fn text(text: &str) -> Result<String, ValueError> {
    non_empty(text).map(str::to_owned)
}

/// The version in the API's path; empty for a path without one.
pub(super) fn api_version(text: &str) -> Result<String, ValueError> {
    let numbers = text.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    if text.is_empty() || numbers { Ok(text.to_owned()) } else { Err(ValueError::NotAVersion(excerpt(text, SHOWN))) }
}

/// The signing algorithm, in any case.
pub(super) fn algorithm(text: &str) -> Result<Algorithm, ValueError> {
    Algorithm::from_name(text).ok_or_else(|| ValueError::UnknownAlgorithm {
        given: excerpt(text, SHOWN),
        nearest: nearest(text, Algorithm::NAMES).map(str::to_owned),
    })
}

/// A duration longer than nothing.
pub(super) fn duration(text: &str) -> Result<Duration, ValueError> {
    checked_duration(parse_duration(text).ok_or_else(|| ValueError::NotADuration(excerpt(text, SHOWN)))?)
}

/// A duration, if it is longer than nothing.
pub(super) fn checked_duration(duration: Duration) -> Result<Duration, ValueError> {
    if duration.is_zero() { Err(ValueError::TooShort("1ms")) } else { Ok(duration) }
}

/// A token's life: whole seconds, for that is what `exp` counts.
pub(super) fn token_ttl(text: &str) -> Result<Duration, ValueError> {
    duration(text).and_then(checked_ttl)
}

/// A token's life, if it is one.
pub(super) fn checked_ttl(ttl: Duration) -> Result<Duration, ValueError> {
    if ttl < Duration::from_secs(1) { Err(ValueError::TooShort("1s")) } else { Ok(ttl) }
}

/// Limits, separated by commas; none when the text is empty.
pub(super) fn limits(text: &str) -> Result<Vec<Limit>, ValueError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(|limit| Ok(limit.trim().parse()?)).collect()
}

/// `true` or `false`.
pub(super) fn boolean(text: &str) -> Result<bool, ValueError> {
    text.trim().to_ascii_lowercase().parse().map_err(|_| ValueError::NotABoolean(excerpt(text, SHOWN)))
}

/// How many calls may be on their way at once.
pub(super) fn concurrency(text: &str) -> Result<NonZeroUsize, ValueError> {
    let number = text.trim().parse().map_err(|_| ValueError::NotAConcurrency(excerpt(text, SHOWN)))?;
    checked_concurrency(number)
}

/// A number of calls, if it is within reason.
pub(super) fn checked_concurrency(number: NonZeroUsize) -> Result<NonZeroUsize, ValueError> {
    if number.get() > MOST_CONCURRENT { Err(ValueError::NotAConcurrency(number.to_string())) } else { Ok(number) }
}

/// A path as people write it: `~` is their home, and a relative one starts at `base`.
pub(super) fn path(text: &str, base: &Path, home: Option<&Path>) -> Result<PathBuf, ValueError> {
    expand(Path::new(non_empty(text)?), base, home)
}

/// As [`path`], for a path that need not be text.
pub(super) fn expand(path: &Path, base: &Path, home: Option<&Path>) -> Result<PathBuf, ValueError> {
    match path.strip_prefix("~") {
        Ok(below) => Ok(home.ok_or(ValueError::NoHome)?.join(below)),
        Err(_) => Ok(base.join(path)),
    }
}

/// The name of an environment variable.
pub(super) fn variable_name(text: &str) -> Result<String, ValueError> {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(text.to_owned())
    } else {
        Err(ValueError::NotAVariable)
    }
}

/// A further claim's name, if it is free.
pub(super) fn claim_name(name: &str) -> Result<(), ValueError> {
    let instead = match name {
        "sub" => "subject in the config or --sub does",
        "appId" => "it is always the client_id",
        "iat" => "it is always the moment of signing",
        "exp" => "token_ttl in the config or --ttl does",
        "jti" => "jti = true in the config or --jti makes a new one for each token",
        _ => return if name.is_empty() { Err(ValueError::Empty) } else { Ok(()) },
    };
    Err(ValueError::ReservedClaim { name: name.to_owned(), instead })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{
        ValueError, api_version, boolean, claim_name, concurrency, expand, host, id, limits, path_id, variable_name,
    };

    #[test]
    fn a_host_is_https_or_this_machine() {
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
    fn a_password_in_a_host_is_refused_and_not_repeated() {
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
    fn ids_have_nothing_around_them() {
        assert_eq!(id("cs-1234"), Ok("cs-1234".to_owned()));
        assert_eq!(id("cs-1234 "), Err(ValueError::Blanks("cs-1234".into())));
        assert_eq!(id(""), Err(ValueError::Empty));
        for bad in ["st-1/..", "..", "st?x", "st#x", "st%2f"] {
            assert!(matches!(path_id(bad), Err(ValueError::NotAnId(_))), "{bad}");
        }
    }

    #[test]
    fn a_version_is_numbers_or_nothing() {
        for good in ["", "1.1", "2"] {
            assert_eq!(api_version(good), Ok(good.to_owned()));
        }
        for bad in ["v1", "1.", "/1.1", "1/1", "."] {
            assert!(api_version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_are_a_list_and_nothing_is_none() {
        assert_eq!(limits("").unwrap(), []);
        assert_eq!(limits("60/1m, 1800/1h").unwrap().len(), 2);
        assert!(limits("60/1m,").is_err());
    }

    #[test]
    fn numbers_and_truth_are_read_strictly() {
        assert_eq!(boolean("True"), Ok(true));
        assert!(boolean("1").is_err());
        assert!(concurrency("0").is_err());
        assert!(concurrency("1001").is_err());
        assert_eq!(concurrency("8").map(usize::from), Ok(8));
    }

    #[test]
    fn paths_start_at_the_home_or_at_the_base() {
        let (base, home) = (Path::new("/base"), Path::new("/home/jo"));
        let expanded = |path: &str| expand(Path::new(path), base, Some(home)).unwrap();
        assert_eq!(expanded("~/secret"), PathBuf::from("/home/jo/secret"));
        assert_eq!(expanded("secret"), PathBuf::from("/base/secret"));
        assert_eq!(expanded("/secret"), PathBuf::from("/secret"));
        assert_eq!(expanded("~jo/secret"), PathBuf::from("/base/~jo/secret"));
        assert_eq!(expand(Path::new("~"), base, None), Err(ValueError::NoHome));
    }

    #[test]
    fn what_is_no_variable_is_refused_and_not_repeated() {
        assert!(variable_name("MY_SECRET_2").is_ok());
        let error = variable_name("s3cr3t=").unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"));
        assert!(variable_name("2X").is_err());
        assert!(variable_name("").is_err());
    }

    #[test]
    fn the_claims_with_a_meaning_are_reserved() {
        for name in ["sub", "appId", "iat", "exp", "jti"] {
            assert!(matches!(claim_name(name), Err(ValueError::ReservedClaim { .. })), "{name}");
        }
        assert_eq!(claim_name("aud"), Ok(()));
    }
}
