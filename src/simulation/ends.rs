//! The two ends of what is not known: only the whole plan and each technique alone.

use std::num::NonZeroUsize;

use crate::techniques::{Facts, Scenario};
use crate::units::{FineUsd, Usd};

use super::attribution::Mask;
use super::chunks::sum_over_rows;
use super::error::SimulationError;
use super::passes::Replay;
use super::plan::Plan;
use super::run::{players, prepare, scene};
use super::tally::add;
use super::walk::{Walk, causal_players};

/// The bill under the whole plan, and under each technique alone.
pub(super) struct Ends {
    alone: Vec<FineUsd>,
    together: FineUsd,
}

impl Ends {
    /// Runs the plan at one end.
    pub(super) fn run(
        facts: &Facts<'_>,
        plan: &Plan,
        scenario: Scenario,
        threads: NonZeroUsize,
    ) -> Result<Self, SimulationError> {
        let prepared = prepare(facts, plan, scenario)?;
        let players = players(plan, &prepared);
        let whole: Mask = (1 << players.len()) - 1;
        let causal = causal_players(&players);
        if causal > 0 {
            let replay = Replay { facts, players: &players, causal };
            let before: Mask = (1 << causal) - 1;
            let alone = (0..players.len()).map(|player| 1 << player);
            let sets: Vec<_> =
                alone.chain([whole]).map(|set: Mask| (set & before, set & !before)).collect();
            let mut bills = replay.bills(&sets, threads)?;
            let together = bills.pop().expect("the whole plan is the last of them");
            return Ok(Self { alone: bills, together });
        }
        sum_over_rows(
            facts,
            threads,
            || (Walk::new(&players), Self::nothing(players.len())),
            |walk, sum, row| {
                let scene = scene(facts, row);
                let call = facts.calls.call(row);
                if !walk.start(&call, facts.model(row), &scene) {
                    return Ok(());
                }
                for (player, alone) in sum.alone.iter_mut().enumerate() {
                    add(alone, walk.cost(1 << player, &scene)?)?;
                }
                add(&mut sum.together, walk.cost(whole, &scene)?)
            },
            Self::merge,
        )
    }

    fn nothing(players: usize) -> Self {
        Self { alone: vec![FineUsd::ZERO; players], together: FineUsd::ZERO }
    }

    fn merge(&mut self, other: &Self) -> Result<(), SimulationError> {
        for (mine, theirs) in self.alone.iter_mut().zip(&other.alone) {
            add(mine, *theirs)?;
        }
        add(&mut self.together, other.together)
    }

    /// The bill under the whole plan.
    pub(super) fn together(&self) -> Usd {
        self.together.to_usd()
    }

    /// The bill under one technique alone.
    pub(super) fn alone(&self, player: usize) -> Usd {
        self.alone[player].to_usd()
    }
}
