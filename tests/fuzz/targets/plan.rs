//! Whatever a plan says, it is refused with its place, or the savings of a simulation add up: each
//! technique's on the ladder, the fair shares, and the groups.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use llmcost::simulation::simulate_on;
use llmcost::sources::{Input, ReadOptions};
use llmcost::usage::Dimensions;
use llmcost::{Calls, Outcome, Plan, PriceBook};

use super::log::read_all;

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

/// Conversations that grow, repeated questions, retries, a long prompt, a model without a price.
const LOG: &str = include_str!("plan_log.jsonl");

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let plan = match Plan::parse("plan.toml", text) {
        Ok(plan) => plan,
        Err(error) => {
            assert!(error.to_string().contains("plan.toml"), "{error}");
            return;
        }
    };
    let names = plan.dimensions().into_iter().chain(plan.wishes());
    let names: Vec<String> = names.collect();
    let options = ReadOptions {
        dimensions: Dimensions::new(names.iter().map(String::as_str)),
        ..ReadOptions::default()
    };
    let log = Input::Embedded("log.jsonl", LOG.as_bytes());
    let (calls, _): (Calls, _) = read_all(log, &options);
    let outcome = simulate_on(&calls.into_time_order(), &BOOK, &plan, NonZeroUsize::MIN);
    // A model without a price, a condition on a column that is not there: said in words.
    let Ok(outcome) = outcome else { return };
    check_sums(&outcome);
}

fn check_sums(outcome: &Outcome) {
    let saved = outcome.baseline.atto() - outcome.projected.atto();
    let ladder: i128 = outcome.techniques.iter().map(|one| one.ladder.atto()).sum();
    assert_eq!(ladder, saved, "the ladder");
    let fair: i128 = outcome.techniques.iter().map(|one| one.fair_share.atto()).sum();
    assert_eq!(fair, saved, "the fair shares");
    let mut left = outcome.baseline.atto();
    for one in &outcome.techniques {
        left -= one.ladder.atto();
        assert_eq!(one.remaining.atto(), left, "what {} leaves", one.name);
    }
    if !outcome.groups.is_empty() {
        let before: i128 = outcome.groups.iter().map(|group| group.before.atto()).sum();
        let after: i128 = outcome.groups.iter().map(|group| group.after.atto()).sum();
        assert_eq!((before, after), (outcome.baseline.atto(), outcome.projected.atto()));
    }
    assert!(outcome.low >= outcome.high, "{:?} to {:?}", outcome.low, outcome.high);
}
