//! Small logs worked out on paper, and what holds for every log.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::pricing::PriceBook;
use crate::simulation::samples::{HAIKU, Log, SONNET, call};
use crate::techniques::warmth::{Cause, Term};
use crate::units::{Excess, Factor, TokenClass, Tokens, Usd};
use crate::usage::{Call, Counting, Instant};

use super::{Backtest, BacktestError, BacktestOptions, Comparison, backtest};

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

fn usd(text: &str) -> Usd {
    Usd::parse(text, Excess::Reject).expect("an amount")
}

/// A call so many seconds into the log: plain input, read, written for five minutes.
fn at(second: i64, plain: u64, read: u64, written: u64) -> Call {
    let mut one = call(plain, 0);
    one.tokens[TokenClass::CacheRead] = Tokens::new(read);
    one.tokens[TokenClass::CacheWrite5m] = Tokens::new(written);
    one.time = Instant::from_millis(1_780_272_000_000 + second * 1_000);
    one
}

fn run(log: &Log, lifetime: Option<Term>, calibrate: bool) -> Result<Backtest, BacktestError> {
    let options = BacktestOptions { lifetime, calibrate, ..BacktestOptions::default() };
    backtest(&log.0.sorted_by_time(), &BOOK, &options)
}

fn talk(calls: &[Call]) -> Log {
    let mut log = Log::new();
    for one in calls {
        log.push([SONNET, "", "talk"], one);
    }
    log
}

fn found(calls: &[Call]) -> Backtest {
    run(&talk(calls), Some(Term::Default), false).expect("comparable")
}

/// Sonnet at $3 a million: writing $3.75, reading $0.30.
///
/// The first call writes 10,000; of those 6,240 were to be read. The second reads them and writes
/// 2,000; at its gap 0.26 % are lost: of the 3,760 beyond the static start 10 tokens on average,
/// and none in a typical log.
#[test]
fn two_calls_cost_what_was_worked_out_on_paper() {
    let total = found(&[at(0, 0, 0, 10_000), at(10, 0, 10_000, 2_000)]);
    assert_eq!(total.total.billed, usd("0.048"));
    assert_eq!(total.total.predicted.point, usd("0.026472"));
    assert_eq!(total.total.predicted.expected, usd("0.0265065"));
    assert_eq!(total.total.predicted.simplest, usd("0.048"));
    // 97 % of 0.004725 with 95 % of the start read, and 0.0105.
    assert_eq!(total.range.low, usd("0.01476825"));
    // The one stored prompt is lost: 102 % of 0.0375 + 12,000 at $3.75.
    assert_eq!(total.range.high, usd("0.08415"));
    assert!(total.range.covers(total.total.billed));
}

/// A gap of 20 minutes: nothing but the static start is foreseen of a cache of five minutes, and
/// most of it of one of an hour.
#[test]
fn a_declared_lifetime_decides_what_a_long_gap_loses() {
    let log = talk(&[at(0, 0, 0, 10_000), at(1_200, 0, 0, 12_000)]);
    let cause = |lifetime| {
        let found = run(&log, lifetime, false).expect("comparable");
        let late = found.causes.iter().find(|one| one.cause != Cause::ColdStart).expect("one");
        (late.cause, late.lost, late.comparison.predicted_read.expected.get())
    };
    assert_eq!(cause(Some(Term::Default)), (Cause::OverLifetime, 1, 6_240));
    // 4.16 % lost, of 3,760 beyond the static start.
    assert_eq!(cause(Some(Term::Long)), (Cause::WithinLifetime, 1, 9_844));
    assert_eq!(cause(None), (Cause::BetweenLifetimes, 1, 8_042));
}

#[test]
fn every_cause_has_its_calls_and_they_add_up() {
    let mut log = talk(&[
        at(0, 0, 0, 20_000),
        at(30, 0, 20_000, 1_000),
        at(60, 0, 0, 22_000),
        at(5_000, 0, 0, 23_000),
        at(5_030, 0, 9_000, 13_000),
        at(5_060, 0, 9_000, 1_000),
        at(5_070, 500, 0, 0),
    ]);
    log.push([HAIKU, "", "talk"], &at(5_080, 0, 0, 9_000));
    let found = run(&log, Some(Term::Default), false).expect("comparable");
    let causes: Vec<_> =
        found.causes.iter().map(|one| (one.cause, one.comparison.calls, one.lost)).collect();
    let expected = [
        (Cause::WithinLifetime, 2, 1),
        (Cause::OverLifetime, 1, 1),
        (Cause::Edit, 1, 1),
        (Cause::Compaction, 1, 0),
        (Cause::ModelSwitch, 1, 1),
        (Cause::ColdStart, 1, 1),
        (Cause::BelowMinimum, 1, 1),
    ];
    assert_eq!(causes, expected);
    let sum = |parts: Vec<Comparison>| Comparison::sum(&parts);
    assert_eq!(sum(found.causes.iter().map(|one| one.comparison).collect()), found.total);
    assert_eq!(sum(found.models.iter().map(|one| one.comparison).collect()), found.total);
    assert_eq!(sum(found.conversations.iter().map(|one| one.comparison).collect()), found.total);
}

#[test]
fn what_cannot_be_predicted_is_refused_with_the_reason() {
    let check = |log: &Log, expected: BacktestError| {
        assert_eq!(run(log, None, false).map(|_| ()), Err(expected));
    };
    let one = at(0, 0, 0, 10_000);
    check(&Log::new().with(2, [SONNET, "", ""], &one), BacktestError::NoConversation);
    let timeless = Call { time: Instant::MISSING, ..one };
    check(&Log::new().with(2, [SONNET, "", "talk"], &timeless), BacktestError::NoTime);
    check(&Log::new().with(2, ["no-such-model", "", "talk"], &one), BacktestError::NoPrice);
    let sum = Call { counting: Counting::Unknown, ..one };
    check(&Log::new().with(2, [SONNET, "", "talk"], &sum), BacktestError::OnlySums);
    check(&talk(&[at(0, 9_000, 0, 0)]), BacktestError::NothingToCompare);
}

#[test]
fn what_takes_no_part_is_counted() {
    let one = at(0, 0, 0, 10_000);
    let mut log = talk(&[one, Call { calls: 7, ..one }, Call { time: Instant::MISSING, ..one }]);
    log.push([SONNET, "", ""], &one);
    log.push(["no-such-model", "", "talk"], &one);
    let mut elsewhere = at(0, 9_000, 0, 0);
    elsewhere.place.file = 1;
    log.push([SONNET, "", "talk"], &elsewhere);
    let found = run(&log, None, false).expect("comparable");
    let out = found.left_out;
    assert_eq!((out.sums, out.unpriced, out.without_counters), (7, 1, 1));
    assert_eq!((out.without_conversation, out.without_time), (1, 1));
    assert_eq!((found.total.calls, found.logs.len()), (1, 1));
}

#[test]
fn conversations_without_a_counter_are_told() {
    let mut log = talk(&[at(0, 0, 0, 10_000)]);
    log.push([SONNET, "", "plain"], &at(5, 10_000, 0, 0));
    let found = run(&log, None, false).expect("comparable");
    assert_eq!((found.uncached.0, found.uncached.1.calls), (1, 1));
    assert_eq!(found.uncached.1.billed, usd("0.03"));
}

/// A log that loses its prompt every other time, where one in 400 was to be expected.
#[test]
fn calibration_learns_what_a_log_loses_and_scores_only_the_rest() {
    let calls: Vec<_> = (0..200_u32)
        .map(|number| {
            let (second, size) = (i64::from(number) * 10, 50_000 + u64::from(number) * 100);
            if number.is_multiple_of(2) { at(second, 0, 0, size) } else { at(second, 0, size, 0) }
        })
        .collect();
    let found = run(&talk(&calls), None, true).expect("comparable");
    let learned = found.logs[0].learned.expect("calibrated");
    assert_eq!((learned.calls, found.total.calls, found.left_out.learned_from), (100, 100, 100));
    let calibration = learned.calibration.expect("it writes at a price");
    assert!(calibration.losses > Factor::parse("20").expect("a factor"), "{calibration:?}");
    assert_eq!(calibration.default_term.to_string(), "1");
    let off = |predicted: Usd| (predicted - found.total.billed).atto().abs();
    assert!(off(found.total.predicted.point) < off(learned.uncalibrated), "{found:?}");
}

fn calls() -> impl Strategy<Value = ([&'static str; 3], Call)> {
    let names = (
        prop::sample::select(vec![SONNET, HAIKU, "deepseek-chat", "gpt-4o"]),
        prop::sample::select(vec!["", "aside"]),
        prop::sample::select(vec!["one", "two"]),
    );
    let counts = (0_u64..40_000, 0_u64..40_000, 0_u64..40_000, 0_u64..2_000);
    (names, 0_i64..9_000, counts, 0_u32..2).prop_map(
        |((model, kind, talk), second, counts, file)| {
            let (plain, read, written, output) = counts;
            let mut one = at(second, plain, read, written);
            one.tokens[TokenClass::Output] = Tokens::new(output);
            one.place.file = file;
            ([model, kind, talk], one)
        },
    )
}

fn logs() -> impl Strategy<Value = Vec<([&'static str; 3], Call)>> {
    proptest::collection::vec(calls(), 1..40)
}

fn log_of(calls: &[([&'static str; 3], Call)]) -> Log {
    let mut log = Log::new();
    for (names, one) in calls {
        log.push(*names, one);
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The counters of the calls that are predicted change nothing about the prediction.
    #[test]
    fn nothing_hidden_is_looked_at(calls in logs()) {
        let mut others = calls.clone();
        for (_, one) in &mut others {
            // All plain, but for a token that keeps the log comparable.
            for class in [TokenClass::CacheRead, TokenClass::CacheWrite5m] {
                let count = one.tokens[class];
                one.tokens[class] = Tokens::ZERO;
                one.tokens[TokenClass::Input] += count;
            }
            if !one.tokens[TokenClass::Input].is_zero() {
                one.tokens[TokenClass::Input] = one.tokens[TokenClass::Input].saturating_sub(Tokens::new(1));
                one.tokens[TokenClass::CacheRead] = Tokens::new(1);
            }
        }
        let first = run(&log_of(&calls), None, false);
        let second = run(&log_of(&others), None, false);
        if let (Ok(first), Ok(second)) = (first, second)
            && first.logs.len() == second.logs.len()
        {
            prop_assert_eq!(first.total.predicted, second.total.predicted);
            prop_assert_eq!(first.range, second.range);
        }
    }

    #[test]
    fn what_is_expected_lies_between_the_ends(calls in logs(), lifetime in 0_usize..3) {
        let lifetime = [None, Some(Term::Default), Some(Term::Long)][lifetime];
        if let Ok(found) = run(&log_of(&calls), lifetime, false) {
            for log in &found.logs {
                let predicted = log.comparison.predicted;
                prop_assert!(log.range.low <= predicted.point, "{:?}", log);
                prop_assert!(predicted.point <= predicted.expected, "{:?}", log);
                prop_assert!(predicted.expected <= log.range.high, "{:?}", log);
                prop_assert!(log.range.likely_high <= log.range.high, "{:?}", log);
            }
            prop_assert!(found.total.predicted_read.expected <= found.total.input);
        }
    }
}
