//! Prompts by their text (rung 2 of the evidence ladder), as hashes of its blocks.
//!
//! The text itself is gone: a log is read into the hashes of blocks, each with its length in
//! characters. The tokens that the log counts for a prompt are spread over its characters.

use crate::units::{Rate, Tokens};
use crate::usage::{TEXT_BLOCKS, text_blocks_of};

use super::super::facts::Facts;
use super::super::wording::{grouped, percent};

/// A request that is logged whole has so many characters for a token: Chinese has about one, prose
/// four, and hardly anything more than ten. Less means that part of the request is not in the log.
const CHARACTERS: [u64; 2] = [1, 16];

/// One prompt in so many may be without text, or with too little of it.
const ODD_ONE_IN: u64 = 20;

/// One block of a prompt.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextBlock<'a> {
    pub(super) hash: &'a str,
    /// Where it ends, in tokens.
    pub(super) end: u64,
}

/// The texts of a log, one a row.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    pub(super) rows: Vec<Vec<TextBlock<'a>>>,
    /// Prompts whose text is not whole; they share nothing.
    odd: u64,
    prompts: u64,
    with_text: u64,
}

impl<'a> Texts<'a> {
    /// The texts of a log; nothing when it has none.
    pub(super) fn of(facts: &Facts<'a>) -> Option<Self> {
        let calls = facts.calls;
        let place = calls.dimensions.position(TEXT_BLOCKS)?;
        if calls.dimensions[place].is_empty() {
            return None;
        }
        let mut texts = Self { rows: Vec::new(), odd: 0, prompts: 0, with_text: 0 };
        for row in 0..calls.len() {
            let blocks: Vec<(&str, u64)> = text_blocks_of(calls.name(place, row)).collect();
            let characters: u64 = blocks.iter().map(|(_, count)| count).sum();
            let input = calls.call(row).input_total();
            let is_whole = is_whole(characters, input);
            texts.prompts += u64::from(!input.is_zero());
            texts.with_text += u64::from(!input.is_zero() && characters > 0);
            texts.odd += u64::from(!input.is_zero() && !is_whole);
            let blocks = if is_whole { blocks } else { Vec::new() };
            texts.rows.push(spread(&blocks, characters, input));
        }
        Some(texts)
    }

    /// Whether nearly all prompts are there whole.
    pub(super) const fn are_whole(&self) -> bool {
        self.odd.saturating_mul(ODD_ONE_IN) <= self.prompts
    }

    /// What a reader should know of them.
    pub(super) fn told(&self) -> Option<String> {
        if self.with_text == 0 {
            return None;
        }
        let share = || Rate::of_counts(self.odd, self.prompts).map_or_else(String::new, percent);
        Some(if !self.are_whole() {
            format!(
                "the text in the log is not what caching goes by: for {} of the prompts ({}) it is \
                 missing or has fewer characters than the log counts tokens, so it is not the whole \
                 request",
                grouped(self.odd),
                share()
            )
        } else if self.odd > 0 {
            format!(
                "{} prompts ({}) have no text, or not all of it: nothing of them is found",
                grouped(self.odd),
                share()
            )
        } else {
            return None;
        })
    }
}

/// Whether a text can be the whole of a prompt.
fn is_whole(characters: u64, input: Tokens) -> bool {
    let [least, most] = CHARACTERS.map(|count| input.get().saturating_mul(count));
    !input.is_zero() && (least..=most).contains(&characters)
}

/// Where each block ends in tokens, by its share of the characters.
fn spread<'a>(blocks: &[(&'a str, u64)], characters: u64, input: Tokens) -> Vec<TextBlock<'a>> {
    let mut so_far = 0_u64;
    let block = |(hash, count): &(&'a str, u64)| {
        so_far += count;
        let end = u128::from(so_far) * u128::from(input.get()) / u128::from(characters.max(1));
        TextBlock { hash, end: u64::try_from(end).unwrap_or(u64::MAX) }
    };
    blocks.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_spread_over_the_characters_and_all_are() {
        let ends = |blocks: &[(&str, u64)], characters, input| {
            let blocks = spread(blocks, characters, Tokens::new(input));
            blocks.iter().map(|block| block.end).collect::<Vec<_>>()
        };
        assert_eq!(ends(&[("a", 256), ("b", 256), ("c", 88)], 600, 150), [64, 128, 150]);
        assert_eq!(ends(&[("a", 1), ("b", 1), ("c", 1)], 3, 2), [0, 1, 2]);
        assert!(ends(&[], 0, 10).is_empty());
    }

    #[test]
    fn a_question_alone_is_not_a_whole_request() {
        let check = |characters, input, expected| {
            assert_eq!(is_whole(characters, Tokens::new(input)), expected, "{characters} {input}");
        };
        check(400, 100, true);
        check(100, 100, true);
        check(80, 8_000, false);
        check(1_601, 100, false);
        check(0, 0, false);
    }
}
