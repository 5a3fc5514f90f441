//! What a log costs under one policy, by walking it once.

use crate::units::{FineUsd, Tokens};
use crate::usage::{Row, column};

use super::super::branch::Branch;
use super::super::facts::{Facts, Scene};
use super::super::scope::Selection;
use super::super::technique::{Effect, Rewrite};
use super::gate::CacheReplay;

/// Sums over the calls in scope that have a price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Sums {
    /// What they cost.
    pub(super) cost: FineUsd,
    /// Tokens read from a cache, in billionths of a token.
    read: u128,
    /// Tokens written to one, in the same unit.
    written: u128,
    /// All input tokens.
    pub(super) input: Tokens,
    /// Calls.
    pub(super) calls: u64,
}

/// The same over a whole log, its second half, and by route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Standing {
    pub(super) whole: Sums,
    pub(super) second_half: Sums,
    pub(super) routes: Vec<Sums>,
}

impl Sums {
    /// Tokens read, to the token.
    pub(super) fn read(&self) -> Tokens {
        whole(self.read)
    }

    /// Tokens written, to the token.
    pub(super) fn written(&self) -> Tokens {
        whole(self.written)
    }

    /// The sums of one call, by the ways it may go.
    fn of(call: &Branch, ways: &[Branch], scene: &Scene<'_>) -> Option<Self> {
        let mut sums = Self { calls: 1, input: call.call.input_total(), ..Self::default() };
        for branch in ways {
            let cost = scene.cost(branch).ok()?;
            let part = scene.paid(branch, cost).ok()?;
            sums.cost = sums.cost.checked_add(part)?;
            let weight = u128::from(branch.weight.parts());
            sums.read += u128::from(branch.call.cache_read().get()) * weight;
            sums.written += u128::from(branch.call.cache_written().get()) * weight;
        }
        Some(sums)
    }

    fn add(&mut self, other: &Self) -> Option<()> {
        self.cost = self.cost.checked_add(other.cost)?;
        self.read += other.read;
        self.written += other.written;
        self.input += other.input;
        self.calls += other.calls;
        Some(())
    }
}

fn whole(billionths: u128) -> Tokens {
    let one = u128::from(crate::units::Rate::ONE.parts());
    Tokens::new(u64::try_from((billionths + one / 2) / one).unwrap_or(u64::MAX))
}

/// What surrounds a call.
pub(super) fn scene<'a>(facts: &'a Facts<'a>, row: Row) -> Scene<'a> {
    Scene { facts, row, geo: facts.calls.name(column::GEO, row) }
}

/// The rows that a comparison is about: single calls in scope that have a price. Only their numbers
/// are kept: the branch of a call takes a hundred times as much.
#[derive(Clone)]
pub(super) struct Compared<'a> {
    facts: &'a Facts<'a>,
    rows: Vec<u32>,
}

impl<'a> Compared<'a> {
    /// Finds them.
    pub(super) fn of(selection: &Selection, facts: &'a Facts<'a>) -> Self {
        let single = priced(selection, facts).filter(|(_, branch)| branch.call.is_single());
        let number = |row| u32::try_from(row).expect("a table has fewer than 2³² rows");
        Self { facts, rows: single.map(|(row, _)| number(row)).collect() }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many of them are in the first half of the log.
    pub(super) const fn middle(&self) -> usize {
        self.rows.len() / 2
    }

    /// Their rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        self.rows.iter().map(|row| *row as usize)
    }

    /// Each with its call as it was logged.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Row, Branch)> {
        self.rows().filter_map(|row| {
            let model = self.facts.model(row)?;
            Some((row, Branch::logged(self.facts.calls.call(row), model)))
        })
    }
}

/// The calls of all other rows in scope that have a price.
pub(super) fn summed_calls(selection: &Selection, facts: &Facts<'_>) -> u64 {
    let sums = priced(selection, facts).filter(|(_, branch)| !branch.call.is_single());
    sums.fold(0, |count: u64, (_, branch)| count.saturating_add(branch.call.calls))
}

fn priced<'a>(
    selection: &'a Selection,
    facts: &'a Facts<'_>,
) -> impl Iterator<Item = (Row, Branch)> + 'a {
    let known = facts.modelled_rows().filter(|(row, _)| selection.holds(*row));
    let branches = known.map(|(row, model)| (row, Branch::logged(facts.calls.call(row), model)));
    branches.filter(|(row, branch)| scene(facts, *row).is_priced(branch))
}

impl Standing {
    /// Walks the log under a policy; as it was billed for none. Nothing when an amount is beyond
    /// 10¹¹ dollars.
    pub(super) fn of(
        rows: &Compared<'_>,
        replay: Option<&CacheReplay>,
        routes: &dyn Fn(Row) -> u32,
        facts: &Facts<'_>,
    ) -> Option<Self> {
        let mut standing = Self::default();
        let mut memory = replay.and_then(Rewrite::memory);
        let mut out = Vec::new();
        for (place, (row, branch)) in rows.iter().enumerate() {
            let scene = scene(facts, row);
            out.clear();
            let effect = match (replay, &mut memory) {
                (Some(replay), Some(memory)) => replay.recall(&branch, &scene, memory, &mut out),
                _ => Effect::Unchanged,
            };
            if !matches!(effect, Effect::Changed | Effect::ChangedBut(_)) {
                out.push(branch);
            }
            let route = routes(row) as usize;
            if standing.routes.len() <= route {
                standing.routes.resize(route + 1, Sums::default());
            }
            let sums = Sums::of(&branch, &out, &scene)?;
            standing.whole.add(&sums)?;
            standing.routes[route].add(&sums)?;
            if place >= rows.middle() {
                standing.second_half.add(&sums)?;
            }
        }
        Some(standing)
    }
}
