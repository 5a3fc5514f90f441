//! Caps against brute force, and against bills worked out by hand.

use proptest::prelude::*;

use crate::pricing::PriceBook;
use crate::simulation::samples::{Log, SONNET, call};
use crate::simulation::{Outcome, Plan, SpendCapOutcome};
use crate::units::{Excess, FineUsd, Usd};
use crate::usage::{Call, Instant, Status};

use super::advice::advise;
use super::gate::{Charge, admits, walk};
use super::{CapAdvice, CapLog, CapMode};

const CENT: i128 = 10_000_000_000_000_000_000_000_000;

fn cents(count: i128) -> FineUsd {
    FineUsd::from_raw(count * CENT)
}

fn charge(slot: u32, start: i64, length: i64, cost: i128, margin: i128) -> Charge {
    let (start, end) = (Instant::from_millis(start), Instant::from_millis(start + length));
    Charge { slot, start, end, calls: 1, cost: cents(cost), most: cents(cost + margin) }
}

/// Which calls a cap lets through.
fn gate(charges: &[Charge], mode: CapMode, cap: FineUsd) -> Vec<bool> {
    let slots = charges.iter().map(|one| one.slot as usize + 1).max().unwrap_or(0);
    let mut admitted = Vec::new();
    let walked = walk(
        charges,
        slots,
        |asked, charge| admits(mode, cap, asked, charge),
        |_, _, is_admitted| {
            admitted.push(is_admitted);
            Ok(())
        },
    );
    walked.expect("small amounts");
    admitted
}

/// The same by looking back at every earlier call each time.
fn looking_back(charges: &[Charge], mode: CapMode, cap: FineUsd) -> Vec<bool> {
    let mut admitted: Vec<bool> = Vec::new();
    for one in charges {
        let before = charges.iter().zip(&admitted);
        let mine = before.filter(|(other, is_in)| **is_in && other.slot == one.slot);
        let sum = |ended: bool| -> i128 {
            let counted = mine.clone().filter(|(other, _)| (other.end <= one.start) == ended);
            counted.map(|(other, _)| if ended { other.cost } else { other.most }.raw()).sum()
        };
        admitted.push(match mode {
            CapMode::PostHoc => sum(true) < cap.raw(),
            CapMode::Reserve => sum(true) + sum(false) + one.most.raw() <= cap.raw(),
        });
    }
    admitted
}

fn blocked(charges: &[Charge], mode: CapMode, cap: FineUsd) -> usize {
    gate(charges, mode, cap).into_iter().filter(|is_in| !is_in).count()
}

fn history(charges: &[Charge]) -> CapAdvice {
    let slots = charges.iter().map(|one| one.slot as usize + 1).max().unwrap_or(0);
    advise(charges, slots, CapLog::AsLogged).expect("small amounts")
}

fn fine(amount: Usd) -> FineUsd {
    FineUsd::from(amount)
}

#[test]
fn the_gate_is_the_one_that_looks_back_on_every_small_log() {
    // Three calls: two budgets, gaps of 0 or 2, lengths of 0 to 3, costs of 0 to 2 cents.
    let mut kinds = Vec::new();
    for slot in 0..2 {
        for gap in [0, 2] {
            for length in [0, 1, 3] {
                for (cost, margin) in [(0, 0), (1, 0), (2, 1)] {
                    kinds.push((slot, gap, length, cost, margin));
                }
            }
        }
    }
    for one in &kinds {
        for two in &kinds {
            for three in &kinds {
                let mut now = 0;
                let charges = [one, two, three].map(|(slot, gap, length, cost, margin)| {
                    now += gap;
                    charge(*slot, now, *length, *cost, *margin)
                });
                for cap in 1..5 {
                    for mode in [CapMode::PostHoc, CapMode::Reserve] {
                        let expected = looking_back(&charges, mode, cents(cap));
                        assert_eq!(gate(&charges, mode, cents(cap)), expected, "{charges:?} {cap}");
                    }
                }
            }
        }
    }
}

#[test]
fn with_a_reservation_a_higher_cap_can_block_more_calls() {
    // A dear call, then small ones: a cap of 4 cents turns the dear one away, one of 5 does not.
    let charges = [
        charge(0, 0, 0, 5, 0),
        charge(0, 1, 0, 1, 0),
        charge(0, 2, 0, 1, 0),
        charge(0, 3, 0, 1, 0),
    ];
    assert_eq!(blocked(&charges, CapMode::Reserve, cents(4)), 1);
    assert_eq!(blocked(&charges, CapMode::Reserve, cents(5)), 3);
}

fn charges() -> impl Strategy<Value = Vec<Charge>> {
    let one = (0_u32..3, 0_i64..4, 0_i64..20, 0_i128..300, 0_i128..100);
    proptest::collection::vec(one, 1..60).prop_map(|all| {
        let mut now = 0;
        let charges = all.into_iter().map(|(slot, gap, length, cost, margin)| {
            now += gap;
            charge(slot, now, length, cost, margin)
        });
        charges.collect()
    })
}

proptest! {
    #[test]
    fn the_gate_is_the_one_that_looks_back(log in charges(), cap in 1_i128..2_000) {
        for mode in [CapMode::PostHoc, CapMode::Reserve] {
            let expected = looking_back(&log, mode, cents(cap));
            prop_assert_eq!(gate(&log, mode, cents(cap)), expected);
        }
    }

    #[test]
    fn judged_by_what_is_known_a_higher_cap_never_blocks_a_call_that_a_lower_one_lets_through(
        log in charges(), cap in 1_i128..2_000, more in 0_i128..500,
    ) {
        let lower = gate(&log, CapMode::PostHoc, cents(cap));
        let higher = gate(&log, CapMode::PostHoc, cents(cap + more));
        prop_assert!(lower.iter().zip(&higher).all(|(low, high)| *high || !*low));
    }

    #[test]
    fn with_a_reservation_no_budget_is_overshot(log in charges(), cap in 1_i128..2_000) {
        let admitted = gate(&log, CapMode::Reserve, cents(cap));
        for slot in 0..3 {
            let mine = log.iter().zip(&admitted).filter(|(one, is_in)| **is_in && one.slot == slot);
            let spent: i128 = mine.map(|(one, _)| one.cost.raw()).sum();
            prop_assert!(spent <= cents(cap).raw());
        }
    }

    #[test]
    fn the_advice_is_the_lowest_cap_that_keeps_its_word(log in charges()) {
        let advice = history(&log);
        let cent = Usd::parse("0.01", Excess::Reject).expect("a cent");
        let lowest = fine(advice.no_block_post_hoc);
        prop_assert_eq!(blocked(&log, CapMode::PostHoc, lowest), 0);
        if advice.no_block_post_hoc > cent {
            let below = fine(advice.no_block_post_hoc - cent);
            prop_assert!(blocked(&log, CapMode::PostHoc, below) > 0);
        }
        // From the cap that blocks none with a reservation on, none does; one cent less does.
        for more in 0..3 {
            let cap = FineUsd::from_raw(fine(advice.no_block_reserve).raw() + more * 7 * CENT);
            prop_assert_eq!(blocked(&log, CapMode::Reserve, cap), 0);
        }
        if advice.no_block_reserve > cent {
            let below = fine(advice.no_block_reserve - cent);
            prop_assert!(blocked(&log, CapMode::Reserve, below) > 0);
        }
        prop_assert!(blocked(&log, CapMode::PostHoc, fine(advice.one_in_a_thousand)) <= log.len() / 1_000);
    }
}

#[test]
fn the_lowest_cap_may_block_one_call_in_a_thousand() {
    // 2,000 calls of a cent, one after the other: 2 of them may be blocked, which had seen 19.98
    // and 19.99 dollars.
    let log: Vec<_> = (0..2_000).map(|at| charge(0, at, 0, 1, 0)).collect();
    let advice = history(&log);
    let texts = [advice.no_block_post_hoc, advice.one_in_a_thousand, advice.dearest];
    assert_eq!(texts.map(|amount| amount.to_string()), ["20", "19.98", "20"]);
    assert_eq!(advice.recommended.to_string(), "30");
    assert_eq!(blocked(&log, CapMode::PostHoc, fine(advice.one_in_a_thousand)), 2);
    assert_eq!(blocked(&log, CapMode::PostHoc, cents(1_997)), 3);
}

// From here on by way of plans.

/// Calls of a dollar in 24 cents of input and 76 of output, or of input alone.
fn run(log: &Log, plan: &str) -> Outcome {
    log.run(plan)
}

fn at(minute: i64, second: i64) -> Instant {
    Instant::parse("2026-05-04T00:00:00Z")
        .map(|midnight| Instant::from_millis(midnight.millis() + (minute * 60 + second) * 1_000))
        .expect("a time")
}

fn cap(outcome: &Outcome) -> &SpendCapOutcome {
    outcome.spend_caps.first().expect("a cap")
}

fn told(cap: &SpendCapOutcome) -> Vec<(CapMode, u64, String, String)> {
    let replays = cap.replays.iter();
    replays
        .map(|one| {
            let (blocked, overshoot) = (one.blocked.to_string(), one.overshoot.to_string());
            (one.mode, one.blocked_calls, blocked, overshoot)
        })
        .collect()
}

/// Five calls of 3 dollars each (a million tokens), a minute apart, that take 90 seconds.
fn five_long_calls() -> Log {
    let mut log = Log::new();
    for minute in 0..5 {
        let mut one = call(1_000_000, 0);
        (one.time, one.latency_ms, one.max_tokens) = (at(minute, 0), Some(90_000), Some(0));
        log.push([SONNET, "chat", "key-1"], &one);
    }
    log
}

#[test]
fn calls_under_way_overshoot_a_cap_that_is_judged_by_what_is_known() {
    // A cap of 6 dollars. At minute 3 only the calls of minutes 0 and 1 have ended: 6 dollars, so
    // the calls of minutes 3 and 4 are blocked; that of minute 2 went through: 9 dollars.
    let plan = "[[spend_cap]]\nby = \"conversation\"\namount = 6\nper = \"day\"";
    let outcome = run(&five_long_calls(), plan);
    let expected = [
        (CapMode::PostHoc, 2, "6".to_owned(), "3".to_owned()),
        (CapMode::Reserve, 3, "9".to_owned(), "0".to_owned()),
    ];
    assert_eq!(told(cap(&outcome)), expected);
    assert_eq!(cap(&outcome).replays[0].first_block, Some(at(3, 0)));
    assert_eq!(cap(&outcome).replays[0].let_through.to_string(), "9");
    let advice = &cap(&outcome).advice[0];
    // The last call had seen three calls end (at 1:30, 2:30 and 3:30): 9 dollars.
    assert_eq!(advice.no_block_post_hoc.to_string(), "9.01");
    assert_eq!(advice.no_block_reserve.to_string(), "15");
    assert_eq!(advice.recommended.to_string(), "22.5");
}

#[test]
fn what_is_blocked_is_not_saved() {
    let plan = "[[spend_cap]]\nby = \"all\"\namount = 6\nper = \"day\"";
    let outcome = run(&five_long_calls(), plan);
    assert_eq!(outcome.baseline, outcome.projected);
    assert!(outcome.techniques.is_empty() && outcome.best_sets.is_empty());
}

#[test]
fn a_cap_sees_what_calls_would_have_cost_under_the_plan() {
    let plan = "[provider_discount]\nrate = \"50%\"\n\
                [[spend_cap]]\nby = \"all\"\namount = 6\nper = \"day\"";
    let outcome = run(&five_long_calls(), plan);
    let expected = [
        (CapMode::PostHoc, 2, "6".to_owned(), "3".to_owned()),
        (CapMode::Reserve, 3, "9".to_owned(), "0".to_owned()),
        (CapMode::PostHoc, 0, "0".to_owned(), "1.5".to_owned()),
        (CapMode::Reserve, 1, "1.5".to_owned(), "0".to_owned()),
    ];
    assert_eq!(told(cap(&outcome)), expected);
}

#[test]
fn attempts_that_a_policy_leaves_out_never_come_to_the_gate() {
    let mut log = Log::new();
    for (number, minute) in [(1, 0), (2, 1), (3, 2)] {
        let mut one = call(1_000_000, 0);
        (one.time, one.attempt, one.request) = (at(0, minute), number, 7);
        one.status = if number == 3 { Status::Ok } else { Status::Error(400) };
        log.push([SONNET, "", ""], &one);
    }
    let plan = "[retry_hygiene]\n[[spend_cap]]\nby = \"all\"\namount = 3\nper = \"day\"";
    let outcome = run(&log, plan);
    let blocked: Vec<_> = cap(&outcome).replays.iter().map(|one| one.blocked_calls).collect();
    assert_eq!(blocked[0], 2);
    assert_eq!(blocked[2], 0);
}

#[test]
fn a_period_starts_in_the_zone_of_the_provider() {
    let mut log = Log::new();
    for text in ["2026-05-04T06:30:00Z", "2026-05-04T07:30:00Z", "2026-06-01T00:30:00Z"] {
        let time = Instant::parse(text).expect("a time");
        log.push([SONNET, "", ""], &Call { time, ..call(1_000_000, 0) });
    }
    let blocked = |per: &str, zone: &str| {
        let plan = format!(
            "[[spend_cap]]\nby = \"all\"\namount = 3\nper = \"{per}\"\ntimezone = \"{zone}\""
        );
        cap(&run(&log, &plan)).replays[0].blocked_calls
    };
    // Midnight in Los Angeles is 07:00 UTC.
    assert_eq!(blocked("day", "UTC"), 1);
    assert_eq!(blocked("day", "America/Los_Angeles"), 0);
    assert_eq!(blocked("month", "UTC"), 1);
    assert_eq!(blocked("month", "America/Los_Angeles"), 2);
    assert_eq!(blocked("hour", "UTC"), 0);
}

#[test]
fn calls_without_a_key_or_a_time_are_counted_and_not_held() {
    let mut log = Log::new();
    let timed = |minute| Call { time: at(minute, 0), ..call(1_000_000, 0) };
    log.push([SONNET, "", "key"], &timed(0));
    log.push([SONNET, "", ""], &timed(1));
    log.push([SONNET, "", "key"], &Call { time: Instant::MISSING, ..call(1_000_000, 0) });
    let plan = "[[spend_cap]]\nby = \"conversation\"\namount = \"0.01\"\nper = \"day\"";
    let outcome = run(&log, plan);
    let cap = cap(&outcome);
    assert_eq!((cap.keyless_calls, cap.untimed_calls, cap.instant_calls), (1, 1, 1));
    assert_eq!(cap.replays[0].let_through.to_string(), "3");
}

#[test]
fn the_most_a_call_can_cost_comes_from_its_limit_else_from_long_answers() {
    let mut log = Log::new();
    // 3 dollars of input; answers of 100,000 tokens cost 1.50.
    for (minute, limit) in [(0, Some(200_000)), (1, None)] {
        let mut one = call(1_000_000, 100_000);
        (one.time, one.latency_ms, one.max_tokens) = (at(minute, 0), Some(0), limit);
        log.push([SONNET, "", ""], &one);
    }
    let plan =
        |amount: &str| format!("[[spend_cap]]\nby = \"all\"\namount = \"{amount}\"\nper = \"day\"");
    let blocked = |amount: &str| cap(&run(&log, &plan(amount))).replays[1].blocked_calls;
    // The first may cost 6 dollars, and costs 4.50; the second may cost 4.50.
    assert_eq!(blocked("9"), 0);
    assert_eq!(blocked("8.99"), 1);
    assert_eq!(blocked("5.99"), 1);
    assert_eq!(blocked("4.49"), 2);
}

#[test]
fn a_runaway_key_is_stopped_and_the_others_are_not() {
    // An afternoon of 16,000-token answers at 24 cents each: 1,667 of them are 400 dollars, of which
    // a cap of 50 lets 209 through (209 x 0.24 = 50.16).
    let mut log = Log::new();
    let start = at(12 * 60, 0).millis();
    for number in 0..1_667 {
        let mut one = call(0, 16_000);
        (one.time, one.latency_ms) = (Instant::from_millis(start + number * 8_600), Some(0));
        log.push([SONNET, "", "runaway"], &one);
    }
    log.push([SONNET, "", "calm"], &Call { time: at(0, 0), ..call(0, 16_000) });
    let outcome = run(&log, "[[spend_cap]]\nby = \"conversation\"\namount = 50\nper = \"day\"");
    let known = &cap(&outcome).replays[0];
    assert_eq!((known.blocked_calls, known.blocked_periods), (1_458, 1));
    assert_eq!(known.blocked.to_string(), "349.92");
    assert_eq!(known.overshoot.to_string(), "0.16");
    assert_eq!(cap(&outcome).replays[1].overshoot, Usd::ZERO);
}

fn check_refused(text: &str, expected: &str) {
    let error = Plan::parse("plan.toml", text).expect_err(text).to_string();
    assert!(error.contains(expected), "{text}\n{error}\nexpected: {expected}");
}

#[test]
fn a_cap_that_makes_no_sense_is_refused_with_its_place() {
    let rest = "by = \"all\"\nper = \"day\"\namount = ";
    check_refused("spend_cap = 5", "write: [[spend_cap]]");
    check_refused("[spend_cap]\nby = \"all\"", "write: [[spend_cap]]");
    check_refused(&format!("[[spend_cap]]\n{rest}0"), "`0` is no budget");
    check_refused(&format!("[[spend_cap]]\n{rest}-5"), "plan.toml:4");
    check_refused(&format!("[[spend_cap]]\n{rest}0.5"), "in quotes");
    check_refused("[[spend_cap]]\nby = \"all\"\namount = 5\nper = \"week\"", "`month`");
    check_refused("[[spend_cap]]\nby = \"all\"\namount = 5", "missing field `per`");
    check_refused(&format!("[[spend_cap]]\n{rest}5\nzone = \"UTC\""), "`timezone`");
    check_refused(&format!("[[spend_cap]]\n{rest}5\ntimezone = \"Mars\""), "no time zone");
}

#[test]
fn a_column_that_the_log_does_not_have_stops_the_run() {
    let plan = "[[spend_cap]]\nby = \"team\"\namount = 5\nper = \"day\"";
    let plan = Plan::parse("plan.toml", plan).expect("a plan");
    assert_eq!(plan.dimensions(), ["team"]);
    let calls = five_long_calls().0.sorted_by_time();
    let book = PriceBook::embedded();
    let error = crate::simulation::simulate(&calls, &book, &plan).expect_err("refused");
    assert!(error.to_string().contains("`team`"), "{error}");
}
