//! What a row of a roll-up knows besides its sums, in fields that only a single call has.

use super::call::{Call, Counting};
use super::clock::Instant;

/// What a row of a roll-up says of its calls as a whole.
///
/// It stands in fields of [`Call`] that mean nothing for several calls, so that a call is no larger
/// for it: the end of its span in the latency, the sizes of prompts in the id of the request, and
/// what a check needs in the output limit and the id of the repeated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rolled {
    /// The latest call; [`Call::time`] is the earliest one. Missing where their times are.
    pub last: Instant,
    /// The smallest prompt, in tokens.
    pub prompt_min: u32,
    /// The largest prompt, in tokens.
    pub prompt_max: u32,
    /// How many of the calls are no further attempt of an earlier one; nothing where nobody looked.
    pub requests: Option<u64>,
    /// The lot of the bootstrap that all of them fall into; nothing where rows are not kept apart by
    /// it.
    pub lot: Option<u32>,
}

impl Rolled {
    /// Writes it into a call, which becomes a row of a roll-up. A span of more than 49 days is cut.
    pub fn put(self, call: &mut Call) {
        let span = self.last.known().zip(call.time.known());
        let span = span.map(|(last, first)| last.millis().saturating_sub(first.millis()).max(0));
        call.counting = Counting::Rolled;
        call.latency_ms = span.map(|span| u32::try_from(span).unwrap_or(u32::MAX));
        call.request = (u64::from(self.prompt_min) << 32) | u64::from(self.prompt_max);
        call.max_tokens = self.lot;
        // One more, so that none is told from nothing.
        call.retry_of = self.requests.map_or(0, |requests| requests.saturating_add(1));
    }

    /// What a row of a roll-up says; nothing for any other.
    pub fn of(call: &Call) -> Option<Self> {
        if !call.is_rolled() {
            return None;
        }
        let span = i64::from(call.latency_ms.unwrap_or_default());
        let last = call.time.known().map(|first| Instant::from_millis(first.millis() + span));
        let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        Some(Self {
            last: last.unwrap_or(Instant::MISSING),
            prompt_min: half(call.request >> 32),
            prompt_max: half(call.request),
            requests: call.retry_of.checked_sub(1),
            lot: call.max_tokens,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_into_a_call_is_found_there() {
        let mut call = Call { time: Instant::from_millis(5_000), calls: 7, ..Call::default() };
        assert_eq!(Rolled::of(&call), None);
        for (requests, lot) in [(None, None), (Some(0), Some(0)), (Some(7), Some(8_191))] {
            let last = Instant::from_millis(86_404_999);
            let said = Rolled { last, prompt_min: 3, prompt_max: u32::MAX, requests, lot };
            said.put(&mut call);
            assert_eq!(Rolled::of(&call), Some(said));
            assert!(!call.is_single() && call.is_of_one_size());
        }
    }

    #[test]
    fn calls_without_a_time_have_no_last_one() {
        let mut call = Call::default();
        let missing = Instant::MISSING;
        let said =
            Rolled { last: missing, prompt_min: 0, prompt_max: 0, requests: None, lot: None };
        said.put(&mut call);
        assert_eq!(Rolled::of(&call), Some(said));
    }
}
