//! The request for people to read or to paste into a shell. It never contains a token.

use url::Url;

/// The request as sent, without the token.
pub(super) fn as_http(url: &Url, body: &str) -> String {
    format!("POST {url}\nauth: [token]\ncontent-type: application/json\n\n{body}")
}

/// A curl command that mints its token when it runs.
pub(super) fn as_curl(url: &Url, body: &str) -> String {
    format!(
        "curl {} \\\n  --header \"$(kore-feedback token --header)\" \\\n  --header 'content-type: application/json' \\\n  \
         --data-raw {}",
        shell_words::quote(url.as_str()),
        shell_words::quote(body),
    )
}

#[cfg(test)]
mod tests {
    use super::as_curl;

    #[test]
    fn a_body_with_quotes_survives_the_shell() {
        let curl = as_curl(&"https://bots.kore.ai/x".parse().unwrap(), r#"{"name":"It's \"so\" $HOME"}"#);
        let words = shell_words::split(&curl.replace("\\\n", "")).unwrap();
        assert_eq!(words.last().unwrap(), r#"{"name":"It's \"so\" $HOME"}"#);
    }
}
