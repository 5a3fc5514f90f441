//! Which logged attempts a sound retry policy would not have made.

use hashbrown::HashMap;

use crate::usage::{Call, Fingerprint, Instant, Row, Status};

use super::super::facts::Facts;
use super::sightings::{Columns, Sightings};

/// Why an attempt was avoidable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Avoidable {
    /// The failure before it cannot be cured by repeating.
    NotRetryable,
    /// The failure before it says that a quota, a budget or credit is used up.
    OutOfQuota,
    /// The request had been answered already.
    Repeated,
    /// Too many attempts before it.
    TooMany,
    /// Too long after the first failure.
    TooLate,
    /// Before the provider said it could be repeated, and it failed.
    TooEarly,
}

impl Avoidable {
    /// Every reason, in the order in which they are looked for.
    pub const ALL: [Self; 6] = [
        Self::NotRetryable,
        Self::OutOfQuota,
        Self::Repeated,
        Self::TooMany,
        Self::TooLate,
        Self::TooEarly,
    ];

    /// The reason in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NotRetryable => "repeats a failure that stays",
            Self::OutOfQuota => "repeats a call without quota or credit",
            Self::Repeated => "repeats an answer within a minute",
            Self::TooMany => "beyond the limit of attempts",
            Self::TooLate => "too long after the first failure",
            Self::TooEarly => "before Retry-After, and failed",
        }
    }
}

/// The limits of a retry policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Attempts of one request, the first included.
    pub max_attempts: u16,
    /// Milliseconds from the first failure to the last attempt.
    pub max_wait: i64,
    /// Milliseconds from the end of an attempt to the start of the next, where no id links them.
    pub window: i64,
    /// The statuses that are repeated; nothing for 408, 409, 429 and 5xx.
    pub statuses: Option<Vec<u16>>,
}

impl Default for Policy {
    /// At most 5 attempts within 30 seconds, as official SDKs and cloud providers advise.
    fn default() -> Self {
        Self { max_attempts: 5, max_wait: 30_000, window: 90_000, statuses: None }
    }
}

/// A repeat within this time of an answer is a client that did not wait for it, or a double submit.
pub(super) const REPEAT_WINDOW: i64 = 60_000;

/// The last attempt of a request.
#[derive(Clone, Copy)]
struct Last {
    status: Status,
    time: Instant,
    /// Whether it failed for want of quota or credit.
    is_out_of_quota: bool,
    /// The first moment at which it may be repeated, as the provider said.
    not_before: Option<Instant>,
}

/// What is known of one logical request so far.
#[derive(Clone, Copy, Default)]
struct Request {
    attempts: u16,
    first_failure: Option<Instant>,
    last: Option<Last>,
}

/// What names a logical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Root {
    /// An id of the log.
    Named(Fingerprint),
    /// The row of its first attempt.
    Seen(Row),
}

/// What the log says about attempts.
pub struct Attempts {
    /// Why each avoidable attempt was avoidable, in order of rows.
    pub avoidable: Vec<(Row, Avoidable)>,
    /// Calls that repeat an earlier attempt.
    pub linked: u64,
    /// Those of them that no id links, but the same prompt or input soon after.
    pub inferred: u64,
    /// The rows that are further attempts of a request: the log numbers them, or the attempt before
    /// failed. In order.
    pub further: Vec<Row>,
}

impl Attempts {
    /// Follows every logical request through the log.
    ///
    /// Attempts belong together when one names the other as the request it repeats, or when the
    /// log numbers attempts and they share a request id. A shared id alone does not count: many
    /// logs put a trace id there. Where the log says neither, calls belong together that send the
    /// same prompt with the same key, or the same input in a conversation after a failure, within
    /// the window.
    pub fn follow(facts: &Facts<'_>, policy: &Policy) -> Self {
        let columns = Columns::of(facts.calls);
        let mut sightings = Sightings::default();
        let mut roots: HashMap<Fingerprint, Root> = HashMap::new();
        let mut requests: HashMap<Root, Request> = HashMap::new();
        let mut found = Self { avoidable: Vec::new(), linked: 0, inferred: 0, further: Vec::new() };
        for row in 0..facts.calls.len() {
            let call = facts.calls.call(row);
            if call.is_rolled() {
                continue;
            }
            let is_numbered = call.retry_of != 0 || call.attempt > 1;
            if is_numbered {
                found.further.push(row);
            }
            let said = columns.names(facts.calls, row);
            let seen = if is_numbered || call.attempt == 1 || !call.is_single() {
                None
            } else {
                sightings.earlier(&said, &call, policy.window)
            };
            let named = root_of(&call, &roots);
            let Some(root) = seen.or(named).or_else(|| said.may_recur().then_some(Root::Seen(row)))
            else {
                continue;
            };
            if call.request != 0 {
                roots.insert(call.request, root);
            }
            let request = requests.entry(root).or_default();
            if is_numbered || seen.is_some() {
                found.linked += 1;
                found.inferred += u64::from(seen.is_some());
                if !is_numbered && request.has_failed() {
                    found.further.push(row);
                }
                if let Some(reason) = request.judge(&call, policy) {
                    found.avoidable.push((row, reason));
                }
            } else {
                *request = Request::default();
            }
            request.note(&call, said.is_out_of_quota, said.retry_after);
            sightings.note(&said, &call, root);
        }
        found
    }
}

fn root_of(call: &Call, roots: &HashMap<Fingerprint, Root>) -> Option<Root> {
    let named = if call.retry_of == 0 { call.request } else { call.retry_of };
    (named != 0).then(|| roots.get(&named).copied().unwrap_or(Root::Named(named)))
}

/// When a call ended; when it started where the log does not say how long it took.
pub(super) fn end_of(call: &Call) -> Option<Instant> {
    let start = call.time.known()?.millis();
    Some(Instant::from_millis(start.saturating_add(i64::from(call.latency_ms.unwrap_or_default()))))
}

impl Request {
    fn judge(&self, call: &Call, policy: &Policy) -> Option<Avoidable> {
        let number = call.attempt.max(self.attempts.saturating_add(1));
        if let Some(last) = self.last {
            match last.status {
                Status::Error(code) if !policy.repeats(code) => {
                    return Some(Avoidable::NotRetryable);
                }
                Status::Error(_) if last.is_out_of_quota => return Some(Avoidable::OutOfQuota),
                Status::Ok
                    if elapsed(last.time, call.time).is_none_or(|gap| gap <= REPEAT_WINDOW) =>
                {
                    return Some(Avoidable::Repeated);
                }
                _ => {}
            }
        }
        if number > policy.max_attempts {
            return Some(Avoidable::TooMany);
        }
        let waited = self.first_failure.and_then(|first| elapsed(first, call.time));
        if waited.is_some_and(|wait| wait > policy.max_wait) {
            return Some(Avoidable::TooLate);
        }
        let not_before = self.last.and_then(|last| last.not_before);
        let has_failed = matches!(call.status, Status::Error(_));
        let is_early = not_before.zip(call.time.known()).is_some_and(|(from, now)| now < from);
        (has_failed && is_early).then_some(Avoidable::TooEarly)
    }

    /// Whether its last attempt failed.
    fn has_failed(&self) -> bool {
        self.last.is_some_and(|last| matches!(last.status, Status::Error(_)))
    }

    fn note(&mut self, call: &Call, is_out_of_quota: bool, retry_after: Option<i64>) {
        self.attempts = call.attempt.max(self.attempts.saturating_add(1));
        if matches!(call.status, Status::Error(_)) && self.first_failure.is_none() {
            self.first_failure = Some(call.time);
        }
        let not_before = end_of(call).zip(retry_after);
        let not_before =
            not_before.map(|(end, wait)| Instant::from_millis(end.millis().saturating_add(wait)));
        let (status, time) = (call.status, call.time);
        self.last = Some(Last { status, time, is_out_of_quota, not_before });
    }
}

impl Policy {
    /// 408, 409, 429 and the server's own failures pass; any other 4xx fails again. A failure
    /// without a status is given the benefit of the doubt.
    fn repeats(&self, code: u16) -> bool {
        match &self.statuses {
            Some(statuses) => code == 0 || statuses.contains(&code),
            None => matches!(code, 408 | 409 | 429) || !(400..500).contains(&code),
        }
    }
}

fn elapsed(from: Instant, to: Instant) -> Option<i64> {
    Some(to.known()?.millis().saturating_sub(from.known()?.millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy =
        Policy { max_attempts: 5, max_wait: 30_000, window: 90_000, statuses: None };

    fn call(status: Status, attempt: u16, millis: i64) -> Call {
        let time = Instant::from_millis(millis);
        Call { status, attempt, time, request: 7, ..Call::default() }
    }

    fn check(earlier: &[Call], attempt: Call, expected: Option<Avoidable>) {
        let mut request = Request::default();
        for call in earlier {
            request.note(call, false, None);
        }
        assert_eq!(request.judge(&attempt, &POLICY), expected);
    }

    #[test]
    fn a_failure_that_repeating_cannot_cure_is_not_repeated() {
        let bad = call(Status::Error(400), 1, 0);
        check(&[bad], call(Status::Error(400), 2, 10), Some(Avoidable::NotRetryable));
        let busy = call(Status::Error(429), 1, 0);
        check(&[busy], call(Status::Ok, 2, 10), None);
    }

    #[test]
    fn an_answered_request_is_not_repeated() {
        let answered = call(Status::Ok, 1, 0);
        check(&[answered], call(Status::Ok, 2, 59_000), Some(Avoidable::Repeated));
        check(&[answered], call(Status::Ok, 2, 61_000), None);
    }

    #[test]
    fn the_last_number_an_attempt_can_have_is_followed_by_another() {
        let last = call(Status::Error(500), u16::MAX, 0);
        check(&[last, last], call(Status::Ok, 2, 10), Some(Avoidable::TooMany));
    }

    #[test]
    fn attempts_and_waiting_have_a_limit() {
        let failures: Vec<_> = (1..=5).map(|n| call(Status::Error(500), n, i64::from(n))).collect();
        check(&failures, call(Status::Ok, 6, 100), Some(Avoidable::TooMany));
        check(&failures[..2], call(Status::Ok, 3, 40_000), Some(Avoidable::TooLate));
        check(&failures[..2], call(Status::Ok, 3, 20_000), None);
    }

    #[test]
    fn a_provider_that_names_a_time_or_an_empty_quota_is_believed() {
        let busy = Call { latency_ms: Some(1_000), ..call(Status::Error(429), 1, 0) };
        let judged = |is_out_of_quota, retry_after, attempt: Call| {
            let mut request = Request::default();
            request.note(&busy, is_out_of_quota, retry_after);
            request.judge(&attempt, &POLICY)
        };
        let again = |status, millis| call(status, 2, millis);
        let early = Some(Avoidable::TooEarly);
        // The call ended after a second, and asked to wait 10 more.
        assert_eq!(judged(false, Some(10_000), again(Status::Error(429), 10_999)), early);
        assert_eq!(judged(false, Some(10_000), again(Status::Error(429), 11_000)), None);
        assert_eq!(judged(false, Some(10_000), again(Status::Ok, 5_000)), None);
        let spent = Some(Avoidable::OutOfQuota);
        assert_eq!(judged(true, None, again(Status::Error(429), 20_000)), spent);
    }

    #[test]
    fn a_policy_may_name_its_statuses() {
        let policy = Policy { statuses: Some(vec![429]), ..POLICY };
        assert!(policy.repeats(429) && policy.repeats(0));
        assert!(!policy.repeats(500) && !policy.repeats(400));
        assert!(POLICY.repeats(529) && POLICY.repeats(408) && !POLICY.repeats(404));
    }
}
