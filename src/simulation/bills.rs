//! What the log costs with some sets of techniques on, each one history, in total or by slots.

use std::num::NonZeroUsize;

use crate::techniques::Facts;
use crate::units::FineUsd;
use crate::usage::Row;

use super::attribution::Mask;
use super::chunks::{Lots, sum_over_rows};
use super::error::SimulationError;
use super::run::scene;
use super::tally::add;
use super::walk::{Player, Walk};

/// The cost of the priced calls with each of these sets on, one sum a slot. Techniques that remember
/// are welcome. The number of threads changes nothing.
pub(super) fn bills(
    facts: &Facts<'_>,
    players: &[Player<'_>],
    sets: &[Mask],
    threads: NonZeroUsize,
    slots: usize,
    slot_of: impl Fn(Row) -> usize + Sync,
) -> Result<Vec<Vec<FineUsd>>, SimulationError> {
    let placed: Vec<(Mask, usize)> = sets.iter().copied().zip(0..).collect();
    let sums = sum_over_rows(
        facts,
        &Lots::of(facts, players),
        threads,
        || ((Walk::new(players), placed.clone()), vec![FineUsd::ZERO; slots * sets.len()]),
        |(walk, placed), sums, row, lot| {
            if let Some(calls) = lot {
                walk.begin(calls);
            }
            let (call, scene) = (facts.calls.call(row), scene(facts, row));
            if !walk.start(&call, facts.model(row), &scene) {
                return Ok(());
            }
            let slot = slot_of(row) * sets.len();
            walk.bills(placed, &scene, &mut |place, bill| add(&mut sums[slot + place], bill))
        },
        |sums, others| sums.iter_mut().zip(others).try_for_each(|(sum, other)| add(sum, *other)),
    )?;
    let of_set = |set: usize| sums.iter().skip(set).step_by(sets.len()).copied().collect();
    Ok((0..sets.len()).map(of_set).collect())
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
