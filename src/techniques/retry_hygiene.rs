//! Retry hygiene: attempts that a sound policy would not have made.

use serde::Deserialize;

use super::attempts::{Attempts, Avoidable, Policy};
use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::grouped;
use crate::usage::{Row, Status};

const DOCS: &str = "\
## What it does
Leaves out attempts that a sound retry policy would not have made: repeats of a failure that \
repeating cannot cure (4xx other than 408, 409, 429), attempts beyond a limit or after a waiting \
time, and repeats of a request that had been answered within the minute before.

## When it applies
Where the log links attempts: a column that names the request an attempt repeats, or attempt \
numbers with a shared request id. Otherwise it is refused.

## How the saving is computed
Each avoidable attempt disappears with the cost the log shows for it. A provider that bills no \
failures leaves nothing to save but repeats of answers.

## Settings
- `max_attempts`: attempts of one request, the first included; 5 unless given.
- `max_wait_seconds`: seconds from the first failure to the last attempt; 30 unless given.

## Assumptions
At most 5 attempts and 30 seconds from the first failure on (`max_attempts`, `max_wait_seconds`).

## Limits
An avoided attempt that had succeeded is work left undone, not work saved; their number is printed. \
That removed attempts kept a prompt cache warm is not replayed.

## Sources
Official SDKs retry 408, 409, 429 and 5xx; cloud providers advise a cap on attempts, exponential \
backoff with jitter, and honouring Retry-After.";

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
}

const fn default_attempts() -> u16 {
    5
}

const fn default_wait() -> u32 {
    30
}

impl super::Settings for RetryHygiene {
    const INFO: &'static Info = &Info {
        name: "retry_hygiene",
        label: "retry hygiene",
        stage: Stage::RetryGate,
        summary: "leave out attempts that a sound retry policy would not have made",
        docs: DOCS,
        keys: &["max_attempts", "max_wait_seconds"],
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

    fn dimensions(&self) -> Vec<String> {
        Vec::new()
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let policy = Policy {
            max_attempts: self.max_attempts,
            max_wait: i64::from(self.max_wait_seconds) * MILLIS_PER_SECOND,
        };
        let attempts = Attempts::follow(facts, policy);
        if attempts.linked == 0 {
            return Ok(Prepared::refused(
                "the log links no attempts (columns `retry_of`, or `attempt` with `request_id`)",
            ));
        }
        let mut dropped = vec![false; facts.calls.len()];
        for (row, _) in &attempts.avoidable {
            dropped[*row] = true;
        }
        let note = format!("{} linked attempts in the log", grouped(attempts.linked));
        let mut prepared = Prepared::ready(Gate { dropped }, Evidence::Replayed, note);
        prepared.assumptions = self.assumptions(&attempts.avoidable);
        prepared.warnings = undone_work(facts, &attempts.avoidable);
        Ok(prepared)
    }
}

impl RetryHygiene {
    fn assumptions(&self, avoidable: &[(Row, Avoidable)]) -> Vec<String> {
        let count = |wanted| avoidable.iter().filter(|(_, reason)| *reason == wanted).count();
        vec![
            format!(
                "policy: at most {} attempts within {} s of the first failure; only 408, 409, 429 \
                 and 5xx are repeated",
                self.max_attempts, self.max_wait_seconds
            ),
            format!(
                "avoidable attempts: {} repeats of a failure that stays, {} repeats of an answer, \
                 {} beyond the limit, {} too late",
                count(Avoidable::NotRetryable),
                count(Avoidable::Repeated),
                count(Avoidable::TooMany),
                count(Avoidable::TooLate)
            ),
        ]
    }
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
