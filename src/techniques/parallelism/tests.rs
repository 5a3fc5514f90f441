//! Bursts worked out by hand.

use crate::pricing::PriceBook;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Calls, Dimensions, Instant, ServiceTier, Symbol, column};

use super::super::facts::Facts;
use super::super::scope::Selection;
use super::bursts::{RouteBursts, bursts};

/// Calls of 100,000 tokens of input to a model, at these milliseconds.
fn found(model: &str, times: &[i64], tier: ServiceTier) -> Vec<RouteBursts> {
    let mut calls = Calls::new(Dimensions::new([]));
    let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
    symbols[column::MODEL] = calls.dimensions[column::MODEL].intern(model);
    let start = Instant::parse("2026-11-02T09:00:00Z").expect("a time").millis();
    for millis in times {
        let time = Instant::from_millis(start + millis);
        let mut call = Call { time, service_tier: tier, ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(100_000);
        calls.push(&call, &symbols);
    }
    let book = PriceBook::embedded();
    bursts(&Facts::new(&calls, &book), &Selection::default(), 2)
}

fn check(count: i64, at_once: &str, one_first: &str) {
    let times: Vec<i64> = (0..count).map(|number| number * 10).collect();
    let found = found("claude-sonnet-4-6", &times, ServiceTier::Standard);
    let costs = found[0].costs.expect("a price");
    let texts = [costs.at_once, costs.one_first].map(|amount| amount.to_string());
    assert_eq!(texts, [at_once, one_first]);
    assert_eq!(i64::try_from(found[0].largest), Ok(count));
}

#[test]
fn twenty_cold_calls_at_once_write_25_times_instead_of_3_15() {
    // The prompt costs 30 cents as plain input.
    check(20, "7.5", "0.945");
    check(60, "22.5", "2.145");
    check(2, "0.75", "0.405");
}

#[test]
fn a_burst_after_another_call_finds_the_cache_warm() {
    let minute = 60_000;
    let times = [0, 10, 4 * minute, 4 * minute + 10, 10 * minute, 10 * minute + 1_999];
    let found = found("claude-sonnet-4-6", &times, ServiceTier::Standard);
    assert_eq!((found[0].cold, found[0].warm, found[0].calls), (2, 1, 4));
}

#[test]
fn calls_one_after_the_other_are_no_burst() {
    assert!(found("claude-sonnet-4-6", &[0, 2_000, 4_000], ServiceTier::Standard).is_empty());
    assert!(found("claude-sonnet-4-6", &[0, 1, 2], ServiceTier::Batch).is_empty());
    assert!(found("no-such-model", &[0, 1, 2], ServiceTier::Standard).is_empty());
}
