//! What every error of this crate can say beyond its message: how to mend it, and which exit code it is.

use crate::exit::Exit;

/// Advice that goes with an error. The message says what is wrong and where; the hint says what to do about it.
pub trait Advice: std::error::Error {
    /// What to do, in one or two sentences; `None` where the message says it all.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The exit code of a command that ends with this error.
    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// The known name nearest to a mistyped one, for "did you mean".
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR_ENOUGH: f64 = 0.8;
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&given.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_the_name_it_meant_and_a_stranger_finds_none() {
        let known = ["client_id", "client_secret", "host", "bot_id"];
        assert_eq!(nearest("cleint_id", known), Some("client_id"));
        assert_eq!(nearest("Bot-ID", known), Some("bot_id"));
        assert_eq!(nearest("zebra", known), None);
    }
}
