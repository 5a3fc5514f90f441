//! Which part of a prompt repeats the conversation before it.

use crate::units::{Factor, Tokens};
use crate::usage::{Row, Symbol, column};

use super::facts::Facts;

/// The column that names conversations.
pub(super) const COLUMN: &str = "conversation";

/// How far a turn may fall short of "everything before it": stripped thinking tags and padding
/// take tokens away. At least this many tokens, or one percent of the history.
const SLACK_MIN: u64 = 16;
const SLACK_DIVISOR: u64 = 100;

/// The last turn of a conversation.
#[derive(Clone, Copy)]
struct Turn {
    row: Row,
    model: Symbol,
    input: Tokens,
    output: Tokens,
}

/// How a row stands in its conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// The input that repeats the turn before; nothing for first turns, and for turns that did not
    /// grow out of the one before (an edit, a compaction, another model).
    pub repeated: Option<Tokens>,
    /// That turn before.
    pub grew_from: Option<Row>,
    /// Whether it is a single call of a named conversation.
    pub is_turn: bool,
    /// Whether the turn after it grew out of it.
    pub is_continued: bool,
}

/// Whether the log names conversations.
pub(super) fn are_named(facts: &Facts<'_>) -> bool {
    let place = facts.calls.dimensions.position(COLUMN);
    place.is_some_and(|place| !facts.calls.dimensions[place].is_empty())
}

/// How each row stands in its conversation.
///
/// Returns nothing at all when the log does not name conversations. Matching turns by length alone
/// would link the wrong ones far more often than the right ones, so it is not tried.
pub(super) fn growth(facts: &Facts<'_>) -> Option<Vec<Growth>> {
    let calls = facts.calls;
    let place = calls.dimensions.position(COLUMN)?;
    if !are_named(facts) {
        return None;
    }
    let mut last: Vec<Option<Turn>> = vec![None; calls.dimensions[place].len()];
    let mut found = vec![Growth::default(); calls.len()];
    for row in 0..calls.len() {
        let conversation = calls.symbol(place, row);
        let call = calls.call(row);
        // A row that sums up several calls is no turn, and neither is a failed call without usage:
        // the attempt after it sends the same history again.
        let input = call.input_total();
        if conversation.is_empty() || !call.is_single() || input.is_zero() {
            continue;
        }
        found[row].is_turn = true;
        let model = calls.symbol(column::MODEL, row);
        let turn = Turn { row, model, input, output: call.output_total() };
        let Some(before) = last[conversation.index()].replace(turn) else { continue };
        if before.model == model && has_grown(before.input + before.output, input) {
            found[row].repeated = Some(before.input);
            found[row].grew_from = Some(before.row);
            found[before.row].is_continued = true;
        }
    }
    Some(found)
}

/// Whether a prompt holds all of a history: `in_t >= in_{t-1} + out_{t-1} - slack`.
pub fn has_grown(history: Tokens, input: Tokens) -> bool {
    let slack = SLACK_MIN.max(history.get() / SLACK_DIVISOR);
    input >= history.saturating_sub(Tokens::new(slack))
}

/// A prefix counted with one tokenizer, in tokens of another, within the prompt it belongs to.
pub(super) fn recounted(prefix: Tokens, ratio: Factor, prompt: Tokens) -> Tokens {
    ratio.of(prefix).min(prompt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: (u64, u64), input: u64, expected: bool) {
        let history = Tokens::new(before.0 + before.1);
        assert_eq!(has_grown(history, Tokens::new(input)), expected, "{before:?} -> {input}");
    }

    #[test]
    fn a_turn_grows_out_of_the_whole_turn_before() {
        check((1_000, 200), 1_250, true);
        check((1_000, 200), 1_190, true);
        check((1_000, 200), 1_100, false);
        check((100_000, 2_000), 101_000, true);
    }
}
