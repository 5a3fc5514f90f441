//! What the gate must say of logs whose difference is known.

use super::samples::{HAIKU, Log, SONNET, call, compared, compared_with};
use super::*;
use crate::units::{Factor, Rate, Usd};
use crate::usage::{Call, Status};

const CHAT: [&str; 4] = [SONNET, "chat", "", ""];
const REPORT: [&str; 4] = [SONNET, "report", "", ""];

fn main_of(outcome: &Outcome) -> &Judgement {
    outcome.main().expect("two logs are compared")
}

fn ratio(outcome: &Outcome) -> String {
    main_of(outcome).estimate.expect("an estimate").ratio.to_string()
}

fn cause(outcome: &Outcome) -> &Cause {
    outcome.comparison.as_ref().and_then(|one| one.cause.as_ref()).expect("a cause")
}

/// The largest judged effect that made the log dearer.
fn leading(outcome: &Outcome) -> &'static str {
    let ranked = cause(outcome).ranked();
    let first = ranked.iter().find(|one| one.is_judged && one.amount > Usd::ZERO);
    first.map_or("", |one| one.name)
}

#[test]
fn another_mix_and_more_of_it_cost_the_same_a_unit() {
    let before = Log::new().with(350, CHAT, [1_000, 200]).with(70, REPORT, [5_000, 800]);
    let after = Log::new().with(350, CHAT, [1_000, 200]).with(700, REPORT, [5_000, 800]);
    let outcome = compared(&before, &after, Unit::Call);
    assert_eq!((ratio(&outcome).as_str(), outcome.verdict), ("1", Verdict::Pass));
    let options = GateOptions { target: Target::Total, ..GateOptions::default() };
    let outcome = compared_with(&before, &after, Unit::Call, &options);
    assert_eq!(outcome.verdict, Verdict::Fail);
}

#[test]
fn a_cheaper_model_that_was_replaced_is_no_other_mix() {
    let before = Log::new().with(350, [HAIKU, "chat", "", ""], [1_000, 200]);
    let after = Log::new().with(350, CHAT, [1_000, 200]);
    let outcome = compared(&before, &after, Unit::Call);
    assert_eq!((ratio(&outcome).as_str(), outcome.verdict), ("3", Verdict::Fail));
    assert_eq!(leading(&outcome), "models");
}

#[test]
fn further_attempts_belong_to_the_request_they_repeat() {
    let before = Log::new().with(350, CHAT, [1_000, 200]);
    let mut after = before.clone();
    for _ in 0..175 {
        let failed = Call { status: Status::Error(500), attempt: 2, ..call([1_000, 0]) };
        after.push(CHAT, failed);
    }
    let outcome = compared(&before, &after, Unit::Call);
    assert_eq!(outcome.after.units(), 350);
    assert_eq!((outcome.verdict, leading(&outcome)), (Verdict::Fail, "attempts_per_request"));
}

#[test]
fn a_conversation_costs_what_its_calls_cost() {
    let conversations = |turns: u64| {
        let mut log = Log::new();
        for number in 0..200_u64 {
            let name = format!("c{number}");
            log = log.with(turns, [SONNET, "chat", &name, ""], [1_000 + number, 200]);
        }
        log
    };
    let outcome = compared(&conversations(3), &conversations(6), Unit::Session);
    assert_eq!((outcome.after.units(), outcome.verdict), (200, Verdict::Fail));
    assert_eq!(leading(&outcome), "calls_per_conversation");
    // The same calls are no dearer each.
    let outcome = compared(&conversations(3), &conversations(3), Unit::Session);
    assert_eq!((ratio(&outcome).as_str(), outcome.verdict), ("1", Verdict::Pass));
}

#[test]
fn each_test_case_counts_alike_and_needs_five_trials() {
    let cases = |dear: u64, trials: u64| {
        let mut log = Log::new();
        for case in ["a", "b", "c", "d"] {
            log = log.with(10, [SONNET, "eval", "", case], [1_000, 200]);
        }
        log.with(trials, [SONNET, "eval", "", "dear"], [100_000 * dear, 200])
    };
    let outcome = compared(&cases(1, 10), &cases(2, 10), Unit::Case);
    // Four cases as before and one of twice the input.
    assert_eq!(outcome.verdict, Verdict::Fail);
    let outcome = compared(&cases(1, 10), &cases(2, 4), Unit::Case);
    let comparison = outcome.comparison.as_ref().expect("a comparison");
    assert!(comparison.cautions.contains(&Caution::FewTrials(1)));
    // Most of the cost was not compared: no pass.
    assert_eq!((ratio(&outcome).as_str(), outcome.verdict), ("1", Verdict::Inconclusive));
}

#[test]
fn a_rise_of_few_dollars_does_not_fail() {
    let before = Log::new().with(350, CHAT, [1_000, 200]);
    let after = Log::new().with(350, CHAT, [2_000, 400]);
    let floor = |text| {
        let min_impact = Usd::parse(text, crate::units::Excess::Reject).expect("an amount");
        let options = GateOptions { min_impact, ..GateOptions::default() };
        let outcome = compared_with(&before, &after, Unit::Call, &options);
        (outcome.verdict, main_of(&outcome).why.clone())
    };
    // $0.006 a call more or less, 350 a day, 30 days: about 70 dollars.
    assert_eq!(floor("50"), (Verdict::Fail, Why::Beyond));
    assert_eq!(floor("100"), (Verdict::Pass, Why::BelowFloor));
}

#[test]
fn what_is_not_compared_or_not_priced_keeps_a_pass_from_being_one() {
    let before = Log::new().with(350, CHAT, [1_000, 200]);
    let unknown = before.clone().with(30, ["no-such-model", "chat", "", ""], [1_000, 200]);
    let outcome = compared(&before, &unknown, Unit::Call);
    assert_eq!(
        outcome.doubts,
        [Doubt::Unseen { is_later: true, unpriced: 30, skipped: 0, all: 380 }]
    );
    assert_eq!(outcome.verdict, Verdict::Inconclusive);
    let grown = before.clone().with(100, REPORT, [1_000, 200]);
    let outcome = compared(&before, &grown, Unit::Call);
    assert!(matches!(outcome.doubts[..], [Doubt::NotCompared { .. }]), "{:?}", outcome.doubts);
    assert_eq!(outcome.verdict, Verdict::Inconclusive);
}

#[test]
fn one_conversation_says_nothing_about_others() {
    let before = Log::new().with(350, [SONNET, "chat", "one", ""], [1_000, 200]);
    let after = Log::new().with(350, [SONNET, "chat", "two", ""], [3_000, 200]);
    let outcome = compared(&before, &after, Unit::Call);
    assert_eq!(outcome.verdict, Verdict::Inconclusive);
    assert_eq!(main_of(&outcome).why, Why::FewClusters);
}

#[test]
fn a_difference_that_may_be_chance_is_not_decided() {
    let before = Log::new().with(40, CHAT, [1_000, 2_000]).with(40, CHAT, [50_000, 200]);
    let after = Log::new().with(40, CHAT, [1_000, 2_000]).with(50, CHAT, [50_000, 200]);
    let outcome = compared(&before, &after, Unit::Call);
    let main = main_of(&outcome);
    assert_eq!((outcome.verdict, &main.why), (Verdict::Inconclusive, &Why::Straddles));
    assert!(main.minimum_detectable > Some(Factor::parse("1.1").expect("a factor")));
    assert!(main.units_needed > Some(90));
}

#[test]
fn groups_decide_only_when_they_are_asked() {
    let before = Log::new().with(700, REPORT, [50_000, 800]).with(350, CHAT, [1_000, 200]);
    let after = Log::new().with(700, REPORT, [50_000, 800]).with(350, CHAT, [2_000, 400]);
    let outcome = compared(&before, &after, Unit::Call);
    assert_eq!(outcome.verdict, Verdict::Pass);
    let options = GateOptions {
        group_threshold: Factor::parse("1.1").ok(),
        min_impact: Usd::ZERO,
        ..GateOptions::default()
    };
    let outcome = compared_with(&before, &after, Unit::Call, &options);
    assert_eq!(outcome.verdict, Verdict::Fail);
    let judgements = &outcome.comparison.as_ref().expect("a comparison").judgements;
    let failed: Vec<_> = judgements.iter().filter(|one| one.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].what, Judged::Group(vec!["chat".to_owned()]));
}

#[test]
fn limits_hold_without_a_baseline() {
    let log = Log::new().with(100, CHAT, [1_000, 200]);
    let book = crate::pricing::PriceBook::embedded();
    let prices = GatePrices::new(&book, Some(samples::level()));
    let verdict = |limit: Limit| {
        let measured = measure(&log.0, &prices, &samples::how(Unit::Call));
        let options = GateOptions { limits: vec![limit], ..GateOptions::default() };
        run(measured, Against::Nothing, &prices, &options).verdict
    };
    // 100 calls of about $0.0066 on one day; 30 such days.
    let usd = |text: &str| Usd::parse(text, crate::units::Excess::Reject).expect("an amount");
    let check = |limit: fn(Usd) -> Limit, fits: &str, exceeded: &str| {
        assert_eq!(verdict(limit(usd(fits))), Verdict::Pass, "{fits}");
        assert_eq!(verdict(limit(usd(exceeded))), Verdict::Fail, "{exceeded}");
    };
    check(Limit::Cost, "0.7", "0.6");
    check(Limit::UnitCost, "0.007", "0.006");
    check(Limit::Day, "0.7", "0.6");
    check(Limit::Month, "21", "19");
}

#[test]
fn a_confidence_of_more_widens_the_interval() {
    let before = Log::new().with(350, CHAT, [1_000, 200]);
    let after = Log::new().with(300, CHAT, [1_100, 200]);
    let width = |confidence: &str| {
        let confidence = Rate::parse(confidence).expect("a rate");
        let options = GateOptions { confidence, ..GateOptions::default() };
        let outcome = compared_with(&before, &after, Unit::Call, &options);
        let [low, high] = main_of(&outcome).estimate.expect("an estimate").interval;
        high.parts() - low.parts()
    };
    assert!(width("0.8") < width("0.95") && width("0.95") < width("0.99"));
}

/// Its ratio fitted no multiple, and the verdict was that nothing says how much that varies.
#[test]
fn a_rise_that_no_multiple_holds_fails() {
    let before = Log::new().with(50, [HAIKU, "chat", "", ""], [1, 0]);
    let mut after = Log::new();
    for _ in 0..50 {
        after.push(CHAT, call([0, 9_000_000_000_000_000]));
    }
    let outcome = compared(&before, &after, Unit::Call);
    let main = main_of(&outcome);
    assert_eq!((main.verdict, &main.why, main.estimate), (Verdict::Fail, &Why::Beyond, None));
}
