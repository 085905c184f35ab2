//! The three kinds of survey and their scales.

use std::ops::RangeInclusive;

use serde::Serialize;

/// The kind of survey (contract: "One of the feedback survey types THUMB, NPS, or CSAT").
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE", ascii_case_insensitive, const_into_str)]
pub enum FeedbackType {
    /// Net promoter score: how likely a recommendation is, 0 to 10.
    Nps,
    /// Customer satisfaction, 1 to 5. The best score is 5 on the vendor's current pages; on older ones it was 1.
    Csat,
    /// 1 for like, 0 for dislike. The vendor's other calls name it `Like/Dislike`.
    #[strum(to_string = "THUMB", serialize = "thumbs", serialize = "Like/Dislike")]
    Thumb,
}

impl FeedbackType {
    /// Every type, in the order in which they are declared.
    pub const ALL: [Self; 3] = [Self::Nps, Self::Csat, Self::Thumb];

    /// Its name in the request body.
    pub const fn wire_name(self) -> &'static str {
        self.into_str()
    }

    /// The whole numbers that are its scores (vendor's dashboard pages; the contract only says that a score is a number).
    pub const fn scale(self) -> RangeInclusive<u8> {
        match self {
            Self::Nps => 0..=10,
            Self::Csat => 1..=5,
            Self::Thumb => 0..=1,
        }
    }

    /// Reads a type by any of its names, ignoring case and surrounding spaces.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::FeedbackType;

    #[test]
    fn types_are_read_by_any_name_and_case() {
        for (text, meant) in [
            ("NPS", FeedbackType::Nps),
            (" csat ", FeedbackType::Csat),
            ("Thumb", FeedbackType::Thumb),
            ("THUMBS", FeedbackType::Thumb),
            ("like/dislike", FeedbackType::Thumb),
        ] {
            assert_eq!(FeedbackType::parse(text), Some(meant), "{text}");
        }
        for text in ["", "CES", "NPS1", "like", "N P S"] {
            assert_eq!(FeedbackType::parse(text), None, "{text}");
        }
        assert_eq!(FeedbackType::ALL.map(|of| of.to_string()), ["NPS", "CSAT", "THUMB"]);
    }
}
