//! How the settings of a replayed store are written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use crate::units::{Excess, Usd};

/// What `level` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LevelSetting {
    /// What the log supports.
    Auto,
    /// The same text.
    Exact,
    /// The same but for spelling.
    Normalized,
    /// By shingles.
    Lexical,
    /// By vectors.
    Embeddings,
}

/// What `turns` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Turns {
    /// Only first turns of conversations.
    #[default]
    First,
    /// All of them.
    All,
}

/// How long an answer lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    /// In milliseconds.
    pub(super) millis: i64,
}

impl Lifetime {
    /// So many hours.
    pub(super) const fn hours(hours: i64) -> Self {
        Self { millis: hours * 3_600_000 }
    }

    /// In the largest unit that it is a whole number of.
    pub(super) fn text(self) -> String {
        let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
        let (unit, millis) =
            units.into_iter().find(|(_, millis)| self.millis % millis == 0).unwrap_or(("ms", 1));
        format!("{}{unit}", self.millis / millis)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (number, unit) = text.split_at(text.find(|one: char| !one.is_ascii_digit())?);
        let millis = match unit.trim() {
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        let number: i64 = number.parse().ok().filter(|number| (1..=1_000_000).contains(number))?;
        Some(Self { millis: number * millis })
    }
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no lifetime; write a number and s, m, h or d, such as \"1h\""
            ))
        })
    }
}

/// An amount of dollars in quotes.
pub(super) fn dollars<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Usd>, D::Error> {
    let text = String::deserialize(input)?;
    let amount = Usd::parse(&text, Excess::Reject).ok().filter(|amount| *amount >= Usd::ZERO);
    let message = || format!("`{text}` is no amount of dollars, such as \"0.50\"");
    amount.map(Some).ok_or_else(|| D::Error::custom(message()))
}

/// One name, or a list of names.
pub(super) fn names<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    input.deserialize_any(NamesVisitor)
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column, or a list of names")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Vec<String>, E> {
        Ok(vec![name.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use toml::de::ValueDeserializer;

    use super::super::{KEYS, REPLAY_KEYS, SemanticCache};
    use super::*;
    use crate::techniques::Settings;

    /// A value of each setting but `rate`.
    const GIVEN: [&str; 15] = [
        "level = \"lexical\"",
        "threshold = \"0.9\"",
        "ttl = \"1h\"",
        "capacity = 100",
        "scope = \"team\"",
        "guards = false",
        "turns = \"all\"",
        "wrong = \"0.05\"",
        "harm = \"0.50\"",
        "label = \"answer\"",
        "verify = \"0.01\"",
        "where = \"input_tokens < 5\"",
        "call_types = [\"faq\"]",
        "embedding = \"text-embedding-3-small\"",
        "embedding_tokens = 50",
    ];

    #[test]
    fn exactly_the_settings_of_a_replay_do_not_fit_beside_a_rate() {
        for key in &KEYS[1..] {
            let start = format!("{key} = ");
            let given = GIVEN.iter().find(|one| one.starts_with(&start)).expect(key);
            let text = format!("{{ rate = \"0.1\", {given} }}");
            let table = ValueDeserializer::parse(&text).expect("a table");
            let settings = SemanticCache::deserialize(table).expect(given);
            assert_eq!(settings.check().is_err(), REPLAY_KEYS.contains(key), "{given}");
        }
    }

    #[test]
    fn lifetimes_are_numbers_with_a_unit() {
        let millis = |text| Lifetime::parse(text).map(|lifetime| lifetime.millis);
        assert_eq!(millis("1h"), Some(3_600_000));
        assert_eq!(millis("90s"), Some(90_000));
        assert_eq!(millis("7d"), Some(604_800_000));
        for text in ["", "1", "h", "0h", "-1h", "1 year", "1.5h"] {
            assert_eq!(millis(text), None, "{text}");
        }
        assert_eq!(Lifetime::parse("24h").map(Lifetime::text).as_deref(), Some("1d"));
        assert_eq!(Lifetime::parse("90m").map(Lifetime::text).as_deref(), Some("90m"));
    }
}
