//! One call under every subset of the techniques that touch it.

use crate::pricing::{ModelId, Unpriced};
use crate::techniques::{Branch, Decline, Effect, Rewrite, Scene, Stage};
use crate::units::{FineUsd, Rate, Usd};
use crate::usage::Call;

use super::attribution::Mask;
use super::error::SimulationError;

/// A technique of the plan while calls are walked.
pub(super) struct Player<'a> {
    pub(super) stage: Stage,
    /// What it does; nothing when it was refused.
    pub(super) rewrite: Option<&'a dyn Rewrite>,
}

/// A call that a technique declined to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) player: usize,
    pub(super) why: Decline,
    pub(super) model: ModelId,
    /// Whether the technique was the only one.
    pub(super) is_alone: bool,
    /// Whether all techniques before it were on.
    pub(super) is_together: bool,
}

/// The walk over one call after the other, with buffers that are used again.
pub(super) struct Walk<'a> {
    players: &'a [Player<'a>],
    /// The branches of the call after each technique that was taken.
    levels: Vec<Vec<Branch>>,
    /// What the call cost.
    pub(super) baseline: Usd,
    /// The dividends of its cost, by set of techniques; a set may be missing.
    pub(super) dividends: Vec<(Mask, FineUsd)>,
    /// The techniques that change it, alone or after others.
    pub(super) touched: Mask,
    /// The techniques that change it alone.
    pub(super) alone: Mask,
    /// The techniques that would have but declined.
    pub(super) refusals: Vec<Refusal>,
}

/// Where in the tree of subsets the walk stands.
#[derive(Clone, Copy)]
struct Position {
    /// How many techniques were taken.
    depth: usize,
    /// The next technique to decide about.
    next: usize,
    /// Whether every technique that changes this call was taken so far.
    is_together: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(players: &'a [Player<'a>]) -> Self {
        Self {
            players,
            levels: vec![Vec::new(); players.len() + 1],
            baseline: Usd::ZERO,
            dividends: Vec::new(),
            touched: 0,
            alone: 0,
            refusals: Vec::new(),
        }
    }

    /// Takes up the next call; false when it has no price.
    pub(super) fn start(&mut self, call: &Call, model: Option<ModelId>, scene: &Scene<'_>) -> bool {
        let Some(model) = model else { return false };
        let Ok(baseline) = scene.facts.cost(model, call, scene.geo) else { return false };
        self.baseline = baseline;
        self.dividends.clear();
        self.refusals.clear();
        (self.touched, self.alone) = (0, 0);
        self.levels[0].clear();
        self.levels[0].push(Branch::logged(*call, model));
        true
    }

    /// What the call costs with one set of techniques on.
    pub(super) fn cost(
        &mut self,
        set: Mask,
        scene: &Scene<'_>,
    ) -> Result<FineUsd, SimulationError> {
        let mut position = Position { depth: 0, next: 0, is_together: false };
        for player in 0..self.players.len() {
            if set & (1 << player) != 0 && self.step(player, position, scene) {
                position.depth += 1;
            }
        }
        self.bill(position.depth, scene)
    }

    /// Finds the dividends of the call.
    pub(super) fn divide(&mut self, scene: &Scene<'_>) -> Result<(), SimulationError> {
        self.descend(Position { depth: 0, next: 0, is_together: true }, scene)
    }

    /// Appends the dividends over the techniques from `position.next` on. A technique that leaves
    /// the branches as they are has none: both of its halves of the tree are the same.
    fn descend(&mut self, position: Position, scene: &Scene<'_>) -> Result<(), SimulationError> {
        for player in position.next..self.players.len() {
            if !self.step(player, position, scene) {
                continue;
            }
            let bit = 1 << player;
            self.touched |= bit;
            if position.depth == 0 {
                self.alone |= bit;
            }
            let (start, next) = (self.dividends.len(), player + 1);
            self.descend(Position { depth: position.depth + 1, next, ..position }, scene)?;
            let middle = self.dividends.len();
            self.descend(Position { next, is_together: false, ..position }, scene)?;
            self.combine(start, middle, bit);
            return Ok(());
        }
        let cost = self.bill(position.depth, scene)?;
        self.dividends.push((0, cost));
        Ok(())
    }

    /// Applies a technique to the branches at the current depth, into the level below. Says
    /// whether any of them changed.
    fn step(&mut self, player: usize, position: Position, scene: &Scene<'_>) -> bool {
        let Player { stage, rewrite: Some(rewrite) } = &self.players[player] else { return false };
        let (above, below) = self.levels.split_at_mut(position.depth + 1);
        let (branches, out) = (&above[position.depth], &mut below[0]);
        out.clear();
        let is_alone = position.depth == 0;
        let mut has_changed = false;
        for branch in branches {
            let is_passed_over = branch.is_free() || (branch.companion && *stage != Stage::Price);
            let effect =
                if is_passed_over { Effect::Unchanged } else { rewrite.apply(branch, scene, out) };
            match effect {
                Effect::Changed => has_changed = true,
                Effect::Unchanged => out.push(*branch),
                Effect::Declined(why) => {
                    out.push(*branch);
                    let is_together = position.is_together;
                    let model = branch.model;
                    let refusal = Refusal { player, why, model, is_alone, is_together };
                    // Two branches may be declined for the same reason: it is one call.
                    if (is_alone || is_together) && self.refusals.last() != Some(&refusal) {
                        self.refusals.push(refusal);
                    }
                }
            }
        }
        has_changed
    }

    /// Joins the dividends with a technique on (`start..middle`) and off (`middle..`): those of
    /// sets with the technique are the differences.
    fn combine(&mut self, start: usize, middle: usize, bit: Mask) {
        let end = self.dividends.len();
        let (on, off) = self.dividends[start..].split_at_mut(middle - start);
        let is_parallel = on.len() == off.len()
            && on.iter().zip(off.iter()).all(|((set, _), (other, _))| set == other);
        if is_parallel {
            for ((set, cost), (_, without)) in on.iter_mut().zip(off) {
                *cost -= *without;
                *set |= bit;
            }
            return;
        }
        // Which techniques touch the call depends on this one: match the sets one by one.
        for place in middle..end {
            let (set, without) = self.dividends[place];
            let found = self.dividends[start..middle].iter_mut().find(|(other, _)| *other == set);
            match found {
                Some((_, cost)) => *cost -= without,
                None => self.dividends.push((set | bit, FineUsd::ZERO - without)),
            }
        }
        for (set, _) in &mut self.dividends[start..middle] {
            *set |= bit;
        }
    }

    /// What the call costs over its branches at a depth.
    fn bill(&self, depth: usize, scene: &Scene<'_>) -> Result<FineUsd, SimulationError> {
        if depth == 0 {
            return FineUsd::weighted(self.baseline, Rate::ONE).ok_or(SimulationError::TooLarge);
        }
        let mut total = FineUsd::ZERO;
        for branch in self.levels[depth].iter().filter(|branch| !branch.is_free()) {
            let cost = match scene.facts.cost(branch.model, &branch.call, scene.geo) {
                Ok(cost) => cost,
                Err(Unpriced::TooLarge) => return Err(SimulationError::TooLarge),
                Err(reason) => return Err(SimulationError::LostPrice(reason)),
            };
            let paid = branch.weight.times(branch.price);
            total += FineUsd::weighted(cost, paid).ok_or(SimulationError::TooLarge)?;
        }
        Ok(total)
    }
}
