//! The two ends of what is not known: only the whole plan and each technique alone.

use std::num::NonZeroUsize;

use crate::techniques::{Facts, Scenario};
use crate::units::{FineUsd, Usd};

use super::attribution::Mask;
use super::bills::totals;
use super::error::SimulationError;
use super::plan::Plan;
use super::run::{players, prepare};

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
        let sets: Vec<Mask> = (0..players.len()).map(|player| 1 << player).chain([whole]).collect();
        facts.expect_replays(1);
        let mut alone = totals(facts, &players, &sets, threads)?;
        let together = alone.pop().expect("the whole plan is the last of them");
        Ok(Self { alone, together })
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
