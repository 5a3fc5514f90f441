//! Columns that a call has through the calls around it: its turn, the length of its conversation.

use polars::prelude::{NamedFrom, Series};

use super::calls::Calls;

/// The column that names conversations.
const CONVERSATION: &str = "conversation";

/// The column with the text of prompts.
const PROMPT: &str = "prompt";

/// Numbers: the turn in the conversation, from 1; how many calls that has; characters of the prompt.
const NUMBERS: [(&str, &str); 3] =
    [("turn", CONVERSATION), ("session_calls", CONVERSATION), ("prompt_chars", PROMPT)];

/// Whether a call is the first of its conversation.
pub(super) const FIRST_TURN: &str = "first_turn";

/// Whether a column of numbers is made from others.
pub(super) fn is_number(name: &str) -> bool {
    NUMBERS.iter().any(|(known, _)| *known == name)
}

/// The dimension a column is made from.
pub(super) fn made_from(name: &str) -> Option<&'static str> {
    if name == FIRST_TURN {
        return Some(CONVERSATION);
    }
    NUMBERS.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
}

/// Whether a column can only be known with the whole log in order of time.
pub(super) fn takes_whole_log(name: &str) -> bool {
    made_from(name) == Some(CONVERSATION)
}

/// The values of such a column over calls in order of time; nothing for calls without a
/// conversation or a prompt.
pub(super) fn column(calls: &Calls, name: &str) -> Option<Series> {
    let place = calls.dimensions.position(made_from(name)?)?;
    if name == "prompt_chars" {
        let length = |row: usize| {
            let text = calls.name(place, row);
            let length = i64::try_from(text.chars().count()).ok();
            length.filter(|_| !text.is_empty())
        };
        let values: Vec<_> = (0..calls.len()).map(length).collect();
        return Some(Series::new(name.into(), values));
    }
    let mut counts = vec![0_i64; calls.dimensions[place].len()];
    let mut turns: Vec<Option<i64>> = Vec::with_capacity(calls.len());
    for row in 0..calls.len() {
        let conversation = calls.symbol(place, row);
        if conversation.is_empty() {
            turns.push(None);
            continue;
        }
        let count = &mut counts[conversation.index()];
        *count += 1;
        turns.push(Some(*count));
    }
    match name {
        FIRST_TURN => {
            let first: Vec<_> = turns.into_iter().map(|turn| turn.map(|turn| turn == 1)).collect();
            Some(Series::new(name.into(), first))
        }
        "session_calls" => {
            let length = |row: usize| {
                let conversation = calls.symbol(place, row);
                (!conversation.is_empty()).then(|| counts[conversation.index()])
            };
            Some(Series::new(name.into(), (0..calls.len()).map(length).collect::<Vec<_>>()))
        }
        _ => Some(Series::new(name.into(), turns)),
    }
}
