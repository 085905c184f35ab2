//! Values that are allowed and yet look odd. Nothing here refuses anything.

use crate::error::nearest;

/// The channels that the vendor's pages name.
pub const KNOWN_CHANNELS: [&str; 26] = [
    "msteams",
    "twitter",
    "spark",
    "rtm",
    "facebook",
    "slack",
    "kore",
    "email",
    "sms",
    "wfacebook",
    "ringcentral",
    "jabber",
    "yammer",
    "alexa",
    "twiliovoice",
    "telegram",
    "ivr",
    "ivrVoice",
    "smartassist",
    "line",
    "liveperson",
    "googleactions",
    "hangoutchat",
    "mattermost",
    "rcs",
    "korevg",
];

/// Whether the vendor's pages don't name the channel; others exist, so it may still be right.
pub fn is_unknown_channel(channel: &str) -> bool {
    !KNOWN_CHANNELS.contains(&channel)
}

/// The channel that the vendor's pages name and that an unknown one may be.
pub fn likely_channel(unknown: &str) -> Option<String> {
    nearest(unknown, KNOWN_CHANNELS).map(str::to_owned)
}

/// Languages by their names, in English and in themselves, with their codes (ISO 639-1).
const LANGUAGE_NAMES: [(&str, &str); 26] = [
    ("english", "en"),
    ("german", "de"),
    ("deutsch", "de"),
    ("french", "fr"),
    ("français", "fr"),
    ("spanish", "es"),
    ("español", "es"),
    ("italian", "it"),
    ("italiano", "it"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("dutch", "nl"),
    ("nederlands", "nl"),
    ("polish", "pl"),
    ("polski", "pl"),
    ("turkish", "tr"),
    ("türkçe", "tr"),
    ("arabic", "ar"),
    ("العربية", "ar"),
    ("hindi", "hi"),
    ("japanese", "ja"),
    ("日本語", "ja"),
    ("korean", "ko"),
    ("한국어", "ko"),
    ("chinese", "zh"),
    ("中文", "zh"),
];

/// The code that an odd language may stand for: the same in lower case, or that of a language given by its name.
pub fn likely_language(odd: &str) -> Option<String> {
    let odd = odd.trim();
    let (language, region) = odd.split_at(odd.find(['-', '_']).unwrap_or(odd.len()));
    let language = language.to_lowercase();
    let spelt = format!("{language}{region}");
    if !is_odd_language(&spelt) {
        return Some(spelt);
    }
    LANGUAGE_NAMES.iter().find(|(name, _)| *name == language).map(|(_, code)| (*code).to_owned())
}

/// Whether a language doesn't look like the vendor's codes, which are in lower case such as `en`, perhaps with a region
/// or a script behind it.
pub fn is_odd_language(language: &str) -> bool {
    let mut parts = language.split(['-', '_']);
    let is_code = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_subtag = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    !parts.next().is_some_and(is_code) || !parts.all(is_subtag)
}

#[cfg(test)]
mod tests {
    use super::{LANGUAGE_NAMES, is_odd_language, is_unknown_channel, likely_channel, likely_language};

    #[test]
    fn channels_are_known_as_the_vendor_spells_them() {
        assert!(!is_unknown_channel("rtm") && !is_unknown_channel("ivrVoice"));
        assert!(is_unknown_channel("RTM") && is_unknown_channel("WhatsApp") && is_unknown_channel(""));
    }

    #[test]
    fn languages_look_like_codes() {
        for language in ["en", "de", "pt-BR", "zh_Hans", "fil", "es-419"] {
            assert!(!is_odd_language(language), "{language}");
        }
        for language in ["", "EN", "English", "Deutsch", "e", "en-", "日本語"] {
            assert!(is_odd_language(language), "{language}");
        }
    }

    #[test]
    fn what_may_be_meant_is_found_and_a_stranger_is_left_alone() {
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
        assert!(LANGUAGE_NAMES.iter().all(|(name, code)| is_odd_language(name) && !is_odd_language(code)));
    }
}
