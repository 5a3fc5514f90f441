//! Break-evens of tuned models, worked out by hand.

use crate::exhibits::{Cell, Exhibit};
use crate::simulation::Plan;
use crate::simulation::samples::{HAIKU, Log, SONNET, call};
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Instant};

/// A day of ten million tokens, three of input for one of output: an eighth of them every three
/// hours, and nothing in the last minute.
fn ten_million_a_day(model: &str) -> Log {
    let mut log = Log::new();
    let midnight = Instant::parse("2026-11-02").expect("a day").millis();
    for minute in [0, 180, 360, 540, 720, 900, 1_080, 1_439] {
        let time = Instant::from_millis(midnight + minute * 60_000);
        log.push([model, "classify", ""], &Call { time, ..call(937_500, 312_500) });
    }
    log
}

fn table(log: &Log, settings: &str) -> Exhibit {
    let outcome = log.run(&format!("[fine_tune]\n{settings}"));
    assert_eq!(outcome.baseline, outcome.projected);
    let found = outcome.exhibits.into_iter().find(|table| table.name == "fine_tuning");
    found.expect("a table")
}

fn check(log: &Log, settings: &str, expected: [&str; 8]) {
    let table = table(log, settings);
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Tokens(tokens) => tokens.get().to_string(),
        Cell::Usd(amount) => amount.to_string(),
        _ => "-".to_owned(),
    };
    let found: Vec<String> = table.rows[0].iter().map(text).collect();
    assert_eq!(found, expected, "{:?}", table.notes);
}

const TEN: &str = "10000000";

#[test]
fn ten_million_tokens_a_day_are_a_gpu_at_sonnet_and_a_third_of_one_at_haiku() {
    // A GPU at 2.50 dollars an hour is 60 a day; ten million tokens are 60 on Sonnet, 20 on Haiku.
    let gpu = "per_million = \"0\"\nhosting_hour = \"2.5\"";
    let sonnet = ten_million_a_day(SONNET);
    check(&sonnet, gpu, ["classify", "8", "60", "60", "0", "-", TEN, TEN]);
    let haiku = ten_million_a_day(HAIKU);
    check(&haiku, gpu, ["classify", "8", "20", "60", "-1200", "-", "30000000", TEN]);
}

#[test]
fn training_is_paid_out_of_what_is_saved() {
    // 40 dollars a day less pay 2,500 in 62.5 days; over 360 days they are 6.944 a day, which is
    // what 1,736,112 tokens save at 4 dollars a million.
    let log = ten_million_a_day(SONNET);
    let expected = ["classify", "8", "60", "20", "1200", "63", "1736112", TEN];
    check(&log, &format!("model = \"{HAIKU}\"\ntraining = 2500"), expected);
    check(&log, "input = \"1\"\noutput = \"5\"\ntraining = 2500", expected);
    check(&log, "per_million = \"2\"\ntraining = 2500", expected);
    // In one month it must save twelve times as much.
    let month = ["classify", "8", "60", "20", "1200", "63", "20833334", TEN];
    check(&log, "per_million = \"2\"\ntraining = 2500\nmonths = 1", month);
}

#[test]
fn a_tuned_model_that_costs_no_less_never_pays() {
    let log = ten_million_a_day(HAIKU);
    let expected = ["classify", "8", "20", "60", "-1200", "-", "-", TEN];
    check(&log, &format!("model = \"{SONNET}\"\ntraining = 2500"), expected);
}

#[test]
fn saved_instructions_are_taken_from_the_cache_first() {
    let midnight = Instant::parse("2026-11-02").expect("a day");
    let mut cached = Call { time: midnight, ..call(1_000, 0) };
    cached.tokens[TokenClass::CacheRead] = Tokens::new(400);
    let mut log = Log::new();
    log.push([SONNET, "", ""], &cached);
    // One minute stands for a day of 1,440: of 1,400 tokens 900 are left at a dollar a million.
    let table = table(&log, "input = \"1\"\noutput = \"1\"\nprompt_saved = 500");
    assert_eq!(table.rows[0][3], Cell::Usd("1.296".parse_usd()));
    let model = format!("model = \"{HAIKU}\"\nprompt_saved = 300");
    // Of 400 tokens that are read from the cache 100 are left at a tenth of the price.
    let table = self::table(&log, &model);
    assert_eq!(table.rows[0][3], Cell::Usd("1.4544".parse_usd()));
}

trait ParseUsd {
    fn parse_usd(&self) -> crate::units::Usd;
}

impl ParseUsd for str {
    fn parse_usd(&self) -> crate::units::Usd {
        crate::units::Usd::parse(self, crate::units::Excess::Reject).expect("an amount")
    }
}

#[test]
fn what_does_not_move_is_counted() {
    let mut log = ten_million_a_day(SONNET);
    log.push([SONNET, "classify", ""], &call(10, 10));
    log.push([SONNET, "other", ""], &call(10, 10));
    let settings = "per_million = \"2\"\ncall_types = [\"classify\"]";
    let table = table(&log, settings);
    assert_eq!(table.rows.len(), 1);
    assert!(table.notes[0].contains("1 calls in scope stay"), "{:?}", table.notes);
    let table = self::table(&log, "per_million = \"2\"\nwhere = \"call_type = 'other'\"");
    assert!(table.rows.is_empty() && table.notes[0].contains("no call in scope"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |rest: &str, expected: &str| {
        let text = format!("[fine_tune]\n{rest}");
        let error = Plan::parse("plan.toml", &text).expect_err(rest).to_string();
        assert!(error.contains(expected), "{error}");
    };
    refused("training = 5", "say what the tuned model costs");
    refused("model = \"x\"\nper_million = \"1\"", "say what the tuned model costs");
    refused("input = \"1\"", "both `input` and `output`");
    refused("per_million = \"-1\"", "is no price");
    refused("per_million = \"1\"\nmonths = 0", "at least 1");
    refused("per_million = \"1\"\ntraining = \"0\"", "`0` is no amount");
    refused("per_million = \"1\"\nwhere = \"call_type >\"", "cannot use the expression");
}
