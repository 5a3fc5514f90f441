//! The gate: calls in order of time against budgets, where spend is known when a call ends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::units::FineUsd;
use crate::usage::Instant;

use super::super::error::SimulationError;
use super::super::tally::add;
use super::outcome::CapMode;

/// A call at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charge {
    /// Its key and the period in which it starts, as one number from 0.
    pub(super) slot: u32,
    /// When it starts.
    pub(super) start: Instant,
    /// When it ends, and its cost is known.
    pub(super) end: Instant,
    /// How many calls the row stands for.
    pub(super) calls: u64,
    /// What it costs.
    pub(super) cost: FineUsd,
    /// The most it can cost, as known before it is made.
    pub(super) most: FineUsd,
}

/// What a budget looks like when a call asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Spent by calls that have ended.
    pub(super) known: FineUsd,
    /// Reserved for calls under way.
    pub(super) reserved: FineUsd,
}

/// A key in a period.
#[derive(Debug, Default)]
struct Budget {
    known: FineUsd,
    reserved: FineUsd,
    under_way: BinaryHeap<Reverse<(Instant, FineUsd, FineUsd)>>,
}

impl Budget {
    /// Takes account of the calls that have ended by now.
    fn settle(&mut self, now: Instant) -> Result<Asked, SimulationError> {
        while let Some(Reverse((end, cost, most))) = self.under_way.peek().copied() {
            if end > now {
                break;
            }
            self.under_way.pop();
            add(&mut self.known, cost)?;
            self.reserved = self.reserved.checked_sub(most).ok_or(SimulationError::TooLarge)?;
        }
        Ok(Asked { known: self.known, reserved: self.reserved })
    }

    fn begin(&mut self, charge: &Charge) -> Result<(), SimulationError> {
        self.under_way.push(Reverse((charge.end, charge.cost, charge.most)));
        add(&mut self.reserved, charge.most)
    }
}

/// Walks calls, in order of their start, past budgets of `slots` keys and periods. `admits` says
/// whether a call may go; `told` hears of each.
pub(super) fn walk(
    charges: &[Charge],
    slots: usize,
    admits: impl Fn(Asked, &Charge) -> Result<bool, SimulationError>,
    mut told: impl FnMut(&Charge, Asked, bool) -> Result<(), SimulationError>,
) -> Result<(), SimulationError> {
    let mut budgets: Vec<Budget> = (0..slots).map(|_| Budget::default()).collect();
    for charge in charges {
        let budget = &mut budgets[charge.slot as usize];
        let asked = budget.settle(charge.start)?;
        let is_admitted = admits(asked, charge)?;
        if is_admitted {
            budget.begin(charge)?;
        }
        told(charge, asked, is_admitted)?;
    }
    Ok(())
}

/// What would be spent if this call cost the most it can.
pub(super) fn at_most(asked: Asked, charge: &Charge) -> Result<FineUsd, SimulationError> {
    let sum = asked.known.checked_add(asked.reserved);
    sum.and_then(|sum| sum.checked_add(charge.most)).ok_or(SimulationError::TooLarge)
}

/// Whether a cap lets a call through.
pub(super) fn admits(
    mode: CapMode,
    cap: FineUsd,
    asked: Asked,
    charge: &Charge,
) -> Result<bool, SimulationError> {
    Ok(match mode {
        CapMode::PostHoc => asked.known < cap,
        CapMode::Reserve => at_most(asked, charge)? <= cap,
    })
}
