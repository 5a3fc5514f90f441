//! Break-evens worked out by hand.

use crate::exhibits::Cell;
use crate::simulation::Plan;
use crate::simulation::samples::{Log, SONNET, call};
use crate::units::{Excess, Factor, Rate, Tokens, Usd};
use crate::usage::{Call, Instant};

use super::SelfHost;
use super::break_even::{capacity, daily_cost, gpus_for, per_million, tokens_per_day};

fn usd(text: &str) -> Usd {
    Usd::parse(text, Excess::Reject).expect("an amount")
}

fn host(gpu_hour: &str, ops: &str) -> SelfHost {
    SelfHost {
        gpu_hour: usd(gpu_hour),
        tokens_per_second: 1_500,
        gpus: 1,
        ops: Factor::parse(ops).expect("a factor"),
        utilisation: None,
        redundancy: 1,
    }
}

/// Tokens a day at which a GPU costs as much as an API at a price per million, in tenths of a
/// million.
fn check(gpu_hour: &str, per_million: &str, expected: u64) {
    let daily = daily_cost(&host(gpu_hour, "0")).expect("fits");
    let tokens = tokens_per_day(daily, usd(per_million), 1_000_000).expect("a price");
    assert_eq!((tokens + 50_000) / 100_000, expected, "{gpu_hour} {per_million}");
}

#[test]
fn a_gpu_breaks_even_with_an_api_at_so_many_million_tokens_a_day() {
    // A day of an 8B model on one GPU against 0.0575 dollars (three parts of input at 0.05, one of
    // output at 0.08), 0.10, 0.18 and 2.00 a million.
    for (gpu_hour, expected) in [
        ("0.35", [1_461, 840, 467, 42]),
        ("0.50", [2_087, 1_200, 667, 60]),
        ("1.00", [4_174, 2_400, 1_333, 120]),
        ("2.50", [10_435, 6_000, 3_333, 300]),
    ] {
        for (price, tenths) in ["0.0575", "0.10", "0.18", "2"].into_iter().zip(expected) {
            check(gpu_hour, price, tenths);
        }
    }
    // Fifty million a day need an API at 24 cents.
    check("0.50", "0.24", 500);
    check("0.35", "0.168", 500);
    check("1", "0.48", 500);
}

#[test]
fn operations_and_redundancy_come_on_top() {
    let one = host("2.5", "0.3");
    assert_eq!(daily_cost(&one), Some(usd("78")));
    let two = SelfHost { gpus: 3, redundancy: 2, ..one };
    assert_eq!(daily_cost(&two), Some(usd("468")));
}

#[test]
fn capacity_is_what_is_left_after_idling() {
    let half = Rate::parse("0.5").expect("a rate");
    assert_eq!(capacity(&host("1", "0"), half), 64_800_000);
    assert_eq!(gpus_for(&host("1", "0"), 90_000), 1);
    assert_eq!(gpus_for(&host("1", "0"), 90_001), 2);
    assert_eq!(
        per_million(usd("24"), 64_800_000).map(|amount| amount.to_string()).as_deref(),
        Some("0.37037037037037037")
    );
}

#[test]
fn amounts_that_do_not_fit_are_halved_and_free_tokens_never_break_even() {
    let most = usd("10000000000");
    assert_eq!(tokens_per_day(most, usd("1"), 1_000_000_000_000), None);
    assert_eq!(tokens_per_day(usd("24"), usd("12"), 50), Some(100));
    assert_eq!(tokens_per_day(usd("24"), Usd::ZERO, 50), None);
}

#[test]
fn a_log_is_compared_with_its_own_mix_and_its_own_peak() {
    // Two days and a minute: a million tokens of input in the first minute and in the last: 3
    // dollars each, on the average of 2,881 minutes 694 tokens.
    let mut log = Log::new();
    for day in [0, 2] {
        let midnight = Instant::parse("2026-11-02").expect("a day").millis();
        let time = Instant::from_millis(midnight + day * 86_400_000);
        log.push([SONNET, "", ""], &Call { time, ..call(1_000_000, 0) });
    }
    let plan = "[self_host]\ngpu_hour = \"2.5\"\ntokens_per_second = 1500\nops = \"0\"";
    let outcome = log.run(plan);
    assert_eq!(outcome.baseline, outcome.projected);
    let table = &outcome.exhibits[0];
    let row = &table.rows[0];
    assert_eq!(row[1], Cell::Usd(usd("3")));
    assert_eq!(row[2], Cell::Tokens(Tokens::new(999_652)));
    assert_eq!(row[3], Cell::Tokens(Tokens::new(20_000_000)));
    // At 694 of a million tokens the GPU can do 89,942 a day.
    assert_eq!(row[5], Cell::text("not on these GPUs: it is more than they can do"));
    assert!(table.notes[0].contains("60.00 USD a day and can process 89,942"), "{:?}", table.notes);
    assert!(table.notes[1].contains("needs 12 GPUs"), "{:?}", table.notes);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |rest: &str, expected: &str| {
        let text = format!("[self_host]\n{rest}");
        let error = Plan::parse("plan.toml", &text).expect_err(rest).to_string();
        assert!(error.contains(expected), "{error}");
    };
    refused("gpu_hour = \"2.5\"", "missing field `tokens_per_second`");
    refused("gpu_hour = \"0\"\ntokens_per_second = 5", "`0` is no amount");
    refused("gpu_hour = \"1\"\ntokens_per_second = 0", "not a count");
    refused("gpu_hour = \"1\"\ntokens_per_second = 5\nutilisation = \"0\"", "no part of the time");
    refused("gpu_hour = \"1\"\ntokens_per_second = 5\nops = \"-1\"", "no part of the rent");
    refused("gpu_hour = \"1\"\ntokens_per_second = 5\nwatts = 1", "`watts`");
}
