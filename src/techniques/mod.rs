//! Ways to spend less, one a file: what each does to a call, what it needs, what it assumes.
//!
//! `warmth` is none: it foresees what a prompt cache does, for whoever replays calls.
//!
//! A technique rewrites the usage of one call and never sees money. Adding one is a file, and a
//! line in [`CATALOG`].

mod batch;
mod branch;
mod cache_replay;
mod cap_exhibits;
mod caps;
mod concise_output;
mod context_cut;
mod context_trimming;
mod context_windows;
mod conversations;
mod error;
mod facts;
mod feedback;
mod free_models;
mod links;
mod long_context;
mod model_tiering;
mod output_cap;
mod output_lengths;
mod paid;
mod parallelism;
mod parse_retries;
mod prefix_doubts;
mod prefixes;
mod prompt_caching;
mod provider_discount;
mod quota;
mod ranged;
mod recount;
mod reductions;
mod rehoming;
mod retry_hygiene;
mod rolled;
mod routes;
mod routing_notes;
mod scope;
mod semantic_cache;
mod sessions;
mod settings;
mod siblings;
mod structured_output;
mod technique;
mod tiering_figures;
mod tiering_labels;
mod tiering_presets;
mod tiering_rules;
pub mod warmth;
mod watch;
mod wording;

use serde::de::{DeserializeOwned, Error as _};
use toml::de::ValueDeserializer;

pub use branch::Branch;
pub use conversations::{Growth, has_grown};
pub use error::TechniqueError;
pub use facts::{Facts, Scene};
pub use links::Links;
pub use provider_discount::{MonthlyTerms, Tier as DiscountTier};
pub use retry_hygiene::{Attempts, Avoidable, Policy as RetryPolicy};
pub use routes::{SHARED_PROMPT, StaticPrompts};
pub use semantic_cache::REPLAY_KEYS as SEMANTIC_REPLAY_KEYS;
pub use siblings::{Sibling, cheaper_siblings, cost_on, fewest_tokens};
pub use technique::{
    Clear, Decline, Effect, Evidence, Info, Measured, Memory, Prepared, Remembered, Rewrite,
    Scenario, Stage, Technique,
};
pub use watch::Watch;
pub use wording::grouped;

/// A technique as it is written in a plan: a table of settings under its canonical name.
trait Settings: Technique + DeserializeOwned + 'static {
    /// Who it is.
    const INFO: &'static Info;

    /// Whether the settings make sense together; otherwise what to write instead.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A technique that plans can name.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Who it is.
    pub info: &'static Info,
    read: fn(ValueDeserializer<'_>) -> Result<Box<dyn Technique>, toml::de::Error>,
}

impl Entry {
    const fn of<S: Settings>() -> Self {
        Self { info: S::INFO, read: read::<S> }
    }

    /// Reads the technique's table of a plan.
    ///
    /// # Errors
    /// When a key is unknown, a value is not what its key takes, or the values do not fit together.
    pub fn read(
        &self,
        table: ValueDeserializer<'_>,
    ) -> Result<Box<dyn Technique>, toml::de::Error> {
        (self.read)(table)
    }
}

fn read<S: Settings>(table: ValueDeserializer<'_>) -> Result<Box<dyn Technique>, toml::de::Error> {
    let settings = S::deserialize(table)?;
    settings.check().map_err(toml::de::Error::custom)?;
    Ok(Box::new(settings))
}

/// Every technique, in the order in which a request meets them.
pub const CATALOG: [Entry; 12] = [
    Entry::of::<retry_hygiene::RetryHygiene>(),
    Entry::of::<semantic_cache::SemanticCache>(),
    Entry::of::<context_trimming::ContextTrimming>(),
    Entry::of::<model_tiering::ModelTiering>(),
    Entry::of::<free_models::FreeModels>(),
    Entry::of::<concise_output::ConciseOutput>(),
    Entry::of::<output_cap::OutputCap>(),
    Entry::of::<structured_output::StructuredOutput>(),
    Entry::of::<batch::Batch>(),
    Entry::of::<prompt_caching::PromptCaching>(),
    Entry::of::<parallelism::Parallelism>(),
    Entry::of::<provider_discount::ProviderDiscount>(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalog_is_in_the_order_of_a_request() {
        assert!(CATALOG.is_sorted_by_key(|entry| entry.info.stage));
    }

    #[test]
    fn every_technique_tells_its_whole_story() {
        const HEADINGS: [&str; 7] = [
            "## What it does",
            "## When it applies",
            "## How the saving is computed",
            "## Settings",
            "## Assumptions",
            "## Limits",
            "## Sources",
        ];
        for Entry { info, .. } in CATALOG {
            for heading in HEADINGS {
                assert!(info.docs.contains(heading), "{}: {heading}", info.name);
            }
        }
    }

    #[test]
    fn every_setting_of_a_plan_is_explained_on_a_line_of_its_own() {
        for Entry { info, .. } in CATALOG {
            let (_, settings) = info.docs.split_once("## Settings\n").expect("a section");
            let settings = settings.split("\n\n").next().expect("text");
            for key in info.keys {
                let line = format!("- `{key}`: ");
                assert!(settings.lines().any(|one| one.starts_with(&line)), "{}: {key}", info.name);
            }
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_known_ones() {
        for entry in CATALOG {
            let table = ValueDeserializer::parse("{ no_such_key = 1 }").expect("a table");
            let message = entry.read(table).expect_err("refused").to_string();
            assert!(message.contains("no_such_key"), "{}: {message}", entry.info.name);
            for key in entry.info.keys {
                assert!(message.contains(key), "{}: {key}: {message}", entry.info.name);
            }
        }
    }
}
