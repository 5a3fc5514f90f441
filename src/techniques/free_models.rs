//! Free models: calls that fit a free quota cost nothing.

use serde::Deserialize;

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::quota::{Quota, admitted};
use super::scope::Scope;
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::grouped;
use crate::units::Rate;
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sends calls to a model that is offered for free, as long as its quota lasts; the rest stays where it is.

## When it applies
Small, unimportant, private-data-free work: a nightly job, a draft, a tag.

## How the saving is computed
The calls in scope are run against the quota in time order: a limit for each minute of the clock and \
for each UTC day. Calls that fit cost nothing.

## Settings
- `to`: what the free model is called in the report.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.
- `per_day`: free calls a UTC day; 50 unless given.
- `per_minute`: free calls a minute of the clock; 20 unless given.

## Assumptions
50 calls a day and 20 a minute (`per_day`, `per_minute`), for the whole account; failed attempts \
count. Quality: unmeasured.

## Limits
Free endpoints vanish and may train on what they are sent. Calls that another technique would have \
removed still use up the quota. A row without a time does not fit any day.

## Sources
OpenRouter: 20 requests a minute, 50 a day, 1,000 once ten credits were ever bought.";

/// Settings of `[free_models]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreeModels {
    to: Option<String>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
    #[serde(default = "default_per_day")]
    per_day: u64,
    #[serde(default = "default_per_minute")]
    per_minute: u64,
}

const fn default_per_day() -> u64 {
    50
}

const fn default_per_minute() -> u64 {
    20
}

impl super::Settings for FreeModels {
    const INFO: &'static Info = &Info {
        name: "free_models",
        label: "free models",
        stage: Stage::Router,
        summary: "let calls that fit a free quota cost nothing",
        docs: DOCS,
        keys: &["to", "where", "call_types", "per_day", "per_minute"],
    };
}

struct FreeLane {
    admitted: Vec<bool>,
}

impl FreeModels {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for FreeModels {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let warnings = selection.warnings("free models");
        let quota = Quota { per_day: self.per_day, per_minute: self.per_minute };
        let rows = 0..facts.calls.len();
        let in_scope = rows.filter(|row| selection.holds(*row)).map(|row| {
            let call = facts.calls.call(row);
            (row, call.time, call.calls)
        });
        let (mut wanted, mut free) = (0, 0);
        let in_scope: Vec<_> = in_scope.inspect(|(_, _, calls)| wanted += calls).collect();
        let admitted = admitted(quota, in_scope.iter().copied(), facts.calls.len());
        for (row, _, calls) in in_scope {
            if admitted[row] {
                free += calls;
            }
        }
        let to = self.to.as_deref().unwrap_or("a free model");
        let note = format!("{} of {} calls fit the quota", grouped(free), grouped(wanted));
        let mut prepared = Prepared::ready(FreeLane { admitted }, Evidence::Replayed, note);
        prepared.assumptions = vec![
            format!(
                "{to} takes {} calls a UTC day and {} a minute for free, account-wide",
                grouped(self.per_day),
                grouped(self.per_minute)
            ),
            "quality: unmeasured; free endpoints may train on what they are sent".to_owned(),
        ];
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for FreeLane {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.admitted[scene.row] {
            return Effect::Unchanged;
        }
        out.push(Branch { price: Rate::ZERO, ..*branch });
        Effect::Changed
    }
}
