//! The vendor's channel and language codes, to point out values that are allowed but unusual. Nothing here rejects a record.

use crate::error::nearest;

/// The channels that the vendor's pages name, separated by spaces.
const CHANNELS: &str = "msteams twitter spark rtm facebook slack kore email sms wfacebook ringcentral jabber yammer alexa \
    twiliovoice telegram ivr ivrVoice smartassist line liveperson googleactions hangoutchat mattermost rcs korevg";

/// Whether the vendor's pages do not name the channel. Others exist, so it may still be right.
pub(super) fn is_unknown_channel(channel: &str) -> bool {
    !CHANNELS.split_whitespace().any(|known| known == channel)
}

/// The vendor's channel that an unknown one probably means.
pub(super) fn likely_channel(unknown: &str) -> Option<String> {
    nearest(unknown, CHANNELS.split_whitespace()).map(str::to_owned)
}

/// Languages by code (ISO 639-1), each with its English and native names.
const LANGUAGES: [(&str, &[&str]); 14] = [
    ("en", &["english"]),
    ("de", &["german", "deutsch"]),
    ("fr", &["french", "français"]),
    ("es", &["spanish", "español"]),
    ("it", &["italian", "italiano"]),
    ("pt", &["portuguese", "português"]),
    ("nl", &["dutch", "nederlands"]),
    ("pl", &["polish", "polski"]),
    ("tr", &["turkish", "türkçe"]),
    ("ar", &["arabic", "العربية"]),
    ("hi", &["hindi"]),
    ("ja", &["japanese", "日本語"]),
    ("ko", &["korean", "한국어"]),
    ("zh", &["chinese", "中文"]),
];

/// The code that an unusual language probably means: the same in lower case, or the code of a language's name.
pub(super) fn likely_language(unusual: &str) -> Option<String> {
    let unusual = unusual.trim();
    let (language, region) = unusual.split_at(unusual.find(['-', '_']).unwrap_or(unusual.len()));
    let language = language.to_lowercase();
    let lower = format!("{language}{region}");
    if !is_unusual_language(&lower) {
        return Some(lower);
    }
    let named = LANGUAGES.iter().find(|(_, names)| names.contains(&language.as_str()));
    named.map(|(code, _)| (*code).to_owned())
}

/// Whether a language does not look like the vendor's codes: lower case such as `en`, optionally with a region or script.
pub(super) fn is_unusual_language(language: &str) -> bool {
    let mut parts = language.split(['-', '_']);
    let is_code = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_subtag = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    !parts.next().is_some_and(is_code) || !parts.all(is_subtag)
}

#[cfg(test)]
mod tests {
    use super::{LANGUAGES, is_unknown_channel, is_unusual_language, likely_channel, likely_language};

    #[test]
    fn channels_are_known_in_the_vendors_spelling() {
        assert!(!is_unknown_channel("rtm") && !is_unknown_channel("ivrVoice"));
        assert!(is_unknown_channel("RTM") && is_unknown_channel("WhatsApp") && is_unknown_channel(""));
    }

    #[test]
    fn languages_look_like_codes() {
        for language in ["en", "de", "pt-BR", "zh_Hans", "fil", "es-419"] {
            assert!(!is_unusual_language(language), "{language}");
        }
        for language in ["", "EN", "English", "Deutsch", "e", "en-", "日本語"] {
            assert!(is_unusual_language(language), "{language}");
        }
    }

    #[test]
    fn likely_codes_are_found() {
        for (given, likely) in
            [("RTM", Some("rtm")), ("MS Teams", Some("msteams")), ("e-mail", Some("email")), ("Kiosk", None)]
        {
            assert_eq!(likely_channel(given).as_deref(), likely, "{given}");
        }
        for (given, likely) in [
            ("EN", Some("en")),
            ("PT-BR", Some("pt-BR")),
            ("German (Austria)", None),
            (" Deutsch ", Some("de")),
            ("日本語", Some("ja")),
            ("PORTUGUÊS", Some("pt")),
            ("??", None),
        ] {
            assert_eq!(likely_language(given).as_deref(), likely, "{given}");
        }
        assert!(
            LANGUAGES.iter().all(|(code, names)| {
                !is_unusual_language(code) && names.iter().all(|name| is_unusual_language(name))
            })
        );
    }
}
