//! The fields of a record and the bot it goes to, under all their names.

/// One of the seven fields of a `saveFeedback` body, all of which the contract requires, or the bot, which is a part of the
/// address and may differ from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    /// The respondent's id on the channel: an email address or any other id.
    ChannelUid,
    /// The survey's name.
    Name,
    /// The answer, as a number.
    Score,
    /// The channel the survey ran on, such as `rtm` or `email`.
    Channel,
    /// `NPS`, `CSAT` or `THUMB`.
    Type,
    /// The survey's language, such as `en`.
    Language,
    /// The prompt that was shown to the respondent; may be empty.
    Message,
    /// The bot that the record goes to (contract: a path parameter).
    BotId,
}

impl Field {
    /// The fields of the body, in the order of the contract's sample.
    pub const BODY: [Self; 7] =
        [Self::ChannelUid, Self::Name, Self::Score, Self::Channel, Self::Type, Self::Language, Self::Message];

    /// Everything a row may contain: the fields of the body, then the bot.
    pub const ROW: [Self; 8] = [
        Self::ChannelUid,
        Self::Name,
        Self::Score,
        Self::Channel,
        Self::Type,
        Self::Language,
        Self::Message,
        Self::BotId,
    ];

    /// The field's name in request bodies (contract: "Request Body Parameters"), the bot's in responses.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::ChannelUid => "channelUId",
            Self::BotId => "botId",
            other => other.key(),
        }
    }

    /// The field's name in options and configuration, such as `channel_uid`.
    pub const fn key(self) -> &'static str {
        <Self as strum::VariantNames>::VARIANTS[self as usize]
    }

    /// Finds a field by name, ignoring case, `_`, `-` and spaces.
    pub fn from_name(name: &str) -> Option<Self> {
        let folded = fold(name);
        Self::ROW.into_iter().find(|field| fold(field.wire_name()) == folded)
    }
}

/// A name without case, `_`, `-` and spaces. Two spellings of one name fold to the same text.
pub(crate) fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn every_spelling_of_a_name_finds_its_field() {
        for name in ["channelUId", "channel_uid", "Channel-UID", "channel uid"] {
            assert_eq!(Field::from_name(name), Some(Field::ChannelUid), "{name}");
        }
        assert_eq!(Field::from_name("Bot ID"), Some(Field::BotId));
        assert_eq!(Field::from_name("survey"), None);
    }

    #[test]
    fn keys_and_wire_names_are_fixed() {
        let keys = ["channel_uid", "name", "score", "channel", "type", "language", "message", "bot_id"];
        assert_eq!(Field::ROW.map(Field::key), keys);
        let wire = ["channelUId", "name", "score", "channel", "type", "language", "message", "botId"];
        assert_eq!(Field::ROW.map(Field::wire_name), wire);
    }
}
