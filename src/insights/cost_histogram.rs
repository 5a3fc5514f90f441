//! The distribution of the cost of single calls, in memory of fixed size.

use crate::units::{Share, Usd};

use super::tally::CallsAndCost;

/// Buckets for each doubling of the cost; the calls of a bucket differ by at most a sixteenth.
const STEPS: usize = 16;

/// One bucket for costs of zero or less, and [`STEPS`] for each doubling of an `i128`.
const BUCKETS: usize = 1 + 127 * STEPS;

/// Counts and sums of calls by the size of their cost.
#[derive(Clone, Debug)]
pub(super) struct CostHistogram(Vec<CallsAndCost>);

impl Default for CostHistogram {
    fn default() -> Self {
        Self(vec![CallsAndCost::default(); BUCKETS])
    }
}

impl CostHistogram {
    /// Counts a call.
    pub(super) fn add(&mut self, cost: Usd) {
        self.0[bucket_of(cost)].add(1, Some(cost));
    }

    /// Takes over another histogram.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.merge(*theirs);
        }
    }

    /// The part of the cost that the dearest fifth of the calls carry. The bucket at the edge is
    /// split at its mean; nothing when there is no cost.
    pub(super) fn dearest_fifth(&self) -> Option<Share> {
        let mut whole = CallsAndCost::default();
        for bucket in &self.0 {
            whole.merge(*bucket);
        }
        let mut wanted = whole.calls.div_ceil(5);
        let mut carried: i128 = 0;
        for bucket in self.0.iter().rev() {
            let taken = wanted.min(bucket.calls);
            if taken == bucket.calls {
                carried += bucket.cost.atto();
            } else {
                let part = bucket.cost.atto().checked_mul(i128::from(taken))?;
                carried += part / i128::from(bucket.calls);
            }
            wanted -= taken;
        }
        if whole.cost.atto() <= 0 { None } else { Share::of(carried, whole.cost.atto()) }
    }
}

fn bucket_of(cost: Usd) -> usize {
    let Ok(atto) = u128::try_from(cost.atto()) else { return 0 };
    let Some(doubling) = atto.checked_ilog2() else { return 0 };
    // The four bits after the leading one; small costs have fewer and lie apart anyway.
    let following = if doubling >= 4 { atto >> (doubling - 4) } else { atto << (4 - doubling) };
    let step = usize::try_from(following & 15).expect("four bits");
    let doubling = usize::try_from(doubling).expect("an i128 doubles 127 times");
    1 + doubling * STEPS + step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(costs: &[i128], expected: Option<Share>) {
        let mut histogram = CostHistogram::default();
        for cost in costs {
            histogram.add(Usd::from_atto(*cost));
        }
        assert_eq!(histogram.dearest_fifth(), expected);
    }

    #[test]
    fn the_dearest_fifth_is_taken_from_the_top() {
        check(&[1, 1, 1, 1, 16], Share::of(16, 20));
        check(&[0, 0, 0, 0, 0, 7], Share::of(7, 7));
        check(&[], None);
        check(&[0, 0], None);
    }

    #[test]
    fn a_bucket_at_the_edge_is_split_at_its_mean() {
        check(&[100; 10], Share::of(200, 1_000));
    }

    #[test]
    fn every_amount_has_a_bucket() {
        for cost in [i128::MIN, -1, 0, 1, 15, 16, 17, i128::MAX] {
            assert!(bucket_of(Usd::from_atto(cost)) < BUCKETS, "{cost}");
        }
        assert!(bucket_of(Usd::from_atto(32)) < bucket_of(Usd::from_atto(34)));
    }
}
