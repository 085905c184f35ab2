//! The seven fields of a feedback record and the bot it goes to, by every name they go by.

use std::fmt;

/// One of the seven fields of a `saveFeedback` body, all of which the contract requires; or the bot, which is a part of the
/// address and may be another one in every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The respondent's id on the channel: an e-mail address or any other id.
    ChannelUid,
    /// The survey's name.
    Name,
    /// What the respondent answered, as a number.
    Score,
    /// The channel the survey ran on, such as `rtm` or `email`.
    Channel,
    /// `NPS`, `CSAT` or `THUMB`.
    Type,
    /// The survey's language, such as `en`.
    Language,
    /// The prompt that was shown to the respondent; may be empty.
    Message,
    /// The bot that the record goes to (contract: a parameter of the path). No part of the body.
    BotId,
}

impl Field {
    /// The fields of the body, in the order of the contract's sample.
    pub const ALL: [Self; 7] =
        [Self::ChannelUid, Self::Name, Self::Score, Self::Channel, Self::Type, Self::Language, Self::Message];

    /// All that a row may say: the fields of the body, and the bot.
    pub const OF_ROWS: [Self; 8] = [
        Self::ChannelUid,
        Self::Name,
        Self::Score,
        Self::Channel,
        Self::Type,
        Self::Language,
        Self::Message,
        Self::BotId,
    ];

    /// The field's name in the request body (contract: "Request Body Parameters"); the bot's in answers.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::ChannelUid => "channelUId",
            Self::Name => "name",
            Self::Score => "score",
            Self::Channel => "channel",
            Self::Type => "type",
            Self::Language => "language",
            Self::Message => "message",
            Self::BotId => "botId",
        }
    }

    /// The field's name in options and configuration: `channel_uid`, `bot_id`, and the wire name in lower case for the others.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ChannelUid => "channel_uid",
            Self::BotId => "bot_id",
            other => other.wire_name(),
        }
    }

    /// The field that a name means, the bot among them, ignoring case, `_`, `-` and blanks.
    pub fn from_name(name: &str) -> Option<Self> {
        let folded = fold(name);
        Self::OF_ROWS.into_iter().find(|field| fold(field.wire_name()) == folded)
    }
}

/// A name with case, `_`, `-` and blanks removed: what two spellings of one column have in common.
pub fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
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
}
