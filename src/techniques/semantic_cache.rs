//! Semantic caching: answers given before are given again without a model call.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::ranged::Ranged;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{
    Decline, Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::wording::{grouped, percent};
use crate::pricing::{Model, ModelId};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
A question close enough to one answered before gets the stored answer; no call reaches the provider.

## When it applies
Self-contained questions whose answer does not depend on who asks or when: support, search, \
classification. Not tool calls, not later turns of a conversation.

## How the saving is computed
`rate` of the calls in scope disappear, each with its own cost and not with the mean (repeated \
questions tend to be short ones). With `embedding`, every call in scope pays for one lookup: its \
uncached input, or `embedding_tokens`, at the price of that model.

## Settings
- `rate`: the part of calls in scope that is answered from the store.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.
- `embedding`: the model that embeds each question.
- `embedding_tokens`: tokens of a question; all uncached input unless given.

## Assumptions
The hit rate is given, not measured. Without one, 15 % (5 to 30 %). At the low end 15 % of the hits \
are wrong and the call is made after all.

## Limits
Hits are spread evenly over the calls in scope. Fewer calls keep fewer provider caches warm; that \
is not replayed at an assumed rate. The harm of a wrong answer is not priced.

## Sources
Published hit rates: 20 to 45 % in production, 62 to 69 % on FAQ-like sets; published share of wrong \
hits: 3 to 15 %, about 8 % at similarity thresholds from .90 to .99.";

/// Hit rates of eligible calls when none is given.
const DEFAULT_RATE: [&str; 3] = ["0.05", "0.15", "0.30"];

/// Wrong answers among hits: nothing is charged for them in the expected figure, this much in low.
const WRONG_LOW: &str = "0.15";

/// Settings of `[semantic_cache]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SemanticCache {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
    embedding: Option<String>,
    #[serde(default, deserialize_with = "settings::some_count")]
    embedding_tokens: Option<u64>,
}

impl super::Settings for SemanticCache {
    const INFO: &'static Info = &Info {
        name: "semantic_cache",
        label: "semantic cache",
        stage: Stage::SemanticCache,
        summary: "answer repeated questions from a store instead of calling a model",
        docs: DOCS,
        keys: &["rate", "where", "call_types", "embedding", "embedding_tokens"],
    };
}

struct Store {
    selection: Selection,
    kept: Rate,
    embedding: Option<ModelId>,
    embedding_tokens: Option<Tokens>,
}

impl SemanticCache {
    fn rate(&self) -> Ranged {
        Ranged::given_or(self.rate, DEFAULT_RATE)
    }

    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
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
        if self.embedding.is_none() {
            assumptions.push("looking up costs nothing (no `embedding` model given)".to_owned());
        }
        assumptions
    }
}

impl Technique for SemanticCache {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        true
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let hits = self.rate().at(scenario);
        let wrong = match scenario {
            Scenario::Low => hits.times(Rate::parse(WRONG_LOW).expect("a rate")),
            _ => Rate::ZERO,
        };
        let embedding =
            self.embedding.as_deref().map(|name| facts.named_model("", name)).transpose()?;
        let warnings = selection.warnings("semantic cache");
        let store = Store {
            selection,
            kept: hits.minus(wrong).complement(),
            embedding,
            embedding_tokens: self.embedding_tokens.map(Tokens::new),
        };
        let note = format!("assumed: {} of calls answered from the store", percent(hits));
        let mut prepared = Prepared::ready(store, Evidence::Assumed, note);
        prepared.assumptions = self.assumptions();
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Store {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) || self.kept == Rate::ONE {
            return Effect::Unchanged;
        }
        let lookup = self.embedding.map(|model| {
            let question = self.embedding_tokens.map(|tokens| branch.for_row(tokens));
            let question = question.unwrap_or(branch.call.tokens[TokenClass::Input]);
            branch.companion(model, question, Tokens::ZERO)
        });
        if lookup.is_some_and(|lookup| !scene.is_priced(&lookup)) {
            return Effect::Declined(Decline::HelperNotPriced);
        }
        let (kept, _) = branch.split(self.kept);
        push_taken(out, kept);
        out.extend(lookup);
        Effect::Changed
    }

    fn declined(&self, _: Decline, model: &Model, calls: u64) -> String {
        let (calls, id) = (grouped(calls), &model.id);
        format!(
            "semantic cache: {calls} calls of {id} are not looked up: the embedding model has no \
             price at their time"
        )
    }
}
