//! Runs a plan over a log.

use std::num::NonZeroUsize;

use crate::pricing::PriceBook;
use crate::techniques::{Facts, Prepared, Scenario, Scene, Technique, Watch};
use crate::units::Usd;
use crate::usage::{Calls, Row, column};

use super::attribution::MAX_PLAYERS;
use super::chunks::{Lots, sum_over_rows};
use super::discounts;
use super::ends::Ends;
use super::error::SimulationError;
use super::fine_tuning;
use super::grouping::Grouping;
use super::outcome::Outcome;
use super::plan::Plan;
use super::self_hosting;
use super::spend_caps::{self, replay_caps};
use super::tally::Tally;
use super::telling::Telling;
use super::walk::{Player, Walk};

/// What the log would have cost under a plan, on one thread.
///
/// # Errors
/// When the plan names a model, a column or a condition that the book or the log does not have, or
/// an amount is beyond 10¹¹ dollars.
pub fn simulate(calls: &Calls, book: &PriceBook, plan: &Plan) -> Result<Outcome, SimulationError> {
    simulate_on(calls, book, plan, NonZeroUsize::MIN)
}

/// What the log would have cost under a plan. `calls` are in order of time. The number of threads
/// changes how long it takes and nothing else.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_on(
    calls: &Calls,
    book: &PriceBook,
    plan: &Plan,
    threads: NonZeroUsize,
) -> Result<Outcome, SimulationError> {
    simulate_watched(calls, book, plan, threads, None)
}

/// As [`simulate_on`], telling somebody how far it is.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_watched(
    calls: &Calls,
    book: &PriceBook,
    plan: &Plan,
    threads: NonZeroUsize,
    watch: Option<&dyn Watch>,
) -> Result<Outcome, SimulationError> {
    let facts = Facts::new(calls, book).watched(watch);
    let grouping = Grouping::new(calls, &plan.group_by, plan.days)?;
    let prepared = prepare(&facts, plan, Scenario::Expected)?;
    let (tally, spend_caps, monthly) = {
        let players = players(plan, &prepared);
        let tally = walk_all(&facts, &grouping, &players, threads)?;
        let monthly = discounts::monthly(&facts, plan, &players, threads)?;
        (tally, replay_caps(&facts, &plan.spend_caps, &players)?, monthly)
    };
    let telling = Telling::new(plan, prepared, tally)?;
    let mut outcome = telling.outcome(book, &grouping);
    outcome.exhibits.extend(monthly);
    outcome.exhibits.extend(discounts::rate_and_usage(plan, &outcome));
    outcome.exhibits.extend(spend_caps::exhibits(&spend_caps));
    outcome.spend_caps = spend_caps;
    outcome.exhibits.extend(plan.self_host.iter().map(|host| self_hosting::exhibit(&facts, host)));
    if let Some(tune) = &plan.fine_tune {
        outcome.exhibits.push(fine_tuning::exhibit(&facts, tune)?);
    }
    telling.extend(&mut outcome, &facts, threads)?;
    if plan.techniques().any(|technique| technique.has_range(&facts)) {
        let low = Ends::run(&facts, plan, Scenario::Low, threads)?;
        let high = Ends::run(&facts, plan, Scenario::High, threads)?;
        // What is pessimistic for one call may spare another (a prompt that no longer fits stays
        // where it is), so the ends are the extremes of what was computed.
        let bills = [outcome.projected, low.together(), high.together()];
        (outcome.high, outcome.low) = extremes(bills);
        for (player, technique) in outcome.techniques.iter_mut().enumerate() {
            let saved = |alone: Usd| outcome.baseline - alone;
            let ends = [low.alone(player), high.alone(player)].map(saved);
            (technique.low, technique.high) = extremes([technique.standalone, ends[0], ends[1]]);
        }
    }
    Ok(outcome)
}

/// The least and the most of three amounts.
fn extremes(amounts: [Usd; 3]) -> (Usd, Usd) {
    let [first, second, third] = amounts;
    (first.min(second).min(third), first.max(second).max(third))
}

/// Gets every technique of a plan ready for a log.
pub(super) fn prepare(
    facts: &Facts<'_>,
    plan: &Plan,
    scenario: Scenario,
) -> Result<Vec<Prepared>, SimulationError> {
    plan.techniques().map(|technique| at_end(facts, technique, scenario)).collect()
}

/// Gets one technique ready for a log.
pub(super) fn at_end(
    facts: &Facts<'_>,
    technique: &dyn Technique,
    scenario: Scenario,
) -> Result<Prepared, SimulationError> {
    let name = technique.info().name;
    let prepared = technique.prepare(facts, scenario);
    prepared.map_err(|error| SimulationError::Technique { name, error })
}

/// The techniques as the walk needs them.
pub(super) fn players<'a>(plan: &Plan, prepared: &'a [Prepared]) -> Vec<Player<'a>> {
    assert!(prepared.len() <= MAX_PLAYERS, "the catalog has fewer techniques");
    let ready = plan.techniques().zip(prepared);
    ready
        .map(|(technique, prepared)| Player {
            stage: technique.info().stage,
            rewrite: prepared.rewrite.as_deref(),
        })
        .collect()
}

/// What surrounds a call.
pub(super) fn scene<'a>(facts: &'a Facts<'a>, row: Row) -> Scene<'a> {
    Scene { facts, row, geo: facts.calls.name(column::GEO, row) }
}

/// Walks every call, by groups.
pub(super) fn walk_all(
    facts: &Facts<'_>,
    grouping: &Grouping,
    players: &[Player<'_>],
    threads: NonZeroUsize,
) -> Result<Tally, SimulationError> {
    facts.expect_replays(1);
    sum_over_rows(
        facts,
        &Lots::of(facts, players),
        threads,
        || (Walk::new(players), Tally::new(players.len(), grouping.keys.len())),
        |walk, tally, row, lot| {
            if let Some(calls) = lot {
                walk.begin(calls);
            }
            let (call, scene) = (facts.calls.call(row), scene(facts, row));
            if walk.start(&call, facts.model(row), &scene) {
                walk.divide(&scene)?;
                tally.add(&call, grouping.of(row), walk)
            } else {
                tally.add_unpriced(&call);
                Ok(())
            }
        },
        Tally::merge,
    )
}
