//! Output caps: answers end at a limit.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{
    Effect, Evidence, Info, Measured, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sets `max_tokens`: an answer that would be longer is cut off there.

## When it applies
As a guard against runaway answers. A cap near the usual length cuts good answers.

## How the saving is computed
From the real output lengths: what lies beyond the cap is not billed, the visible answer first, then \
reasoning (a cap covers both, and reasoning comes first in time).

## Settings
- `tokens`: the longest answer, reasoning included.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
Nobody asks again after a cut answer. At the low end a quarter of the cut calls is made again without \
a cap; the break-even share of re-runs is printed.

## Limits
For rows that sum up several calls the cap applies to their mean length, which saves too little. \
Shorter answers would also shorten the next turn's input; that is not replayed.

## Sources
Replays of public traces: a cap at the 95th percentile saves 0.5 to 1.3 % of the bill and loses 6 to \
7.5 % if every cut call is made again.";

/// The part of cut calls that is made again at the low end.
const RERUN_LOW: &str = "0.25";

/// Settings of `[output_cap]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputCap {
    #[serde(deserialize_with = "settings::count")]
    tokens: u64,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for OutputCap {
    const INFO: &'static Info = &Info {
        name: "output_cap",
        label: "output cap",
        stage: Stage::RequestShape,
        summary: "end answers at a limit",
        docs: DOCS,
        keys: &["tokens", "where", "call_types"],
    };

    fn check(&self) -> Result<(), String> {
        if self.tokens > 0 { Ok(()) } else { Err("an answer has at least 1 token".to_owned()) }
    }
}

struct Cap {
    selection: Selection,
    tokens: Tokens,
    reruns: Rate,
}

impl OutputCap {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for OutputCap {
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
        let warnings = selection.warnings("output cap");
        let reruns = match scenario {
            Scenario::Low => Rate::parse(RERUN_LOW).expect("a rate"),
            _ => Rate::ZERO,
        };
        let cap = Cap { selection, tokens: Tokens::new(self.tokens), reruns };
        let note = format!("the log's output lengths, cut at {} tokens", grouped(self.tokens));
        let mut prepared = Prepared::ready(cap, Evidence::Replayed, note);
        prepared.assumptions = vec![
            "nobody asks again after a cut answer; at the low end 25 % of the cut calls are made \
             again"
                .to_owned(),
        ];
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Cap {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) {
            return Effect::Unchanged;
        }
        let tokens = &branch.call.tokens;
        let answer = tokens[TokenClass::Output] + tokens[TokenClass::Reasoning];
        let excess = answer.saturating_sub(branch.for_row(self.tokens));
        if excess.is_zero() {
            return Effect::Unchanged;
        }
        let mut cut = *branch;
        let visible = cut.remove(TokenClass::Output, excess);
        cut.remove(TokenClass::Reasoning, excess.saturating_sub(visible));
        out.push(cut);
        let (again, _) = branch.split(self.reruns);
        push_taken(out, again);
        Effect::Changed
    }

    fn remarks(&self, measured: &Measured) -> Vec<String> {
        let mut remarks = vec![format!("{} answers would be cut", grouped(measured.calls_touched))];
        if let Some(saved) = measured.saved_share {
            remarks.push(format!(
                "break-even: the saving is gone when {} of the cut calls are made again",
                percent(saved)
            ));
        }
        remarks
    }
}
