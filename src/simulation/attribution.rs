//! Who saved what: four numbers a technique, from the cost of every subset of techniques.

use std::cmp::Reverse;

use crate::units::{FineUsd, Usd};

/// A set of techniques: bit `i` is technique `i` of the plan.
pub(super) type Mask = usize;

/// More techniques than the catalog has; `2^n` amounts are kept.
pub(super) const MAX_PLAYERS: usize = 16;

/// Fine units (10⁻²⁷ $) in one unit of [`Usd`] (10⁻¹⁸ $).
const FINE_PER_ATTO: i128 = 1_000_000_000;

/// A multiple of every number up to [`MAX_PLAYERS`].
const COMMON_DENOMINATOR: i128 = 720_720;

/// The cost of every subset, and the Harsanyi dividends it is made of.
///
/// The dividend of a set is the part of the cost that appears only when all of its members are
/// on: `c(S)` is the sum of the dividends of all subsets of `S`. (Harsanyi 1959; the Möbius
/// transform of `c`.)
pub(super) struct Attribution {
    players: usize,
    dividends: Vec<FineUsd>,
    costs: Vec<FineUsd>,
}

impl Attribution {
    /// From the dividend of every set, by mask; nothing when their sums may not fit.
    pub(super) fn new(players: usize, dividends: Vec<FineUsd>) -> Option<Self> {
        debug_assert_eq!(dividends.len(), 1 << players);
        // Whatever is added up below, with whatever signs, stays within the sum of the sizes.
        dividends.iter().try_fold(0_i128, |sum, one| sum.checked_add(one.raw().checked_abs()?))?;
        let mut costs = dividends.clone();
        for player in 0..players {
            let bit = 1 << player;
            for set in 0..costs.len() {
                if set & bit != 0 {
                    let without = costs[set ^ bit];
                    costs[set] = costs[set].checked_add(without)?;
                }
            }
        }
        Some(Self { players, dividends, costs })
    }

    /// The cost with these techniques on.
    pub(super) fn cost(&self, set: Mask) -> Usd {
        self.costs[set].to_usd()
    }

    /// What is saved with these techniques on.
    pub(super) fn saving(&self, set: Mask) -> Usd {
        self.cost(0) - self.cost(set)
    }

    /// All techniques.
    pub(super) fn all(&self) -> Mask {
        self.costs.len() - 1
    }

    /// What is saved by one technique on its own.
    pub(super) fn standalone(&self, player: usize) -> Usd {
        self.saving(1 << player)
    }

    /// What is saved by adding one technique to all the others.
    pub(super) fn last_in(&self, player: usize) -> Usd {
        self.cost(self.all() ^ (1 << player)) - self.cost(self.all())
    }

    /// The cost after a technique and all those before it.
    pub(super) fn remaining(&self, player: usize) -> Usd {
        self.cost((1 << (player + 1)) - 1)
    }

    /// What is saved by adding one technique to those before it.
    pub(super) fn ladder(&self, player: usize) -> Usd {
        self.cost((1 << player) - 1) - self.remaining(player)
    }

    /// What two techniques save together beyond what both save alone: the dividend of the pair.
    pub(super) fn synergy(&self, one: usize, other: usize) -> Usd {
        Usd::ZERO - self.dividends[1 << one | 1 << other].to_usd()
    }

    /// What is saved together beyond what the techniques save alone and in pairs, so that these and
    /// the pairs add up to the whole saving.
    pub(super) fn beyond_pairs(&self) -> Usd {
        let alone: Usd = (0..self.players).map(|player| self.standalone(player)).sum();
        let pairs = (0..self.players).flat_map(|other| (0..other).map(move |one| (one, other)));
        let pairs: Usd = pairs.map(|(one, other)| self.synergy(one, other)).sum();
        self.saving(self.all()) - alone - pairs
    }

    /// The Shapley value of each technique: every dividend is shared equally among the members of
    /// its set. They sum to the whole saving exactly.
    pub(super) fn fair_shares(&self) -> Vec<Usd> {
        let parts: Vec<_> = (0..self.players).map(|player| self.fair_share(player)).collect();
        apportion(&parts, self.saving(self.all()))
    }

    fn fair_share(&self, player: usize) -> Part {
        let bit = 1 << player;
        let mut by_size = [0_i128; MAX_PLAYERS + 1];
        for (set, dividend) in self.dividends.iter().enumerate() {
            if set & bit != 0 {
                // A dividend of the cost is the opposite of a dividend of the saving.
                by_size[set.count_ones() as usize] -= dividend.raw();
            }
        }
        let (mut whole, mut rest) = (0, 0);
        for (size, sum) in (1..).zip(&by_size[1..]) {
            whole += sum.div_euclid(size);
            rest += sum.rem_euclid(size) * (COMMON_DENOMINATOR / size);
        }
        whole += rest.div_euclid(COMMON_DENOMINATOR);
        Part::new(whole, rest.rem_euclid(COMMON_DENOMINATOR))
    }
}

/// An exact amount in two pieces: whole units of [`Usd`], and what is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    floor: i128,
    rest: i128,
}

impl Part {
    /// From fine units and a fraction of one in `COMMON_DENOMINATOR`ths.
    fn new(fine: i128, fraction: i128) -> Self {
        let beyond = fine.rem_euclid(FINE_PER_ATTO);
        Self { floor: fine.div_euclid(FINE_PER_ATTO), rest: beyond * COMMON_DENOMINATOR + fraction }
    }
}

impl From<FineUsd> for Part {
    fn from(amount: FineUsd) -> Self {
        Self::new(amount.raw(), 0)
    }
}

/// Rounds exact amounts so that they sum to a given total: all down, then the largest remainders
/// up by one unit, the earlier one first among equals.
pub(super) fn apportion(parts: &[Part], total: Usd) -> Vec<Usd> {
    let mut rounded: Vec<i128> = parts.iter().map(|part| part.floor).collect();
    let missing = total.atto() - rounded.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|place| Reverse(parts[*place].rest));
    let units = usize::try_from(missing).unwrap_or(0);
    debug_assert!(units <= parts.len(), "a total is less than one unit a part above the floors");
    for place in order.into_iter().take(units) {
        rounded[place] += 1;
    }
    rounded.into_iter().map(Usd::from_atto).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Excess, Factor};
    use proptest::prelude::*;

    /// The dividends of techniques that each remove their own rate of whatever is left.
    fn independent(base: &str, rates: &[&str]) -> Attribution {
        let base = FineUsd::from(usd(base));
        let rates: Vec<_> = rates.iter().map(|rate| Factor::parse(rate).expect("rate")).collect();
        let dividend = |set: usize| {
            let members = rates.iter().enumerate().filter(|(player, _)| set & (1 << player) != 0);
            members.fold(base, |amount, (_, rate)| {
                FineUsd::from_raw(-(amount.raw() / 1_000_000_000) * i128::from(rate.parts()))
            })
        };
        Attribution::new(rates.len(), (0..1 << rates.len()).map(dividend).collect()).expect("fits")
    }

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    fn check(numbers: &[Usd], expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|text| usd(text)).collect();
        assert_eq!(numbers, expected);
    }

    fn all(attribution: &Attribution, number: fn(&Attribution, usize) -> Usd) -> Vec<Usd> {
        (0..attribution.players).map(|player| number(attribution, player)).collect()
    }

    /// Fair shares to four decimals, and that they sum to the saving exactly.
    fn check_fair(attribution: &Attribution, expected: &[&str]) {
        let shares = attribution.fair_shares();
        let rounded: Vec<_> = shares
            .iter()
            .map(|share| Usd::parse(&share.to_string(), Excess::Reject).expect("an amount"))
            .map(|share| (share.atto() + 50_000_000_000_000) / 100_000_000_000_000)
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|text| usd(text).atto() / 100_000_000_000_000).collect();
        assert_eq!(rounded, expected);
        let total: Usd = shares.into_iter().sum();
        assert_eq!(total, attribution.saving(attribution.all()));
    }

    #[test]
    fn four_independent_rates_on_3200_dollars() {
        let found = independent("3200", &["0.55", "0.40", "0.35", "0.25"]);
        check(&[found.cost(found.all())], &["421.2"]);
        check(&all(&found, Attribution::standalone), &["1760", "1280", "1120", "800"]);
        check(&all(&found, Attribution::ladder), &["1760", "576", "302.4", "140.4"]);
        check(&all(&found, Attribution::last_in), &["514.8", "280.8", "226.8", "140.4"]);
        check_fair(&found, &["1056.7333", "706.7333", "603.4", "411.9333"]);
    }

    #[test]
    fn three_independent_rates_on_4500_dollars() {
        let found = independent("4500", &["0.5", "0.5", "0.1"]);
        check(&[found.cost(found.all())], &["1012.5"]);
        check(&all(&found, Attribution::last_in), &["1012.5", "1012.5", "112.5"]);
        check_fair(&found, &["1612.5", "1612.5", "262.5"]);
    }

    #[test]
    fn the_published_example_compounds_to_two_thousand_three_hundred() {
        let found = independent("5000", &["0.4", "0.16", "0.08"]);
        check(&[found.cost(found.all())], &["2318.4"]);
        check(&all(&found, Attribution::ladder), &["2000", "480", "201.6"]);
        check(&all(&found, Attribution::last_in), &["1545.6", "441.6", "201.6"]);
        check_fair(&found, &["1768.5333", "616.5333", "296.5333"]);
    }

    /// 55 % and 40 % of 3,200 dollars overlap by 55 % of 40 %; what all four have in common is in
    /// what is left.
    #[test]
    fn rates_of_the_same_dollars_overlap_in_pairs_and_beyond() {
        let found = independent("3200", &["0.55", "0.40", "0.35", "0.25"]);
        assert_eq!(found.synergy(0, 1), usd("-704"));
        assert_eq!(found.synergy(2, 3), usd("-280"));
        let pairs: Usd = (0..4)
            .flat_map(|two| (0..two).map(move |one| (one, two)))
            .map(|(one, two)| found.synergy(one, two))
            .sum();
        assert_eq!(found.beyond_pairs(), usd("2778.8") - usd("4960") - pairs);
        let two = independent("4500", &["0.5", "0.5"]);
        assert_eq!((two.synergy(0, 1), two.beyond_pairs()), (usd("-1125"), Usd::ZERO));
    }

    #[test]
    fn thirds_of_a_unit_still_sum() {
        let mut dividends = vec![FineUsd::ZERO; 8];
        dividends[0] = FineUsd::from_raw(10 * FINE_PER_ATTO);
        dividends[7] = FineUsd::from_raw(-10 * FINE_PER_ATTO);
        let found = Attribution::new(3, dividends).expect("fits");
        let shares: Vec<_> = found.fair_shares().iter().map(|share| share.atto()).collect();
        assert_eq!(shares, [4, 3, 3]);
    }

    proptest! {
        #[test]
        fn fair_shares_and_the_ladder_sum_to_the_saving(
            raw in proptest::collection::vec(-1_i128 << 100..1 << 100, 32)
        ) {
            let mut dividends: Vec<_> = raw.into_iter().map(FineUsd::from_raw).collect();
            // The bill of a log has no parts of a unit; those of its variants may.
            dividends[0] = FineUsd::from(dividends[0].to_usd());
            let found = Attribution::new(5, dividends).expect("fits");
            let saving = found.saving(found.all());
            let ladder: Usd = all(&found, Attribution::ladder).into_iter().sum();
            prop_assert_eq!(ladder, saving);
            let fair: Usd = found.fair_shares().into_iter().sum();
            prop_assert_eq!(fair, saving);
        }

        #[test]
        fn the_order_of_techniques_does_not_change_a_fair_share(
            raw in proptest::collection::vec(-1_000_000_i128..1_000_000, 8)
        ) {
            let swap = |set: usize| (set & 1) << 2 | (set & 2) | (set & 4) >> 2;
            let at = |set: usize| FineUsd::from_raw(raw[set] * FINE_PER_ATTO * 720_720);
            let forward = Attribution::new(3, (0..8).map(at).collect()).expect("fits");
            let backward = (0..8).map(|set| at(swap(set))).collect();
            let backward = Attribution::new(3, backward).expect("fits");
            let mut mirrored = backward.fair_shares();
            mirrored.reverse();
            prop_assert_eq!(forward.fair_shares(), mirrored);
        }
    }
}
