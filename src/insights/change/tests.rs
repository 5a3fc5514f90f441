//! A published kind of example worked out by hand, and brute force over all orders.

use super::*;
use crate::units::{Excess, TokenClass, TokenPrice, Tokens, Usd};

/// A group by calls, tokens a call and dollars a million, for input and output.
pub(super) fn group(calls: u64, tokens: [u64; 2], prices: [&str; 2]) -> GroupUse {
    let mut group = GroupUse { calls, ..GroupUse::default() };
    let classes = [TokenClass::Input, TokenClass::Output];
    for ((class, tokens), price) in classes.into_iter().zip(tokens).zip(prices) {
        let price = TokenPrice::parse_per_million(price).expect("a price");
        let tokens = Tokens::new(calls * tokens);
        group.tokens[class as usize] = tokens;
        group.cost[class as usize] = price.cost_of(tokens).expect("fits");
    }
    group
}

fn period(groups: &[GroupUse]) -> Period {
    Period::of_calls(1, groups.to_vec())
}

/// 1,000 calls, a fifth of them dear, and 1,200 calls, two fifths of them dear at lower prices.
fn two_periods() -> [Period; 2] {
    let before = [group(800, [1_000, 200], ["1", "5"]), group(200, [5_000, 800], ["3", "15"])];
    let after = [group(720, [1_100, 200], ["1", "5"]), group(480, [5_000, 1_000], ["2.5", "12.5"])];
    [period(&before), period(&after)]
}

fn usd(text: &str) -> Usd {
    Usd::parse(text, Excess::Reject).expect("an amount")
}

fn amounts(texts: [&str; 4]) -> Vec<Usd> {
    texts.map(usd).to_vec()
}

#[test]
fn volume_mix_tokens_and_price_have_their_known_effects() {
    let [before, after] = two_periods();
    let change = explain(&before, &after, &PRICE_VOLUME_MIX).expect("explained");
    assert_eq!((change.before, change.after), (usd("7"), usd("13.512")));
    assert!(change.is_exact);
    // 5.280333… is 126.728 over 24 orders, 0.981667… is 23.56 over them.
    let expected = ["44.28", "126.728", "23.56", "-38.28"].map(|text| (usd(text).atto(), 24));
    let found: Vec<_> = change.effects.iter().map(|effect| effect.summed).collect();
    assert_eq!(found, expected);
    let sum: Usd = change.effects.iter().map(|effect| effect.amount).sum();
    assert_eq!(sum, usd("6.512"));
    assert_eq!(change.effects[1].amount, usd("5.280333333333333333"));
}

#[test]
fn ladders_have_their_known_steps() {
    let [before, after] = two_periods();
    let change = explain(&before, &after, &PRICE_VOLUME_MIX).expect("explained");
    let ladder: Vec<_> = change.effects.iter().map(|effect| effect.ladder).collect();
    assert_eq!(ladder, amounts(["1.4", "6", "1.512", "-2.4"]));
    let reverse: Vec<_> = change.effects.iter().map(|effect| effect.reverse_ladder).collect();
    assert_eq!(reverse, amounts(["2.252", "4.58", "0.58", "-0.9"]));
}

#[test]
fn mix_by_group_counts_against_the_mean_call() {
    let [before, after] = two_periods();
    let change = explain(&before, &after, &PRICE_VOLUME_MIX).expect("explained");
    // The cheap group lost calls and the dear one gained them: both make the mean call dearer.
    let mix: Vec<_> = change.groups.iter().map(|group| group.effects[1]).collect();
    assert!(mix.iter().all(|effect| *effect > Usd::ZERO), "{mix:?}");
    assert_eq!(mix.into_iter().sum::<Usd>(), change.effects[1].amount);
}

#[test]
fn a_group_that_only_one_period_has_is_all_mix() {
    let old = group(100, [1_000, 100], ["1", "5"]);
    let new = group(100, [2_000, 300], ["3", "15"]);
    let none = GroupUse::default();
    let (before, after) = (period(&[old, none]), period(&[none, new]));
    let change = explain(&before, &after, &EFFECTS).expect("explained");
    for effect in &change.effects {
        let expected = if effect.player.name == "mix" { "0.9" } else { "0" };
        assert_eq!(effect.amount, usd(expected), "{}", effect.player.name);
    }
}

#[test]
fn reading_what_was_written_out_before_is_an_effect_of_the_cache() {
    let before = group(10, [1_000_000, 0], ["3", "15"]);
    let mut after = before;
    let (input, read) = (TokenClass::Input as usize, TokenClass::CacheRead as usize);
    (after.tokens[input], after.tokens[read]) = (Tokens::new(1_000_000), Tokens::new(9_000_000));
    (after.cost[input], after.cost[read]) = (usd("3"), usd("2.7"));
    let change = explain(&period(&[before]), &period(&[after]), &EFFECTS).expect("explained");
    for effect in &change.effects {
        let expected = if effect.player.name == "cache" { "-24.3" } else { "0" };
        assert_eq!(effect.amount, usd(expected), "{}", effect.player.name);
    }
}

#[test]
fn a_class_without_tokens_has_the_price_of_its_own_period() {
    let before = group(1, [1_000_000, 0], ["4", "20"]);
    let mut after = group(1, [0, 0], ["2", "10"]);
    let read = TokenClass::CacheRead as usize;
    after.tokens[read] = Tokens::new(1_000_000);
    after.cost[read] = usd("0.2");
    let (mut known_before, mut known_after) = (before, after);
    known_before.list[read] = Some(usd("0.0000004"));
    known_after.list[TokenClass::Input as usize] = Some(usd("0.000002"));
    let cache = |before, after| {
        let change = explain(&period(&[before]), &period(&[after]), &EFFECTS).expect("explained");
        change.effects[5].amount
    };
    // Mean of 4 to 0.4 and 2 to 0.2; without lists the prices of the other period stand in.
    assert_eq!(cache(known_before, known_after), usd("-2.7"));
    assert_eq!(cache(before, after), usd("-3.8"));
}

#[test]
fn a_longer_period_is_told_apart_from_busier_days() {
    let one = group(100, [1_000, 100], ["1", "5"]);
    let three = group(300, [1_000, 100], ["1", "5"]);
    let before = Period::of_calls(10, vec![one]);
    let after = Period::of_calls(30, vec![three]);
    let change = explain(&before, &after, &EFFECTS).expect("explained");
    assert_eq!(change.effects[0].amount, usd("0.3"));
    assert!(change.effects[1..].iter().all(|effect| effect.amount.is_zero()));
}

#[test]
fn a_period_without_calls_is_refused() {
    let [before, _] = two_periods();
    let empty = period(&[GroupUse::default(); 2]);
    assert_eq!(explain(&before, &empty, &EFFECTS), Err(ChangeError::NoCalls(Side::After)));
    assert_eq!(explain(&empty, &before, &EFFECTS), Err(ChangeError::NoCalls(Side::Before)));
}

#[test]
fn amounts_beyond_the_integers_are_refused_not_wrapped() {
    let mut huge = group(1, [1, 0], ["1", "5"]);
    huge.cost[TokenClass::Input as usize] = Usd::from_atto(i128::MAX / 2);
    let found = explain(&period(&[huge]), &period(&[huge]), &EFFECTS);
    assert_eq!(found, Err(ChangeError::TooLarge));
}
