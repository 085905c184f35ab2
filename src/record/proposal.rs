//! Proposes a column for each field by the names that columns commonly have, never by their content: a column that contains
//! 0 to 10 need not be an NPS.

use super::{Field, MappingOptions, MappingProblem, MatchedSource, ResolvedMapping, fold};

/// What is known or guessed about one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub field: Field,
    pub state: Proposed,
}

/// How well a field's source is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Proposed {
    /// The options say it, or a header is the field's name.
    Known(MatchedSource),
    /// One column has a common name for the field.
    Guess { header: String },
    /// The user has to choose; there may be no candidates. `needed` is what the preset asks for.
    Open { candidates: Vec<String>, needed: Option<String> },
    /// Each of several records has its own.
    PerRecord,
    /// The options are wrong.
    Wrong(MappingProblem),
}

/// Common names for a field's column, the most certain first, [folded](fold) and separated by spaces.
const fn common_names(field: Field) -> &'static str {
    match field {
        Field::ChannelUid => {
            "email emailaddress recipientemail useremail customeremail enduser.email emailadresse mail userid customerid \
             contactid customer respondent respondentid person contact user kundennummer kunde"
        }
        Field::Name => "survey surveyname surveytitle campaign questionnaire umfrage fragebogen",
        Field::Score => {
            "score rating nps npsscore csat csatscore starrating stars conversationrating satisfaction \
             satisfactionrating bewertung"
        }
        Field::Channel => "channel source medium kanal",
        Field::Type => "surveytype feedbacktype",
        Field::Language => "language locale userlanguage lang sprache",
        Field::Message => "question questiontext prompt frage",
        // No column is guessed to be the bot: a wrong guess would send records to the wrong bot.
        Field::BotId => "",
    }
}

/// Words that identify a field's column in a longer header: `Score (0-10)`, `How likely are you to recommend us?`.
const fn typical_words(field: Field) -> &'static str {
    match field {
        Field::ChannelUid => "email mail",
        Field::Name => "campaign umfrage",
        Field::Score => "score rating nps csat stars likely recommend satisfied bewertung zufrieden",
        Field::Channel => "channel kanal",
        Field::Language => "language locale sprache",
        Field::Type | Field::Message | Field::BotId => "",
    }
}

/// Proposes a source for every field, in the order of [`Field::BODY`], and for the bot if the options mention it.
/// `has_numbers` tells whether a column, from 0, contains only numbers: such columns are preferred for the score.
pub fn propose(headers: &[String], options: &MappingOptions, has_numbers: &dyn Fn(usize) -> bool) -> Vec<Proposal> {
    let sources = ResolvedMapping::sources(headers, options);
    let bot = ResolvedMapping::bot_source(headers, options);
    let taken =
        sources.iter().chain(&bot).flatten().flat_map(MatchedSource::columns).map(|column| column.index).collect();
    let mut guesser = Guesser { headers, taken, has_numbers };
    let records = &options.spec.records;
    let is_per_record = |field: Field| !records.is_empty() && records.iter().all(|one| one.fields.contains_key(&field));
    // Exact names are assigned first, so that no other field takes such a column because of a similar name.
    let is_open = sources.each_ref().map(|source| matches!(source, Err(MappingProblem::Unfilled { .. })));
    let is_open = |field: Field| is_open[field as usize] && !is_per_record(field);
    let named = Field::BODY.map(|field| is_open(field).then(|| guesser.take_named(field)).flatten());
    let fields = Field::BODY.into_iter().zip(sources).chain(bot.map(|source| (Field::BotId, source)));
    let proposal = |(field, source)| {
        let state = match source {
            _ if is_per_record(field) => Proposed::PerRecord,
            Ok(source) => Proposed::Known(source),
            Err(MappingProblem::Unfilled { needed, .. }) => {
                guesser.guess(field, named.get(field as usize).copied().flatten(), needed)
            }
            Err(MappingProblem::Ambiguous { columns, .. }) => {
                Proposed::Open { candidates: columns.into_iter().map(|(_, header)| header).collect(), needed: None }
            }
            Err(problem) => Proposed::Wrong(problem),
        };
        Proposal { field, state }
    };
    fields.map(proposal).collect()
}

struct Guesser<'a> {
    headers: &'a [String],
    /// The columns that are assigned to a field.
    taken: Vec<usize>,
    has_numbers: &'a dyn Fn(usize) -> bool,
}

impl Guesser<'_> {
    /// Guesses the only candidate. Not if a preset knows the export and leaves the field open: it would name such a column.
    fn guess(&mut self, field: Field, named: Option<usize>, needed: Option<String>) -> Proposed {
        let candidates = named.map_or_else(|| self.candidates(field), |column| vec![column]);
        if let ([only], None) = (&candidates[..], &needed) {
            self.taken.push(*only);
            return Proposed::Guess { header: self.headers[*only].clone() };
        }
        let candidates = candidates.into_iter().map(|index| self.headers[index].clone()).collect();
        Proposed::Open { candidates, needed }
    }

    fn take_named(&mut self, field: Field) -> Option<usize> {
        let mut names = common_names(field).split_whitespace();
        let named = names.find_map(|name| self.free(|header| fold(header) == name).first().copied());
        self.taken.extend(named);
        named
    }

    /// The columns that resemble a field's names best, all equally well.
    fn candidates(&self, field: Field) -> Vec<usize> {
        let is_typical = |word: String| typical_words(field).split_whitespace().any(|typical| typical == word);
        let mut found = self.free(|header| words(header).any(is_typical));
        // Comments are often called feedback, and answers Question 2: for these fields a similar name is not enough.
        if found.is_empty() && !matches!(field, Field::Type | Field::Message) {
            let names = || common_names(field).split_whitespace();
            found = self.free(|header| names().any(|name| is_similar(&fold(header), name)));
        }
        let numeric: Vec<usize> = found.iter().copied().filter(|index| (self.has_numbers)(*index)).collect();
        if field == Field::Score && !numeric.is_empty() { numeric } else { found }
    }

    fn free(&self, fits: impl Fn(&str) -> bool) -> Vec<usize> {
        let free = self.headers.iter().enumerate().filter(|(index, _)| !self.taken.contains(index));
        free.filter(|(_, header)| fits(header)).map(|(index, _)| index).collect()
    }
}

/// Whether a column is named like one of scores.
pub(super) fn is_named_like_score(header: &str) -> bool {
    let is_typical = |word: String| typical_words(Field::Score).split_whitespace().any(|typical| typical == word);
    words(header).any(is_typical) || common_names(Field::Score).split_whitespace().any(|name| fold(header) == name)
}

/// The words of a header: `Score`, `0` and `10` of `Score (0-10)`.
fn words(header: &str) -> impl Iterator<Item = String> {
    header.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(fold)
}

/// Whether a header is a name except for a typo or an ending.
fn is_similar(header: &str, name: &str) -> bool {
    name.len() >= 5 && strsim::jaro_winkler(header, name) >= 0.93
}

#[cfg(test)]
mod tests {
    use super::{Proposed, propose};
    use crate::record::{Field, FieldSpec, MappingOptions, MappingSpec, MatchedBy};

    fn proposed(header: &str, field: Field, rules: &MappingOptions) -> Proposed {
        let headers: Vec<String> = header.split(',').map(str::to_owned).collect();
        propose(&headers, rules, &|column| headers[column].contains("0-10"))
            .into_iter()
            .find(|proposal| proposal.field == field)
            .unwrap()
            .state
    }

    fn guessed(header: &str, field: Field) -> Option<String> {
        match proposed(header, field, &MappingOptions::default()) {
            Proposed::Guess { header } => Some(header),
            _ => None,
        }
    }

    #[test]
    fn columns_are_guessed_by_common_names() {
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
    fn only_a_single_candidate_is_guessed() {
        let several = proposed("Q1_NPS,Q2_NPS,x", Field::Score, &MappingOptions::default());
        assert_eq!(several, Proposed::Open { candidates: vec!["Q1_NPS".into(), "Q2_NPS".into()], needed: None });
        assert_eq!(guessed("survey_type,x", Field::Name), None);
        for (header, field) in
            [("Feedback,x", Field::Type), ("Question 2,x", Field::Message), ("Questions,x", Field::Message)]
        {
            assert_eq!(guessed(header, field), None, "{header}");
        }
        let none = proposed("a,b", Field::Type, &MappingOptions::default());
        assert_eq!(none, Proposed::Open { candidates: vec![], needed: None });
        assert!(matches!(proposed("score,b", Field::Score, &MappingOptions::default()), Proposed::Known(_)));
    }

    #[test]
    fn nothing_is_guessed_for_a_presets_open_field() {
        let rule = FieldSpec {
            source: None,
            conversion: Default::default(),
            needed: Some("the question".into()),
            by: MatchedBy::Preset,
        };
        let spec = MappingSpec { fields: [(Field::Score, rule)].into(), ..MappingSpec::default() };
        let rules = MappingOptions { spec, ..MappingOptions::default() };
        let expected = Proposed::Open { candidates: vec!["Score".into()], needed: Some("the question".into()) };
        assert_eq!(proposed("Score,x", Field::Score, &rules), expected);
    }
}
