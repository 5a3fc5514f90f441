//! Structured output: answers follow a schema, so none has to be asked for twice.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::feedback::{Gone, Shorten, Turns, WithFeedback};
use super::parse_retries::{Identity, ParseRetries, WINDOW_MILLIS, is_read_by_programs};
use super::ranged::Ranged;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::{Filter, column};

const DOCS: &str = "\
## What it does
The provider enforces a schema, so answers that cannot be parsed, and the calls that repeat them, \
disappear; words around the data disappear too.

## When it applies
Answers that a program reads.

## How the saving is computed
The log's own repeats disappear: a call with the prompt of one that was answered at most 60 s (and its \
latency) before. The same prompt is the same `prompt_hash` or `prompt` where the log has such a \
column, otherwise the same conversation, call type, model and number of input tokens. Only calls in \
the scope that is given are looked at, or else call types whose names say that a program reads the \
answer (json, extract, classify, structure, parse, schema, tagging). With `rate`, or where the log \
cannot show repeats, that share of the calls in scope disappears instead. `schema_tokens` are added to \
every prompt, `wrapper_tokens` leave every answer, and the later prompts that repeat it.

## Settings
- `rate`: the part of calls that only repeats an answer nobody could parse, instead of what the log \
shows.
- `schema_tokens`: tokens added to every prompt.
- `wrapper_tokens`: tokens taken off every answer.
- `feedback`: whether shorter answers shorten the prompts of later turns; true unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
A repeat that was found was made because the answer could not be parsed. Where the log cannot show \
repeats and no rate is given: 2 % (1 to 5 %). Schema and wrapper count nothing unless given.

## Limits
Removing failures saves the failure rate and not more. A user who asks the same again within a \
minute looks like a parse failure. Another format invalidates cached conversations. The effect on \
quality is disputed.

## Sources
Reported parse failures: 1 to 5 % of calls. Reported words around the data: 20 to 40 tokens.";

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
    #[serde(default = "settings::yes")]
    feedback: bool,
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
        keys: &["rate", "schema_tokens", "wrapper_tokens", "feedback", "where", "call_types"],
    };
}

struct Schema {
    selection: Selection,
    failures: Failures,
    added_input: Tokens,
    removed_output: Tokens,
}

/// Which calls only repeat an answer that could not be parsed.
enum Failures {
    /// A part of each.
    Rate(Rate),
    /// These rows.
    Found(Vec<bool>),
}

impl StructuredOutput {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    /// The rate that is given, or the default.
    fn rate(&self) -> Ranged {
        Ranged::given_or(self.rate, DEFAULT_RATE)
    }

    /// The calls whose answers a program reads: those in scope, or else those whose type says so.
    fn selection(&self, facts: &Facts<'_>) -> Result<Option<Selection>, TechniqueError> {
        if self.condition.is_some() || !self.call_types.is_empty() {
            return self.scope().select(facts).map(Some);
        }
        let types = facts.calls.dimensions[column::CALL_TYPE].names();
        let read: Vec<String> = types
            .filter(|(_, name)| is_read_by_programs(name))
            .map(|(_, name)| name.to_owned())
            .collect();
        if read.is_empty() {
            return Ok(None);
        }
        Scope { condition: None, call_types: &read }.select(facts).map(Some)
    }

    /// What the log shows; nothing where a rate is given or it shows nothing.
    fn found(
        &self,
        facts: &Facts<'_>,
    ) -> Result<Option<(Selection, ParseRetries)>, TechniqueError> {
        if self.rate.is_some() {
            return Ok(None);
        }
        let Some(selection) = self.selection(facts)? else { return Ok(None) };
        let found = ParseRetries::find(facts, &selection);
        Ok(found.map(|found| (selection, found)))
    }
}

/// Why a rate is assumed.
const CANNOT_SHOW: &str = "the log cannot show repeats: that takes times, prompts or conversations, \
                           and call types whose answers a program reads";

/// How repeats were found, in words.
fn evidence(found: &ParseRetries) -> String {
    let how = match found.identity {
        Identity::Prompt(column) => format!("the same `{column}`"),
        Identity::Length => {
            "the same conversation, call type, model and number of input tokens".to_owned()
        }
    };
    format!(
        "a call repeats a failed parse when it has {how} as one answered at most {} s before",
        WINDOW_MILLIS / 1_000
    )
}

impl Technique for StructuredOutput {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn against_rollups(&self) -> Option<&'static str> {
        if self.rate.is_none() {
            Some("it does not tell which calls repeat others; with a rate it need not")
        } else if self.wrapper_tokens > 0 {
            Some("`wrapper_tokens` are taken off each answer as far as it has them")
        } else {
            None
        }
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn wishes(&self) -> Vec<String> {
        ParseRetries::dimensions()
    }

    fn has_range(&self, facts: &Facts<'_>) -> bool {
        self.rate().is_range() && !matches!(self.found(facts), Ok(Some(_)))
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let mut assumptions = vec![format!(
            "the schema adds {} tokens to every prompt and takes {} off every answer",
            grouped(self.schema_tokens),
            grouped(self.wrapper_tokens)
        )];
        let found = self.found(facts)?;
        let is_found = found.is_some();
        let (selection, failures, note) = if let Some((selection, found)) = found {
            assumptions.push(evidence(&found));
            let (repeats, all) = (grouped(found.found), grouped(found.looked_at));
            let note = format!("{repeats} of {all} calls repeat a failed parse");
            (selection, Failures::Found(found.repeats), note)
        } else {
            let rate = self.rate().at(scenario);
            if self.rate.is_none() {
                assumptions.push(self.rate().sentence("parse failures"));
                assumptions.push(CANNOT_SHOW.to_owned());
            }
            let note = format!("assumed: {} of calls repeat a failed parse", percent(rate));
            (self.scope().select(facts)?, Failures::Rate(rate), note)
        };
        let known = if is_found { Evidence::Replayed } else { Evidence::Assumed };
        let warnings = selection.warnings("structured output");
        let takes_off = self.feedback && self.wrapper_tokens > 0;
        let turns = takes_off.then(|| Turns::of(facts, |row| selection.holds(row))).flatten();
        assumptions.extend(turns.as_ref().map(Turns::sentence));
        let inner = Schema {
            selection,
            failures,
            added_input: Tokens::new(self.schema_tokens),
            removed_output: Tokens::new(self.wrapper_tokens),
        };
        let mut prepared = Prepared::ready(WithFeedback { inner, turns }, known, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Shorten for Schema {
    fn shorten(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
        gone: &mut Gone,
    ) -> Effect {
        if !self.selection.holds(scene.row) {
            return Effect::Unchanged;
        }
        let failures = match &self.failures {
            Failures::Rate(rate) => *rate,
            Failures::Found(repeats) if repeats[scene.row] => Rate::ONE,
            Failures::Found(_) => Rate::ZERO,
        };
        let changes_tokens = !self.added_input.is_zero() || !self.removed_output.is_zero();
        if failures == Rate::ZERO && !changes_tokens {
            return Effect::Unchanged;
        }
        let answer = branch.call.tokens[TokenClass::Output];
        let (mut kept, _) = branch.split(failures.complement());
        kept.call.tokens[TokenClass::Input] += branch.for_row(self.added_input);
        kept.remove(TokenClass::Output, branch.for_row(self.removed_output));
        // The answer to a repeat that is not made any more is the one to the call before it.
        gone.note(branch.weight, answer, kept.call.tokens[TokenClass::Output]);
        push_taken(out, kept);
        Effect::Changed
    }
}
