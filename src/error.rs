//! What an error says beyond its message: a hint and an exit code.

use crate::exit::Exit;

/// Advice that goes with an error. The message says what failed, where and why; the hint says what to do about it.
pub trait Advice: std::error::Error {
    /// What to do, in one imperative sentence; `None` if the message says it all.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The exit code of a command that ends with this error.
    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// The known name most similar to a mistyped one, for "did you mean".
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LEAST_SIMILARITY: f64 = 0.8;
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The end of a message that suggests the nearest known name.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_the_nearest_name() {
        let known = ["client_id", "client_secret", "host", "bot_id"];
        assert_eq!(nearest("cleint_id", known), Some("client_id"));
        assert_eq!(nearest("Bot-ID", known), Some("bot_id"));
        assert_eq!(nearest("zebra", known), None);
    }
}
