//! How much shorter answers get, by call type.

use serde::Deserialize;

use super::ranged::Ranged;
use super::settings;
use crate::units::Rate;

/// One `[[concise_output.by]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reduction {
    /// The calls.
    pub(super) call_type: String,
    /// The part of visible output that disappears.
    #[serde(default, deserialize_with = "settings::rate")]
    pub(super) rate: Option<Rate>,
}

/// Rates that others published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Preset {
    /// By kind of task.
    ByTask,
}

/// The published reductions: low, expected, high. Output tokens of 1,200, 800, 600 and 900 became
/// 400, 200, 450 and 600 in a guide for developer tools (May 2026), which is silent on how that was
/// measured; so the low end is half of it. For classification a handbook (2026) has 70 to 90 %.
const BY_TASK: [(&str, [&str; 3]); 5] = [
    ("code_review", ["0.333333333", "0.666666667", "0.666666667"]),
    ("bug_explanation", ["0.375", "0.75", "0.75"]),
    ("test_generation", ["0.125", "0.25", "0.25"]),
    ("docs_writing", ["0.166666667", "0.333333333", "0.333333333"]),
    ("classification", ["0.70", "0.80", "0.90"]),
];

impl Preset {
    /// The published rate for a call type; its case, spaces and hyphens do not matter.
    pub(super) fn rate(self, call_type: &str) -> Option<Ranged> {
        let Self::ByTask = self;
        let plain = |letter: char| match letter {
            ' ' | '-' => '_',
            other => other.to_ascii_lowercase(),
        };
        let name: String = call_type.chars().map(plain).collect();
        let found = BY_TASK.iter().find(|(task, _)| *task == name);
        found.map(|(_, rates)| Ranged::given_or(None, *rates))
    }

    /// The call types it knows.
    pub(super) fn names() -> [&'static str; 5] {
        BY_TASK.map(|(task, _)| task)
    }
}

#[cfg(test)]
mod tests {
    use super::super::technique::Scenario;
    use super::*;
    use crate::units::Tokens;

    fn check(task: &str, before: u64, after: u64) {
        let rate = Preset::ByTask.rate(task).expect("a rate").at(Scenario::Expected);
        assert_eq!(rate.of(Tokens::new(before)), Tokens::new(before - after), "{task}");
    }

    /// Claim S2-13: the stated lengths before and after.
    #[test]
    fn the_preset_makes_of_the_stated_answers_what_the_guide_states() {
        check("code_review", 1_200, 400);
        check("Bug explanation", 800, 200);
        check("test-generation", 600, 450);
        check("docs_writing", 900, 600);
        assert_eq!(Preset::ByTask.rate("chat"), None);
    }
}
