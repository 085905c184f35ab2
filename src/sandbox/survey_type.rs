//! The survey types in the contract.

use serde::Serialize;

/// A survey type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::Display, strum::EnumString)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub enum SurveyType {
    /// Satisfaction, 1 to 5.
    Csat,
    /// Net promoter score, 0 to 10.
    Nps,
    /// Like (1) or dislike (0).
    Thumb,
}

impl SurveyType {
    /// The name in responses of `getFeedbackSurveyResponses`.
    pub(super) const fn name_in_responses(self) -> &'static str {
        match self {
            Self::Csat => "CSAT",
            Self::Nps => "NPS",
            Self::Thumb => "Like/Dislike",
        }
    }
}
