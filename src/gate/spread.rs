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
#[derive(Clone, Debug)]
pub(super) struct Weights(Vec<u8>);

impl Weights {
    /// Those of a replicate, from 0.
    pub(super) fn of(replicate: usize) -> Self {
        Self::of_lots(replicate, 0..LOTS)
    }

    /// Those of a replicate for some lots; others are not drawn. A small log has few.
    pub(super) fn of_lots(replicate: usize, lots: impl IntoIterator<Item = u32>) -> Self {
        let replicate = u64::try_from(replicate).expect("there are few");
        let own = mixed(SEED ^ mixed(replicate));
        let mut weights = vec![0; usize::try_from(LOTS).expect("a count")];
        for lot in lots {
            weights[place(lot)] = poisson_weight(mixed(own ^ u64::from(lot)));
        }
        Self(weights)
    }

    /// How often a lot is drawn.
    pub(super) fn of_lot(&self, lot: u32) -> u8 {
        self.0[place(lot)]
    }
}

fn place(lot: u32) -> usize {
    usize::try_from(lot).expect("a place")
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
    pub(super) fn draw(&self, replicate: usize, weights: &Weights) -> (u64, i128) {
        match self {
            Self::Drawn(drawn) => drawn[replicate % drawn.len()],
            Self::Lots(entries) => entries.iter().fold((0, 0), |(units, cost), entry| {
                let weight = weights.of_lot(entry.lot);
                (units + entry.units * u64::from(weight), cost + entry.cost * i128::from(weight))
            }),
        }
    }

    /// The lots that replicates are drawn of.
    pub(super) fn lots(&self) -> impl Iterator<Item = u32> {
        let entries = match self {
            Self::Lots(entries) => &entries[..],
            Self::Drawn(_) => &[],
        };
        entries.iter().map(|entry| entry.lot)
    }

    /// How many replicates it has; nothing when it can draw any number.
    pub(super) const fn replicates(&self) -> Option<usize> {
        match self {
            Self::Lots(_) => None,
            Self::Drawn(drawn) => Some(drawn.len()),
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

/// Over how many clusters of equal cost the same cost would be spread as unevenly as it is: the
/// square of the sum over the sum of squares (Leslie Kish, *Survey Sampling*, 1965).
pub(super) fn effective(entries: &[Entry]) -> u64 {
    let whole: i128 = entries.iter().map(|entry| entry.cost).sum();
    if whole <= 0 {
        return u64::try_from(entries.len()).unwrap_or(u64::MAX);
    }
    // In billionths of the cost: the squares of a thousand million of them still fit.
    let part = |entry: &Entry| (entry.cost.max(0) / (whole / 1_000_000_000).max(1)).cast_unsigned();
    let squares: u128 = entries.iter().map(|entry| part(entry) * part(entry)).sum();
    let equal = 1_000_000_000_000_000_000_u128.checked_div(squares).unwrap_or_default();
    u64::try_from(equal).unwrap_or(u64::MAX)
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
            assert_eq!(spread.draw(replicate, &weights), (units, i128::from(cost)));
        }
    }

    #[test]
    fn weights_of_some_lots_are_those_of_all() {
        let lots = [0, 7, 8_191];
        for replicate in 0..20 {
            let (all, some) = (Weights::of(replicate), Weights::of_lots(replicate, lots));
            assert!(lots.iter().all(|lot| all.of_lot(*lot) == some.of_lot(*lot)));
        }
    }

    #[test]
    fn sums_of_two_logs_are_those_of_both_together() {
        let (one, other) = ([entry(1, 1, 5), entry(4, 1, 7)], [entry(0, 2, 9), entry(4, 3, 11)]);
        let both = merged([&one[..], &other[..]]);
        assert_eq!(both, [entry(0, 2, 9), entry(1, 1, 5), entry(4, 4, 18)]);
        for replicate in 0..20 {
            let weights = Weights::of(replicate);
            let draw = |entries: &[Entry]| Spread::Lots(entries.to_vec()).draw(replicate, &weights);
            let ((a, b), (c, d)) = (draw(&one), draw(&other));
            assert_eq!(draw(&both), (a + c, b + d));
        }
    }

    #[test]
    fn uneven_clusters_count_as_fewer() {
        let equal: Vec<_> = (0..50).map(|lot| entry(lot, 1, 1_000_000_000_000)).collect();
        assert_eq!(effective(&equal), 50);
        let mut uneven = equal.clone();
        uneven.push(entry(50, 1, 50_000_000_000_000));
        assert_eq!(effective(&uneven), 3);
        assert_eq!(effective(&[entry(0, 1, 0), entry(1, 1, 0)]), 2);
    }
}
