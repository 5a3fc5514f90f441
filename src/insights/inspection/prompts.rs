//! How much of each prompt came before, where the log has what tells: the most a cache could give.

use std::sync::Arc;

use hashbrown::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::techniques::{Growth, StaticPrompts};
use crate::units::Tokens;
use crate::usage::{Row, Symbol};

use super::bill::Bill;

/// The columns with the hashes of the blocks of each prompt, and with where they hold.
const BLOCKS: &str = "<prompt_blocks>";
const SCOPE: &str = "<block_scope>";
/// A column with a hash of each prompt, for logs that keep one.
const HASH: &str = "prompt_hash";

/// What is known of the prompts of a log.
pub(super) struct Prompts {
    growth: Option<Arc<[Growth]>>,
    shared: Arc<StaticPrompts>,
    /// What the blocks show of each prompt to have come before; nothing where there are none.
    repeated: Option<Vec<Tokens>>,
    /// The column that is equal where prompts are.
    pub(super) identity: Option<usize>,
}

impl Prompts {
    /// Looks at the prompts of a log once.
    pub(super) fn of(bill: &Bill<'_>) -> Self {
        let blocks = bill.column(BLOCKS);
        Self {
            growth: bill.facts.growth(),
            shared: bill.facts.static_prompts(),
            repeated: blocks.map(|place| repeated(bill, place)),
            identity: bill.column(HASH).or(blocks),
        }
    }

    /// The most of a prompt that may have been in a cache, had every prompt been kept for ever.
    pub(super) fn shareable(&self, bill: &Bill<'_>, row: Row) -> Tokens {
        let call = bill.call(row);
        if let Some(repeated) = &self.repeated {
            return repeated[row].min(call.input_total());
        }
        let floor = self.shared.floor(row).get().saturating_mul(call.calls.max(1));
        let turn = self.turn(row).repeated.unwrap_or(Tokens::ZERO);
        turn.max(Tokens::new(floor)).min(call.input_total())
    }

    /// How a prompt stands in its conversation.
    pub(super) fn turn(&self, row: Row) -> Growth {
        self.growth.as_ref().map(|growth| growth[row]).unwrap_or_default()
    }

    /// Whether the log names conversations.
    pub(super) fn has_turns(&self) -> bool {
        self.growth.is_some()
    }

    /// What tells how much prompts share, in a few words.
    pub(super) fn evidence(&self) -> &'static str {
        match (&self.repeated, &self.growth) {
            (Some(_), _) => "hashes of blocks, kept for ever",
            (None, Some(_)) => "growth of conversations, else the shortest prompts",
            (None, None) => "the shortest prompts of each call type",
        }
    }
}

/// For each prompt, the tokens of the leading blocks that some earlier prompt began with.
fn repeated(bill: &Bill<'_>, place: usize) -> Vec<Tokens> {
    let calls = bill.facts.calls;
    let size = block_size(bill, place);
    let (scope, conversation) = (bill.column(SCOPE), bill.column("conversation"));
    // Keys that are the same on every run: what is found must not depend on one.
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut seen: HashSet<u64> = HashSet::new();
    let mut found = vec![Tokens::ZERO; calls.len()];
    for row in bill.rows.iter().copied() {
        let is_local = scope.is_some_and(|place| calls.name(place, row) == "local");
        let within = conversation.filter(|_| is_local);
        let within = within.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
        let (mut chain, mut known, mut is_leading) = (hasher.hash_one(within), 0_u64, true);
        for block in blocks(calls.name(place, row)) {
            chain = hasher.hash_one((chain, block));
            is_leading &= !seen.insert(chain);
            known += u64::from(is_leading);
        }
        found[row] = Tokens::new(known.saturating_mul(size)).min(bill.call(row).input_total());
    }
    found
}

/// The tokens of a block: what the fullest prompt has of them.
fn block_size(bill: &Bill<'_>, place: usize) -> u64 {
    let sizes = bill.rows.iter().map(|row| {
        let count = blocks(bill.facts.calls.name(place, *row)).count() as u64;
        bill.call(*row).input_total().get().div_ceil(count.max(1)) * u64::from(count > 0)
    });
    sizes.max().unwrap_or(0)
}

fn blocks(list: &str) -> impl Iterator<Item = &str> {
    let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
    let words = inner.split(',').map(|word| word.trim().trim_matches('"'));
    words.filter(|word| !word.is_empty())
}
