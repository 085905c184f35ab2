//! Values that are allowed and yet look odd. Nothing here refuses anything.

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
    use super::{is_odd_language, is_unknown_channel};

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
}
