//! Arguments of `token`.

use std::time::Duration;

use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde_json::Value;

use super::duration;

const EXAMPLES: &str = "\
Examples:
  kore-feedback token                              Print a token for the default profile
  kore-feedback token -p prod --ttl 5m --jti       Print one that is valid for 5 minutes and works once
  kore-feedback token --claim aud=https://idproxy.kore.ai/authorize
  curl -H \"$(kore-feedback token --header)\" …      Call the API yourself
  kore-feedback token | kore-feedback token inspect";

const INSPECT_EXAMPLES: &str = "\
Examples:
  kore-feedback token | kore-feedback token inspect
  kore-feedback token inspect eyJhbGciOi…          Other users can see the token in the process list
  pbpaste | kore-feedback token inspect - -o json

Exit codes: 0 the platform would accept the token, as far as local checks can tell; 2 not a token;
3 the platform would reject it.";

/// Print a token (JWT) for the API, or inspect one
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct TokenArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows its options instead")]
    pub mint: MintArgs,
    #[expect(missing_docs, reason = "clap shows the commands instead")]
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
}

/// What the token claims, and how it is printed.
#[derive(Debug, Args)]
pub struct MintArgs {
    /// Lifetime, such as 5m or 1h [default: the profile's token_ttl, or 10m]
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Claims")]
    pub ttl: Option<Duration>,
    /// Subject claim [default: the profile's subject, or kore-feedback]
    #[arg(long, value_name = "TEXT", help_heading = "Claims")]
    pub sub: Option<String>,
    /// Add a jti, so that the token works only once; its lifetime is then at most 1h
    #[arg(long, help_heading = "Claims")]
    pub jti: bool,
    /// Additional claim; VALUE is JSON if it parses, otherwise text; repeatable
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim, help_heading = "Claims")]
    pub claims: Vec<(String, Value)>,
    /// Use the generated credentials of a sandbox, without any configuration
    #[arg(long, help_heading = "Output")]
    pub sandbox: bool,
    /// Print the header `auth: …`, ready for curl
    #[arg(long, help_heading = "Output")]
    pub header: bool,
}

/// The subcommands of `token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Show a token's claims and expiry, and what the platform would reject
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect {
        /// Token to inspect, or - for standard input
        #[arg(value_name = "TOKEN", default_value = "-", hide_default_value = true, value_parser = token)]
        token: SecretString,
    },
}

fn claim(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok((name.to_owned(), value))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is clap's")]
fn token(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::claim;

    #[test]
    fn a_claim_is_json_if_it_parses() {
        assert_eq!(claim("isAnonymous=false"), Ok(("isAnonymous".into(), json!(false))));
        assert_eq!(claim("n=1=2"), Ok(("n".into(), json!("1=2"))));
        assert_eq!(claim("aud=[\"a\"]"), Ok(("aud".into(), json!(["a"]))));
        assert_eq!(claim("aud="), Ok(("aud".into(), json!(""))));
        assert_eq!(claim("id=\"1\""), Ok(("id".into(), json!("1"))));
        assert!(claim("aud").is_err());
    }
}
