//! What the walk over calls adds up to.

use std::collections::BTreeMap;

use crate::pricing::ModelId;
use crate::techniques::Decline;
use crate::units::{FineUsd, Usd};
use crate::usage::Call;

use super::error::SimulationError;
use super::outcome::UnpricedTotals;
use super::walk::Walk;

/// Sums over calls. Adding is exact, so neither chunks nor their order change a total.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// Dividends of the cost, by set of techniques.
    pub(super) dividends: Vec<FineUsd>,
    /// For each technique.
    pub(super) players: Vec<PlayerTally>,
    /// For each group of the plan's columns.
    pub(super) groups: Vec<GroupTally>,
    /// Calls that techniques declined to change.
    pub(super) declined: BTreeMap<(usize, Decline, ModelId), Declined>,
    pub(super) calls: u64,
    pub(super) baseline: Usd,
    pub(super) unpriced: UnpricedTotals,
}

/// One technique.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PlayerTally {
    /// Calls it changes, alone or after others.
    pub(super) calls_touched: u64,
    /// Calls it changes alone.
    pub(super) calls_alone: u64,
    /// What those cost before.
    pub(super) cost_alone: Usd,
}

/// Calls that a technique declined to change.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Declined {
    /// When it was the only technique.
    pub(super) alone: u64,
    /// After all techniques before it.
    pub(super) together: u64,
}

/// One group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GroupTally {
    pub(super) calls: u64,
    pub(super) before: Usd,
    pub(super) after: FineUsd,
}

impl Tally {
    pub(super) fn new(players: usize, groups: usize) -> Self {
        Self {
            dividends: vec![FineUsd::ZERO; 1 << players],
            players: vec![PlayerTally::default(); players],
            groups: vec![GroupTally::default(); groups],
            declined: BTreeMap::new(),
            calls: 0,
            baseline: Usd::ZERO,
            unpriced: UnpricedTotals::default(),
        }
    }

    /// Adds a call that was walked.
    pub(super) fn add(
        &mut self,
        call: &Call,
        group: usize,
        walk: &Walk<'_>,
    ) -> Result<(), SimulationError> {
        let mut after = FineUsd::ZERO;
        for (set, dividend) in &walk.dividends {
            add(&mut self.dividends[*set], *dividend)?;
            add(&mut after, *dividend)?;
        }
        for (place, player) in self.players.iter_mut().enumerate() {
            if walk.touched & (1 << place) != 0 {
                player.calls_touched += call.calls;
            }
            if walk.alone & (1 << place) != 0 {
                player.calls_alone += call.calls;
                player.cost_alone += walk.baseline;
            }
        }
        for refusal in &walk.refusals.0 {
            let key = (refusal.player, refusal.why, refusal.model);
            let declined = self.declined.entry(key).or_default();
            declined.alone += if refusal.is_alone { call.calls } else { 0 };
            declined.together += if refusal.is_together { call.calls } else { 0 };
        }
        let group = &mut self.groups[group];
        group.calls += call.calls;
        group.before += walk.baseline;
        add(&mut group.after, after)?;
        self.calls += call.calls;
        self.baseline += walk.baseline;
        Ok(())
    }

    /// Adds a call that has no price.
    pub(super) fn add_unpriced(&mut self, call: &Call) {
        self.unpriced.calls += call.calls;
        self.unpriced.tokens += call.input_total() + call.output_total();
    }

    /// Adds the sums of other calls.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), SimulationError> {
        for (mine, theirs) in self.dividends.iter_mut().zip(&other.dividends) {
            add(mine, *theirs)?;
        }
        for (mine, theirs) in self.players.iter_mut().zip(&other.players) {
            mine.calls_touched += theirs.calls_touched;
            mine.calls_alone += theirs.calls_alone;
            mine.cost_alone += theirs.cost_alone;
        }
        for (mine, theirs) in self.groups.iter_mut().zip(&other.groups) {
            mine.calls += theirs.calls;
            mine.before += theirs.before;
            add(&mut mine.after, theirs.after)?;
        }
        for (key, theirs) in &other.declined {
            let mine = self.declined.entry(*key).or_default();
            mine.alone += theirs.alone;
            mine.together += theirs.together;
        }
        self.calls += other.calls;
        self.baseline += other.baseline;
        self.unpriced.calls += other.unpriced.calls;
        self.unpriced.tokens += other.unpriced.tokens;
        Ok(())
    }
}

/// Adds an amount, as long as the sum fits.
pub(super) fn add(sum: &mut FineUsd, amount: FineUsd) -> Result<(), SimulationError> {
    *sum = sum.checked_add(amount).ok_or(SimulationError::TooLarge)?;
    Ok(())
}
