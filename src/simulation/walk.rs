//! One call under every subset of the techniques that touch it.

use crate::pricing::{ModelId, Unpriced};
use crate::techniques::{Branch, Decline, Effect, Memory, Rewrite, Scene, Stage};
use crate::units::{FineUsd, Usd};
use crate::usage::Call;

use super::attribution::Mask;
use super::error::SimulationError;

/// A technique of the plan while calls are walked.
pub(super) struct Player<'a> {
    pub(super) stage: Stage,
    /// What it does; nothing when it was refused.
    pub(super) rewrite: Option<&'a dyn Rewrite>,
}

impl Player<'_> {
    fn memory(&self) -> Option<Memory> {
        self.rewrite.and_then(Rewrite::memory)
    }
}

/// How many techniques, from the first one on, must be replayed in order of time for each of their
/// sets: all up to the last one that remembers.
pub(super) fn causal_players(players: &[Player<'_>]) -> usize {
    players.iter().rposition(|player| player.memory().is_some()).map_or(0, |last| last + 1)
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

/// The refusals of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusals(pub(super) Vec<Refusal>);

impl Refusals {
    fn note(&mut self, player: usize, why: Decline, model: ModelId, position: Position) {
        let (is_alone, is_together) = (position.depth == 0, position.is_together);
        let refusal = Refusal { player, why, model, is_alone, is_together };
        // Two branches may be declined for the same reason: it is one call.
        if (is_alone || is_together) && self.0.last() != Some(&refusal) {
            self.0.push(refusal);
        }
    }
}

/// The walk over one call after the other, with buffers that are used again.
pub(super) struct Walk<'a> {
    players: &'a [Player<'a>],
    /// What each technique remembers of the calls before.
    memories: Vec<Option<Memory>>,
    /// The call after each technique that was taken.
    levels: Vec<Level>,
    /// What the call cost.
    pub(super) baseline: Usd,
    /// The dividends of its cost, by set of techniques; a set may be missing.
    pub(super) dividends: Vec<(Mask, FineUsd)>,
    /// The techniques that change it, alone or after others.
    pub(super) touched: Mask,
    /// The techniques that change it alone.
    pub(super) alone: Mask,
    /// The techniques that would have but declined.
    pub(super) refusals: Refusals,
}

/// The branches of a call, and what each costs at its whole weight. A branch is priced when it
/// appears: techniques that only weigh or discount it leave that price as it is.
#[derive(Clone, Default)]
struct Level {
    branches: Vec<Branch>,
    costs: Vec<Usd>,
}

impl Level {
    fn clear(&mut self) {
        self.branches.clear();
        self.costs.clear();
    }

    fn push(&mut self, branch: &Branch, cost: Usd) {
        self.branches.push(*branch);
        self.costs.push(cost);
    }

    /// Prices the branches that `parent` became.
    fn price_new(
        &mut self,
        parent: &Branch,
        parent_cost: Usd,
        scene: &Scene<'_>,
    ) -> Result<(), SimulationError> {
        for branch in &self.branches[self.costs.len()..] {
            let is_same = branch.model == parent.model && branch.call == parent.call;
            let cost = if is_same { Ok(parent_cost) } else { price(branch, scene) };
            self.costs.push(cost?);
        }
        Ok(())
    }

    /// What the call costs over its branches.
    fn bill(&self, scene: &Scene<'_>) -> Result<FineUsd, SimulationError> {
        let mut total = FineUsd::ZERO;
        for (branch, cost) in self.branches.iter().zip(&self.costs) {
            let part = scene.paid(branch, *cost).map_err(lost)?;
            total = total.checked_add(part).ok_or(SimulationError::TooLarge)?;
        }
        Ok(total)
    }
}

fn price(branch: &Branch, scene: &Scene<'_>) -> Result<Usd, SimulationError> {
    scene.cost(branch).map_err(lost)
}

/// What it means when a branch that a technique proposed has no price.
pub(super) fn lost(reason: Unpriced) -> SimulationError {
    match reason {
        Unpriced::TooLarge => SimulationError::TooLarge,
        reason => SimulationError::LostPrice(reason),
    }
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
            memories: players.iter().map(Player::memory).collect(),
            levels: vec![Level::default(); players.len() + 1],
            baseline: Usd::ZERO,
            dividends: Vec::new(),
            touched: 0,
            alone: 0,
            refusals: Refusals::default(),
        }
    }

    /// Takes up the next call; false when it has no price.
    pub(super) fn start(&mut self, call: &Call, model: Option<ModelId>, scene: &Scene<'_>) -> bool {
        let Some(model) = model else { return false };
        let Ok(baseline) = scene.facts.cost(model, call, scene.geo) else { return false };
        self.baseline = baseline;
        self.dividends.clear();
        self.refusals.0.clear();
        (self.touched, self.alone) = (0, 0);
        self.levels[0].clear();
        self.levels[0].push(&Branch::logged(*call, model), baseline);
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
            if set & (1 << player) != 0 && self.step(player, position, scene)? {
                position.depth += 1;
            }
        }
        self.levels[position.depth].bill(scene)
    }

    /// Brings the call through all techniques, and hands over the branches it ends in, each with
    /// its cost at its whole weight; nothing when a retry policy left out the attempt.
    pub(super) fn through(
        &mut self,
        scene: &Scene<'_>,
    ) -> Result<Option<impl Iterator<Item = (&Branch, Usd)>>, SimulationError> {
        let mut position = Position { depth: 0, next: 0, is_together: false };
        for (player, Player { stage, .. }) in self.players.iter().enumerate() {
            if self.step(player, position, scene)? {
                position.depth += 1;
                let is_left_out = self.levels[position.depth].branches.is_empty();
                if *stage == Stage::RetryGate && is_left_out {
                    return Ok(None);
                }
            }
        }
        let Level { branches, costs } = &self.levels[position.depth];
        Ok(Some(branches.iter().zip(costs.iter().copied())))
    }

    /// Finds the dividends of the call over the techniques from `causal` on, with those of `set`,
    /// all before them, on. Says which of `set` changed the call.
    pub(super) fn divide_after(
        &mut self,
        set: Mask,
        causal: usize,
        scene: &Scene<'_>,
    ) -> Result<Mask, SimulationError> {
        let mut changed = 0;
        let mut position = Position { depth: 0, next: causal, is_together: false };
        for player in 0..causal {
            let before = (1 << player) - 1;
            position.is_together = set & before == before;
            if set & (1 << player) != 0 && self.step(player, position, scene)? {
                position.depth += 1;
                changed |= 1 << player;
            }
        }
        position.is_together = set + 1 == 1 << causal;
        self.descend(position, scene)?;
        Ok(changed)
    }

    /// Finds the dividends of the call.
    pub(super) fn divide(&mut self, scene: &Scene<'_>) -> Result<(), SimulationError> {
        self.descend(Position { depth: 0, next: 0, is_together: true }, scene)
    }

    /// Appends the dividends over the techniques from `position.next` on. A technique that leaves
    /// the branches as they are has none: both of its halves of the tree are the same.
    fn descend(&mut self, position: Position, scene: &Scene<'_>) -> Result<(), SimulationError> {
        for player in position.next..self.players.len() {
            if !self.step(player, position, scene)? {
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
            return self.combine(start, middle, bit).ok_or(SimulationError::TooLarge);
        }
        let cost = self.levels[position.depth].bill(scene)?;
        self.dividends.push((0, cost));
        Ok(())
    }

    /// Applies a technique to the branches at the current depth, into the level below. Says
    /// whether any of them changed; if not, the level below means nothing.
    fn step(
        &mut self,
        player: usize,
        position: Position,
        scene: &Scene<'_>,
    ) -> Result<bool, SimulationError> {
        let Player { stage, rewrite: Some(rewrite) } = &self.players[player] else {
            return Ok(false);
        };
        let (above, below) = self.levels.split_at_mut(position.depth + 1);
        let (level, out) = (&above[position.depth], &mut below[0]);
        out.clear();
        let mut has_changed = false;
        for (place, (branch, cost)) in level.branches.iter().zip(&level.costs).enumerate() {
            let is_passed_over = branch.is_free() || (branch.companion && *stage != Stage::Price);
            let effect = if is_passed_over {
                Effect::Unchanged
            } else if let Some(memory) = &mut self.memories[player] {
                rewrite.recall(branch, scene, memory, &mut out.branches)
            } else {
                rewrite.apply(branch, scene, &mut out.branches)
            };
            if let Effect::Declined(why) | Effect::ChangedBut(why) = effect {
                self.refusals.note(player, why, branch.model, position);
            }
            if matches!(effect, Effect::Changed | Effect::ChangedBut(_)) {
                out.price_new(branch, *cost, scene)?;
                if !has_changed {
                    // Nothing is copied until something changes; the order of branches is free.
                    for (branch, cost) in level.branches.iter().zip(&level.costs).take(place) {
                        out.push(branch, *cost);
                    }
                }
                has_changed = true;
            } else if has_changed {
                out.push(branch, *cost);
            }
        }
        Ok(has_changed)
    }

    /// Joins the dividends with a technique on (`start..middle`) and off (`middle..`): those of
    /// sets with the technique are the differences. Nothing when one does not fit.
    fn combine(&mut self, start: usize, middle: usize, bit: Mask) -> Option<()> {
        let end = self.dividends.len();
        let (on, off) = self.dividends[start..].split_at_mut(middle - start);
        let is_parallel = on.len() == off.len()
            && on.iter().zip(off.iter()).all(|((set, _), (other, _))| set == other);
        if is_parallel {
            for ((set, cost), (_, without)) in on.iter_mut().zip(off) {
                *cost = cost.checked_sub(*without)?;
                *set |= bit;
            }
            return Some(());
        }
        // Which techniques touch the call depends on this one: match the sets one by one.
        for place in middle..end {
            let (set, without) = self.dividends[place];
            let found = self.dividends[start..middle].iter_mut().find(|(other, _)| *other == set);
            match found {
                Some((_, cost)) => *cost = cost.checked_sub(without)?,
                None => {
                    self.dividends.push((set | bit, FineUsd::ZERO.checked_sub(without)?));
                }
            }
        }
        for (set, _) in &mut self.dividends[start..middle] {
            *set |= bit;
        }
        Some(())
    }
}
