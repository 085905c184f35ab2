//! The versions of the vendor's page about `getFeedbackSurveyResponses`. Which one is live is not known.

use clap::ValueEnum;

/// A version of `getFeedbackSurveyResponses`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ResponsesApi {
    /// No page or time limit is stated; filters other than the time and the channel are ignored
    A,
    /// At most 50 records and 90 days a call; filters by survey, respondent and score
    // The stricter one: what works with it works with the other, too.
    #[default]
    B,
}
