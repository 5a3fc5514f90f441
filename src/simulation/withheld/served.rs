//! Which model answers: as often as each did in the first half for the same requested model.

use std::collections::BTreeMap;

use crate::pricing::ModelId;
use crate::techniques::Facts;
use crate::units::{FineUsd, Rate, Usd};
use crate::usage::{Call, Row, Symbol, column};

use super::{Candidate, Prediction, Predictor, WithheldError};

/// How often each model answered, by the model that was asked for.
#[derive(Default)]
pub(super) struct Served(BTreeMap<Requested, BTreeMap<ModelId, u64>>);

/// The provider and the name of a model as they were asked for.
type Requested = (Symbol, Symbol);

fn requested(facts: &Facts<'_>, row: Row) -> Requested {
    (facts.calls.symbol(column::PROVIDER, row), facts.calls.symbol(column::REQUEST_MODEL, row))
}

fn requested_model(facts: &Facts<'_>, row: Row) -> Option<ModelId> {
    let name = facts.calls.name(column::REQUEST_MODEL, row);
    let provider = facts.calls.name(column::PROVIDER, row);
    (!name.is_empty()).then(|| facts.book.find(provider, name).ok()).flatten()
}

fn cost_on(facts: &Facts<'_>, row: Row, model: ModelId) -> Option<Usd> {
    facts.cost(model, &facts.calls.call(row), facts.calls.name(column::GEO, row)).ok()
}

impl Predictor for Served {
    fn candidate(&self, facts: &Facts<'_>, row: Row) -> Option<(Call, Usd)> {
        let asked_for = cost_on(facts, row, requested_model(facts, row)?)?;
        Some((facts.calls.call(row), asked_for))
    }

    fn group(&self, facts: &Facts<'_>, row: Row) -> String {
        facts.calls.name(column::REQUEST_MODEL, row).to_owned()
    }

    fn learn(&mut self, facts: &Facts<'_>, candidate: &Candidate) {
        let Some(served) = facts.model(candidate.row) else { return };
        let counts = self.0.entry(requested(facts, candidate.row)).or_default();
        *counts.entry(served).or_default() += candidate.call.calls;
    }

    fn predict(
        &self,
        facts: &Facts<'_>,
        candidate: &Candidate,
    ) -> Result<Prediction, WithheldError> {
        let row = candidate.row;
        let at = candidate.call.time;
        let means = |model| facts.book.meaning(model, at);
        let both = requested_model(facts, row).zip(facts.model(row));
        let is_affected =
            both.is_some_and(|(one, other)| !facts.book.is_same_model(means(one), means(other)));
        let Some(counts) = self.0.get(&requested(facts, row)) else {
            return Ok(Prediction { cost: candidate.simplest.into(), is_affected });
        };
        let whole: u64 = counts.values().sum();
        let (mut cost, mut left) = (FineUsd::ZERO, Rate::ONE);
        for (model, calls) in counts {
            let share = Rate::of_counts(*calls, whole).unwrap_or(Rate::ZERO).min(left);
            left = left.minus(share);
            // A model without a price for such a call counts as the one that was asked for.
            let amount = cost_on(facts, row, *model).unwrap_or(candidate.simplest);
            cost = sum(cost, amount, share)?;
        }
        // What rounding leaves of the shares, so that they add up to the call.
        cost = sum(cost, candidate.simplest, left)?;
        Ok(Prediction { cost, is_affected })
    }
}

fn sum(cost: FineUsd, amount: Usd, share: Rate) -> Result<FineUsd, WithheldError> {
    let part = FineUsd::weighted(amount, share).ok_or(WithheldError::TooLarge)?;
    cost.checked_add(part).ok_or(WithheldError::TooLarge)
}
