//! Source: `docs/techniques/retry_hygiene.md`: attempts of one request (a column that names the request
//! they repeat, or attempt numbers with a shared id); avoidable are repeats of a failure that stays,
//! repeats of an answer within a minute, attempts beyond the limit, and attempts too late.

use super::{Branch, Step, Surroundings};
use crate::world::log::Record;
use crate::world::plan::Setting;

pub(super) struct Retries {
    is_avoidable: Vec<bool>,
}

pub(super) fn prepare(records: &[Record], setting: &Setting) -> Retries {
    let Setting::RetryHygiene { max_attempts, max_wait_seconds, statuses } = setting else {
        unreachable!()
    };
    let is_avoidable = records.iter().enumerate().map(|(row, record)| {
        let request = request(record);
        let is_further = !record.retry_of.is_empty() || record.attempt.is_some_and(|one| one > 1);
        let before = records[..row].iter().filter(|other| self::request(other) == request);
        let before: Vec<&Record> = before.collect();
        let Some(last) = before.last().filter(|_| is_further && !request.is_empty()) else {
            return false;
        };
        let elapsed = |other: &Record| record.time.unwrap_or(0) - other.time.unwrap_or(0);
        let number = record.attempt.unwrap_or(0).max(before.len() as u64 + 1);
        let first_failure = before.iter().find(|other| other.failed.is_some());
        last.failed.is_some_and(|code| !is_repeated(code, statuses.as_deref()))
            || (last.failed.is_none() && elapsed(last) <= 60_000)
            || number > *max_attempts
            || first_failure.is_some_and(|first| elapsed(first) > max_wait_seconds * 1_000)
    });
    Retries { is_avoidable: is_avoidable.collect() }
}

fn request(record: &Record) -> &str {
    if record.retry_of.is_empty() { &record.request_id } else { &record.retry_of }
}

/// 408, 409, 429 and 5xx unless given; a failure without a status may pass.
fn is_repeated(code: u16, statuses: Option<&[u16]>) -> bool {
    match statuses {
        Some(statuses) => code == 0 || statuses.contains(&code),
        None => [408, 409, 429].contains(&code) || !(400..500).contains(&code),
    }
}

impl Step for Retries {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        if self.is_avoidable[around.row] { Vec::new() } else { vec![branch.clone()] }
    }
}
