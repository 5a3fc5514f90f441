//! Replays in order of time, one for each set of the techniques that a memory depends on.
//!
//! Whether a prompt is still in a cache depends on which calls came before it, and so on every
//! technique that changes those: each set of them is a history of its own. One pass over the log
//! replays one history; the techniques behind, which remember nothing, are divided call by call as
//! always. What the passes cost are the values of `c(S)`; their Möbius transform are its dividends.

use std::num::NonZeroUsize;

use crate::techniques::Facts;
use crate::units::FineUsd;
use crate::usage::{Call, Row};

use super::attribution::Mask;
use super::chunks::on_threads;
use super::error::SimulationError;
use super::grouping::Grouping;
use super::run::scene;
use super::tally::{Tally, add};
use super::walk::{Player, Walk};

/// The techniques up to the last one that remembers, as `causal`, and all of them.
#[derive(Clone, Copy)]
pub(super) struct Replay<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) players: &'a [Player<'a>],
    pub(super) causal: usize,
}

/// One history: with which of the causal techniques, and what it adds up to.
struct Pass {
    set: Mask,
    tally: Tally,
    /// Which techniques changed each row; empty where that is not asked.
    touched: Vec<u16>,
}

impl Replay<'_> {
    /// Adds up every history.
    pub(super) fn tally(
        &self,
        grouping: &Grouping,
        threads: NonZeroUsize,
    ) -> Result<Tally, SimulationError> {
        let sets: Vec<Mask> = (0..1 << self.causal).collect();
        self.facts.expect_replays(sets.len());
        let passes = on_threads(&sets, threads, |set| self.pass(*set, grouping))?;
        let mut touched = vec![0; self.facts.calls.len()];
        let mut total = Tally::new(self.players.len(), grouping.keys.len());
        for pass in &passes {
            total.merge(&pass.tally)?;
            touched.iter_mut().zip(&pass.touched).for_each(|(all, one)| *all |= one);
        }
        for (row, touched) in touched.into_iter().enumerate().filter(|(_, set)| *set != 0) {
            let calls = self.facts.calls.call(row).calls;
            for (place, player) in total.players.iter_mut().enumerate() {
                player.calls_touched += if touched & (1 << place) == 0 { 0 } else { calls };
            }
        }
        transform(&mut total.dividends, self.causal)?;
        Ok(total)
    }

    /// What the log costs with these sets on and nothing behind them, or with everything behind
    /// them as well.
    pub(super) fn bills(
        &self,
        sets: &[(Mask, Mask)],
        threads: NonZeroUsize,
    ) -> Result<Vec<FineUsd>, SimulationError> {
        self.facts.expect_replays(sets.len());
        on_threads(sets, threads, |(causal, behind)| {
            let mut sum = FineUsd::ZERO;
            self.walk(*causal, |_, _, walked| {
                let Some((walk, _)) = walked else { return Ok(()) };
                let found = walk.dividends.iter().filter(|(set, _)| set & !behind == 0);
                found.clone().try_for_each(|(_, dividend)| add(&mut sum, *dividend))
            })?;
            Ok(sum)
        })
    }

    fn pass(&self, set: Mask, grouping: &Grouping) -> Result<Pass, SimulationError> {
        let full: Mask = (1 << self.causal) - 1;
        let is_told = set == 0 || set == full || set.is_power_of_two();
        let mut pass = Pass {
            set,
            tally: Tally::new(self.players.len(), grouping.keys.len()),
            touched: if is_told { vec![0; self.facts.calls.len()] } else { Vec::new() },
        };
        self.walk(set, |row, call, walked| {
            let Some((walk, changed)) = walked else {
                if set == 0 {
                    pass.tally.add_unpriced(call);
                }
                return Ok(());
            };
            if let Some(touched) = pass.touched.get_mut(row) {
                let behind = walk.touched & !full;
                *touched = u16::try_from(changed | behind).expect("there are at most 16 players");
            }
            pass.add(call, grouping.of(row), walk, changed, full)
        })?;
        Ok(pass)
    }

    /// Visits the calls in order of time with one set on, each with its walk and what changed it;
    /// without them where it has no price.
    fn walk(
        &self,
        set: Mask,
        mut visit: impl FnMut(Row, &Call, Option<(&Walk<'_>, Mask)>) -> Result<(), SimulationError>,
    ) -> Result<(), SimulationError> {
        let mut walk = Walk::new(self.players);
        for row in 0..self.facts.calls.len() {
            let (call, scene) = (self.facts.calls.call(row), scene(self.facts, row));
            if walk.start(&call, self.facts.model(row), &scene) {
                let changed = walk.divide_after(set, self.causal, &scene)?;
                visit(row, &call, Some((&walk, changed)))?;
            } else {
                visit(row, &call, None)?;
            }
            self.facts.walked(row);
        }
        Ok(())
    }
}

impl Pass {
    fn add(
        &mut self,
        call: &Call,
        group: usize,
        walk: &Walk<'_>,
        changed: Mask,
        full: Mask,
    ) -> Result<(), SimulationError> {
        let mut whole = FineUsd::ZERO;
        for (behind, dividend) in &walk.dividends {
            add(&mut self.tally.dividends[self.set | behind], *dividend)?;
            add(&mut whole, *dividend)?;
        }
        // Behind the causal techniques, and for each of those alone.
        let alone = if self.set == 0 { walk.alone & !full } else { 0 };
        let alone = alone | if self.set.is_power_of_two() { changed } else { 0 };
        for (place, player) in self.tally.players.iter_mut().enumerate() {
            if alone & (1 << place) != 0 {
                player.calls_alone += call.calls;
                player.cost_alone += walk.baseline;
            }
        }
        self.note_refusals(call, walk, full);
        let group = &mut self.tally.groups[group];
        if self.set == 0 {
            group.calls += call.calls;
            group.before += walk.baseline;
            self.tally.calls += call.calls;
            self.tally.baseline += walk.baseline;
        }
        if self.set == full {
            add(&mut group.after, whole)?;
        }
        Ok(())
    }

    /// Counts a call that a technique declined once: in the history with that technique alone, and
    /// in the one with it and all before it.
    fn note_refusals(&mut self, call: &Call, walk: &Walk<'_>, full: Mask) {
        for refusal in &walk.refusals.0 {
            let bit: Mask = 1 << refusal.player;
            let (alone, together) = if bit & full != 0 {
                (self.set == bit, self.set == bit | (bit - 1))
            } else {
                (self.set == 0 && refusal.is_alone, self.set == full && refusal.is_together)
            };
            if alone || together {
                let key = (refusal.player, refusal.why, refusal.model);
                let declined = self.tally.declined.entry(key).or_default();
                declined.alone += if alone { call.calls } else { 0 };
                declined.together += if together { call.calls } else { 0 };
            }
        }
    }
}

/// From costs by set of the causal techniques to dividends.
fn transform(costs: &mut [FineUsd], causal: usize) -> Result<(), SimulationError> {
    for player in 0..causal {
        let bit: Mask = 1 << player;
        for set in (0..costs.len()).filter(|set| set & bit != 0) {
            let without = costs[set ^ bit];
            costs[set] = costs[set].checked_sub(without).ok_or(SimulationError::TooLarge)?;
        }
    }
    Ok(())
}
