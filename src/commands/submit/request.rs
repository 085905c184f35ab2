//! The request as people read it, and as they can paste it into a shell. The token is never in it.

use url::Url;

/// The request as it goes over the wire.
pub(super) fn as_http(url: &Url, body: &str) -> String {
    format!("POST {url}\nauth: [token]\ncontent-type: application/json\n\n{body}")
}

/// The request as a curl command, which mints its token when it is run.
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
