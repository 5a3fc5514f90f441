//! What the log costs with some sets of techniques on, each one history, in total or by slots.

use std::num::NonZeroUsize;

use crate::techniques::Facts;
use crate::units::FineUsd;
use crate::usage::Row;

use super::attribution::Mask;
use super::chunks::on_threads;
use super::error::SimulationError;
use super::run::scene;
use super::tally::add;
use super::walk::{Player, Walk};

/// The cost of the priced calls with each of these sets on, one sum a slot. Every set is one walk in
/// order of time with memories of its own, so techniques that remember are welcome. The number of
/// threads changes nothing.
pub(super) fn bills(
    facts: &Facts<'_>,
    players: &[Player<'_>],
    sets: &[Mask],
    threads: NonZeroUsize,
    slots: usize,
    slot_of: impl Fn(Row) -> usize + Sync,
) -> Result<Vec<Vec<FineUsd>>, SimulationError> {
    facts.expect_replays(sets.len());
    on_threads(sets, threads, |set| {
        let mut sums = vec![FineUsd::ZERO; slots];
        let mut walk = Walk::new(players);
        for row in 0..facts.calls.len() {
            let (call, scene) = (facts.calls.call(row), scene(facts, row));
            if walk.start(&call, facts.model(row), &scene) {
                add(&mut sums[slot_of(row)], walk.cost(*set, &scene)?)?;
            }
            facts.walked(row);
        }
        Ok(sums)
    })
}

/// As [`bills`], each in total.
pub(super) fn totals(
    facts: &Facts<'_>,
    players: &[Player<'_>],
    sets: &[Mask],
    threads: NonZeroUsize,
) -> Result<Vec<FineUsd>, SimulationError> {
    let found = bills(facts, players, sets, threads, 1, |_| 0)?;
    Ok(found.into_iter().map(|sums| sums[0]).collect())
}
