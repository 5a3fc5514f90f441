//! One call under every subset of the techniques that touch it.

use crate::pricing::{ModelId, Unpriced};
use crate::techniques::{Branch, Decline, Effect, Rewrite, Scene, Stage};
use crate::units::{FineUsd, Usd};
use crate::usage::Call;

use super::attribution::Mask;
use super::error::SimulationError;
use super::histories::{Histories, Node, ROOT};

/// A technique of the plan while calls are walked.
pub(super) struct Player<'a> {
    pub(super) stage: Stage,
    /// What it does; nothing when it was refused.
    pub(super) rewrite: Option<&'a dyn Rewrite>,
}

/// How many techniques, from the first one on, must be replayed in order of time for each of their
/// sets: all up to the last one that remembers.
pub(super) fn causal_players(players: &[Player<'_>]) -> usize {
    let remembers = |player: &Player<'_>| player.rewrite.and_then(Rewrite::memory).is_some();
    players.iter().rposition(remembers).map_or(0, |last| last + 1)
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
        let (is_alone, is_together) = (position.taken == 0, position.is_together);
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
    /// How many techniques, from the first one on, are told apart by what is remembered.
    causal: usize,
    /// What techniques remember of the calls before.
    histories: Histories<'a>,
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

/// Puts the sets for which something holds before the others, and says how many there are.
fn put_first(sets: &mut [(Mask, usize)], holds: impl Fn(Mask) -> bool) -> usize {
    let mut count = 0;
    for place in 0..sets.len() {
        if holds(sets[place].0) {
            sets.swap(place, count);
            count += 1;
        }
    }
    count
}

/// Where in the tree of subsets the walk stands.
#[derive(Clone, Copy)]
struct Position {
    /// How many techniques that changed the call were taken.
    depth: usize,
    /// The next technique to decide about.
    next: usize,
    /// The history it stands in.
    node: Node,
    /// How many techniques were taken that lead to another history or change this call.
    taken: usize,
    /// Whether none of those was left.
    is_together: bool,
    /// Whether it is told which techniques change the call here: where what is remembered depends
    /// on others, only with all of them, one of them or none.
    is_told: bool,
}

impl Position {
    const START: Self =
        Self { depth: 0, next: 0, node: ROOT, taken: 0, is_together: true, is_told: true };
}

impl<'a> Walk<'a> {
    pub(super) fn new(players: &'a [Player<'a>]) -> Self {
        let causal = causal_players(players);
        Self {
            players,
            causal,
            histories: Histories::new(&players[..causal]),
            levels: vec![Level::default(); players.len() + 1],
            baseline: Usd::ZERO,
            dividends: Vec::new(),
            touched: 0,
            alone: 0,
            refusals: Refusals::default(),
        }
    }

    /// Begins with a lot of so many calls: nothing that is remembered of those before matters to
    /// them.
    pub(super) fn begin(&mut self, calls: usize) {
        self.histories.begin(calls);
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

    /// What the call costs with each of some sets of techniques on, handed over with what stands
    /// beside the set. Every call has to be asked for the same sets, in any order.
    pub(super) fn bills(
        &mut self,
        sets: &mut [(Mask, usize)],
        scene: &Scene<'_>,
        take: &mut impl FnMut(usize, FineUsd) -> Result<(), SimulationError>,
    ) -> Result<(), SimulationError> {
        self.bill(sets, Position::START, scene, take)
    }

    fn bill(
        &mut self,
        sets: &mut [(Mask, usize)],
        mut position: Position,
        scene: &Scene<'_>,
        take: &mut impl FnMut(usize, FineUsd) -> Result<(), SimulationError>,
    ) -> Result<(), SimulationError> {
        for player in position.next..self.players.len() {
            let without = put_first(sets, |set| set & (1 << player) == 0);
            let has_changed = without < sets.len() && self.step(player, position, scene)?;
            let ways = self.ways(position.node, player, has_changed && without > 0);
            let (depth, next) = (position.depth + usize::from(has_changed), player + 1);
            let on = Position { depth, next, node: ways[1], ..position };
            let off = Position { next, node: ways[0], ..position };
            if without == 0 {
                position = on;
            } else if without == sets.len() || (!has_changed && ways[0] == ways[1]) {
                position = off;
            } else {
                let (left, taken) = sets.split_at_mut(without);
                self.bill(taken, on, scene, take)?;
                return self.bill(left, off, scene, take);
            }
        }
        let cost = self.levels[position.depth].bill(scene)?;
        sets.iter().try_for_each(|(_, place)| take(*place, cost))
    }

    /// Brings the call through all techniques, and hands over the branches it ends in, each with
    /// its cost at its whole weight; nothing when a retry policy left out the attempt.
    pub(super) fn through(
        &mut self,
        scene: &Scene<'_>,
    ) -> Result<Option<impl Iterator<Item = (&Branch, Usd)>>, SimulationError> {
        let mut position = Position::START;
        for (player, Player { stage, .. }) in self.players.iter().enumerate() {
            let has_changed = self.step(player, position, scene)?;
            position.node = self.ways(position.node, player, false)[1];
            if has_changed {
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

    /// Finds the dividends of the call.
    pub(super) fn divide(&mut self, scene: &Scene<'_>) -> Result<(), SimulationError> {
        self.descend(Position::START, scene)
    }

    /// Appends the dividends over the techniques from `position.next` on. A technique that leaves
    /// the branches as they are, and has left all before in this history, has none: both of its
    /// halves of the tree are the same.
    fn descend(
        &mut self,
        mut position: Position,
        scene: &Scene<'_>,
    ) -> Result<(), SimulationError> {
        for player in position.next..self.players.len() {
            let has_changed = self.step(player, position, scene)?;
            let ways = self.ways(position.node, player, has_changed);
            if !has_changed && ways[0] == ways[1] {
                position.node = ways[0];
                continue;
            }
            let (bit, next) = (1 << player, player + 1);
            let is_causal = player < self.causal;
            let on = Position {
                depth: position.depth + usize::from(has_changed),
                next,
                node: ways[1],
                taken: position.taken + 1,
                is_told: if is_causal {
                    position.taken == 0 || position.is_together
                } else {
                    position.is_told
                },
                ..position
            };
            let off = Position {
                next,
                node: ways[0],
                is_together: false,
                is_told: if is_causal { position.taken <= 1 } else { position.is_told },
                ..position
            };
            if has_changed && on.is_told {
                self.touched |= bit;
            }
            if has_changed && position.taken == 0 {
                self.alone |= bit;
            }
            let start = self.dividends.len();
            self.descend(on, scene)?;
            let middle = self.dividends.len();
            self.descend(off, scene)?;
            return self.combine(start, middle, bit).ok_or(SimulationError::TooLarge);
        }
        let cost = self.levels[position.depth].bill(scene)?;
        self.dividends.push((0, cost));
        Ok(())
    }

    /// Where a history goes on without a technique and with it.
    fn ways(&mut self, node: Node, player: usize, parts: bool) -> [Node; 2] {
        // Behind the last technique that remembers, there is nothing to tell histories apart.
        if player < self.causal { self.histories.ways(node, player, parts) } else { [ROOT; 2] }
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
        let mut memory =
            if player < self.causal { self.histories.memory(position.node, player) } else { None };
        let (above, below) = self.levels.split_at_mut(position.depth + 1);
        let (level, out) = (&above[position.depth], &mut below[0]);
        out.clear();
        let mut has_changed = false;
        for (place, (branch, cost)) in level.branches.iter().zip(&level.costs).enumerate() {
            let is_passed_over = branch.is_free() || (branch.companion && *stage != Stage::Price);
            let effect = if is_passed_over {
                Effect::Unchanged
            } else if let Some(memory) = &mut memory {
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
