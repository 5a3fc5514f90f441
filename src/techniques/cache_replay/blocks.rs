//! Prompts as hashes of their blocks (rung 3 of the evidence ladder): traces of serving systems.

use hashbrown::HashMap;

use crate::usage::{Row, Symbol};

use super::super::facts::Facts;
use super::super::routes::StaticPrompts;

/// The column that holds them, and the one that says whether they mean the same everywhere.
pub(in super::super) const BLOCKS: &str = "<prompt_blocks>";
pub(in super::super) const SCOPE: &str = "<block_scope>";

/// The sizes of blocks that serving systems use.
const SIZES: [u64; 10] = [8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];

/// The blocks of every prompt, by number: equal blocks after equal beginnings have equal numbers, so
/// that a number stands for all blocks up to it.
#[derive(Debug)]
pub(in super::super) struct Blocks {
    ends: Vec<usize>,
    numbers: Vec<u32>,
    /// Tokens in a block.
    pub(super) size: u64,
}

impl Blocks {
    /// The blocks of a log; nothing when it has none, or their size cannot be told: every prompt
    /// must have as many blocks as it fills, but for one prompt in a hundred.
    pub(super) fn of(facts: &Facts<'_>) -> Option<Self> {
        let calls = facts.calls;
        let place = calls.dimensions.position(BLOCKS)?;
        let scope = calls.dimensions.position(SCOPE);
        let conversation = calls.dimensions.position("conversation");
        let mut known: HashMap<(Symbol, u32, &str), u32> = HashMap::new();
        let (mut ends, mut numbers) = (Vec::with_capacity(calls.len()), Vec::new());
        for row in 0..calls.len() {
            let is_local = scope.is_some_and(|place| calls.name(place, row) == "local");
            let within = conversation.filter(|_| is_local);
            let within = within.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
            let mut before = u32::MAX;
            for hash in hashes(calls.name(place, row)) {
                let next = u32::try_from(known.len()).ok()?;
                before = *known.entry((within, before, hash)).or_insert(next);
                numbers.push(before);
            }
            ends.push(numbers.len());
        }
        if numbers.is_empty() {
            return None;
        }
        let mut blocks = Self { ends, numbers, size: 0 };
        blocks.size = blocks.fitting_size(facts)?;
        Some(blocks)
    }

    /// The blocks of a prompt, in order.
    pub(super) fn row(&self, row: Row) -> &[u32] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start..self.ends[row]]
    }

    /// The earlier prompt that each prompt grew out of: the longest whose full blocks it begins with,
    /// and of those the newest. `order` are the rows in order of time.
    pub(super) fn parents(&self, facts: &Facts<'_>, order: &[Row]) -> Vec<Option<Row>> {
        let mut ends: HashMap<u32, Row> = HashMap::new();
        let mut parents = vec![None; facts.calls.len()];
        for row in order {
            let own = self.full(facts, *row);
            parents[*row] = own.iter().rev().find_map(|block| ends.get(block).copied());
            if let Some(last) = own.last() {
                ends.insert(*last, *row);
            }
        }
        parents
    }

    /// The blocks of a prompt that are full: only those can be in a later one.
    pub(super) fn full(&self, facts: &Facts<'_>, row: Row) -> &[u32] {
        let count = facts.calls.call(row).input_total().get() / self.size.max(1);
        let own = self.row(row);
        &own[..usize::try_from(count).unwrap_or(usize::MAX).min(own.len())]
    }

    /// How many blocks of each prompt at least half of the prompts of its route begin with, within
    /// the shortest of them: its static part.
    pub(super) fn shared(&self, facts: &Facts<'_>, shared: &StaticPrompts) -> Vec<usize> {
        let mut prompts: HashMap<u32, u64> = HashMap::new();
        let mut counts: HashMap<(u32, u32), u64> = HashMap::new();
        let within = |row: Row| {
            let most = shared.floor(row).get() / self.size.max(1);
            let own = self.full(facts, row);
            &own[..usize::try_from(most).unwrap_or(usize::MAX).min(own.len())]
        };
        for row in 0..facts.calls.len() {
            let route = shared.route(row);
            *prompts.entry(route).or_default() += 1;
            for block in within(row) {
                *counts.entry((route, *block)).or_default() += 1;
            }
        }
        let shared_by_half = |row: Row| {
            let route = shared.route(row);
            let total = prompts.get(&route).copied().unwrap_or(u64::MAX);
            let is_common = |block: &&u32| {
                let count = counts.get(&(route, **block)).copied().unwrap_or(0);
                count > 1 && count.saturating_mul(2) >= total
            };
            within(row).iter().take_while(is_common).count()
        };
        (0..facts.calls.len()).map(shared_by_half).collect()
    }

    /// The size that makes as many blocks of every prompt as it has: with the last one, which is not
    /// full, or in some traces without it. Where short prompts leave several, the largest: then a
    /// block that is found is all of what it can be.
    fn fitting_size(&self, facts: &Facts<'_>) -> Option<u64> {
        let fits = |size: u64, leaves_out_last: bool| {
            let misfits = (0..facts.calls.len()).filter(|row| {
                let (count, input) = (self.row(*row).len(), facts.calls.call(*row).input_total());
                let most = input.get().div_ceil(size);
                let least = if leaves_out_last { input.get() / size } else { most };
                count > 0 && !(least..=most).contains(&(count as u64))
            });
            misfits.count() * 100 <= facts.calls.len()
        };
        let largest =
            |leaves_out_last| SIZES.into_iter().rev().find(|size| fits(*size, leaves_out_last));
        largest(false).or_else(|| largest(true))
    }
}

/// The hashes in a list: numbers, or texts in quotes.
fn hashes(list: &str) -> impl Iterator<Item = &str> {
    let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
    let words = inner.split(',').map(|word| word.trim().trim_matches('"'));
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_numbers_or_words() {
        let check = |list, expected: &[&str]| {
            assert_eq!(hashes(list).collect::<Vec<_>>(), expected, "{list}");
        };
        check("[1, 2,3]", &["1", "2", "3"]);
        check("[]", &[]);
        check(r#"["ab","cd","ab"]"#, &["ab", "cd", "ab"]);
    }
}
