//! The semantic cache at a rate that was given.

use super::super::branch::{Branch, push_taken};
use super::super::facts::Scene;
use super::super::scope::Selection;
use super::super::technique::{Decline, Effect, Rewrite};
use super::declined;
use super::lookup::Lookup;
use crate::pricing::Model;
use crate::units::Rate;

/// A store that answers an equal part of every call in scope.
pub(super) struct AssumedStore {
    pub(super) selection: Selection,
    /// The part of each call that is made.
    pub(super) kept: Rate,
    pub(super) lookup: Lookup,
}

impl Rewrite for AssumedStore {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) || self.kept == Rate::ONE {
            return Effect::Unchanged;
        }
        let lookup = self.lookup.of(branch);
        if lookup.is_some_and(|lookup| !scene.is_priced(&lookup)) {
            return Effect::Declined(Decline::HelperNotPriced);
        }
        let (kept, _) = branch.split(self.kept);
        push_taken(out, kept);
        out.extend(lookup);
        Effect::Changed
    }

    fn declined(&self, _: Decline, model: &Model, calls: u64) -> String {
        declined(model, calls)
    }
}
