//! Serializes options as JSON: every value as its text on the command line. For `#[serde(with = …)]`.

/// A list of values that `Display` and `FromStr` convert.
pub(super) mod list {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in crate::cli) fn serialize<T: Display, S: Serializer>(values: &[T], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(ToString::to_string))
    }

    pub(in crate::cli) fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        Vec::<String>::deserialize(from)?.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}

/// A list of texts. Runs of older versions have stored a single text, or none.
pub(super) mod texts {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        List(Vec<String>),
        Single(Option<String>),
    }

    pub(in crate::cli) fn serialize<S: Serializer>(texts: &[String], to: S) -> Result<S::Ok, S::Error> {
        texts.serialize(to)
    }

    pub(in crate::cli) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        Ok(match Stored::deserialize(from)? {
            Stored::List(texts) => texts,
            Stored::Single(text) => text.into_iter().collect(),
        })
    }
}

/// Defines a module for an optional value, given its print and parse functions.
macro_rules! optional {
    ($($module:ident: $type:ty, $print:expr, $parse:expr;)+) => {$(
        pub(super) mod $module {
            use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

            pub(in crate::cli) fn serialize<S: Serializer>(value: &Option<$type>, to: S) -> Result<S::Ok, S::Error> {
                value.as_ref().map($print).serialize(to)
            }

            pub(in crate::cli) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<$type>, D::Error> {
                Option::<String>::deserialize(from)?.map(|text| $parse(&text).map_err(D::Error::custom)).transpose()
            }
        }
    )+};
}

optional! {
    format: crate::source::Format, |format| format.name(), crate::source::parse_format;
    delimiter: u8, |delimiter| crate::source::delimiter_name(*delimiter), crate::source::parse_delimiter;
    encoding: crate::source::Encoding, |encoding| encoding.name(), crate::source::parse_encoding;
    max_rejected: crate::run::MaxRejected, |max| max.to_string(), str::parse::<crate::run::MaxRejected>;
    duration: std::time::Duration, |time| crate::pacing::duration_text(*time), crate::cli::duration;
}
