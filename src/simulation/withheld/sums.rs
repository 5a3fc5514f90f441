//! What was billed beside what was predicted, by group and in total.

use std::collections::BTreeMap;

use crate::units::{FineUsd, Usd};

use super::{Candidate, Prediction, Withheld, WithheldError};

/// Calls of one group with what was billed for them and what was predicted, in dollars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WithheldLine {
    /// The group: a model that was asked for, or a call type.
    pub name: String,
    /// How many calls.
    pub calls: u64,
    /// The calls of which something was withheld: another model answered, or the answer goes on
    /// beyond the cap.
    pub affected: u64,
    /// What they cost as the log has them.
    pub billed: Usd,
    /// What they were predicted to cost from what the first half teaches.
    pub predicted: Usd,
    /// What they cost if nothing is predicted: as asked for, or cut at the cap.
    pub simplest: Usd,
}

/// What became of the second half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithheldResult {
    /// What was withheld.
    pub withheld: Withheld,
    /// The calls that taught.
    pub learned_from: u64,
    /// Calls that take no part: without a price, a time, or what would be withheld.
    pub left_out: u64,
    /// All predicted calls.
    pub total: WithheldLine,
    /// By group, the dearest first; their amounts add up to the total.
    pub lines: Vec<WithheldLine>,
}

/// The sums of one group.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    calls: u64,
    affected: u64,
    billed: Usd,
    predicted: FineUsd,
    simplest: Usd,
}

impl Sums {
    pub(super) fn add(
        &mut self,
        candidate: &Candidate,
        prediction: &Prediction,
    ) -> Result<(), WithheldError> {
        let calls = candidate.call.calls;
        self.calls += calls;
        self.affected += if prediction.is_affected { calls } else { 0 };
        let add = |one: Usd, other| one.checked_add(other).ok_or(WithheldError::TooLarge);
        self.billed = add(self.billed, candidate.billed)?;
        self.simplest = add(self.simplest, candidate.simplest)?;
        let predicted = self.predicted.checked_add(prediction.cost);
        self.predicted = predicted.ok_or(WithheldError::TooLarge)?;
        Ok(())
    }

    fn line(self, name: String) -> WithheldLine {
        let Self { calls, affected, billed, predicted, simplest } = self;
        WithheldLine { name, calls, affected, billed, predicted: predicted.to_usd(), simplest }
    }
}

impl WithheldResult {
    /// Adds up the groups.
    pub(super) fn new(
        withheld: Withheld,
        learned_from: u64,
        left_out: u64,
        groups: BTreeMap<String, Sums>,
    ) -> Result<Self, WithheldError> {
        let mut lines: Vec<_> = groups.into_iter().map(|(name, sums)| sums.line(name)).collect();
        // Names are in order already, and equal amounts keep it.
        lines.sort_by_key(|line| std::cmp::Reverse(line.billed));
        let mut total = WithheldLine::default();
        for line in &lines {
            total.calls += line.calls;
            total.affected += line.affected;
            let amounts = [
                (&mut total.billed, line.billed),
                (&mut total.predicted, line.predicted),
                (&mut total.simplest, line.simplest),
            ];
            for (sum, amount) in amounts {
                *sum = sum.checked_add(amount).ok_or(WithheldError::TooLarge)?;
            }
        }
        Ok(Self { withheld, learned_from, left_out, total, lines })
    }
}
