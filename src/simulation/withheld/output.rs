//! How long answers are beyond a cap: as long on average as those of the first half that reached it.

use std::collections::BTreeMap;

use crate::techniques::Facts;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row, Symbol, column};

use super::{Candidate, Prediction, Predictor, WithheldError};

/// What lay beyond the cap, of the answers that reached it.
#[derive(Clone, Copy, Default)]
struct Excess {
    answers: u64,
    tokens: u64,
}

impl Excess {
    fn add(&mut self, tokens: Tokens) {
        self.answers += 1;
        self.tokens = self.tokens.saturating_add(tokens.get());
    }

    /// The mean, to the nearest token.
    fn mean(self) -> Option<Tokens> {
        let half = self.answers / 2;
        let mean = self.tokens.saturating_add(half).checked_div(self.answers)?;
        Some(Tokens::new(mean))
    }
}

/// Excess by model and call type, by call type, and of all.
pub(super) struct Beyond {
    cap: Tokens,
    learned: BTreeMap<Key, Excess>,
}

/// A model and a call type; nothing for any.
type Key = (Option<Symbol>, Option<Symbol>);

/// From the most alike to the least.
fn keys(facts: &Facts<'_>, row: Row) -> [Key; 3] {
    let model = facts.calls.symbol(column::MODEL, row);
    let call_type = facts.calls.symbol(column::CALL_TYPE, row);
    [(Some(model), Some(call_type)), (None, Some(call_type)), (None, None)]
}

fn answer(call: &Call) -> Tokens {
    call.tokens[TokenClass::Output] + call.tokens[TokenClass::Reasoning]
}

impl Beyond {
    pub(super) fn new(cap: Tokens) -> Self {
        Self { cap, learned: BTreeMap::new() }
    }

    /// The call as it is visible: the answer ends at the cap, reasoning being first in time.
    fn visible(&self, mut call: Call) -> Call {
        let reasoning = call.tokens[TokenClass::Reasoning].min(self.cap);
        let rest = self.cap.saturating_sub(reasoning);
        call.tokens[TokenClass::Output] = call.tokens[TokenClass::Output].min(rest);
        call.tokens[TokenClass::Reasoning] = reasoning;
        call
    }

    fn price(facts: &Facts<'_>, row: Row, call: &Call) -> Option<Usd> {
        facts.cost(facts.model(row)?, call, facts.calls.name(column::GEO, row)).ok()
    }
}

impl Predictor for Beyond {
    fn candidate(&self, facts: &Facts<'_>, row: Row) -> Option<(Call, Usd)> {
        let call = facts.calls.call(row);
        let cost = Self::price(facts, row, &self.visible(call));
        cost.filter(|_| call.is_single()).map(|cost| (call, cost))
    }

    fn group(&self, facts: &Facts<'_>, row: Row) -> String {
        facts.calls.name(column::CALL_TYPE, row).to_owned()
    }

    fn learn(&mut self, facts: &Facts<'_>, candidate: &Candidate) {
        if answer(&candidate.call) < self.cap {
            return;
        }
        let excess = answer(&candidate.call).saturating_sub(self.cap);
        for key in keys(facts, candidate.row) {
            self.learned.entry(key).or_default().add(excess);
        }
    }

    fn predict(
        &self,
        facts: &Facts<'_>,
        candidate: &Candidate,
    ) -> Result<Prediction, WithheldError> {
        let whole = answer(&candidate.call);
        let mut call = self.visible(candidate.call);
        // That an answer reaches the cap is visible; whether and how far it goes on is not.
        if answer(&call) >= self.cap {
            let alike = keys(facts, candidate.row);
            let mean = alike.iter().find_map(|key| self.learned.get(key)?.mean());
            call.tokens[TokenClass::Output] += mean.unwrap_or(Tokens::ZERO);
        }
        let cost = Self::price(facts, candidate.row, &call).ok_or(WithheldError::TooLarge)?;
        Ok(Prediction { cost: cost.into(), is_affected: whole > self.cap })
    }
}
