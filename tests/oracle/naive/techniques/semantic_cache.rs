//! Source: `docs/techniques/semantic_cache.md`: at a given rate that part of the calls in scope
//! disappears, each with its own cost; every call that is looked up pays for its uncached input, or
//! `embedding_tokens`, at the price of the embedding model. At the low end 15 % of the hits are wrong
//! and called after all.

use super::{Branch, Scenario, Step, Surroundings};
use crate::number::{Q, decimal, one, zero};
use crate::world::Class;
use crate::world::plan::{Scope, Setting};

pub(super) struct Store {
    answered: Q,
    scope: Scope,
    embedding: Option<(String, Option<u64>)>,
}

pub(super) fn prepare(setting: &Setting, scenario: Scenario) -> Store {
    let Setting::SemanticCache { rate, scope, embedding } = setting else { unreachable!() };
    let mut answered = rate.value();
    if scenario == Scenario::Low {
        answered *= one() - decimal("0.15");
    }
    Store { answered, scope: scope.clone(), embedding: embedding.clone() }
}

impl Step for Store {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        if !self.scope.holds(around.record()) || self.answered == zero() {
            return vec![branch.clone()];
        }
        let mut ways = vec![branch.part(&(one() - &self.answered))];
        if let Some((model, tokens)) = &self.embedding {
            let question =
                tokens.map_or(branch.call.count(Class::Input), |tokens| tokens * branch.call.calls);
            let lookup = branch.companion(around.table, model, question, 0);
            // What cannot be looked up at a known price is not looked up.
            if !around.is_priced(&lookup) {
                return vec![branch.clone()];
            }
            ways.push(lookup);
        }
        ways
    }
}
