//! How the cost of a group is spread over clusters, and what a replicate of the bootstrap draws of it.
//!
//! Clusters are dealt into lots by a number of their name; a replicate draws each lot as often as a
//! Poisson weight of mean one says, the same in every log. So replicates of two logs with the same
//! clusters are paired, sums of two logs may be added up, and no row has to be kept. With many
//! clusters a lot holds several; their sum varies as they do, so the interval does not change.

use crate::units::{mixed, poisson_weight};

/// How many lots clusters are dealt into: enough that the spread of replicates is known to 1 %.
pub(super) const LOTS: u32 = 8_192;

/// Of the numbers behind the weights.
const SEED: u64 = 10;

/// What the clusters of one lot used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The lot, below [`LOTS`].
    pub(super) lot: u32,
    /// Units of work.
    pub(super) units: u64,
    /// What they cost, in 10⁻¹⁸ dollars.
    pub(super) cost: i128,
}

/// The lot of a cluster by the number of its name.
pub(super) fn lot_of(seed: u64) -> u32 {
    u32::try_from(mixed(seed) % u64::from(LOTS)).expect("below the number of lots")
}

/// How often one replicate draws each lot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights(u64);

impl Weights {
    /// Those of a replicate, from 0.
    pub(super) fn of(replicate: usize) -> Self {
        let replicate = u64::try_from(replicate).expect("there are few");
        Self(mixed(SEED ^ mixed(replicate)))
    }

    /// How often a lot is drawn.
    pub(super) fn of_lot(self, lot: u32) -> u8 {
        poisson_weight(mixed(self.0 ^ u64::from(lot)))
    }
}

/// Where the sums of replicates come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// The lots themselves, in their order.
    Lots(Vec<Entry>),
    /// Units and cost of each replicate, drawn when a baseline was saved.
    Drawn(Vec<(u64, i128)>),
}

impl Spread {
    /// Units and cost of a replicate.
    pub(super) fn draw(&self, replicate: usize, weights: Weights) -> (u64, i128) {
        match self {
            Self::Drawn(drawn) => drawn[replicate % drawn.len()],
            Self::Lots(entries) => entries.iter().fold((0, 0), |(units, cost), entry| {
                let weight = weights.of_lot(entry.lot);
                (units + entry.units * u64::from(weight), cost + entry.cost * i128::from(weight))
            }),
        }
    }
}

/// Adds what several groups have in the same lots.
pub(super) fn merged<'e>(groups: impl IntoIterator<Item = &'e [Entry]>) -> Vec<Entry> {
    let mut all: Vec<Entry> = groups.into_iter().flatten().copied().collect();
    all.sort_by_key(|entry| entry.lot);
    all.dedup_by(|later, kept| {
        let is_same = later.lot == kept.lot;
        if is_same {
            kept.units += later.units;
            kept.cost += later.cost;
        }
        is_same
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(lot: u32, units: u64, cost: i128) -> Entry {
        Entry { lot, units, cost }
    }

    #[test]
    fn a_replicate_weighs_units_and_cost_of_a_lot_alike() {
        let entries = vec![entry(0, 1, 10), entry(7, 2, 300), entry(8_191, 3, 5_000)];
        let spread = Spread::Lots(entries.clone());
        for replicate in 0..20 {
            let weights = Weights::of(replicate);
            let weight = |lot| u64::from(weights.of_lot(lot));
            let units = weight(0) + 2 * weight(7) + 3 * weight(8_191);
            let cost = 10 * weight(0) + 300 * weight(7) + 5_000 * weight(8_191);
            assert_eq!(spread.draw(replicate, weights), (units, i128::from(cost)));
        }
    }

    #[test]
    fn sums_of_two_logs_are_those_of_both_together() {
        let (one, other) = ([entry(1, 1, 5), entry(4, 1, 7)], [entry(0, 2, 9), entry(4, 3, 11)]);
        let both = merged([&one[..], &other[..]]);
        assert_eq!(both, [entry(0, 2, 9), entry(1, 1, 5), entry(4, 4, 18)]);
        for replicate in 0..20 {
            let weights = Weights::of(replicate);
            let draw = |entries: &[Entry]| Spread::Lots(entries.to_vec()).draw(replicate, weights);
            let ((a, b), (c, d)) = (draw(&one), draw(&other));
            assert_eq!(draw(&both), (a + c, b + d));
        }
    }
}
