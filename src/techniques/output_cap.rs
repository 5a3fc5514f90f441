//! Output caps: answers end at a limit.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::cap_exhibits::{guardrails, sweep};
use super::caps::{Caps, Limit, LimitSetting};
use super::conversations;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::feedback::{Gone, Shorten, Turns, WithFeedback};
use super::output_lengths::OutputLengths;
use super::scope::Scope;
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sets `max_tokens`: an answer that would be longer is cut off there.

## When it applies
As a guard against runaway answers. A cap near the usual length cuts good answers.

## How the saving is computed
From the real output lengths: what lies beyond the cap is not billed, the visible answer first, then \
reasoning (a cap covers both, and reasoning comes first in time). Where the log names conversations, \
a cut answer also shortens the later prompts that repeat it. The exhibits compare caps by what each \
saves and loses, and suggest a guardrail for every call type.

## Settings
- `tokens`: the longest answer, reasoning included: a count; a percentile of the answers of each \
call type, such as \"p95\" or \"p99.5\"; or \"guardrail\", 1.25 times the 99.5th percentile.
- `rerun`: the part of cut calls that is made again without a cap.
- `feedback`: whether cut answers shorten the prompts of later turns; true unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
Nobody asks again after a cut answer. At the low end a quarter of the cut calls is made again without \
a cap; `rerun` says another share for all ends. The break-even share of re-runs is printed.

## Limits
For rows that sum up several calls the cap applies to their mean length, which saves too little. \
Savings count the answers that are cut; whether a cut answer is of use is not known. Calls that ended \
at a limit already are shown as a cost, not as a saving.

## Sources
Replays of public traces: a cap at the 95th percentile saves 0.5 to 1.3 % of the bill and loses 6 to \
7.5 % if every cut call is made again.";

/// The part of cut calls that is made again at the low end.
const RERUN_LOW: &str = "0.25";

/// Settings of `[output_cap]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputCap {
    tokens: LimitSetting,
    #[serde(default, deserialize_with = "settings::rate")]
    rerun: Option<Rate>,
    #[serde(default = "settings::yes")]
    feedback: bool,
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
        keys: &["tokens", "rerun", "feedback", "where", "call_types"],
    };

    fn check(&self) -> Result<(), String> {
        if self.tokens.0.is_zero() {
            Err("an answer has at least 1 token".to_owned())
        } else {
            Ok(())
        }
    }
}

struct Cap {
    caps: Caps,
    reruns: Rate,
}

impl OutputCap {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    fn reruns(&self, scenario: Scenario) -> Rate {
        match (self.rerun, scenario) {
            (Some(rate), _) => rate,
            (None, Scenario::Low) => Rate::parse(RERUN_LOW).expect("a rate"),
            (None, _) => Rate::ZERO,
        }
    }

    fn assumption(&self) -> String {
        match self.rerun {
            Some(rate) => {
                format!("{} of the cut calls are made again without a cap", percent(rate))
            }
            None => {
                "nobody asks again after a cut answer; at the low end 25 % of the cut calls are \
                     made again"
                    .to_owned()
            }
        }
    }

    fn note(&self) -> String {
        match self.tokens.0 {
            Limit::Tokens(tokens) => {
                format!("the log's output lengths, cut at {} tokens", grouped(tokens.get()))
            }
            Limit::Quantile(share) => {
                let rank = percent(share);
                format!("the log's output lengths, cut at what {rank} of a call type keep to")
            }
            Limit::Guardrail => {
                "the log's output lengths, cut at 1.25 times the 99.5th percentile of a call type"
                    .to_owned()
            }
        }
    }
}

impl Technique for OutputCap {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn bytes_a_call(&self) -> u64 {
        128
    }

    fn against_rollups(&self) -> Option<&'static str> {
        Some(
            "a limit ends each answer at its own length, and a roll-up tells lengths by classes only",
        )
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn wishes(&self) -> Vec<String> {
        self.feedback.then(|| conversations::COLUMN.to_owned()).into_iter().collect()
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        self.rerun.is_none()
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let warnings = selection.warnings("output cap");
        let lengths = OutputLengths::measure(facts);
        let caps = Caps::new(self.tokens.0, &lengths, selection, facts);
        let mut assumptions = vec![self.assumption()];
        let mut exhibits = Vec::new();
        let mut more = Vec::new();
        if facts.is_told(scenario) {
            let found = caps.effect(facts);
            assumptions.extend(found.sentences());
            more.extend(found.warning());
            exhibits.push(sweep(&caps, &found, &lengths, facts));
            exhibits.push(guardrails(&caps, &lengths, facts));
        }
        let turns = self.feedback.then(|| Turns::of(facts, |row| caps.cuts(facts, row))).flatten();
        assumptions.extend(turns.as_ref().map(Turns::sentence));
        let cap = Cap { caps, reruns: self.reruns(scenario) };
        let cap = WithFeedback { inner: cap, turns };
        let mut prepared = Prepared::ready(cap, Evidence::Replayed, self.note());
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        prepared.warnings.extend(more);
        prepared.exhibits = exhibits;
        Ok(prepared)
    }
}

impl Shorten for Cap {
    fn shorten(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
        gone: &mut Gone,
    ) -> Effect {
        let Some(cut) = self.caps.cut(branch, scene) else { return Effect::Unchanged };
        out.push(cut);
        let (again, rest) = branch.split(self.reruns);
        push_taken(out, again);
        let answer = |branch: &Branch| branch.call.tokens[TokenClass::Output];
        // Who asks again goes on with the whole answer.
        gone.note(rest.weight, answer(branch), answer(&cut));
        Effect::Changed
    }
}
