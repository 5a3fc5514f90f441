//! Concise output: the prompt asks for shorter answers.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::ranged::Ranged;
use super::routes::AnswerLengths;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::{Filter, column};

const DOCS: &str = "\
## What it does
Asks for shorter answers: no preamble, no summary, a word limit.

## When it applies
Free text that is longer than its readers need.

## How the saving is computed
Visible output times 1 - rate. Call types whose middle answer is already shorter than 60 tokens are \
left alone. `prompt_tokens` adds the instruction to every prompt.

## Settings
- `rate`: the part of visible output that disappears.
- `prompt_tokens`: tokens of the instruction, added to every prompt.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The rate is given, not measured. Without one, 25 % (10 to 45 %). Reasoning is not shortened.

## Limits
Quality may fall; budgets that are too small have made answers longer. Shorter answers would also \
shorten the next turn's input; that is not replayed.

## Sources
Published: 49 % shorter answers with concise chain of thought, up to 68 % with token budgets, with \
losses of accuracy between none and 28 % on mathematics.";

/// How much shorter answers get when no rate is given.
const DEFAULT_RATE: [&str; 3] = ["0.10", "0.25", "0.45"];

/// Answers whose middle is shorter than this have nothing to lose.
const SHORT_ANSWER: Tokens = Tokens::new(60);

/// Settings of `[concise_output]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConciseOutput {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default, deserialize_with = "settings::count")]
    prompt_tokens: u64,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for ConciseOutput {
    const INFO: &'static Info = &Info {
        name: "concise_output",
        label: "concise answers",
        stage: Stage::RequestShape,
        summary: "ask for shorter answers",
        docs: DOCS,
        keys: &["rate", "prompt_tokens", "where", "call_types"],
    };
}

struct Shortening {
    selection: Selection,
    rate: Rate,
    prompt_tokens: Tokens,
    /// By symbol of the call type: whether its answers are short already.
    is_short: Vec<bool>,
}

impl ConciseOutput {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    fn rate(&self) -> Ranged {
        Ranged::given_or(self.rate, DEFAULT_RATE)
    }
}

impl Technique for ConciseOutput {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        self.rate().is_range()
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let warnings = selection.warnings("concise answers");
        let lengths = AnswerLengths::measure(facts);
        let types = &facts.calls.dimensions[column::CALL_TYPE];
        let is_short: Vec<_> =
            types.names().map(|(symbol, _)| lengths.median(symbol) < SHORT_ANSWER).collect();
        let mut assumptions = vec!["quality: unmeasured".to_owned()];
        if self.rate.is_none() {
            assumptions.push(self.rate().sentence("answers shorter by"));
        }
        let mut names: Vec<_> = types
            .names()
            .filter(|(symbol, _)| is_short[symbol.index()])
            .filter(|(symbol, _)| !lengths.median(*symbol).is_zero())
            .map(|(_, name)| if name.is_empty() { "calls without a type" } else { name })
            .collect();
        if !names.is_empty() {
            names.sort_unstable();
            assumptions.push(format!(
                "left alone, their middle answer is shorter than {SHORT_ANSWER} tokens: {}",
                names.join(", ")
            ));
        }
        let rate = self.rate().at(scenario);
        let prompt_tokens = Tokens::new(self.prompt_tokens);
        if self.prompt_tokens > 0 {
            let tokens = grouped(self.prompt_tokens);
            assumptions.push(format!("the instruction adds {tokens} tokens to every prompt"));
        }
        let note = format!("assumed: {} less visible output", percent(rate));
        let shortening = Shortening { selection, rate, prompt_tokens, is_short };
        let mut prepared = Prepared::ready(shortening, Evidence::Assumed, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Shortening {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        let call_type = scene.facts.calls.symbol(column::CALL_TYPE, scene.row);
        if !self.selection.holds(scene.row) || self.is_short[call_type.index()] {
            return Effect::Unchanged;
        }
        let answer = branch.call.tokens[TokenClass::Output];
        if (answer.is_zero() || self.rate == Rate::ZERO) && self.prompt_tokens.is_zero() {
            return Effect::Unchanged;
        }
        for (mut shorter, saved) in branch.split_by_rounding(self.rate, answer) {
            shorter.remove(TokenClass::Output, saved);
            shorter.call.tokens[TokenClass::Input] += branch.for_row(self.prompt_tokens);
            push_taken(out, shorter);
        }
        Effect::Changed
    }
}
