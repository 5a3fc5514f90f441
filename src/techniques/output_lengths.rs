//! How long the answers to the calls of each type are: their quantiles, reasoning included.

use super::facts::Facts;
use crate::units::{Factor, Rate, Tokens};
use crate::usage::{Symbol, column};

/// A guardrail stands this far above the 99.5th percentile, so that only runaway answers meet it.
const HEADROOM: &str = "1.25";

/// That percentile.
const NEARLY_ALL: &str = "0.995";

/// The answers of a log by call type.
pub(super) struct OutputLengths {
    /// By symbol of the call type, from the shortest.
    sorted: Vec<Vec<Tokens>>,
}

impl OutputLengths {
    /// Measures the answers of a log. Calls without an answer, such as failed ones, say nothing.
    pub(super) fn measure(facts: &Facts<'_>) -> Self {
        let calls = facts.calls;
        let mut sorted = vec![Vec::new(); calls.dimensions[column::CALL_TYPE].len()];
        for row in 0..calls.len() {
            let call = calls.call(row);
            let mean = call.output_total().get() / call.calls.max(1);
            if mean > 0 {
                sorted[calls.symbol(column::CALL_TYPE, row).index()].push(Tokens::new(mean));
            }
        }
        sorted.iter_mut().for_each(|lengths: &mut Vec<Tokens>| lengths.sort_unstable());
        Self { sorted }
    }

    /// How many answers of a type were measured.
    pub(super) fn count(&self, call_type: Symbol) -> usize {
        self.sorted[call_type.index()].len()
    }

    /// The shortest length that at least `share` of the answers of a type do not exceed; nothing
    /// where there are none.
    pub(super) fn quantile(&self, call_type: Symbol, share: Rate) -> Option<Tokens> {
        let lengths = &self.sorted[call_type.index()];
        let whole = u128::from(Rate::ONE.parts());
        let reached = (lengths.len() as u128 * u128::from(share.parts())).div_ceil(whole);
        let place = usize::try_from(reached.max(1) - 1).ok()?;
        lengths.get(place).copied()
    }

    /// A limit that only runaway answers of a type meet: 1.25 times their 99.5th percentile.
    pub(super) fn guardrail(&self, call_type: Symbol) -> Option<Tokens> {
        let nearly_all = Rate::parse(NEARLY_ALL).expect("a rate");
        let headroom = Factor::parse(HEADROOM).expect("a factor");
        self.quantile(call_type, nearly_all).map(|length| headroom.of(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lengths: &[u64], share: &str, expected: Option<u64>) {
        let sorted = vec![lengths.iter().copied().map(Tokens::new).collect()];
        let share = Rate::parse(share).expect("a rate");
        let found = OutputLengths { sorted }.quantile(Symbol::EMPTY, share);
        assert_eq!(found, expected.map(Tokens::new), "{lengths:?} {share}");
    }

    #[test]
    fn a_quantile_is_the_shortest_length_that_so_many_answers_keep_to() {
        let hundred: Vec<u64> = (1..=100).collect();
        check(&hundred, "0.95", Some(95));
        check(&hundred, "0.951", Some(96));
        check(&hundred, "0", Some(1));
        check(&hundred, "1", Some(100));
        check(&[7], "0.5", Some(7));
        check(&[], "0.5", None);
    }

    #[test]
    fn a_guardrail_stands_a_quarter_above_nearly_all_answers() {
        let lengths = OutputLengths { sorted: vec![(1..=1_000).map(Tokens::new).collect()] };
        // 1.25 x 995 is 1,243.75.
        assert_eq!(lengths.guardrail(Symbol::EMPTY), Some(Tokens::new(1_244)));
    }
}
