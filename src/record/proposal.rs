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
    }
}

/// Proposes an origin for every field, in the order of [`Field::ALL`].
pub fn propose(headers: &[String], rules: &MappingRules) -> Vec<Proposal> {
    let sources = Mapping::sources(headers, rules);
    let mut taken: Vec<usize> = sources.iter().flatten().filter_map(FieldSource::column).collect();
    let proposed = Field::ALL.into_iter().zip(sources).map(|(field, source)| {
        let state = match source {
            Ok(source) => Proposed::Known(source),
            Err(MappingProblem::Unfilled { needed, .. }) => guess(field, headers, needed, &mut taken),
            Err(MappingProblem::Ambiguous { columns, .. }) => {
                Proposed::Open { candidates: columns.into_iter().map(|(_, header)| header).collect(), needed: None }
            }
            Err(problem) => Proposed::Wrong(problem),
        };
        Proposal { field, state }
    });
    proposed.collect()
}

/// The column that is called so; when a preset knows the export, its columns are known and nothing is guessed.
fn guess(field: Field, headers: &[String], needed: Option<String>, taken: &mut Vec<usize>) -> Proposed {
    let candidates = candidates(field, headers, taken);
    match candidates[..] {
        [only] if needed.is_none() => {
            taken.push(only);
            Proposed::Guess { header: headers[only].clone() }
        }
        _ => {
            Proposed::Open { candidates: candidates.into_iter().map(|index| headers[index].clone()).collect(), needed }
        }
    }
}

/// The columns that fit a field's names best: all equally well.
fn candidates(field: Field, headers: &[String], taken: &[usize]) -> Vec<usize> {
    let free = || headers.iter().enumerate().filter(|(index, _)| !taken.contains(index));
    for name in names(field) {
        if let Some((index, _)) = free().find(|(_, header)| fold(header) == *name) {
            return vec![index];
        }
    }
    let has_word = |header: &String| words(header).any(|word| names(field).contains(&word.as_str()));
    let worded: Vec<usize> = free().filter(|(_, header)| has_word(header)).map(|(index, _)| index).collect();
    if !worded.is_empty() {
        return worded;
    }
    let is_alike = |header: &String| names(field).iter().any(|name| alike(&fold(header), name));
    free().filter(|(_, header)| is_alike(header)).map(|(index, _)| index).collect()
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
        propose(&headers, rules).into_iter().find(|proposal| proposal.field == field).unwrap().state
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
        ] {
            assert_eq!(guessed(header, field).as_deref(), Some(column), "{header}");
        }
    }

    #[test]
    fn where_several_fit_or_none_nothing_is_guessed() {
        let several = proposed("Q1_NPS,Q2_NPS,x", Field::Score, &MappingRules::default());
        assert_eq!(several, Proposed::Open { candidates: vec!["Q1_NPS".into(), "Q2_NPS".into()], needed: None });
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
