//! Retry hygiene: attempts that a sound policy would not have made.

mod attempts;
mod sightings;
mod tables;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::branch::Branch;
use super::conversations;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Factor, Rate};
use crate::usage::{Row, Status};
pub use attempts::{Attempts, Avoidable, Policy};
use tables::Failures;

const DOCS: &str = "\
## What it does
Leaves out attempts that a sound retry policy would not have made: repeats of a failure that \
repeating cannot cure (4xx other than 408, 409, 429, or a quota, budget or credit that is used up), \
attempts beyond a limit or after a waiting time, attempts before the time the provider named that failed \
again, and repeats of a request that had been answered within the minute before.

## When it applies
Where attempts can be followed: a column that names the request an attempt repeats, or attempt numbers \
with a shared request id. Where the log has neither for a call, the same `prompt_hash` with the same \
`api_key`, or the same input in the same conversation after a failure, within `window_seconds` of the \
attempt before. Without any of these it is refused.

## How the saving is computed
Each avoidable attempt disappears with the cost the log shows for it. A failure without usage costs \
nothing, one with usage what the log shows, except where the price table says that the provider does not \
charge it; a table says how the failures of the log are billed. A provider that bills no failures leaves \
nothing to save but repeats of answers. `error_code` and `retry_after` (seconds) are read where the log \
has such columns. With `--cache replay`, attempts that are left out keep no prompt cache warm any more.

## Settings
- `max_attempts`: attempts of one request, the first included; 5 unless given.
- `max_wait_seconds`: seconds from the first failure to the last attempt; 30 unless given.
- `window_seconds`: seconds from one attempt to the next where no id links them; 90 unless given.
- `statuses`: the HTTP statuses that are repeated, as a list; 408, 409, 429 and 5xx unless given.

## Assumptions
At most 5 attempts and 30 seconds from the first failure on (`max_attempts`, `max_wait_seconds`). With a \
failure rate p and m attempts a request takes (1 - p^m) / (1 - p) of them on average, if failures come \
independently; layers of retries multiply.

## Limits
An avoided attempt that had succeeded is work left undone, not work saved; their number is printed. What \
a stream that broke off had used by then counts as far as the log shows it.

## Sources
Official SDKs retry 408, 409, 429 and 5xx; cloud providers advise a cap on attempts, exponential \
backoff with jitter, and honouring Retry-After. Site Reliability Engineering (O'Reilly 2016), chapter 21: \
at most one retry in ten requests.";

const MILLIS_PER_SECOND: i64 = 1_000;

/// Settings of `[retry_hygiene]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetryHygiene {
    /// Attempts of one request, the first included.
    #[serde(default = "default_attempts")]
    max_attempts: u16,
    /// Seconds from the first failure to the last attempt.
    #[serde(default = "default_wait")]
    max_wait_seconds: u32,
    /// Seconds from one attempt to the next where no id links them.
    #[serde(default = "default_window")]
    window_seconds: u32,
    /// The statuses that are repeated.
    #[serde(default)]
    statuses: Option<Vec<u16>>,
}

const fn default_attempts() -> u16 {
    5
}

const fn default_wait() -> u32 {
    30
}

const fn default_window() -> u32 {
    90
}

/// More retries than this for each first attempt are told (Site Reliability Engineering, 2016).
const RETRY_RATIO_MAX: u64 = 10;

impl super::Settings for RetryHygiene {
    const INFO: &'static Info = &Info {
        name: "retry_hygiene",
        label: "retry hygiene",
        stage: Stage::RetryGate,
        summary: "leave out attempts that a sound retry policy would not have made",
        docs: DOCS,
        keys: &["max_attempts", "max_wait_seconds", "window_seconds", "statuses"],
    };
}

/// The rows that would not have been sent.
struct Gate {
    dropped: Vec<bool>,
}

impl Technique for RetryHygiene {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn bytes_a_call(&self) -> u64 {
        176
    }

    fn dimensions(&self) -> Vec<String> {
        vec![conversations::COLUMN.to_owned()]
    }

    fn wishes(&self) -> Vec<String> {
        let columns =
            [sightings::PROMPT, sightings::KEY, sightings::ERROR_CODE, sightings::RETRY_AFTER];
        columns.map(ToOwned::to_owned).to_vec()
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let policy = Policy {
            max_attempts: self.max_attempts,
            max_wait: i64::from(self.max_wait_seconds) * MILLIS_PER_SECOND,
            window: i64::from(self.window_seconds) * MILLIS_PER_SECOND,
            statuses: self.statuses.clone(),
        };
        let attempts = Attempts::follow(facts, &policy);
        if attempts.linked == 0 {
            return Ok(Prepared::refused(
                "the log links no attempts (columns `retry_of`, or `attempt` with `request_id`)",
            ));
        }
        let mut dropped = vec![false; facts.calls.len()];
        for (row, _) in &attempts.avoidable {
            dropped[*row] = true;
        }
        let mut note = format!("{} linked attempts in the log", grouped(attempts.linked));
        if attempts.inferred > 0 {
            note = format!("{note}, {} of them by prompt or input", grouped(attempts.inferred));
        }
        let (billed, failures) = tables::failures(facts);
        let mut prepared = Prepared::ready(Gate { dropped }, Evidence::Replayed, note);
        prepared.assumptions = self.assumptions(&attempts.avoidable);
        prepared.assumptions.extend(self.expected(failures));
        prepared.warnings = undone_work(facts, &attempts.avoidable);
        prepared.warnings.extend(unbilled(failures));
        prepared.warnings.extend(retry_ratio(failures, attempts.linked));
        prepared.exhibits = vec![tables::avoidable(facts, &attempts), billed];
        Ok(prepared)
    }
}

impl RetryHygiene {
    fn assumptions(&self, avoidable: &[(Row, Avoidable)]) -> Vec<String> {
        let count = |wanted| avoidable.iter().filter(|(_, reason)| *reason == wanted).count();
        let statuses = self.statuses.as_ref().map_or_else(
            || "408, 409, 429 and 5xx".to_owned(),
            |codes| codes.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
        );
        let mut counted = format!(
            "avoidable attempts: {} repeats of a failure that stays, {} repeats of an answer, {} beyond \
             the limit, {} too late",
            count(Avoidable::NotRetryable),
            count(Avoidable::Repeated),
            count(Avoidable::TooMany),
            count(Avoidable::TooLate)
        );
        for (reason, words) in
            [(Avoidable::OutOfQuota, "without quota"), (Avoidable::TooEarly, "before Retry-After")]
        {
            if count(reason) > 0 {
                counted = format!("{counted}, {} {words}", count(reason));
            }
        }
        vec![
            format!(
                "policy: at most {} attempts within {} s of the first failure; only {statuses} are \
                 repeated",
                self.max_attempts, self.max_wait_seconds
            ),
            counted,
        ]
    }

    /// How many attempts a request takes on average, if failures come independently.
    fn expected(&self, failures: Failures) -> Option<String> {
        let rate = Rate::of_counts(failures.failed, failures.calls)?;
        let attempts = expected_attempts(rate, self.max_attempts)?;
        let thousandths = (attempts.parts() + 500_000) / 1_000_000;
        (failures.failed > 0).then(|| {
            format!(
                "{} of calls fail: {}.{:03} attempts a request with at most {}, if failures come \
                 independently",
                percent(rate),
                thousandths / 1_000,
                thousandths % 1_000,
                self.max_attempts
            )
        })
    }
}

/// `(1 - p^m) / (1 - p)`, as the sum of `p^i` for `i` from 0 to below `m`.
fn expected_attempts(failure: Rate, attempts: u16) -> Option<Factor> {
    let (mut sum, mut power) = (0_u64, Rate::ONE);
    for _ in 0..attempts {
        sum = sum.checked_add(power.parts())?;
        power = power.times(failure);
    }
    Factor::of_counts(sum, Rate::ONE.parts())
}

/// Where no failure is billed, only repeats of answers can be saved.
fn unbilled(failures: Failures) -> Option<String> {
    (failures.failed > 0 && failures.cost.is_zero()).then(|| {
        "retry hygiene: no failure in this log is billed, so it saves only repeats of answers and work \
         left undone"
            .to_owned()
    })
}

/// More retries than sound clients make.
fn retry_ratio(failures: Failures, linked: u64) -> Option<String> {
    let first = failures.calls.saturating_sub(linked);
    let is_high = linked.saturating_mul(100) > first.saturating_mul(RETRY_RATIO_MAX);
    is_high.then(|| {
        format!(
            "retry hygiene: {} retries for {} first attempts, more than one in ten: look for the cause \
             of the failures",
            grouped(linked),
            grouped(first)
        )
    })
}

fn undone_work(facts: &Facts<'_>, avoidable: &[(Row, Avoidable)]) -> Vec<String> {
    let undone = avoidable.iter().filter(|(row, reason)| {
        *reason != Avoidable::Repeated && facts.calls.call(*row).status == Status::Ok
    });
    match undone.count() {
        0 => Vec::new(),
        count => vec![format!(
            "retry hygiene: {count} of the avoided attempts had succeeded; without them that work \
             is left undone"
        )],
    }
}

impl Rewrite for Gate {
    fn apply(&self, _: &Branch, scene: &Scene<'_>, _: &mut Vec<Branch>) -> Effect {
        if self.dropped[scene.row] { Effect::Changed } else { Effect::Unchanged }
    }
}
