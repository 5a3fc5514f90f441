//! Context trimming: less history and fewer documents are sent along.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::routes::StaticPrompts;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sends less: a sliding window over the conversation, fewer retrieved documents, no stale tool output.

## When it applies
Where input grows with history or retrieval and much of it no longer matters.

## How the saving is computed
With `rate`, that part of the uncached input disappears. With `tokens`, each prompt is cut to that \
budget. A cut moves the start of the prompt, so whatever the log read from the cache beyond the \
static prompt becomes ordinary input again.

## Settings
- `rate`: the part of uncached input that disappears; or
- `tokens`: the most tokens a prompt may have.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The static prompt is at most the length that one prompt in a thousand of the call type and model does \
not exceed. With `rate`, the cache \
is only lost at the low end; with `tokens`, always.

## Limits
Answers may get worse; searches may be repeated. With a warm cache a sliding window costs more than \
the full history until about 80 turns: cutting in large steps is better.

## Sources
Published: dropping old tool output halves the cost of coding agents at equal solve rates.";

/// Settings of `[context_trimming]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextTrimming {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default, deserialize_with = "settings::some_count")]
    tokens: Option<u64>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for ContextTrimming {
    const INFO: &'static Info = &Info {
        name: "context_trimming",
        label: "context trimming",
        stage: Stage::ContextPolicy,
        summary: "send less history and fewer documents",
        docs: DOCS,
        keys: &["rate", "tokens", "where", "call_types"],
    };

    fn check(&self) -> Result<(), String> {
        match (self.rate, self.tokens) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err("give either `rate` (part of the uncached input) or `tokens` (budget for a \
                      prompt)"
                .to_owned()),
        }
    }
}

#[derive(Clone, Copy)]
enum Cut {
    Rate(Rate),
    Budget(Tokens),
}

struct Trim {
    selection: Selection,
    cut: Cut,
    /// Whether reads beyond the static prompt are lost.
    breaks_cache: bool,
    prompts: StaticPrompts,
}

impl ContextTrimming {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for ContextTrimming {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        self.rate.is_some()
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let warnings = selection.warnings("context trimming");
        let (cut, note, loss) = match (self.rate, self.tokens) {
            (Some(rate), _) => (
                Cut::Rate(rate),
                format!("assumed: {} of uncached input", percent(rate)),
                "cuts leave the cached part of prompts as it is; at the low end they break it",
            ),
            (None, budget) => (
                Cut::Budget(Tokens::new(budget.unwrap_or(u64::MAX))),
                format!("prompts cut to {} tokens", grouped(budget.unwrap_or(u64::MAX))),
                "a cut moves the prompt's start: cache reads beyond the static prompt are lost",
            ),
        };
        let breaks_cache = matches!(cut, Cut::Budget(_)) || scenario == Scenario::Low;
        let prompts = StaticPrompts::measure(facts);
        let trim = Trim { selection, cut, breaks_cache, prompts };
        let mut prepared = Prepared::ready(trim, Evidence::Assumed, note);
        prepared.assumptions = vec![loss.to_owned(), "quality: unmeasured".to_owned()];
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Trim {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) {
            return Effect::Unchanged;
        }
        match self.cut {
            Cut::Rate(rate) => {
                let input = branch.call.tokens[TokenClass::Input];
                if input.is_zero() || rate == Rate::ZERO {
                    return Effect::Unchanged;
                }
                for (part, excess) in branch.split_by_rounding(rate, input) {
                    push_taken(out, self.without(part, excess, scene));
                }
            }
            Cut::Budget(budget) => {
                let excess = text_input(branch).saturating_sub(branch.for_row(budget));
                if excess.is_zero() {
                    return Effect::Unchanged;
                }
                out.push(self.without(*branch, excess, scene));
            }
        }
        Effect::Changed
    }
}

impl Trim {
    /// A branch with so much less input.
    fn without(&self, mut cut: Branch, excess: Tokens, scene: &Scene<'_>) -> Branch {
        if self.breaks_cache {
            let stable = cut.for_row(self.prompts.floor(scene.row));
            let lost = cut.call.tokens[TokenClass::CacheRead].saturating_sub(stable);
            cut.reclassify(TokenClass::CacheRead, TokenClass::Input, lost);
            cut.stable_prefix = Some(stable);
            cut.is_cut = true;
        }
        // Plain input goes first; what is left over comes out of the cached part.
        let mut left = excess;
        for class in [
            TokenClass::Input,
            TokenClass::CacheWrite5m,
            TokenClass::CacheWrite1h,
            TokenClass::CacheRead,
        ] {
            left = left.saturating_sub(cut.remove(class, left));
        }
        cut
    }
}

/// The input that is text, whatever its price: sound and images are not trimmed.
fn text_input(branch: &Branch) -> Tokens {
    let tokens = &branch.call.tokens;
    tokens[TokenClass::Input] + tokens[TokenClass::CacheRead] + branch.call.cache_written()
}
