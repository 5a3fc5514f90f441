//! What each call would have cost at the gate: expected and at most.

use hashbrown::HashMap;

use crate::pricing::ModelId;
use crate::techniques::{Branch, Facts, Scene};
use crate::units::{FineUsd, TokenClass, Tokens};
use crate::usage::{Call, Instant, Row};

use super::super::error::SimulationError;
use super::super::run::scene;
use super::super::tally::add;
use super::super::walk::{Player, Walk, lost};

/// What one call costs, without saying whose budget it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Priced {
    pub(super) row: Row,
    pub(super) cost: FineUsd,
    pub(super) most: FineUsd,
}

/// The length of answers that only one in a hundred exceeds, by model.
pub(super) struct LongAnswers(HashMap<ModelId, Tokens>);

impl LongAnswers {
    /// Looks at every answer of a log. Rows that sum up calls say nothing about one answer.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut lengths: HashMap<ModelId, Vec<u64>> = HashMap::new();
        for (row, model) in facts.modelled_rows() {
            let call = facts.calls.call(row);
            if call.is_single() {
                lengths.entry(model).or_default().push(call.output_total().get());
            }
        }
        let percentiles = lengths.into_iter().map(|(model, mut lengths)| {
            lengths.sort_unstable();
            let place = (lengths.len() * 99).div_ceil(100).saturating_sub(1);
            (model, Tokens::new(lengths[place]))
        });
        Self(percentiles.collect())
    }

    /// The output a call may come to: its limit, else what calls of its model came to.
    fn limit(&self, branch: &Branch, logged: Option<ModelId>) -> Option<Tokens> {
        if let Some(limit) = branch.call.max_tokens {
            return Some(Tokens::new(u64::from(limit)));
        }
        let known = logged.and_then(|model| self.0.get(&model));
        known.map(|length| branch.token_ratio.of(*length))
    }

    /// The call as it looks before it is made: nothing is read from a cache for certain, and the
    /// answer is as long as it may be. Audio and images stay as they are.
    fn before(&self, branch: &Branch, logged: Option<ModelId>) -> Call {
        let mut unsure = *branch;
        unsure.reclassify(TokenClass::CacheRead, TokenClass::Input, branch.call.cache_read());
        if let Some(limit) = self.limit(branch, logged) {
            unsure.call.tokens[TokenClass::Reasoning] = Tokens::default();
            unsure.call.tokens[TokenClass::Output] = branch.for_row(limit);
        }
        unsure.call
    }

    fn most(&self, branch: &Branch, scene: &Scene<'_>) -> Option<FineUsd> {
        let call = self.before(branch, scene.facts.model(scene.row));
        let unsure = Branch { call, ..*branch };
        scene.paid(&unsure, scene.cost(&unsure).ok()?).ok()
    }
}

/// Prices the calls of a log with all techniques of `players` on, in order of time. Calls without a
/// price, and attempts that a retry policy leaves out, never come to the gate.
pub(super) fn price(
    facts: &Facts<'_>,
    players: &[Player<'_>],
    answers: &LongAnswers,
) -> Result<Vec<Priced>, SimulationError> {
    let mut walk = Walk::new(players);
    let mut found = Vec::with_capacity(facts.calls.len());
    for row in 0..facts.calls.len() {
        let (call, scene) = (facts.calls.call(row), scene(facts, row));
        if !walk.start(&call, facts.model(row), &scene) {
            continue;
        }
        let Some(branches) = walk.through(&scene)? else { continue };
        let (mut cost, mut most) = (FineUsd::ZERO, FineUsd::ZERO);
        for (branch, alone) in branches {
            let paid = scene.paid(branch, alone).map_err(lost)?;
            add(&mut cost, paid)?;
            add(&mut most, answers.most(branch, &scene).unwrap_or(paid))?;
        }
        found.push(Priced { row, cost, most });
    }
    Ok(found)
}

/// When a call ends; at once where the log does not say.
pub(super) fn end_of(call: &Call) -> Instant {
    let latency = i64::from(call.latency_ms.unwrap_or_default());
    Instant::from_millis(call.time.millis().saturating_add(latency))
}
