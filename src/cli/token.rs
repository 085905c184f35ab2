//! `token`: a JWT for the API, or a look into one.

use std::time::Duration;

use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde_json::Value;

use super::duration;

const EXAMPLES: &str = "\
Examples:
  kore-feedback token                              A token of the default profile
  kore-feedback token -p prod --ttl 5m --jti       One that lives 5 minutes and works once
  kore-feedback token --claim aud=https://idproxy.kore.ai/authorize
  curl -H \"$(kore-feedback token --header)\" …      Call the API by hand
  kore-feedback token | kore-feedback token inspect";

const INSPECT_EXAMPLES: &str = "\
Examples:
  kore-feedback token | kore-feedback token inspect
  kore-feedback token inspect eyJhbGciOi…          Other users of this machine can see arguments
  pbpaste | kore-feedback token inspect - -o json

Exit codes: 0 the platform would accept it, as far as can be told from here; 2 it is no token;
3 the platform would refuse it.";

/// Print a token (JWT) for the API, or look into one
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct TokenArgs {
    /// What the token is to be like.
    #[command(flatten)]
    pub mint: MintArgs,
    /// What else to do with tokens.
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
}

/// What a token is to be like.
#[derive(Debug, Args)]
pub struct MintArgs {
    /// How long it lives, such as 5m or 1h [default: the profile's token_ttl, or 10m]
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Claims")]
    pub ttl: Option<Duration>,
    /// Its subject: who calls [default: the profile's subject, or kore-feedback]
    #[arg(long, value_name = "TEXT", help_heading = "Claims")]
    pub sub: Option<String>,
    /// With a jti, so that it works once; it may live 1h at most then
    #[arg(long, help_heading = "Claims")]
    pub jti: bool,
    /// A further claim; VALUE is JSON where it parses, and else text (repeatable)
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim, help_heading = "Claims")]
    pub claims: Vec<(String, Value)>,
    /// Mint it with the made-up credentials of a sandbox: nothing to configure
    #[arg(long, help_heading = "Form")]
    pub sandbox: bool,
    /// Print it as the header `auth: …`, ready for curl
    #[arg(long, help_heading = "Form")]
    pub header: bool,
}

/// What else can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Say what a token claims, how long it lasts and what the platform would refuse in it
    Inspect(InspectArgs),
}

/// The token to look into.
#[derive(Debug, Args)]
#[command(after_help = INSPECT_EXAMPLES)]
pub struct InspectArgs {
    /// The token, or - for standard input
    #[arg(value_name = "TOKEN", default_value = "-", hide_default_value = true, value_parser = token)]
    pub token: SecretString,
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
    fn a_claims_value_is_json_where_it_parses() {
        assert_eq!(claim("isAnonymous=false"), Ok(("isAnonymous".into(), json!(false))));
        assert_eq!(claim("n=1=2"), Ok(("n".into(), json!("1=2"))));
        assert_eq!(claim("aud=[\"a\"]"), Ok(("aud".into(), json!(["a"]))));
        assert_eq!(claim("aud="), Ok(("aud".into(), json!(""))));
        assert_eq!(claim("id=\"1\""), Ok(("id".into(), json!("1"))));
        assert!(claim("aud").is_err());
    }
}
