//! One walk for all sets of techniques, against a walk of the whole log for each set.

use std::num::NonZeroUsize;

use proptest::prelude::*;

use crate::techniques::{Facts, Scenario};
use crate::units::FineUsd;

use super::Plan;
use super::attribution::Mask;
use super::bills::totals;
use super::grouping::Grouping;
use super::properties::{BOOK, TECHNIQUES, logs};
use super::run::{players, prepare, scene, walk_all};
use super::samples::Log;
use super::tally::add;
use super::walk::{Player, Walk};

/// The most techniques beside the replay: each doubles the plain walks.
const BESIDE_MOST: usize = 4;

/// Techniques beside a replayed cache, of which some remember as well.
fn plans() -> impl Strategy<Value = String> {
    let beside = prop::sample::subsequence(TECHNIQUES[..9].to_vec(), 0..=BESIDE_MOST);
    let policy = prop::sample::select(vec!["replay", "auto_last", "system_only", "selective"]);
    (beside, policy, any::<bool>()).prop_map(|(beside, policy, is_cheaper)| {
        let discount = if is_cheaper { "[provider_discount]\nrate = \"0.137\"\n" } else { "" };
        format!("{}[prompt_caching]\npolicy = \"{policy}\"\n{discount}", beside.concat())
    })
}

/// What a log costs with a set on: in order of time, with nothing shared or left out.
fn plainly(facts: &Facts<'_>, players: &[Player<'_>], set: Mask) -> FineUsd {
    let mut walk = Walk::new(players);
    let mut sum = FineUsd::ZERO;
    for row in 0..facts.calls.len() {
        let (call, scene) = (facts.calls.call(row), scene(facts, row));
        if walk.start(&call, facts.model(row), &scene) {
            let bills = walk.bills(&mut [(set, 0)], &scene, &mut |_, bill| add(&mut sum, bill));
            bills.expect("small amounts");
        }
    }
    sum
}

fn check(log: &Log, plan: &str, scenario: Scenario) {
    let plan = Plan::parse("plan.toml", plan).expect("a plan");
    let calls = log.0.sorted_by_time();
    let facts = Facts::new(&calls, &BOOK);
    let prepared = prepare(&facts, &plan, scenario).expect("ready");
    let players = players(&plan, &prepared);
    let two = NonZeroUsize::new(2).expect("at least one");
    let sets: Vec<Mask> = (0..1 << players.len()).collect();
    let expected: Vec<FineUsd> = sets.iter().map(|set| plainly(&facts, &players, *set)).collect();
    assert_eq!(totals(&facts, &players, &sets, two).expect("small amounts"), expected);
    let grouping = Grouping::new(&calls, &[], plan.days).expect("no columns");
    let tally = walk_all(&facts, &grouping, &players, two).expect("small amounts");
    let found = sets.iter().map(|set| {
        let parts = tally.dividends.iter().enumerate().filter(|(part, _)| part & !set == 0);
        FineUsd::from_raw(parts.map(|(_, dividend)| dividend.raw()).sum())
    });
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn one_walk_for_all_sets_is_a_walk_for_each(log in logs(), plan in plans()) {
        check(&log, &plan, Scenario::Expected);
    }

    #[test]
    fn so_it_is_at_the_low_end(log in logs(), plan in plans()) {
        check(&log, &plan, Scenario::Low);
    }
}
