//! Where a price table says what: its provider and models with their lines, whatever else is in it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

/// The provider and models that a table states, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOutline {
    /// The provider's id.
    pub provider: String,
    /// The ids of its models, and then its names that move.
    pub models: Vec<String>,
    /// Their ids and aliases.
    pub(super) names: Vec<String>,
    /// The line of each model's id, from 1.
    pub(super) lines: Vec<usize>,
    /// The lines of each model's periods.
    pub(super) periods: Vec<Vec<usize>>,
}

#[derive(Deserialize)]
struct Table {
    provider: Named,
    #[serde(default)]
    model: Vec<Entry>,
    #[serde(default)]
    alias: Vec<Entry>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Entry {
    id: Spanned<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    period: Vec<Spanned<IgnoredAny>>,
}

impl TableOutline {
    /// Reads the outline of a table; nothing when it has not even that much of one.
    pub fn read(text: &str) -> Option<Self> {
        let table: Table = toml::from_str(text).ok()?;
        let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
        // A name that moves is a model of its own.
        let entries = || table.model.iter().chain(&table.alias);
        let names =
            table.model.iter().chain(&table.alias).flat_map(|entry| {
                std::iter::once(entry.id.get_ref()).chain(&entry.aliases).cloned()
            });
        Some(Self {
            names: names.collect(),
            provider: table.provider.id.clone(),
            lines: entries().map(|entry| line(entry.id.span().start)).collect(),
            periods: entries()
                .map(|entry| entry.period.iter().map(|period| line(period.span().start)).collect())
                .collect(),
            models: entries().map(|entry| entry.id.get_ref().clone()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_and_periods_have_lines() {
        let text = "[provider]\nid = \"acme\"\n\n[[model]]\nid = \"large\"\n\n[[model.period]]\n\
                    source = 3\n";
        let outline = TableOutline::read(text).expect("an outline");
        assert_eq!((&*outline.provider, outline.models), ("acme", vec!["large".to_owned()]));
        assert_eq!((outline.lines, outline.periods), (vec![5], vec![vec![7]]));
        assert_eq!(TableOutline::read("nonsense = 1"), None);
    }
}
