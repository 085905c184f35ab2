//! Which column might be which field, by what columns are commonly called. Never by what is in them: that a column holds 0 to
//! 10 makes it no NPS.

use super::{Field, FieldSource, Mapping, MappingProblem, MappingRules, fold};

/// What is known and what is guessed of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The field.
    pub field: Field,
    /// Where it would come from.
    pub state: Proposed,
}

/// How far a field's origin is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Proposed {
    /// It follows from what was said, or from a header that is the field's name.
    Known(FieldSource),
    /// One column is called as such a field often is.
    Guess {
        /// The column.
        header: String,
    },
    /// Nothing tells.
    Open {
        /// Columns that it might be; maybe none.
        candidates: Vec<String>,
        /// What to give, in the preset's words.
        needed: Option<String>,
    },
    /// What was said of it is wrong.
    Wrong(MappingProblem),
}

/// What columns of each field are commonly called, the surest first, in the form of [`fold`].
fn names(field: Field) -> &'static [&'static str] {
    match field {
        Field::ChannelUid => &[
            "email",
            "emailaddress",
            "recipientemail",
            "useremail",
            "customeremail",
            "enduser.email",
            "emailadresse",
            "mail",
            "userid",
            "customerid",
            "contactid",
            "customer",
            "respondent",
            "respondentid",
            "person",
            "contact",
            "user",
            "kundennummer",
            "kunde",
        ],
        Field::Name => &["survey", "surveyname", "surveytitle", "campaign", "questionnaire", "umfrage", "fragebogen"],
        Field::Score => &[
            "score",
            "rating",
            "nps",
            "npsscore",
            "csat",
            "csatscore",
            "starrating",
            "stars",
            "conversationrating",
            "satisfaction",
            "satisfactionrating",
            "bewertung",
        ],
        Field::Channel => &["channel", "source", "medium", "kanal"],
        Field::Type => &["surveytype", "feedbacktype"],
        Field::Language => &["language", "locale", "userlanguage", "lang", "sprache"],
        Field::Message => &["question", "questiontext", "prompt", "frage"],
        // Nothing else is taken for a bot: a wrong guess would send to somebody else's.
        Field::BotId => &[],
    }
}

/// The words by which a longer header is known: `Score (0-10)`, `How likely are you to recommend us?`.
fn telling_words(field: Field) -> &'static [&'static str] {
    match field {
        Field::ChannelUid => &["email", "mail"],
        Field::Name => &["campaign", "umfrage"],
        Field::Score => {
            &["score", "rating", "nps", "csat", "stars", "likely", "recommend", "satisfied", "bewertung", "zufrieden"]
        }
        Field::Channel => &["channel", "kanal"],
        Field::Language => &["language", "locale", "sprache"],
        Field::Type | Field::Message | Field::BotId => &[],
    }
}

/// Proposes an origin for every field, in the order of [`Field::ALL`], and for the bot, if something is said of it.
/// `has_numbers` says of a column, from 0, whether it holds numbers and nothing else: of several that may be the score
/// those that do are the likelier.
pub fn propose(headers: &[String], rules: &MappingRules, has_numbers: &dyn Fn(usize) -> bool) -> Vec<Proposal> {
    let sources = Mapping::sources(headers, rules);
    let bot = Mapping::bot_source(headers, rules);
    let taken = sources.iter().chain(&bot).flatten().filter_map(FieldSource::column).collect();
    let mut guesser = Guesser { headers, taken, has_numbers };
    // A column that is called exactly as one field often is must not go to another that it only resembles.
    let open: Vec<bool> = sources.iter().map(|source| matches!(source, Err(MappingProblem::Unfilled { .. }))).collect();
    let named = Field::ALL.map(|field| open[field as usize].then(|| guesser.take_named(field)).flatten());
    let proposed = Field::ALL.into_iter().zip(sources).map(|(field, source)| {
        let state = match source {
            Ok(source) => Proposed::Known(source),
            Err(MappingProblem::Unfilled { needed, .. }) => guesser.guess(field, named[field as usize], needed),
            Err(MappingProblem::Ambiguous { columns, .. }) => {
                Proposed::Open { candidates: columns.into_iter().map(|(_, header)| header).collect(), needed: None }
            }
            Err(problem) => Proposed::Wrong(problem),
        };
        Proposal { field, state }
    });
    let proposed: Vec<Proposal> = proposed.collect();
    let bot = bot.map(|source| Proposal { field: Field::BotId, state: of_bot(source) });
    proposed.into_iter().chain(bot).collect()
}

/// What is said of the bot, if something is. No column is guessed: it would send to somebody else's.
fn of_bot(source: Result<FieldSource, MappingProblem>) -> Proposed {
    match source {
        Ok(source) => Proposed::Known(source),
        Err(MappingProblem::Unfilled { needed, .. }) => Proposed::Open { candidates: Vec::new(), needed },
        Err(MappingProblem::Ambiguous { columns, .. }) => {
            Proposed::Open { candidates: columns.into_iter().map(|(_, header)| header).collect(), needed: None }
        }
        Err(problem) => Proposed::Wrong(problem),
    }
}

struct Guesser<'a> {
    headers: &'a [String],
    /// The columns that are some field's already.
    taken: Vec<usize>,
    has_numbers: &'a dyn Fn(usize) -> bool,
}

impl Guesser<'_> {
    /// The column that is called so; when a preset knows the export, its columns are known and nothing is guessed.
    fn guess(&mut self, field: Field, named: Option<usize>, needed: Option<String>) -> Proposed {
        let candidates = named.map_or_else(|| self.candidates(field), |column| vec![column]);
        match candidates[..] {
            [only] if needed.is_none() => {
                self.taken.push(only);
                Proposed::Guess { header: self.headers[only].clone() }
            }
            _ => Proposed::Open {
                candidates: candidates.into_iter().map(|index| self.headers[index].clone()).collect(),
                needed,
            },
        }
    }

    fn take_named(&mut self, field: Field) -> Option<usize> {
        let named = names(field).iter().find_map(|name| self.free(|header| fold(header) == *name).first().copied());
        self.taken.extend(named);
        named
    }

    /// The columns that resemble a field's names best: all equally well.
    fn candidates(&self, field: Field) -> Vec<usize> {
        let worded = self.free(|header| words(header).any(|word| telling_words(field).contains(&word.as_str())));
        let found = if worded.is_empty() {
            // What respondents wrote is called feedback and remarks, and an answer's column Question 2.
            let is_strict = matches!(field, Field::Type | Field::Message);
            self.free(|header| !is_strict && names(field).iter().any(|name| alike(&fold(header), name)))
        } else {
            worded
        };
        let numeric: Vec<usize> = found.iter().copied().filter(|index| (self.has_numbers)(*index)).collect();
        if field == Field::Score && !numeric.is_empty() { numeric } else { found }
    }

    fn free(&self, fits: impl Fn(&str) -> bool) -> Vec<usize> {
        let free = self.headers.iter().enumerate().filter(|(index, _)| !self.taken.contains(index));
        free.filter(|(_, header)| fits(header)).map(|(index, _)| index).collect()
    }
}

/// The words of a header: `Score`, `0` and `10` of `Score (0-10)`.
fn words(header: &str) -> impl Iterator<Item = String> {
    header.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(fold)
}

/// A typo or an ending apart.
fn alike(header: &str, name: &str) -> bool {
    name.len() >= 5 && strsim::jaro_winkler(header, name) >= 0.93
}

#[cfg(test)]
mod tests {
    use super::{Proposed, propose};
    use crate::record::{Description, Field, FieldRule, MappingRules};

    fn proposed(header: &str, field: Field, rules: &MappingRules) -> Proposed {
        let headers: Vec<String> = header.split(',').map(str::to_owned).collect();
        propose(&headers, rules, &|column| headers[column].contains("0-10"))
            .into_iter()
            .find(|proposal| proposal.field == field)
            .unwrap()
            .state
    }

    fn guessed(header: &str, field: Field) -> Option<String> {
        match proposed(header, field, &MappingRules::default()) {
            Proposed::Guess { header } => Some(header),
            _ => None,
        }
    }

    #[test]
    fn columns_are_known_by_their_common_names() {
        for (header, field, column) in [
            ("id,E-Mail,Score (0-10)", Field::ChannelUid, "E-Mail"),
            ("id,E-Mail,Score (0-10)", Field::Score, "Score (0-10)"),
            ("Kundennummer;x,Kunde,Note", Field::ChannelUid, "Kunde"),
            ("UserLanguage,Campaign", Field::Language, "UserLanguage"),
            ("UserLanguage,Campaign", Field::Name, "Campaign"),
            ("Q3_NPS,Comment", Field::Score, "Q3_NPS"),
            ("end_user.email,score", Field::ChannelUid, "end_user.email"),
            ("Conversation rating,x", Field::Score, "Conversation rating"),
            ("Sprache,x", Field::Language, "Sprache"),
            ("Languages,x", Field::Language, "Languages"),
            ("survey_type,score", Field::Type, "survey_type"),
            (
                "How likely are you to recommend us? (0-10),Why this score?",
                Field::Score,
                "How likely are you to recommend us? (0-10)",
            ),
        ] {
            assert_eq!(guessed(header, field).as_deref(), Some(column), "{header}");
        }
    }

    #[test]
    fn where_several_fit_or_none_nothing_is_guessed() {
        let several = proposed("Q1_NPS,Q2_NPS,x", Field::Score, &MappingRules::default());
        assert_eq!(several, Proposed::Open { candidates: vec!["Q1_NPS".into(), "Q2_NPS".into()], needed: None });
        assert_eq!(guessed("survey_type,x", Field::Name), None);
        for (header, field) in
            [("Feedback,x", Field::Type), ("Question 2,x", Field::Message), ("Questions,x", Field::Message)]
        {
            assert_eq!(guessed(header, field), None, "{header}");
        }
        let none = proposed("a,b", Field::Type, &MappingRules::default());
        assert_eq!(none, Proposed::Open { candidates: vec![], needed: None });
        assert!(matches!(proposed("score,b", Field::Score, &MappingRules::default()), Proposed::Known(_)));
    }

    #[test]
    fn where_a_preset_knows_the_export_nothing_is_guessed() {
        let rule = FieldRule {
            origin: None,
            conversion: Default::default(),
            needed: Some("the question".into()),
            by: crate::record::DescribedBy::Preset,
        };
        let description = Description { fields: [(Field::Score, rule)].into(), ..Description::default() };
        let rules = MappingRules { description, ..MappingRules::default() };
        let expected = Proposed::Open { candidates: vec!["Score".into()], needed: Some("the question".into()) };
        assert_eq!(proposed("Score,x", Field::Score, &rules), expected);
    }
}
