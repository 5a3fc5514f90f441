//! Structured output: answers follow a schema, so none has to be asked for twice.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::ranged::Ranged;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
The provider enforces a schema, so answers that cannot be parsed, and the calls that repeat them, \
disappear; words around the data disappear too.

## When it applies
Answers that a program reads.

## How the saving is computed
`rate` of the calls in scope disappear: the share that failed to parse and was made again. \
`schema_tokens` are added to every prompt, `wrapper_tokens` leave every answer.

## Settings
- `rate`: the part of calls that only repeats an answer nobody could parse.
- `schema_tokens`: tokens added to every prompt.
- `wrapper_tokens`: tokens taken off every answer.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The rate is given, not measured. Without one, 2 % (1 to 5 %). Schema and wrapper count nothing unless \
given.

## Limits
Removing failures saves the failure rate and not more. Another format invalidates cached \
conversations. The effect on quality is disputed.

## Sources
Reported parse failures: 1 to 5 % of calls.";

/// Answers that cannot be parsed when no rate is given.
const DEFAULT_RATE: [&str; 3] = ["0.01", "0.02", "0.05"];

/// Settings of `[structured_output]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StructuredOutput {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default, deserialize_with = "settings::count")]
    schema_tokens: u64,
    #[serde(default, deserialize_with = "settings::count")]
    wrapper_tokens: u64,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for StructuredOutput {
    const INFO: &'static Info = &Info {
        name: "structured_output",
        label: "structured output",
        stage: Stage::RequestShape,
        summary: "enforce a schema, so that no answer has to be asked for twice",
        docs: DOCS,
        keys: &["rate", "schema_tokens", "wrapper_tokens", "where", "call_types"],
    };
}

struct Schema {
    selection: Selection,
    failures: Rate,
    added_input: Tokens,
    removed_output: Tokens,
}

impl StructuredOutput {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    fn rate(&self) -> Ranged {
        Ranged::given_or(self.rate, DEFAULT_RATE)
    }
}

impl Technique for StructuredOutput {
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
        let warnings = selection.warnings("structured output");
        let failures = self.rate().at(scenario);
        let schema = Schema {
            selection,
            failures,
            added_input: Tokens::new(self.schema_tokens),
            removed_output: Tokens::new(self.wrapper_tokens),
        };
        let note = format!("assumed: {} of calls repeat a failed parse", percent(failures));
        let mut prepared = Prepared::ready(schema, Evidence::Assumed, note);
        prepared.assumptions = vec![format!(
            "the schema adds {} tokens to every prompt and takes {} off every answer",
            grouped(self.schema_tokens),
            grouped(self.wrapper_tokens)
        )];
        if self.rate.is_none() {
            prepared.assumptions.push(self.rate().sentence("parse failures"));
        }
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Schema {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        let changes_tokens = !self.added_input.is_zero() || !self.removed_output.is_zero();
        if !self.selection.holds(scene.row) || (self.failures == Rate::ZERO && !changes_tokens) {
            return Effect::Unchanged;
        }
        let (mut kept, _) = branch.split(self.failures.complement());
        kept.call.tokens[TokenClass::Input] += branch.for_row(self.added_input);
        kept.remove(TokenClass::Output, branch.for_row(self.removed_output));
        push_taken(out, kept);
        Effect::Changed
    }
}
