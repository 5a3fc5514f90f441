//! What holds of every explanation.

use proptest::prelude::*;

use super::identity::Identity;
use super::*;
use crate::units::{TokenClass, Tokens, Usd};

const CLASSES: [TokenClass; 4] =
    [TokenClass::Input, TokenClass::CacheRead, TokenClass::AudioInput, TokenClass::Output];

fn group() -> impl Strategy<Value = GroupUse> {
    (0..50_u64, prop::array::uniform4(0..2_000_u64), prop::array::uniform4(1..9_000_i128)).prop_map(
        |(calls, tokens, prices)| {
            let mut group = GroupUse { calls, ..GroupUse::default() };
            for ((class, tokens), price) in CLASSES.into_iter().zip(tokens).zip(prices) {
                let tokens = if calls == 0 { 0 } else { tokens };
                group.tokens[class as usize] = Tokens::new(tokens);
                group.cost[class as usize] = Usd::from_atto(price * i128::from(tokens));
            }
            group
        },
    )
}

fn period() -> impl Strategy<Value = Period> {
    (1..40_u64, prop::collection::vec(group(), 3))
        .prop_map(|(days, groups)| Period::of_calls(days, groups))
        .prop_filter("has calls", |period| period.calls() > 0)
}

/// Every order of `count` things.
fn all_orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = all_orders(count - 1);
    let places = (0..count).flat_map(|place| shorter.iter().map(move |order| (place, order)));
    places
        .map(|(place, order)| {
            let mut order = order.clone();
            order.insert(place, count - 1);
            order
        })
        .collect()
}

/// The sum over all orders of what each player adds, walked one by one.
fn walked(before: &Period, after: &Period, players: &[Player]) -> Vec<i128> {
    let identity = Identity::new(before, after).expect("calls");
    let cost = |bits: u16| identity.costs(bits).expect("fits").0.iter().sum::<i128>();
    let mut sums = vec![0; players.len()];
    for order in all_orders(players.len()) {
        let mut bits = 0;
        for place in order {
            let earlier = cost(bits);
            bits |= players[place].bits();
            sums[place] += cost(bits) - earlier;
        }
    }
    sums
}

fn sums(change: &Change) -> Vec<i128> {
    change.effects.iter().map(|effect| effect.summed.0).collect()
}

proptest! {
    #[test]
    fn effects_and_groups_add_up_to_the_difference(before in period(), after in period()) {
        let change = explain(&before, &after, &EFFECTS).expect("explained");
        let cost = |period: &Period| period.groups.iter().map(GroupUse::total).sum::<Usd>();
        prop_assert_eq!((change.before, change.after), (cost(&before), cost(&after)));
        let difference = change.after - change.before;
        prop_assert_eq!(change.effects.iter().map(|one| one.amount).sum::<Usd>(), difference);
        prop_assert_eq!(change.effects.iter().map(|one| one.ladder).sum::<Usd>(), difference);
        let reverse = change.effects.iter().map(|one| one.reverse_ladder).sum::<Usd>();
        prop_assert_eq!(reverse, difference);
        for (place, effect) in change.effects.iter().enumerate() {
            let groups: Usd = change.groups.iter().map(|group| group.effects[place]).sum();
            prop_assert_eq!(groups, effect.amount);
        }
    }

    #[test]
    fn swapping_the_periods_changes_every_sign(before in period(), after in period()) {
        let there = explain(&before, &after, &EFFECTS).expect("explained");
        let back = explain(&after, &before, &EFFECTS).expect("explained");
        let turned: Vec<_> = sums(&back).into_iter().map(|sum| -sum).collect();
        prop_assert_eq!(sums(&there), turned);
    }

    #[test]
    fn what_did_not_change_has_no_effect(before in period(), days in 1..40_u64, times in 1..9_u64) {
        let mut after = before.clone();
        after.days = days;
        after.units *= times;
        for group in &mut after.groups {
            group.calls *= times;
            for place in 0..group.tokens.len() {
                group.tokens[place] = Tokens::new(group.tokens[place].get() * times);
                group.cost[place] = group.cost[place].times(times).expect("fits");
            }
        }
        let change = explain(&before, &after, &EFFECTS).expect("explained");
        prop_assert!(change.effects[2..].iter().all(|effect| effect.summed.0 == 0));
        for group in &change.groups {
            prop_assert!(group.effects[2..].iter().all(|effect| effect.is_zero()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn subsets_give_the_mean_over_all_orders(before in period(), after in period()) {
        let change = explain(&before, &after, &PRICE_VOLUME_MIX).expect("explained");
        prop_assert_eq!(sums(&change), walked(&before, &after, &PRICE_VOLUME_MIX));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]
    #[test]
    fn seven_players_have_the_mean_over_5040_orders(before in period(), after in period()) {
        let change = explain(&before, &after, &EFFECTS).expect("explained");
        prop_assert_eq!(sums(&change), walked(&before, &after, &EFFECTS));
    }
}

/// The sum over all orders in which the parts of one player change one after the other of what each
/// of the two adds, walked one by one.
fn walked_parts(before: &Period, after: &Period, place: usize, parts: [Player; 2]) -> [i128; 2] {
    let identity = Identity::new(before, after).expect("calls");
    let cost = |bits: u16| identity.costs(bits).expect("fits").0.iter().sum::<i128>();
    let mut sums = [0; 2];
    for order in all_orders(GATE_EFFECTS.len()) {
        let earlier = order.iter().take_while(|one| **one != place);
        let bits = earlier.fold(0, |bits, one| bits | GATE_EFFECTS[*one].bits());
        for (first, second) in [(0, 1), (1, 0)] {
            let middle = bits | parts[first].bits();
            sums[first] += cost(middle) - cost(bits);
            sums[second] += cost(middle | parts[second].bits()) - cost(middle);
        }
    }
    sums
}

/// Both periods with two families of groups and some units of work.
fn in_families(pair: [Period; 2], units: [u64; 2]) -> [Period; 2] {
    let [before, after] = pair;
    [(before, units[0]), (after, units[1])].map(|(mut period, units)| {
        (period.units, period.families) = (units, vec![0, 0, 1]);
        period
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]
    #[test]
    fn parts_of_an_effect_have_the_mean_over_orders_that_keep_them_together(
        before in period(), after in period(), units in prop::array::uniform2(1..90_u64),
    ) {
        let [before, after] = in_families([before, after], units);
        let change = explain(&before, &after, &GATE_EFFECTS).expect("explained");
        for (place, parts) in [(0, VOLUME_PARTS), (1, MIX_PARTS)] {
            let found = split(&before, &after, &change.effects, place, parts).expect("explained");
            let walked = walked_parts(&before, &after, place, parts);
            for (part, sum) in found.iter().zip(walked) {
                let off = part.amount.atto() * 2 * 720 - sum;
                prop_assert!(off.abs() < 2 * 720, "{}: {off}", part.player.name);
            }
            let both: Usd = found.iter().map(|part| part.amount).sum();
            prop_assert_eq!(both, change.effects[place].amount);
        }
    }
}
