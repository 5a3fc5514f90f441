//! What a run is asked for beyond the bill before and after.

use std::collections::BTreeMap;

use crate::units::Factor;

/// What makes a set of techniques out of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// Answers must stay those of the same model on the same input.
    Quality,
    /// Answers must not come later.
    Latency,
    /// Prompts must not be kept or go to others.
    Privacy,
}

impl Guard {
    /// Every guard with its name.
    pub const ALL: [(&str, Self); 3] =
        [("quality", Self::Quality), ("latency", Self::Latency), ("privacy", Self::Privacy)];

    /// Reads the name of a guard.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == text).map(|(_, guard)| guard)
    }

    /// Whether a technique breaks it.
    pub(super) fn is_broken_by(self, technique: &str) -> bool {
        let breakers: &[&str] = match self {
            Self::Quality => &[
                "semantic_cache",
                "context_trimming",
                "model_tiering",
                "free_models",
                "output_cap",
                "concise_output",
            ],
            Self::Latency => &["batch", "free_models"],
            Self::Privacy => &["semantic_cache", "free_models"],
        };
        breakers.contains(&technique)
    }
}

/// What a run is asked for beyond the bill before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Asked {
    /// Who takes from whom: the four numbers of each technique, and what pairs do together.
    pub attribution: bool,
    /// What to do first.
    pub best: bool,
    /// Which assumption moves the saving most: two more walks for each that is not certain.
    pub tornado: bool,
    /// The most days of work that a recommended set may take.
    pub max_effort: Option<Factor>,
    /// What a recommended set must not break.
    pub guards: Vec<Guard>,
    /// Days of work by technique, instead of the defaults.
    pub effort: BTreeMap<String, Factor>,
    /// An interval of what is saved, from the spread of the log itself.
    pub interval: bool,
}

/// Days of work that a technique takes, in tenths: an assumption for a small team, to be replaced by
/// one's own under `[effort]` in a plan. Half a day is a setting, ten days a service of its own.
pub(super) const EFFORT_TENTHS: [(&str, u64); 11] = [
    ("retry_hygiene", 10),
    ("semantic_cache", 100),
    ("context_trimming", 50),
    ("model_tiering", 50),
    ("free_models", 20),
    ("output_cap", 5),
    ("concise_output", 5),
    ("structured_output", 20),
    ("batch", 20),
    ("prompt_caching", 10),
    ("provider_discount", 10),
];

/// Where the table has no line.
const EFFORT_ELSE_TENTHS: u64 = 30;

impl Asked {
    /// Days of work for a technique.
    pub(super) fn effort_of(&self, technique: &str) -> Factor {
        let known = EFFORT_TENTHS.iter().find(|(name, _)| *name == technique);
        let tenths = known.map_or(EFFORT_ELSE_TENTHS, |(_, tenths)| *tenths);
        let default = Factor::of_counts(tenths, 10).expect("a small number");
        self.effort.get(technique).copied().unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::techniques::CATALOG;

    #[test]
    fn every_technique_has_an_effort_and_no_other() {
        for (name, _) in EFFORT_TENTHS {
            assert!(CATALOG.iter().any(|entry| entry.info.name == name), "{name}");
        }
    }

    #[test]
    fn an_effort_of_ones_own_replaces_the_default() {
        let half = Factor::parse("0.5").expect("a factor");
        let effort = BTreeMap::from([("semantic_cache".to_owned(), half)]);
        let asked = Asked { effort, ..Asked::default() };
        assert_eq!(asked.effort_of("semantic_cache"), half);
        assert_eq!(asked.effort_of("batch").to_string(), "2");
    }
}
