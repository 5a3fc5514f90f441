//! Prompts as their blocks: hashes that serving systems log (rung 3), or those of a text (rung 2).

use hashbrown::HashMap;

use crate::units::Tokens;
use crate::usage::{Row, Symbol};

use super::super::facts::Facts;
use super::super::routes::StaticPrompts;
use super::texts::Texts;

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
    measure: Measure,
}

/// How many tokens blocks have.
#[derive(Debug)]
enum Measure {
    /// All the same number.
    Fixed(u64),
    /// Those of a text: up to the end of each block of each prompt; and what each says.
    Text { tokens: Vec<u64>, contents: Vec<u32> },
}

impl Blocks {
    /// The blocks of a log; nothing when it has none, or their size cannot be told: every prompt
    /// must have as many blocks as it fills, but for one prompt in a hundred.
    pub(super) fn of(facts: &Facts<'_>) -> Option<Self> {
        let calls = facts.calls;
        let place = calls.dimensions.position(BLOCKS)?;
        let scope = calls.dimensions.position(SCOPE);
        let conversation = calls.dimensions.position("conversation");
        let mut numbers = Numbers::default();
        for row in 0..calls.len() {
            let is_local = scope.is_some_and(|place| calls.name(place, row) == "local");
            let within = conversation.filter(|_| is_local);
            let within = within.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
            numbers.push(within, hashes(calls.name(place, row)))?;
        }
        let Numbers { ends, all: numbers, .. } = numbers;
        if numbers.is_empty() {
            return None;
        }
        let mut blocks = Self { ends, numbers, measure: Measure::Fixed(1) };
        blocks.measure = Measure::Fixed(blocks.fitting_size(facts)?);
        Some(blocks)
    }

    /// The blocks of texts, where each ends so many tokens into its prompt.
    pub(super) fn of_texts(texts: &Texts<'_>) -> Option<Self> {
        let (mut numbers, mut tokens, mut contents) = (Numbers::default(), Vec::new(), Vec::new());
        let mut known: HashMap<&str, u32> = HashMap::new();
        for text in &texts.rows {
            numbers.push(Symbol::EMPTY, text.iter().map(|block| block.hash))?;
            for block in text {
                let next = u32::try_from(known.len()).ok()?;
                contents.push(*known.entry(block.hash).or_insert(next));
                tokens.push(block.end);
            }
        }
        let Numbers { ends, all: numbers, .. } = numbers;
        Some(Self { ends, numbers, measure: Measure::Text { tokens, contents } })
    }

    /// Whether they are of texts.
    pub(super) const fn are_text(&self) -> bool {
        matches!(self.measure, Measure::Text { .. })
    }

    /// The tokens of the first blocks of a prompt, so many of them, as logged.
    pub(super) fn tokens(&self, row: Row, count: usize) -> Tokens {
        let Some(last) = count.checked_sub(1) else { return Tokens::ZERO };
        match &self.measure {
            Measure::Fixed(size) => Tokens::new((count as u64).saturating_mul(*size)),
            Measure::Text { tokens, .. } => Tokens::new(tokens[self.start(row) + last]),
        }
    }

    /// How many blocks of a prompt are within its first tokens.
    pub(super) fn within(&self, row: Row, most: Tokens) -> usize {
        let own = self.row(row).len();
        match &self.measure {
            Measure::Fixed(size) => {
                usize::try_from(most.get() / size).unwrap_or(usize::MAX).min(own)
            }
            Measure::Text { tokens, .. } => {
                let start = self.start(row);
                tokens[start..start + own].partition_point(|end| *end <= most.get())
            }
        }
    }

    /// What each block of a prompt says, whatever stands before it; nothing where only hashes of
    /// all before are known.
    pub(super) fn contents(&self, row: Row) -> Option<&[u32]> {
        match &self.measure {
            Measure::Fixed(_) => None,
            Measure::Text { contents, .. } => Some(&contents[self.start(row)..self.ends[row]]),
        }
    }

    /// Whether all have so many tokens.
    #[cfg(test)]
    pub(super) fn have_size(&self, tokens: u64) -> bool {
        matches!(self.measure, Measure::Fixed(size) if size == tokens)
    }

    fn start(&self, row: Row) -> usize {
        row.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// The blocks of a prompt, in order.
    pub(super) fn row(&self, row: Row) -> &[u32] {
        &self.numbers[self.start(row)..self.ends[row]]
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
        &self.row(row)[..self.within(row, facts.calls.call(row).input_total())]
    }

    /// How many blocks of each prompt at least half of the prompts of its route begin with, within
    /// the shortest of them: its static part.
    pub(super) fn shared(&self, facts: &Facts<'_>, shared: &StaticPrompts) -> Vec<usize> {
        let mut prompts: HashMap<u32, u64> = HashMap::new();
        let mut counts: HashMap<(u32, u32), u64> = HashMap::new();
        let within = |row: Row| {
            let own = self.full(facts, row);
            &own[..self.within(row, shared.floor(row)).min(own.len())]
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

/// Equal blocks after equal ones, by number.
#[derive(Debug, Default)]
struct Numbers<'a> {
    known: HashMap<(Symbol, u32, &'a str), u32>,
    ends: Vec<usize>,
    all: Vec<u32>,
}

impl<'a> Numbers<'a> {
    /// Adds a prompt; nothing when there are 2³² blocks.
    fn push(&mut self, within: Symbol, hashes: impl Iterator<Item = &'a str>) -> Option<()> {
        let mut before = u32::MAX;
        for hash in hashes {
            let next = u32::try_from(self.known.len()).ok()?;
            before = *self.known.entry((within, before, hash)).or_insert(next);
            self.all.push(before);
        }
        self.ends.push(self.all.len());
        Some(())
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
