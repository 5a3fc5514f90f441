//! Free models: calls that fit a free quota cost nothing.

use serde::Deserialize;

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::paid::Paid;
use super::quota::{Admission, Quota, admissions};
use super::scope::Scope;
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::grouped;
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sends calls to a model that is offered for free, as long as its quota lasts; the rest stays where it is.

## When it applies
Small, unimportant, private-data-free work: a nightly job, a draft, a tag.

## How the saving is computed
The calls in scope are run against the quota in time order: a bucket of `per_minute` calls that fills \
up evenly within a minute, and a counter for each UTC day. Calls that fit cost nothing; the others \
go to the paid model, as logged. Failed calls of the log count like any other.

## Settings
- `to`: what the free model is called in the report.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.
- `per_day`: free calls a UTC day; 50 unless given (1,000 for an account that ever bought ten credits).
- `per_minute`: free calls a minute, as many at once; 20 unless given.

## Assumptions
50 calls a day and 20 a minute (`per_day`, `per_minute`), for the whole account; failed attempts \
count. Quality: unmeasured.

## Limits
Free endpoints vanish and may train on what they are sent. Calls that another technique would have \
removed still use up the quota. A row without a time does not fit any day.

## Sources
OpenRouter's documentation (2026): 20 requests a minute, 50 a day, 1,000 once ten credits were ever \
bought; the limit is the account's, and failed attempts count.";

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
        let mut admitted = vec![false; facts.calls.len()];
        let [mut wanted, mut free, mut over, mut fast] = [0; 4];
        for (row, what) in admissions(quota, in_scope) {
            let calls = facts.calls.call(row).calls;
            wanted += calls;
            match what {
                Admission::Free => free += calls,
                Admission::DayIsOver => over += calls,
                Admission::TooFast => fast += calls,
                Admission::Undated => {}
            }
            admitted[row] = what == Admission::Free;
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
            format!(
                "{} calls come after the day's quota is used up, {} too fast for a minute's: they \
                 go to the paid model",
                grouped(over),
                grouped(fast)
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
        out.push(Branch { price: Paid::NOTHING, ..*branch });
        Effect::Changed
    }
}
