//! Semantic caching: answers given before are given again without a model call.

mod answers;
mod assumed;
mod bounds;
mod cosine;
mod docs;
mod guards;
mod likeness;
mod lookup;
mod normal;
mod questions;
mod replayed;
mod settings;
mod shingles;
mod store;
mod sweep;
mod telling;
mod verified;
mod wrong;

#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::conversations;
use super::error::TechniqueError;
use super::facts::Facts;
use super::ranged::Ranged;
use super::scope::Scope;
use super::technique::{Evidence, Info, Prepared, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::pricing::Model;
use crate::units::{Rate, Usd};
use crate::usage::Filter;
use assumed::AssumedStore;
use likeness::Level;
use lookup::Lookup;
use settings::{LevelSetting, Lifetime, Turns};

/// Hit rates of eligible calls when none is given.
const DEFAULT_RATE: [&str; 3] = ["0.05", "0.15", "0.30"];

/// Wrong answers among hits: nothing is charged for them in the expected figure, this much in low.
const WRONG_LOW: &str = "0.15";

/// The settings of `[semantic_cache]`: the rate of an assumption, what makes it a replay, and what
/// goes with either.
const KEYS: [&str; 16] = [
    "rate",
    "level",
    "threshold",
    "ttl",
    "capacity",
    "scope",
    "guards",
    "turns",
    "wrong",
    "harm",
    "label",
    "verify",
    "where",
    "call_types",
    "embedding",
    "embedding_tokens",
];

/// The settings of a replay, which do not fit beside a given `rate`.
pub const REPLAY_KEYS: &[&str] = {
    let [_rate, replay @ .., _where, _call_types, _embedding, _embedding_tokens] = &KEYS;
    replay
};

/// Settings of `[semantic_cache]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SemanticCache {
    #[serde(default, deserialize_with = "super::settings::rate")]
    rate: Option<Rate>,
    #[serde(default, rename = "where", deserialize_with = "super::settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "super::settings::call_types")]
    call_types: Vec<String>,
    embedding: Option<String>,
    #[serde(default, deserialize_with = "super::settings::some_count")]
    embedding_tokens: Option<u64>,
    level: Option<LevelSetting>,
    #[serde(default, deserialize_with = "super::settings::rate")]
    threshold: Option<Rate>,
    ttl: Option<Lifetime>,
    #[serde(default, deserialize_with = "super::settings::some_count")]
    capacity: Option<u64>,
    #[serde(default, deserialize_with = "settings::names")]
    scope: Vec<String>,
    guards: Option<bool>,
    turns: Option<Turns>,
    #[serde(default, deserialize_with = "super::settings::rate")]
    wrong: Option<Rate>,
    #[serde(default, deserialize_with = "settings::dollars")]
    harm: Option<Usd>,
    label: Option<String>,
    #[serde(default, deserialize_with = "super::settings::rate")]
    verify: Option<Rate>,
}

impl super::Settings for SemanticCache {
    const INFO: &'static Info = &Info {
        name: "semantic_cache",
        label: "semantic cache",
        stage: Stage::SemanticCache,
        summary: "answer repeated questions from a store instead of calling a model",
        docs: docs::DOCS,
        keys: &KEYS,
    };

    fn check(&self) -> Result<(), String> {
        use LevelSetting::{Exact, Normalized};
        let wrong = if self.rate.is_some() && self.is_replayed() {
            "a replay finds the hit rate itself: give `rate` or `level`"
        } else if self.threshold.is_some() && matches!(self.level, Some(Exact | Normalized)) {
            "equal texts have no similarity: leave out `threshold`, or take level = \"lexical\""
        } else if self.threshold == Some(Rate::ZERO) {
            "at a threshold of 0 every question is like every other"
        } else if self.capacity == Some(0) {
            "a store has room for at least 1 answer"
        } else if self.verify == Some(Rate::ZERO) {
            "no number of comparisons rules out every wrong answer; allow a part, such as \"0.01\""
        } else {
            return Ok(());
        };
        Err(wrong.to_owned())
    }
}

impl SemanticCache {
    /// Whether the texts of the log are replayed, rather than a rate assumed.
    const fn is_replayed(&self) -> bool {
        self.level.is_some()
            || self.threshold.is_some()
            || self.ttl.is_some()
            || self.capacity.is_some()
            || !self.scope.is_empty()
            || self.guards.is_some()
            || self.turns.is_some()
            || self.wrong.is_some()
            || self.harm.is_some()
            || self.label.is_some()
            || self.verify.is_some()
    }

    fn rate(&self) -> Ranged {
        Ranged::given_or(self.rate, DEFAULT_RATE)
    }

    fn calls(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    fn lookup(&self, facts: &Facts<'_>) -> Result<Lookup, TechniqueError> {
        Lookup::new(facts, self.embedding.as_deref(), self.embedding_tokens)
    }

    fn assumptions(&self) -> Vec<String> {
        let mut assumptions = vec![
            "every hit is a right answer (about 8 % are wrong in published tests); at the low end \
             15 % are wrong and the call is made after all"
                .to_owned(),
        ];
        if self.rate.is_none() {
            assumptions.push(self.rate().sentence("hit rate"));
        }
        assumptions.extend(self.free_lookup());
        assumptions
    }

    fn free_lookup(&self) -> Option<String> {
        let text = "looking up costs nothing (no `embedding` model given)";
        self.embedding.is_none().then(|| text.to_owned())
    }

    fn prepare_assumed(
        &self,
        facts: &Facts<'_>,
        scenario: Scenario,
    ) -> Result<Prepared, TechniqueError> {
        let selection = self.calls().select(facts)?;
        let hits = self.rate().at(scenario);
        let wrong = match scenario {
            Scenario::Low => hits.times(Rate::parse(WRONG_LOW).expect("a rate")),
            _ => Rate::ZERO,
        };
        let warnings = selection.warnings("semantic cache");
        let lookup = self.lookup(facts)?;
        let store = AssumedStore { selection, kept: hits.minus(wrong).complement(), lookup };
        let note = format!("assumed: {} of calls answered from the store", percent(hits));
        let mut prepared = Prepared::ready(store, Evidence::Assumed, note);
        prepared.assumptions = self.assumptions();
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Technique for SemanticCache {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn against_rollups(&self) -> Option<&'static str> {
        let replayed = self.is_replayed();
        replayed
            .then_some("questions are compared call by call; `--semantic-cache=RATE` takes a rate")
    }

    fn dimensions(&self) -> Vec<String> {
        let mut needed = self.calls().dimensions();
        if self.is_replayed() {
            use LevelSetting::{Auto, Embeddings};
            let text = [questions::PROMPT, questions::PROMPT_HASH, questions::ELIGIBLE];
            let known = text.into_iter().chain(questions::AROUND).chain([conversations::COLUMN]);
            needed.extend(known.map(str::to_owned));
            if matches!(self.level, None | Some(Auto | Embeddings)) {
                needed.push(questions::EMBEDDING.to_owned());
            }
            needed.extend(self.scope.iter().chain(&self.label).cloned());
        }
        needed
    }

    fn has_range(&self, facts: &Facts<'_>) -> bool {
        let is_in_doubt = || self.level_of(facts).is_ok_and(Level::is_similarity);
        !self.is_replayed() || (self.wrong.is_none() && self.verify.is_none() && is_in_doubt())
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        if self.is_replayed() {
            self.prepare_replayed(facts, scenario)
        } else {
            self.prepare_assumed(facts, scenario)
        }
    }
}

/// Tells that calls are not looked up.
fn declined(model: &Model, calls: u64) -> String {
    let (calls, id) = (grouped(calls), &model.id);
    format!(
        "semantic cache: {calls} calls of {id} are not looked up: the embedding model has no \
         price at their time"
    )
}
