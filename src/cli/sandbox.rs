//! `kore-feedback sandbox`.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::Args;

use crate::pacing::Limit;
use crate::sandbox::{InjectedFault, parse_latency};

const EXAMPLES: &str = "\
Examples:
  A server that answers well, on a free port; the profile that goes with it is printed:
    kore-feedback sandbox
  The vendor's limits, on a port that stays the same:
    kore-feedback sandbox --port 8080 --limit 60/1m --limit 1800/1h
  A bad day: slow, every tenth call fails, one in a hundred is saved and never answered:
    kore-feedback sandbox --latency 20ms..80ms --fault 500:every=10 --fault reset-after-save:p=0.01
  Keep the profile, and import with it in another terminal:
    kore-feedback sandbox --port 8080 > sandbox.toml
    kore-feedback import feedback.csv --config sandbox.toml";

const FAULTS: &str = "\
Let calls go wrong: KIND, or KIND:every=N, at=N, first=N or p=0.1; repeatable

Kinds that save nothing: 400, 401, 401-replay, 403, 404, 429, 429-retry-after, 500, 502, 503, 503-retry-after, 504, \
html (a gateway's page), redirect, reset-before (the connection is reset), hang (no answer ever).
Kinds that save the record first: reset-after-save, hang-after-save, truncate (half of the JSON), oversized (16 MiB).

A fault strikes calls that would have gone well, and counts only those; of several that strike one call, the first named wins. \
With p, seed=N repeats the same draws. on=responses moves it from saveFeedback to getFeedbackSurveyResponses.";

/// Serve an imitation of the Kore.ai feedback API on this machine, to try things against
///
/// It checks tokens, fields and limits as the API's documentation describes them, and fails on demand. It listens on
/// 127.0.0.1 only and keeps what it receives in memory, until Ctrl-C.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1 to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, help_heading = "Where and who")]
    pub port: u16,
    /// Id of the bot to serve; repeatable: the first stands in the profile [default: an invented one]
    #[arg(long = "bot-id", value_name = "ID", value_parser = parse_bot_id, help_heading = "Where and who")]
    pub bot_ids: Vec<String>,
    /// Rolling limit of each bot, such as 60/1m; repeatable [default: none]
    #[arg(long = "limit", value_name = "CALLS/TIME", help_heading = "Limits and tokens")]
    pub limits: Vec<Limit>,
    /// Refuse tokens without jti, as an app with "Enforce JTI" does
    #[arg(long, help_heading = "Limits and tokens")]
    pub enforce_jti: bool,
    /// Time that a call takes, such as 50ms or 20ms..80ms [default: none]
    #[arg(long, value_name = "TIME[..TIME]", value_parser = parse_latency, help_heading = "What goes wrong")]
    pub latency: Option<RangeInclusive<Duration>>,
    #[arg(long = "fault", value_name = "KIND[:WHEN]", help = first_line(FAULTS), long_help = FAULTS)]
    #[arg(help_heading = "What goes wrong")]
    #[expect(missing_docs, reason = "its help is made of FAULTS")]
    pub faults: Vec<InjectedFault>,
    /// Where invented ids, times and chances start: the same seed, the same sandbox
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "What goes wrong")]
    pub seed: u64,
}

fn first_line(text: &'static str) -> &'static str {
    text.lines().next().unwrap_or_default()
}

/// A bot id has to stand in a path and in a config as it is.
fn parse_bot_id(text: &str) -> Result<String, &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(allowed) || text.starts_with('.') {
        return Err("letters, digits, '-', '_' and '.' make a bot id");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::FAULTS;
    use strum::VariantArray;

    use crate::sandbox::FaultKind;

    #[test]
    fn the_help_names_every_fault_where_it_belongs() {
        let (_, kinds) = FAULTS.split_once("Kinds that save nothing:").unwrap();
        let (unsaved, saved) = kinds.split_once("Kinds that save the record first:").unwrap();
        for kind in FaultKind::VARIANTS {
            let listed = if kind.saves() { saved } else { unsaved };
            let mut words = listed.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            assert!(words.any(|word| word == kind.name()), "{}", kind.name());
        }
    }
}
