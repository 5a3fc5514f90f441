//! Two measured logs side by side: the groups both have, and the ratio of their costs.

use std::collections::{BTreeMap, BTreeSet};

use crate::units::{Factor, Usd};

use super::baseline::REPLICATES;
use super::measurement::{MeasuredGroup, Measurement};
use super::spread::{Spread, Weights};
use super::unit::Unit;

/// Replicates of two logs that are both at hand.
const REPLICATES_OF_LOGS: usize = 2_000;

/// So much to draw is drawn as often as for a baseline, which tells an interval to 4 %.
const LOTS_OF_MANY: usize = 60_000;

/// Of more groups, each is drawn as often as for a baseline.
const GROUPS_OF_MANY: usize = 100;

/// A test case needs so many trials on either side: fewer say too little of how they vary.
const TRIALS_MIN: u64 = 5;

/// Parts of one in the correction for few clusters.
const BILLION: u128 = 1_000_000_000;

/// A group that both logs have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'m> {
    pub(super) before: &'m MeasuredGroup,
    pub(super) after: &'m MeasuredGroup,
}

/// Two logs, group by group.
#[derive(Clone, Debug)]
pub(super) struct Pairs<'m> {
    pub(super) common: Vec<Pair<'m>>,
    /// Groups of the later log that the earlier one does not have.
    pub(super) new: Vec<&'m MeasuredGroup>,
    /// Groups that only the earlier one has.
    pub(super) retired: Vec<&'m MeasuredGroup>,
    /// Test cases with too few trials on either side, which are not compared.
    pub(super) few_trials: Vec<&'m MeasuredGroup>,
    unit: Unit,
    /// Groups of the earlier and of the later log that are not compared.
    apart: [Vec<&'m MeasuredGroup>; 2],
    totals: [Usd; 2],
    /// How many replicates there are.
    count: usize,
}

/// The replicates of all ratios.
#[derive(Clone, Debug, Default)]
pub(super) struct Replicates {
    /// Of the cost of a unit at the mix of the earlier log.
    pub(super) unit: Vec<Factor>,
    /// Of the cost of the whole log.
    pub(super) total: Vec<Factor>,
    /// Of the cost of a unit of each common group.
    pub(super) groups: Vec<Vec<Factor>>,
}

impl<'m> Pairs<'m> {
    /// Pairs groups by their names.
    pub(super) fn of(before: &'m Measurement, after: &'m Measurement) -> Self {
        let unit = after.measure.unit;
        let mut pairs = Self {
            common: Vec::new(),
            new: Vec::new(),
            retired: Vec::new(),
            few_trials: Vec::new(),
            unit,
            apart: [Vec::new(), Vec::new()],
            totals: [before.cost(), after.cost()],
            count: replicates(before.groups.iter().chain(&after.groups)),
        };
        // Small groups that a baseline has together may be mixed otherwise now: they are not compared.
        let is_comparable = |group: &&MeasuredGroup| group.units > 0 && !group.is_rest;
        let keyed = |groups: &'m [MeasuredGroup]| -> BTreeMap<&'m [String], &'m MeasuredGroup> {
            groups.iter().filter(is_comparable).map(|group| (&*group.key, group)).collect()
        };
        let (earlier, later) = (keyed(&before.groups), keyed(&after.groups));
        for group in after.groups.iter().filter(|group| group.units > 0) {
            match earlier.get(&*group.key).copied().filter(|_| !group.is_rest) {
                Some(earlier)
                    if unit == Unit::Case && earlier.units.min(group.units) < TRIALS_MIN =>
                {
                    pairs.few_trials.push(group);
                }
                Some(earlier) => pairs.common.push(Pair { before: earlier, after: group }),
                None => pairs.new.push(group),
            }
        }
        let is_gone =
            |group: &&MeasuredGroup| is_comparable(group) && !later.contains_key(&*group.key);
        pairs.retired = before.groups.iter().filter(is_gone).collect();
        let compared: BTreeSet<&[String]> =
            pairs.common.iter().map(|pair| &*pair.before.key).collect();
        let apart = |groups: &'m [MeasuredGroup]| -> Vec<&'m MeasuredGroup> {
            groups.iter().filter(|group| !compared.contains(&*group.key)).collect()
        };
        pairs.apart = [apart(&before.groups), apart(&after.groups)];
        pairs
    }

    /// The share of a group in both sides: its units in the earlier log, and the same for each test
    /// case.
    fn share(&self, pair: &Pair<'_>) -> i128 {
        if self.unit == Unit::Case { 1 } else { i128::from(pair.before.units) }
    }

    /// What the units of the earlier log cost there, and what as many of each group would have cost
    /// at the unit costs of the later one, in dollars.
    pub(super) fn standardised(&self) -> [Usd; 2] {
        let each = self.common.iter().map(|pair| (self.share(pair), pair.unit_costs()));
        let sum = |sums: [i128; 2], (share, costs): (i128, [i128; 2])| {
            [sums[0] + share * costs[0], sums[1] + share * costs[1]]
        };
        each.fold([0; 2], sum).map(Usd::from_atto)
    }

    /// How many units the standardised costs are of.
    pub(super) fn standard_units(&self) -> u64 {
        let shares: i128 = self.common.iter().map(|pair| self.share(pair)).sum();
        u64::try_from(shares).unwrap_or(u64::MAX)
    }

    /// The cost of both logs as a whole, in dollars.
    pub(super) const fn totals(&self) -> [Usd; 2] {
        self.totals
    }

    /// Draws all replicates.
    pub(super) fn replicates(&self) -> Replicates {
        let mut found =
            Replicates { groups: vec![Vec::new(); self.common.len()], ..Replicates::default() };
        for replicate in 0..self.count {
            self.draw(replicate, &mut found);
        }
        found
    }

    fn draw(&self, replicate: usize, found: &mut Replicates) {
        let weights = Weights::of(replicate);
        let (mut sums, mut totals) = ([0_i128; 2], [0_i128; 2]);
        for (place, pair) in self.common.iter().enumerate() {
            let drawn = [pair.before, pair.after].map(|one| one.spread.draw(replicate, weights));
            let costs = pair.drawn_unit_costs(drawn);
            let share = self.share(pair);
            for side in 0..2 {
                sums[side] += share * costs[side];
                totals[side] += drawn[side].1;
            }
            if replicate < REPLICATES || self.common.len() <= GROUPS_OF_MANY {
                found.groups[place].extend(Factor::of_amounts(costs[1], costs[0]));
            }
        }
        found.unit.extend(Factor::of_amounts(sums[1], sums[0]));
        for (total, apart) in totals.iter_mut().zip(&self.apart) {
            let drawn = apart.iter().map(|one| one.spread.draw(replicate, weights).1);
            *total += drawn.sum::<i128>();
        }
        found.total.extend(Factor::of_amounts(totals[1], totals[0]));
    }
}

impl Pair<'_> {
    /// The cost of a unit before and after, in 10⁻¹⁸ dollars.
    pub(super) fn unit_costs(&self) -> [i128; 2] {
        [self.before, self.after].map(unit_cost)
    }

    /// The cost of a unit before and after in a replicate that has drawn these units and costs.
    fn drawn_unit_costs(&self, drawn: [(u64, i128); 2]) -> [i128; 2] {
        let side = |group: &MeasuredGroup, (units, cost): (u64, i128)| {
            let usual = unit_cost(group);
            let Some(drawn) = cost.checked_div(i128::from(units)) else { return usual };
            (usual + spread_out(drawn - usual, group.clusters)).max(0)
        };
        [side(self.before, drawn[0]), side(self.after, drawn[1])]
    }
}

/// As many replicates as a saved baseline has, where one takes part or there is much to draw.
fn replicates<'m>(groups: impl Iterator<Item = &'m MeasuredGroup>) -> usize {
    let mut drawn = 0;
    for group in groups {
        match &group.spread {
            Spread::Drawn(_) => return REPLICATES,
            Spread::Lots(entries) => drawn += entries.len(),
        }
    }
    if drawn > LOTS_OF_MANY { REPLICATES } else { REPLICATES_OF_LOGS }
}

fn unit_cost(group: &MeasuredGroup) -> i128 {
    group.cost.atto().checked_div(i128::from(group.units)).unwrap_or_default()
}

/// A deviation of a replicate, as far out as that of fresh clusters would be: the spread around their
/// own mean is smaller by `√((n-1)/n)`.
fn spread_out(deviation: i128, clusters: u64) -> i128 {
    if clusters < 2 {
        return deviation;
    }
    let square = u128::from(clusters) * BILLION * BILLION / u128::from(clusters - 1);
    let factor = square.isqrt().cast_signed();
    // Unit costs are far below the largest amount over a billion.
    deviation * factor / BILLION.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_clusters_vary_more_than_they_show() {
        assert_eq!(spread_out(1_000_000, 5), 1_118_033);
        assert_eq!(spread_out(-1_000_000, 2), -1_414_213);
        assert_eq!(spread_out(1_000_000, 1), 1_000_000);
        assert_eq!(spread_out(1_000_000, 1_000_000), 1_000_000);
    }
}
