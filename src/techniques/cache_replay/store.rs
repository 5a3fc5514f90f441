//! What is in the caches, for one history of calls.

use hashbrown::HashMap;

use crate::pricing::ModelId;
use crate::units::{Factor, Rate, Tokens};
use crate::usage::Row;

use super::lineage::Lineage;
use super::rules::ReplayRules;
use super::uses::Uses;

/// So many turns back an older entry of a conversation is looked for.
const TURNS_BACK: usize = 8;

/// What an entry holds: caches of models are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Entry {
    Block(ModelId, u32),
    Turn(ModelId, Row),
    Shared(ModelId, u32),
}

/// The live entries, and since when they live.
#[derive(Debug, Default)]
pub(in super::super) struct Store {
    uses: HashMap<Entry, Uses>,
}

/// How a prompt may be found: this much of it is read, with this likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Found {
    /// Tokens read.
    pub(in super::super) read: Tokens,
    /// Tokens that can be read next time.
    pub(in super::super) stored: Tokens,
    /// How likely.
    pub(in super::super) likelihood: Rate,
}

/// One prompt that comes to a cache.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Prompt {
    pub(in super::super) row: Row,
    pub(in super::super) model: ModelId,
    /// All of its tokens.
    pub(in super::super) input: Tokens,
    /// The most of it that can repeat earlier prompts, where its history was cut.
    pub(in super::super) stable: Option<Tokens>,
    /// Tokens here for one of the log.
    pub(in super::super) ratio: Factor,
    /// How likely the call is made.
    pub(in super::super) likelihood: Rate,
}

impl Store {
    /// Looks a prompt up and keeps it: the ways it may be found, the likelihoods of which sum to
    /// one. Nothing when the log does not say when it came.
    pub(in super::super) fn visit(
        &mut self,
        prompt: &Prompt,
        lineage: &Lineage,
        rules: &ReplayRules,
    ) -> Option<Vec<Found>> {
        let at = lineage.time(prompt.row)?;
        let visit = Visit { prompt, lineage, rules, at };
        let (levels, stored) = match &lineage.blocks {
            Some(blocks) => {
                (visit.by_blocks(self, blocks.row(prompt.row), blocks.size), prompt.input)
            }
            None => (visit.by_turns(self), visit.kept()),
        };
        let stored = rules.stored(stored.min(prompt.input));
        visit.keep(self);
        let mut found = Vec::with_capacity(levels.len() + 1);
        let mut left = Rate::ONE;
        for (read, likelihood) in levels {
            let most = prompt.stable.map_or(prompt.input, |stable| stable.min(prompt.input));
            let read = rules.stored(prompt.ratio.of(read).min(most));
            if !read.is_zero() && likelihood > Rate::ZERO {
                found.push(Found { read, stored: stored.max(read), likelihood });
                left = left.minus(likelihood);
            }
        }
        if left > Rate::ZERO {
            found.push(Found { read: Tokens::ZERO, stored, likelihood: left });
        }
        Some(found)
    }

    fn alive(&self, entry: Entry, visit: &Visit<'_>) -> Rate {
        let known = self.uses.get(&entry);
        known.map_or(Rate::ZERO, |uses| uses.alive(visit.at, visit.rules.span))
    }

    fn note(&mut self, entry: Entry, visit: &Visit<'_>) {
        let (at, span, likelihood) = (visit.at, visit.rules.span, visit.prompt.likelihood);
        let uses = self.uses.entry(entry);
        uses.and_modify(|uses| uses.note(at, likelihood, span))
            .or_insert_with(|| Uses::new(at, likelihood, span));
    }
}

/// A prompt on its way through a store.
struct Visit<'a> {
    prompt: &'a Prompt,
    lineage: &'a Lineage,
    rules: &'a ReplayRules,
    at: i64,
}

impl Visit<'_> {
    /// The longest run of leading blocks that are alive; each with the likelihood that the run ends
    /// there.
    fn by_blocks(&self, store: &Store, blocks: &[u32], size: u64) -> Vec<(Tokens, Rate)> {
        let mut levels = Vec::new();
        let (mut length, mut reached) = (0, Rate::ONE);
        for block in blocks {
            let alive = store.alive(Entry::Block(self.prompt.model, *block), self).min(reached);
            if alive < reached {
                levels.push((Tokens::new(length), reached.minus(alive)));
                reached = alive;
            }
            if alive == Rate::ZERO {
                return levels;
            }
            length += size;
        }
        levels.push((Tokens::new(length), reached));
        levels
    }

    /// The newest turn before it that is alive, otherwise the shared start.
    fn by_turns(&self, store: &Store) -> Vec<(Tokens, Rate)> {
        let mut levels = Vec::new();
        let mut left = Rate::ONE;
        let mut turn = self.lineage.previous(self.prompt.row);
        for _ in 0..TURNS_BACK {
            let Some(row) = turn.filter(|_| left > Rate::ZERO) else { break };
            let found = left.times(store.alive(Entry::Turn(self.prompt.model, row), self));
            levels.push((self.lineage.length(row), found));
            left = left.minus(found);
            turn = self.lineage.previous(row);
        }
        let route = self.lineage.route(self.prompt.row);
        let alive = store.alive(Entry::Shared(self.prompt.model, route), self);
        levels.push((self.lineage.shared(self.prompt.row), left.times(alive)));
        levels
    }

    /// How much of the prompt is written: all of a turn, of any other only the shared start.
    fn kept(&self) -> Tokens {
        if self.lineage.is_turn(self.prompt.row) {
            return self.prompt.input;
        }
        self.prompt.ratio.of(self.lineage.shared(self.prompt.row))
    }

    fn keep(&self, store: &mut Store) {
        let Prompt { row, model, input, ratio, .. } = *self.prompt;
        if let Some(blocks) = &self.lineage.blocks {
            if self.rules.stored(input) > Tokens::ZERO {
                for block in blocks.row(row) {
                    store.note(Entry::Block(model, *block), self);
                }
            }
            return;
        }
        if self.lineage.is_turn(row) && self.rules.stored(input) > Tokens::ZERO {
            store.note(Entry::Turn(model, row), self);
        }
        if self.rules.stored(ratio.of(self.lineage.shared(row))) > Tokens::ZERO {
            let entry = Entry::Shared(model, self.lineage.route(row));
            store.note(entry, self);
        }
    }
}
