//! The replayed store as a technique: what is found is not asked again.

use super::super::branch::{Branch, push_taken};
use super::super::facts::Scene;
use super::super::technique::{Clear, Decline, Effect, Memory, Rewrite, own};
use super::lookup::Lookup;
use super::questions::Questions;
use super::store::{Hit, Rules, Store};
use super::{declined, wrong::Wrong};
use crate::pricing::Model;
use crate::units::Rate;
use crate::usage::Row;

/// The store over one log.
pub(super) struct Answers {
    pub(super) questions: Questions,
    pub(super) rules: Rules,
    /// What each call finds where all of them come, which is nearly always so.
    pub(super) found: Vec<Option<Hit>>,
    pub(super) wrong: Wrong,
    pub(super) lookup: Lookup,
}

/// How far one history of calls has come.
#[derive(Clone, Debug, Default)]
struct History {
    /// The next call that asks, by its place.
    next: usize,
    /// The store, once a call has stayed away: from then on nothing is known in advance.
    store: Option<Store>,
    /// The last call that asked, and what it found.
    last: Option<(Row, Finding)>,
}

/// What became of a call at the store.
#[derive(Clone, Copy, Debug)]
enum Finding {
    /// It does not ask.
    Silent,
    /// Nothing was found.
    Missed,
    /// An answer was found.
    Hit(Hit),
}

impl Clear for History {
    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl History {
    fn visit(&mut self, row: Row, answers: &Answers) -> Finding {
        if let Some((last, found)) = self.last
            && last == row
        {
            // Another part of the same call.
            return found;
        }
        let asked = &answers.questions.asked;
        let first = self.next;
        while asked.get(self.next).is_some_and(|one| one.row < row) {
            self.next += 1;
        }
        if self.next > first && self.store.is_none() {
            let mut store = Store::default();
            for number in 0..first {
                store.visit(number, &answers.questions, &answers.rules);
            }
            self.store = Some(store);
        }
        if asked.get(self.next).is_none_or(|one| one.row != row) {
            return Finding::Silent;
        }
        let found = match &mut self.store {
            Some(store) => store.visit(self.next, &answers.questions, &answers.rules),
            None => answers.found[self.next],
        };
        let found = found.map_or(Finding::Missed, Finding::Hit);
        self.next += 1;
        self.last = Some((row, found));
        found
    }
}

impl Rewrite for Answers {
    fn apply(&self, _: &Branch, _: &Scene<'_>, _: &mut Vec<Branch>) -> Effect {
        // Without a memory nothing was ever answered before.
        Effect::Unchanged
    }

    fn memory(&self) -> Option<Memory> {
        Some(Box::new(History::default()))
    }

    fn recall(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        memory: &mut Memory,
        out: &mut Vec<Branch>,
    ) -> Effect {
        let history = own::<History>(memory);
        let lookup = self.lookup.of(branch);
        let kept = match history.visit(scene.row, self) {
            Finding::Silent => return Effect::Unchanged,
            Finding::Missed if lookup.is_none() => return Effect::Unchanged,
            Finding::Missed => Rate::ONE,
            Finding::Hit(hit) => self.wrong.made(&hit),
        };
        let (kept, _) = branch.split(kept);
        push_taken(out, kept);
        out.extend(lookup);
        Effect::Changed
    }

    fn declined(&self, _: Decline, model: &Model, calls: u64) -> String {
        declined(model, calls)
    }
}
