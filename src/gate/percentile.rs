//! The cost that nearly all calls stay below, and how it spreads.
//!
//! The spread of a quantile is that of the part of calls below it, turned back into a cost by the log's
//! own distribution (R. S. Woodruff, *Confidence intervals for medians and other position measures*,
//! 1952): so one sort serves all replicates.

use crate::units::Usd;

use super::baseline::REPLICATES;
use super::measurement::Percentile;
use super::spread::{Entry, Spread, Weights, merged};

/// The part of calls below the percentile, in billionths.
const PART: i128 = 950_000_000;
const WHOLE: i128 = 1_000_000_000;

/// The cost of the calls of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CallCost {
    /// What one of them costs, in 10⁻¹⁸ dollars.
    cost: i128,
    lot: u32,
    calls: u64,
}

impl CallCost {
    /// A row of so many calls that cost `cost` together.
    pub(super) fn new(cost: Usd, lot: u32, calls: u64) -> Self {
        Self { cost: cost.atto() / i128::from(calls.max(1)), lot, calls }
    }
}

/// The costs in their order, and how many calls there are up to each.
struct Sorted {
    costs: Vec<CallCost>,
    ends: Vec<i128>,
}

impl Sorted {
    fn new(mut costs: Vec<CallCost>) -> Self {
        costs.sort_unstable();
        let mut end = 0;
        let ends = costs.iter().map(|one| {
            end += i128::from(one.calls);
            end
        });
        Self { ends: ends.collect(), costs }
    }

    /// The cost that so many billionths of the calls do not exceed; nothing without calls.
    fn at(&self, part: i128) -> Option<i128> {
        let rank = (part * self.ends.last()? + WHOLE - 1) / WHOLE;
        let place = self.ends.partition_point(|end| *end < rank);
        self.costs.get(place).or(self.costs.last()).map(|one| one.cost)
    }
}

/// The cost that 95 % of calls do not exceed; nothing without calls.
pub(super) fn percentile(costs: Vec<CallCost>) -> Option<Percentile> {
    let sorted = Sorted::new(costs);
    let point = sorted.at(PART)?;
    // Of each lot, all calls and those that do not exceed the percentile.
    let entry = |one: &CallCost| Entry {
        lot: one.lot,
        units: one.calls,
        cost: if one.cost <= point { i128::from(one.calls) } else { 0 },
    };
    let entries: Vec<Entry> = sorted.costs.iter().map(entry).collect();
    let whole: i128 = entries.iter().map(|entry| entry.cost).sum();
    let usual = (whole * WHOLE).checked_div(*sorted.ends.last()?)?;
    let below = Spread::Lots(merged([&entries[..]]));
    let drawn = (0..REPLICATES).map(|replicate| {
        let (units, below) = below.draw(replicate, Weights::of(replicate));
        let part = (below * WHOLE).checked_div(i128::from(units)).unwrap_or(usual);
        // More calls below than usual: the percentile lies lower.
        sorted.at((PART - (part - usual)).clamp(0, WHOLE)).unwrap_or(point)
    });
    Some(Percentile { cost: Usd::from_atto(point), drawn: drawn.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(costs: impl IntoIterator<Item = i128>) -> Vec<CallCost> {
        let lots = 0_u32..;
        costs.into_iter().zip(lots).map(|(cost, lot)| CallCost { cost, lot, calls: 1 }).collect()
    }

    #[test]
    fn the_95th_of_a_hundred_costs_is_not_exceeded_by_95() {
        let found = percentile(costs(1..=100)).expect("calls");
        assert_eq!(found.cost.atto(), 95);
        let (least, most) = (found.drawn.iter().min(), found.drawn.iter().max());
        assert!(least < Some(&95) && most > Some(&95), "{least:?} {most:?}");
        assert!(least > Some(&80), "{least:?}");
    }

    #[test]
    fn equal_costs_have_no_spread() {
        let found = percentile(costs([7; 50])).expect("calls");
        assert!(found.drawn.iter().all(|cost| *cost == 7));
        assert_eq!(percentile(Vec::new()), None);
    }
}
