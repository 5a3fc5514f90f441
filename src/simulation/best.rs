//! Which techniques to take when only so many can be done.

use super::attribution::{Attribution, Mask};
use super::outcome::BestSet;

/// The cheapest set of each size, from one technique to all. A larger one need not hold the smaller
/// one: techniques that take from each other may be worth less together than another pair.
pub(super) fn best_sets(attribution: &Attribution, names: &[&'static str]) -> Vec<BestSet> {
    let cheapest = |size: u32| {
        let sets = (0..=attribution.all()).filter(|set| set.count_ones() == size);
        sets.min_by_key(|set| (attribution.cost(*set), *set))
    };
    let size = u32::try_from(names.len()).expect("there are at most 16 techniques");
    (1..=size).filter_map(cheapest).map(|set| told(set, attribution, names)).collect()
}

fn told(set: Mask, attribution: &Attribution, names: &[&'static str]) -> BestSet {
    let chosen = names.iter().enumerate().filter(|(place, _)| set & (1 << place) != 0);
    BestSet {
        techniques: chosen.map(|(_, name)| *name).collect(),
        projected: attribution.cost(set),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Excess, FineUsd, Usd};

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    /// From the cost of every set, by mask.
    fn check(costs: &[&str], expected: &[(&[&str], &str)]) {
        let mut dividends: Vec<FineUsd> = costs.iter().map(|cost| usd(cost).into()).collect();
        let players = costs.len().ilog2() as usize;
        for player in 0..players {
            for set in (0..costs.len()).filter(|set| set & (1 << player) != 0) {
                let without = dividends[set ^ (1 << player)];
                dividends[set] = dividends[set].checked_sub(without).expect("small");
            }
        }
        let attribution = Attribution::new(players, dividends).expect("small");
        let found = best_sets(&attribution, &["a", "b", "c"][..players]);
        let found: Vec<_> =
            found.iter().map(|best| (best.techniques.clone(), best.projected)).collect();
        let expected: Vec<_> =
            expected.iter().map(|(names, cost)| (names.to_vec(), usd(cost))).collect();
        assert_eq!(found, expected);
    }

    /// `a` is the best alone, `b` and `c` are the best pair, and all three are worse than those.
    #[test]
    fn the_best_of_each_size_is_found_though_they_are_not_nested() {
        check(
            &["10", "6", "7", "5.5", "7", "5.5", "3", "4"],
            &[(&["a"], "6"), (&["b", "c"], "3"), (&["a", "b", "c"], "4")],
        );
    }

    #[test]
    fn among_equals_the_first_in_the_order_of_a_request_is_taken() {
        check(&["10", "6", "6", "3"], &[(&["a"], "6"), (&["a", "b"], "3")]);
    }
}
