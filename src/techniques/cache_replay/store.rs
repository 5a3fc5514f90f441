//! What is in the caches, for one history of calls.

use hashbrown::HashMap;

use crate::pricing::ModelId;
use crate::units::{Factor, Rate, Tokens};
use crate::usage::{Row, Symbol, column};

use super::super::branch::Branch;
use super::super::facts::Scene;
use super::super::technique::Clear;
use super::blocks::Blocks;
use super::gate::Way;
use super::lineage::Lineage;
use super::policy::{End, Marks};
use super::rules::ReplayRules;
use super::uses::{Deed, Uses};

/// So many turns back an older entry of a conversation is looked for: a read looks at 20 blocks
/// before a breakpoint, and a turn adds two or more.
const TURNS_BACK: usize = 8;

/// Fewer entries are not worth a look at which of them live.
const SWEPT_MIN: usize = 1_024;

/// Anthropic keeps the caches of workspaces apart from 2026-02-05 on, in milliseconds; before, and on
/// other clouds, those of an organisation are one (its page on prompt caching, read 2026-10).
const WORKSPACES_FROM: i64 = 1_770_249_600_000;

/// A cache: those of models, of places where prompts are processed and of workspaces are apart. A
/// model belongs to one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) struct Cache {
    pub(in super::super) model: ModelId,
    pub(in super::super) place: Symbol,
    /// The workspace, where the provider keeps those apart and the log names them.
    pub(in super::super) workspace: Symbol,
    /// The machine, where one prefix is asked for so often that it is spread over several.
    pub(in super::super) machine: u32,
}

impl Cache {
    /// The cache that a call meets, on the first machine.
    pub(super) fn of(branch: &Branch, scene: &Scene<'_>, lineage: &Lineage) -> Self {
        let model = scene.placed(branch);
        let is_apart = |_: &Symbol| {
            scene.facts.calls.name(column::PROVIDER, scene.row) == "anthropic"
                && lineage.time(scene.row).is_some_and(|at| at >= WORKSPACES_FROM)
        };
        Self {
            model,
            place: scene.facts.calls.symbol(column::GEO, scene.row),
            workspace: lineage.workspace(scene.row).filter(is_apart).unwrap_or_default(),
            machine: 0,
        }
    }
}

/// What an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Entry {
    /// A block that can be read wherever all before it can.
    Block(Cache, u32),
    /// All blocks up to this one, because a breakpoint was after it.
    Boundary(Cache, u32),
    Turn(Cache, Row),
    Shared(Cache, u32),
}

/// An entry while it lives.
#[derive(Clone, Debug)]
struct Kept {
    uses: Uses,
    /// Tokens, as they were sent.
    length: Tokens,
}

/// The live entries, and since when they live.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Store {
    kept: HashMap<Entry, Kept>,
    /// With so many entries, the dead ones are dropped.
    sweep_at: usize,
    /// Room for the ways in which a prompt is found, used again for the next one.
    pub(super) room: (Vec<Found>, Vec<Way>),
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
    pub(in super::super) cache: Cache,
    /// Its breakpoints.
    pub(in super::super) marks: Marks,
    /// All of its tokens.
    pub(in super::super) input: Tokens,
    /// The most of it that can repeat earlier prompts, where its history was cut.
    pub(in super::super) stable: Option<Tokens>,
    /// Tokens here for one of the log.
    pub(in super::super) ratio: Factor,
    /// How likely the call is made.
    pub(in super::super) likelihood: Rate,
}

impl Clear for Store {
    fn clear(&mut self) {
        self.kept.clear();
    }
}

impl Store {
    /// Looks a prompt up and keeps it: the ways it may be found, the likelihoods of which sum to
    /// one, in `found`. Nothing when the log does not say when it came.
    pub(in super::super) fn visit(
        &mut self,
        prompt: &Prompt,
        lineage: &Lineage,
        rules: &ReplayRules,
        found: &mut Vec<Found>,
    ) -> Option<()> {
        let at = lineage.time(prompt.row)?;
        let visit = Visit { prompt, lineage, rules, at };
        let levels = visit.levels(self);
        let stored = rules.stored(visit.kept().min(prompt.input));
        for level in &levels {
            // A read starts the lifetime of what it found again.
            let likelihood = prompt.likelihood.times(level.likelihood);
            self.note(level.entry, level.length, (likelihood, Deed::Renews), &visit);
        }
        visit.keep(self);
        let mut left = Rate::ONE;
        for Level { read, likelihood, .. } in levels {
            let read = rules.stored(read.min(visit.most()));
            if !read.is_zero() && likelihood > Rate::ZERO {
                found.push(Found { read, stored: stored.max(read), likelihood });
                left = left.minus(likelihood);
            }
        }
        if left > Rate::ZERO {
            found.push(Found { read: Tokens::ZERO, stored, likelihood: left });
        }
        Some(())
    }

    /// How likely an entry is alive, if no call was made at these instants.
    fn alive(&self, entry: Entry, visit: &Visit<'_>, never: &[i64]) -> Option<(Rate, Tokens)> {
        let kept = self.kept.get(&entry)?;
        let alive = kept.uses.alive(visit.at, never);
        (alive > Rate::ZERO).then_some((alive, kept.length))
    }

    /// Adds the instants of the calls that wrote an entry, none of which was made if it is dead.
    fn rule_out(&self, entry: Entry, visit: &Visit<'_>, never: &mut Vec<i64>) {
        let kept = self.kept.get(&entry);
        never.extend(kept.iter().flat_map(|kept| kept.uses.writes(visit.at)));
    }

    fn note(
        &mut self,
        entry: Option<Entry>,
        length: Tokens,
        (likelihood, deed): (Rate, Deed),
        visit: &Visit<'_>,
    ) {
        let Some(entry) = entry else { return };
        let (at, span) = (visit.at, visit.rules.span);
        self.sweep(visit);
        let kept = self.kept.entry(entry);
        kept.and_modify(|kept| {
            kept.uses.note(at, likelihood, deed, span);
            kept.length = length;
        })
        .or_insert_with(|| Kept { uses: Uses::new(at, likelihood, deed, span), length });
    }
}

impl Store {
    /// Drops what is dead and so never found again, from time to time: twice as many entries as were
    /// alive then are kept at most.
    fn sweep(&mut self, visit: &Visit<'_>) {
        if self.kept.len() < self.sweep_at || !visit.lineage.is_in_order() {
            return;
        }
        self.kept.retain(|_, kept| !kept.uses.is_over(visit.at));
        self.sweep_at = SWEPT_MIN.max(2 * self.kept.len());
    }
}

/// One way a prompt may be found.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// The entry that is read and lives on; nothing where all that is read is kept anew anyway.
    entry: Option<Entry>,
    /// Its length.
    length: Tokens,
    read: Tokens,
    likelihood: Rate,
}

/// A prompt on its way through a store.
struct Visit<'a> {
    prompt: &'a Prompt,
    lineage: &'a Lineage,
    rules: &'a ReplayRules,
    at: i64,
}

impl<'a> Visit<'a> {
    fn levels(&self, store: &Store) -> Vec<Level> {
        match self.blocks() {
            Some(blocks) if self.prompt.marks.every_block => self.by_blocks(store, blocks),
            Some(blocks) => self.by_boundaries(store, blocks),
            None => self.by_turns(store),
        }
    }

    /// Its blocks, as long as its history is the one of the log.
    fn blocks(&self) -> Option<&'a Blocks> {
        let is_cut = self.prompt.stable.is_some();
        self.lineage.blocks.as_ref().filter(|_| !is_cut || self.prompt.marks.every_block)
    }

    /// The most that can be read.
    fn most(&self) -> Tokens {
        let Prompt { stable, input, .. } = *self.prompt;
        stable.map_or(input, |stable| stable.min(input))
    }

    /// The longest run of leading blocks that are alive; each with the likelihood that the run ends
    /// there.
    fn by_blocks(&self, store: &Store, blocks: &Blocks) -> Vec<Level> {
        let mut levels = Vec::new();
        let row = self.prompt.row;
        let level = |count, likelihood| {
            let read = self.prompt.ratio.of(blocks.tokens(row, count));
            Level { entry: None, length: read, read, likelihood }
        };
        let mut reached = Rate::ONE;
        for (count, block) in blocks.row(row).iter().enumerate() {
            let alive = store.alive(Entry::Block(self.prompt.cache, *block), self, &[]);
            let alive = alive.map_or(Rate::ZERO, |(alive, _)| alive).min(reached);
            if alive < reached {
                levels.push(level(count, reached.minus(alive)));
                reached = alive;
            }
            if alive == Rate::ZERO {
                return levels;
            }
        }
        levels.push(level(blocks.row(row).len(), reached));
        levels
    }

    /// The longest run of blocks that an earlier breakpoint ended, up to the last one here.
    fn by_boundaries(&self, store: &Store, blocks: &Blocks) -> Vec<Level> {
        let (mut levels, mut never, mut left) = (Vec::new(), Vec::new(), Rate::ONE);
        let (row, count) = (self.prompt.row, self.kept_blocks(blocks));
        for (place, block) in blocks.row(row)[..count].iter().enumerate().rev() {
            if left == Rate::ZERO {
                break;
            }
            let entry = Entry::Boundary(self.prompt.cache, *block);
            let Some((alive, length)) = store.alive(entry, self, &never) else { continue };
            let likelihood = left.times(alive);
            // What it is in this prompt: its tokens may have been counted otherwise in another.
            let read = self.prompt.ratio.of(blocks.tokens(row, place + 1));
            levels.push(Level { entry: Some(entry), length, read, likelihood });
            left = left.minus(likelihood);
            store.rule_out(entry, self, &mut never);
        }
        levels
    }

    /// The newest turn before it that is alive, otherwise the shared start.
    fn by_turns(&self, store: &Store) -> Vec<Level> {
        let Prompt { row, cache, marks, .. } = *self.prompt;
        let (mut levels, mut never, mut left) = (Vec::new(), Vec::new(), Rate::ONE);
        let mut turn = self.lineage.previous(row).filter(|_| marks.end != End::Open);
        for _ in 0..TURNS_BACK {
            let Some(before) = turn.filter(|_| left > Rate::ZERO) else { break };
            turn = self.lineage.previous(before);
            let entry = Entry::Turn(cache, before);
            let Some((alive, length)) = store.alive(entry, self, &never) else { continue };
            if length > self.most() && !marks.every_block {
                // Its end is no part of this prompt, and there was no breakpoint before its end.
                continue;
            }
            let likelihood = left.times(alive);
            levels.push(Level { entry: Some(entry), length, read: length, likelihood });
            left = left.minus(likelihood);
            store.rule_out(entry, self, &mut never);
        }
        if !self.has_shared_breakpoint() {
            return levels;
        }
        let entry = Entry::Shared(cache, self.lineage.route(row));
        if let Some((alive, _)) = store.alive(entry, self, &never) {
            let read = self.shared();
            levels.push(Level { entry: None, length: read, read, likelihood: left.times(alive) });
        }
        levels
    }

    /// The start it shares with other prompts of its call type.
    fn shared(&self) -> Tokens {
        self.prompt.ratio.of(self.lineage.shared(self.prompt.row)).min(self.most())
    }

    /// Whether it has a breakpoint after its shared start; where all of it is shared, that is its end.
    fn has_shared_breakpoint(&self) -> bool {
        let Prompt { marks, input, .. } = *self.prompt;
        marks.shared || (marks.end == End::OfPrompt && self.shared() == input)
    }

    /// How many of its leading blocks are before its last breakpoint.
    fn kept_blocks(&self, blocks: &Blocks) -> usize {
        let Prompt { row, marks, .. } = *self.prompt;
        let shared = self.lineage.shared_blocks(row);
        // The last block is rarely full, and then no later prompt has it.
        let full = blocks.within(row, self.lineage.length(row));
        match marks.end {
            End::Open if !marks.shared => 0,
            End::Open => shared.min(full),
            End::OfTurn | End::OfPrompt => full,
            End::At(tokens) => blocks.within(row, tokens).min(full),
        }
    }

    /// How much of the prompt is written, at least if nothing of it is found.
    fn kept(&self) -> Tokens {
        let Prompt { row, marks, input, ratio, .. } = *self.prompt;
        if let Some(blocks) = self.blocks() {
            if marks.every_block {
                return input;
            }
            return ratio.of(blocks.tokens(row, self.kept_blocks(blocks)));
        }
        let shared = if marks.shared { self.shared() } else { Tokens::ZERO };
        match marks.end {
            End::OfTurn if self.lineage.is_turn(row) => input,
            End::OfPrompt => input,
            End::At(tokens) => ratio.of(tokens).min(input).max(shared),
            End::OfTurn | End::Open => shared,
        }
    }

    fn keep(&self, store: &mut Store) {
        let Prompt { row, cache, marks, likelihood, .. } = *self.prompt;
        let written = (likelihood, Deed::Writes);
        let kept = self.rules.stored(self.kept().min(self.prompt.input));
        if let Some(blocks) = self.blocks() {
            self.keep_blocks(store, blocks, kept);
            return;
        }
        let is_turn = match marks.end {
            End::Open => false,
            End::OfTurn => self.lineage.is_turn(row),
            End::OfPrompt | End::At(_) => true,
        };
        if is_turn && kept > Tokens::ZERO {
            store.note(Some(Entry::Turn(cache, row)), kept, written, self);
        }
        let shared = self.rules.stored(self.shared());
        if self.has_shared_breakpoint() && shared > Tokens::ZERO {
            let entry = Entry::Shared(cache, self.lineage.route(row));
            store.note(Some(entry), shared, written, self);
        }
    }

    fn keep_blocks(&self, store: &mut Store, blocks: &Blocks, kept: Tokens) {
        let Prompt { row, cache, marks, likelihood, .. } = *self.prompt;
        let written = (likelihood, Deed::Writes);
        let own = blocks.row(row);
        if kept.is_zero() {
            return;
        }
        if marks.every_block {
            for block in own {
                store.note(Some(Entry::Block(cache, *block)), Tokens::ZERO, written, self);
            }
            return;
        }
        let shared = self.lineage.shared_blocks(row);
        let mut ends = [self.kept_blocks(blocks), if marks.shared { shared } else { 0 }];
        if ends[0] == ends[1] {
            ends[1] = 0;
        }
        for count in ends {
            let Some(last) = count.checked_sub(1).and_then(|last| own.get(last)) else { continue };
            let length = self.rules.stored(self.prompt.ratio.of(blocks.tokens(row, count)));
            if length > Tokens::ZERO {
                let entry = Some(Entry::Boundary(cache, *last));
                store.note(entry, length, written, self);
            }
        }
    }
}
