//! Logs that are not what they say, one rule each, and logs that are.

use std::sync::LazyLock;

use crate::pricing::PriceBook;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Calls, Dimensions, Instant, Status, Symbol, column};

use super::{Analysis, AnalysisOptions, Analyzer, Oddity};

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

/// A price below the one of a prompt of 200,000 tokens holds for all of it.
const MODEL: &str = "claude-haiku-4-5";

/// 1 October 2026, in milliseconds.
const OCTOBER: i64 = 1_790_812_800_000;

fn call(prompt: u64, answer: u64) -> Call {
    let mut call = Call { time: Instant::from_millis(OCTOBER), ..Call::default() };
    call.tokens[TokenClass::Input] = Tokens::new(prompt);
    call.tokens[TokenClass::Output] = Tokens::new(answer);
    call
}

fn analysis(model: &str, log: impl IntoIterator<Item = Call>) -> Analysis {
    let mut analyzer = Analyzer::new(&BOOK, AnalysisOptions::default());
    analyzer.add(&table(model, log));
    analyzer.finish()
}

fn table(model: &str, log: impl IntoIterator<Item = Call>) -> Calls {
    let mut calls = Calls::new(Dimensions::new([]));
    for call in log {
        let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
        symbols[column::MODEL] = calls.dimensions[column::MODEL].intern(model);
        calls.push(&call, &symbols);
    }
    calls
}

fn found(model: &str, log: impl IntoIterator<Item = Call> + Clone) -> Vec<Oddity> {
    let calls = table(model, log.clone());
    let mut by_rows = Analyzer::new(&BOOK, AnalysisOptions::default());
    by_rows.add_rows(&calls);
    let oddities = analysis(model, log).oddities;
    assert_eq!(oddities, by_rows.finish().oddities, "both ways of adding up");
    oddities
}

fn check(log: impl IntoIterator<Item = Call> + Clone, expected: &[&str]) {
    let found = found(MODEL, log);
    let names: Vec<_> = found.iter().map(Oddity::name).collect();
    assert_eq!(names, expected, "{found:?}");
}

/// Calls as they are: no two alike.
fn usual(count: u64) -> impl Iterator<Item = Call> + Clone {
    (0..count).map(|place| call(900 + place * 7, 40 + place % 13))
}

#[test]
fn a_usual_log_is_not_odd() {
    check(usual(200), &[]);
}

#[test]
fn prompts_without_tokens_are_placeholders() {
    check((0..30).map(|place| call(place % 2, 300 + place)), &["no-prompts"]);
    // A few among many are streams that broke.
    check((0..30).map(|place| call(place % 2, 300)).chain(usual(300)), &[]);
}

#[test]
fn answers_without_tokens_are_placeholders_unless_the_model_gives_none() {
    check((0..30).map(|place| call(800 + place, 0)), &["no-answers"]);
    // Labels are answers of one token.
    check((0..30).map(|place| call(800 + place, 1)), &[]);
    let embeddings = (0..30).map(|place| call(8_000 + place, 0));
    assert_eq!(found("text-embedding-3-small", embeddings.clone()), []);
    let failed = (0..30).map(|place| Call { status: Status::Error(500), ..call(800 + place, 0) });
    check(failed, &[]);
}

#[test]
fn counts_that_never_differ_are_placeholders() {
    check((0..20).map(|_| call(100, 50)), &["same-counts"]);
    check((0..19).map(|_| call(100, 50)), &[]);
    check((0..20).map(|_| call(100, 50)).chain([call(100, 51)]), &[]);
}

#[test]
fn a_prompt_that_the_model_does_not_take_is_told_with_its_size() {
    let window = 200_000;
    check(usual(3_000).chain([call(window, 10)]), &[]);
    let found = found(MODEL, usual(3_000).chain([call(window + 1, 10)]));
    let [Oddity::BeyondWindow { calls: 1, largest, .. }] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(largest.get(), window + 1);
}

/// The cost of a usual call by the price book, so many times.
fn logged(times: i128, percent: i128) -> impl Iterator<Item = Call> + Clone {
    usual(40).map(move |mut call| {
        let [input, output] = [TokenClass::Input, TokenClass::Output]
            .map(|class| i128::from(call.tokens[class].get()));
        // One and five dollars per million tokens.
        let cost = (input + output * 5) * 1_000_000_000_000;
        call.logged_cost = Some(Usd::from_atto(cost * times * percent / 100));
        call
    })
}

#[test]
fn costs_in_cents_or_millionths_are_told_from_dollars() {
    check(logged(1, 100), &[]);
    check(logged(100, 100), &["cost-unit"]);
    check(logged(100, 93), &["cost-unit"]);
    check(logged(1_000_000, 105), &["cost-unit"]);
    // Dear, but not another unit.
    check(logged(100, 120), &[]);
    check(logged(10, 100), &[]);
}

#[test]
fn one_call_that_is_most_of_the_bill_is_told() {
    check(usual(30).chain([call(20_000, 40_000)]), &["one-call"]);
    check(usual(10).chain([call(20_000, 40_000)]), &[]);
}

#[test]
fn times_before_anybody_sold_tokens_are_told() {
    let mut log: Vec<Call> = usual(30).collect();
    log[3].time = Instant::from_millis(86_400_000);
    let found = found(MODEL, log);
    let last_day = 20_727;
    let expected = [
        Oddity::BeforeBilling { calls: 1, first_day: 1 },
        Oddity::FarApart { first_day: 1, last_day },
    ];
    assert_eq!(found, expected);
}

/// A forecast of the days of three thousand years took minutes.
#[test]
fn a_log_with_a_call_of_another_age_is_told_and_not_forecast() {
    let mut log: Vec<Call> = usual(30).collect();
    // 13 November 5215.
    log[3].time = Instant::from_millis(102_432_000_000_000);
    let oddities = found(MODEL, log.clone());
    let names: Vec<_> = oddities.iter().map(Oddity::name).collect();
    assert_eq!(names, ["far-apart"]);
    assert_eq!(analysis(MODEL, log).exhibits, []);
}

/// The longer window of a model that has lost it again was once taken for a slip of the log.
#[test]
fn prompts_that_a_model_took_at_the_time_are_within_its_window() {
    let long = |time: &str, prompt: u64| {
        let time = Instant::parse(time).expect("a time");
        usual(30).chain([call(prompt, 30)]).map(move |call| Call { time, ..call })
    };
    let model = "claude-sonnet-4-5";
    let (before, behind) = ("2026-01-10T00:00:00Z", "2026-06-10T00:00:00Z");
    let beyond = |log: Vec<Call>| {
        let mut told = found(model, log).into_iter();
        told.find_map(|oddity| match oddity {
            Oddity::BeyondWindow { calls, largest, .. } => Some((calls, largest.get())),
            _ => None,
        })
    };
    assert_eq!(beyond(long(before, 700_000).collect()), None);
    let both = long(before, 700_000).chain(long(behind, 300_000));
    assert_eq!(beyond(both.collect()), Some((1, 300_000)));
}
