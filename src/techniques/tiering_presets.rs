//! Ready-made rules, each as data: which calls go to which of a few named models.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostics::or_did_you_mean;

use super::tiering_rules::{HelperSettings, Rule};

/// The presets by name.
const PRESETS: [(&str, &str); 7] = [
    ("difficulty", include_str!("tiering_presets/difficulty.toml")),
    ("kind_of_work", include_str!("tiering_presets/kind_of_work.toml")),
    ("low_intent", include_str!("tiering_presets/low_intent.toml")),
    ("prompt_keywords", include_str!("tiering_presets/prompt_keywords.toml")),
    ("short_questions", include_str!("tiering_presets/short_questions.toml")),
    ("task_tiers", include_str!("tiering_presets/task_tiers.toml")),
    ("use_for", include_str!("tiering_presets/use_for.toml")),
];

/// One preset, as its file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Preset {
    /// What it does.
    pub(super) summary: String,
    /// Where it comes from.
    pub(super) origin: String,
    /// What the log must have.
    pub(super) needs: String,
    /// The models its rules name, by their size.
    models: BTreeMap<String, String>,
    pub(super) classifier: Option<HelperSettings>,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<Rule>,
}

impl Preset {
    /// The preset of this name, with other models for some sizes.
    ///
    /// # Errors
    /// When there is none of this name, or it does not use a model of that size.
    pub(super) fn named(name: &str, models: &[(&str, &str)]) -> Result<Self, String> {
        let Some((_, text)) = PRESETS.iter().find(|(known, _)| *known == name) else {
            let known = PRESETS.map(|(known, _)| known);
            let meant = or_did_you_mean(name, known);
            return Err(format!(
                "there is no preset `{name}`; there are {}{meant}",
                known.join(", ")
            ));
        };
        let mut preset: Self = toml::from_str(text).expect("the presets are read in a test");
        for (size, model) in models {
            let Some(known) = preset.models.get_mut(*size) else {
                let sizes: Vec<_> = preset.models.keys().map(String::as_str).collect();
                let sizes = sizes.join(", ");
                return Err(format!("the preset `{name}` has no {size} model; it has {sizes}"));
            };
            (*model).clone_into(known);
        }
        let resolved = |size: &String| preset.models.get(size).unwrap_or(size).clone();
        for rule in &mut preset.rules {
            rule.to = resolved(&rule.to);
        }
        if let Some(classifier) = &mut preset.classifier {
            classifier.model = resolved(&classifier.model);
        }
        Ok(preset)
    }

    /// What it takes for granted, in words.
    pub(super) fn sentences(&self, name: &str) -> Vec<String> {
        let Self { summary, origin, needs, .. } = self;
        vec![format!("preset {name}: {summary}; needs {needs} ({origin})")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::PriceBook;

    #[test]
    fn every_preset_is_read_and_names_models_that_have_prices() {
        let book = PriceBook::embedded();
        for (name, _) in PRESETS {
            let preset = Preset::named(name, &[]).expect("a preset");
            assert!(!preset.summary.is_empty() && !preset.needs.is_empty(), "{name}");
            for rule in &preset.rules {
                assert!(book.find("", &rule.to).is_ok(), "{name}: {}", rule.to);
            }
        }
    }

    #[test]
    fn the_page_of_tiering_lists_every_preset() {
        let docs = super::super::model_tiering::DOCS;
        for (name, _) in PRESETS {
            assert!(docs.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn models_of_a_preset_can_be_changed_if_it_has_them() {
        let preset = Preset::named("difficulty", &[("small", "gpt-5-mini")]).expect("a preset");
        assert_eq!(preset.rules[0].to, "gpt-5-mini");
        let error = Preset::named("low_intent", &[("big", "gpt-5")]).expect_err("refused");
        assert!(error.contains("it has small"), "{error}");
        let error = Preset::named("difficult", &[]).expect_err("refused");
        assert!(error.contains("there are difficulty"), "{error}");
    }
}
