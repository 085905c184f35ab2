//! Arguments of `sandbox`.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

use crate::pacing::Limit;
use crate::sandbox::{InjectedFault, ResponsesApi, parse_latency};

const EXAMPLES: &str = "\
Examples:
  Serve on a free port without faults, and print a profile for it:
    kore-feedback sandbox
  Serve on a fixed port with the vendor's rate limits:
    kore-feedback sandbox --port 8080 --rate-limit 60/1m --rate-limit 1800/1h
  Be slow, fail every tenth request, and save one in a hundred without a response:
    kore-feedback sandbox --latency 20ms..80ms --fault 500:every=10 --fault reset-after-save:p=0.01
  Save the profile, and import with it in another terminal:
    kore-feedback sandbox --port 8080 > sandbox.toml
    kore-feedback import feedback.csv --config sandbox.toml";

const FAULTS: &str = "\
Inject a fault: KIND, or KIND:every=N, at=N, first=N, burst=N or p=0.1; repeatable

Kinds that save nothing: 400, 401, 401-replay, 403, 404, 429, 429-retry-after, 500, 502, 503, 503-retry-after (retry after \
1s, or after=TIME), 504, html (an error page of a gateway), redirect, redirect-with-token (to a URL that contains the \
token), reset-before \
(the connection is reset), hang (no response).
Kinds that save the record first: reset-after-save, hang-after-save, truncate (half of the JSON), oversized (16 MiB).
Kinds that save the record later: late-save (no response; the record is saved 1m after the request, or after=TIME).
Kinds that save it and respond with something wrong: other-bot, other-type, other-score, other-uid, other-name, \
other-channel, other-language (of another record), repeated-id (that of the first record), old-time (of 1999), only-id.

Faults apply to requests that would have succeeded, and count only those. If several apply, the first one given wins. \
With burst=N, every N-th request starts an incident that hits it and all other requests in flight at the same moment, \
half of its latency later. \
With p, seed=N makes the choices repeatable. on=responses applies the fault to getFeedbackSurveyResponses instead of \
saveFeedback.";

/// Serve a local imitation of the Kore.ai feedback API for testing
///
/// It checks tokens, fields and rate limits as the API's documentation describes them, and injects faults on request. It
/// listens on 127.0.0.1 only and keeps records in memory, until Ctrl-C.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SandboxArgs {
    /// Port to listen on; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, help_heading = "Server")]
    pub port: u16,
    /// Id of a bot to serve; repeatable, the first is used in the profile [default: a generated id]
    #[arg(long = "bot-id", value_name = "ID", value_parser = parse_bot_id, help_heading = "Server")]
    pub bot_ids: Vec<String>,
    /// Version of getFeedbackSurveyResponses, which the vendor documents in two versions
    #[arg(long, value_name = "VERSION", value_enum, default_value = "b", help_heading = "Server")]
    pub responses_api: ResponsesApi,
    /// Rolling rate limit of each bot, such as 60/1m; repeatable [default: none]
    #[arg(long = "rate-limit", value_name = "CALLS/TIME", help_heading = "Rate limits and tokens")]
    pub limits: Vec<Limit>,
    /// Reject tokens without jti, like an app with "Enforce JTI"
    #[arg(long, help_heading = "Rate limits and tokens")]
    pub enforce_jti: bool,
    /// Reject tokens that are not encrypted, like an app with "Enforce JWE"; the profile names a file with the public key
    #[arg(long, help_heading = "Rate limits and tokens")]
    pub enforce_jwe: bool,
    /// Time to respond, such as 50ms or 20ms..80ms [default: none]
    #[arg(long, value_name = "TIME[..TIME]", value_parser = parse_latency, help_heading = "Faults")]
    pub latency: Option<RangeInclusive<Duration>>,
    #[arg(long = "fault", value_name = "KIND[:WHEN]", help = first_line(FAULTS), long_help = FAULTS)]
    #[arg(help_heading = "Faults")]
    #[expect(missing_docs, reason = "its help text is FAULTS")]
    pub faults: Vec<InjectedFault>,
    /// How far the sandbox's clock is ahead of this machine's, such as 2h or -24h; tokens are checked by this machine's
    #[arg(long, value_name = "TIME", value_parser = clock_offset, default_value = "0s", hide_default_value = true)]
    #[arg(allow_hyphen_values = true, help_heading = "Faults")]
    pub clock_offset: SignedDuration,
    /// Seed of generated ids, latencies and random faults; the same seed gives the same sandbox
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Faults")]
    pub seed: u64,
}

fn first_line(text: &'static str) -> &'static str {
    text.lines().next().unwrap_or_default()
}

/// A duration with an optional minus sign.
fn clock_offset(text: &str) -> Result<SignedDuration, &'static str> {
    text.parse().map_err(|_| "write a time with a unit, such as 2h or -24h")
}

/// A bot id must fit into a path and a config without escaping.
fn parse_bot_id(text: &str) -> Result<String, &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(allowed) || text.starts_with('.') {
        return Err("use letters, digits, '-', '_' and '.', not starting with '.'");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::FAULTS;
    use strum::VariantArray;

    use crate::sandbox::FaultKind;

    #[test]
    fn the_help_lists_every_fault() {
        let (_, kinds) = FAULTS.split_once("Kinds that save nothing:").unwrap();
        let (unsaved, saved) = kinds.split_once("Kinds that save the record first:").unwrap();
        for kind in FaultKind::VARIANTS {
            let listed = if kind.saves() { saved } else { unsaved };
            let mut words = listed.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            assert!(words.any(|word| word == kind.name()), "{}", kind.name());
        }
    }
}
