//! Which logged attempts a sound retry policy would not have made.

use hashbrown::HashMap;

use crate::usage::{Call, Fingerprint, Instant, Row, Status};

use super::facts::Facts;

/// Why an attempt was avoidable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Avoidable {
    /// The failure before it cannot be cured by repeating.
    NotRetryable,
    /// Too many attempts before it.
    TooMany,
    /// Too long after the first failure.
    TooLate,
    /// The request had been answered already.
    Repeated,
}

/// The limits of a retry policy.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Attempts of one request, the first included.
    pub max_attempts: u16,
    /// Milliseconds from the first failure to the last attempt.
    pub max_wait: i64,
}

impl Default for Policy {
    /// At most 5 attempts within 30 seconds, as official SDKs and cloud providers advise.
    fn default() -> Self {
        Self { max_attempts: 5, max_wait: 30_000 }
    }
}

impl Avoidable {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::NotRetryable, Self::TooMany, Self::TooLate, Self::Repeated];
}

/// A repeat within this time of an answer is a client that did not wait for it, or a double submit.
const REPEAT_WINDOW: i64 = 60_000;

/// What is known of one logical request so far.
#[derive(Clone, Copy, Default)]
struct Request {
    attempts: u16,
    first_failure: Option<Instant>,
    last: Option<(Status, Instant)>,
}

/// What the log says about attempts.
pub struct Attempts {
    /// Why each avoidable attempt was avoidable, in order of rows.
    pub avoidable: Vec<(Row, Avoidable)>,
    /// Calls that the log links to an earlier attempt.
    pub linked: u64,
}

impl Attempts {
    /// Follows every logical request through the log.
    ///
    /// Attempts belong together when one names the other as the request it repeats, or when the
    /// log numbers attempts and they share a request id. A shared id alone does not count: many
    /// logs put a trace id there.
    pub fn follow(facts: &Facts<'_>, policy: Policy) -> Self {
        let mut roots: HashMap<Fingerprint, Fingerprint> = HashMap::new();
        let mut requests: HashMap<Fingerprint, Request> = HashMap::new();
        let mut found = Self { avoidable: Vec::new(), linked: 0 };
        for row in 0..facts.calls.len() {
            let call = facts.calls.call(row);
            let Some(root) = root_of(&call, &roots) else { continue };
            if call.request != 0 {
                roots.insert(call.request, root);
            }
            let request = requests.entry(root).or_default();
            let is_linked = call.retry_of != 0 || call.attempt > 1;
            if is_linked {
                found.linked += 1;
                if let Some(reason) = request.judge(&call, policy) {
                    found.avoidable.push((row, reason));
                }
            } else {
                *request = Request::default();
            }
            request.note(&call);
        }
        found
    }
}

fn root_of(call: &Call, roots: &HashMap<Fingerprint, Fingerprint>) -> Option<Fingerprint> {
    let named = if call.retry_of == 0 { call.request } else { call.retry_of };
    (named != 0).then(|| roots.get(&named).copied().unwrap_or(named))
}

impl Request {
    fn judge(&self, call: &Call, policy: Policy) -> Option<Avoidable> {
        let number = call.attempt.max(self.attempts.saturating_add(1));
        if let Some((status, at)) = self.last {
            match status {
                Status::Error(code) if !is_retryable(code) => return Some(Avoidable::NotRetryable),
                Status::Ok if elapsed(at, call.time).is_none_or(|gap| gap <= REPEAT_WINDOW) => {
                    return Some(Avoidable::Repeated);
                }
                _ => {}
            }
        }
        if number > policy.max_attempts {
            return Some(Avoidable::TooMany);
        }
        let waited = self.first_failure.and_then(|first| elapsed(first, call.time));
        waited.is_some_and(|wait| wait > policy.max_wait).then_some(Avoidable::TooLate)
    }

    fn note(&mut self, call: &Call) {
        self.attempts = call.attempt.max(self.attempts.saturating_add(1));
        if matches!(call.status, Status::Error(_)) && self.first_failure.is_none() {
            self.first_failure = Some(call.time);
        }
        self.last = Some((call.status, call.time));
    }
}

/// 408, 409, 429 and the server's own failures pass; any other 4xx fails again. A failure without
/// a status is given the benefit of the doubt.
const fn is_retryable(code: u16) -> bool {
    matches!(code, 408 | 409 | 429) || code < 400 || code >= 500
}

fn elapsed(from: Instant, to: Instant) -> Option<i64> {
    Some(to.known()?.millis().saturating_sub(from.known()?.millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { max_attempts: 5, max_wait: 30_000 };

    fn call(status: Status, attempt: u16, millis: i64) -> Call {
        let time = Instant::from_millis(millis);
        Call { status, attempt, time, request: 7, ..Call::default() }
    }

    fn check(earlier: &[Call], attempt: Call, expected: Option<Avoidable>) {
        let mut request = Request::default();
        for call in earlier {
            request.note(call);
        }
        assert_eq!(request.judge(&attempt, POLICY), expected);
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
}
