//! What the gate says exactly at its limits, where one way of comparing differs from the other.

use super::samples::{Log, SONNET, call, compared, compared_with, how, level};
use super::*;
use crate::pricing::PriceBook;
use crate::units::{Factor, Usd};

const CHAT: [&str; 4] = [SONNET, "chat", "", ""];

/// A log whose calls all cost the same.
fn equal(count: u64, tokens: [u64; 2]) -> Log {
    let mut log = Log::new();
    for _ in 0..count {
        log.push(CHAT, call(tokens));
    }
    log
}

fn main_of(outcome: &Outcome) -> &Judgement {
    outcome.main().expect("two logs are compared")
}

#[test]
fn a_limit_that_is_just_reached_holds() {
    let book = PriceBook::embedded();
    let prices = GatePrices::new(&book, Some(level()));
    // Ten calls of 1,000 tokens at 3 dollars per million, and of 100 at 15.
    let log = equal(10, [1_000, 100]);
    let verdict = |limit: Limit| {
        let measured = measure(&log.0, &prices, &how(Unit::Call));
        let options = GateOptions { limits: vec![limit], ..GateOptions::default() };
        run(measured, Against::Nothing, &prices, &options).verdict
    };
    let check = |limit: fn(Usd) -> Limit, atto: i128| {
        assert_eq!(verdict(limit(Usd::from_atto(atto))), Verdict::Pass, "{atto}");
        assert_eq!(verdict(limit(Usd::from_atto(atto - 1))), Verdict::Fail, "{atto}");
    };
    let cost = 45_000_000_000_000_000;
    check(Limit::Cost, cost);
    check(Limit::UnitCost, cost / 10);
    check(Limit::Day, cost);
    check(Limit::Month, cost * 30);
}

#[test]
fn an_interval_that_ends_at_the_threshold_is_within_it() {
    let log = equal(10, [1_000, 100]);
    let options =
        GateOptions { threshold: Factor::ONE, min_impact: Usd::ZERO, ..GateOptions::default() };
    let outcome = compared_with(&log, &log, Unit::Call, &options);
    assert_eq!((outcome.verdict, &main_of(&outcome).why), (Verdict::Pass, &Why::Within));
    let dearer = equal(10, [2_000, 200]);
    let twice = GateOptions { threshold: Factor::parse("2").expect("a factor"), ..options };
    let outcome = compared_with(&log, &dearer, Unit::Call, &twice);
    assert_eq!((outcome.verdict, &main_of(&outcome).why), (Verdict::Pass, &Why::Within));
}

#[test]
fn five_equal_clusters_decide_and_four_do_not() {
    let why = |count| {
        let outcome = compared(&equal(count, [1_000, 100]), &equal(9, [2_000, 200]), Unit::Call);
        main_of(&outcome).why.clone()
    };
    assert_eq!((why(4), why(5)), (Why::FewClusters, Why::Beyond));
}

#[test]
fn a_rise_of_exactly_the_least_impact_fails() {
    let (before, after) = (equal(50, [1_000, 100]), equal(50, [2_000, 200]));
    let with = |min_impact| {
        let options = GateOptions { min_impact, ..GateOptions::default() };
        compared_with(&before, &after, Unit::Call, &options)
    };
    let impact = main_of(&with(Usd::ZERO)).impact.expect("the volume is known");
    // 50 calls of one day cost 0.0045 dollars more each, for 30 days.
    assert_eq!(impact.to_string(), "6.75");
    assert_eq!(with(impact).verdict, Verdict::Fail);
    assert_eq!(with(impact + Usd::from_atto(1)).verdict, Verdict::Pass);
}

#[test]
fn a_stated_volume_takes_the_place_of_the_pace_of_the_log() {
    let (before, after) = (equal(50, [1_000, 100]), equal(50, [2_000, 200]));
    let options = GateOptions {
        units_per_month: Some(1_000),
        min_impact: Usd::ZERO,
        ..GateOptions::default()
    };
    let outcome = compared_with(&before, &after, Unit::Call, &options);
    assert_eq!(main_of(&outcome).impact.map(|usd| usd.to_string()).as_deref(), Some("4.5"));
}

#[test]
fn nothing_before_is_told_apart_from_nothing_at_all() {
    let (free, paid) = (equal(10, [0, 0]), equal(10, [1_000, 100]));
    let found = |before, after| {
        let outcome = compared(before, after, Unit::Call);
        (main_of(&outcome).verdict, main_of(&outcome).why.clone())
    };
    assert_eq!(found(&free, &free), (Verdict::Pass, Why::NoCost));
    assert_eq!(found(&free, &paid), (Verdict::Fail, Why::FromNothing));
    assert_eq!(found(&paid, &free), (Verdict::Pass, Why::Within));
}
