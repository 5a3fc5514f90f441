//! What is typical for the calls of one kind: the shortest prompt, the middle answer length.

use hashbrown::HashMap;

use crate::units::{TokenClass, Tokens};
use crate::usage::{Row, Symbol, column};

use super::facts::Facts;

/// The column in which a declared workload says how many tokens of a prompt are shared; no log has
/// it.
pub const SHARED_PROMPT: &str = "<shared_prompt>";

/// A prompt that was seen once is shared with nobody.
const MIN_CALLS: usize = 2;

/// The prompt part that all calls of one type and model can share at most, one entry a row.
///
/// With token counts alone, the static prompt of a call type is bounded by its shortest input. The
/// smallest in a thousand calls stands for the minimum, so that a few stray calls do not hide it.
pub struct StaticPrompts {
    routes: Vec<u32>,
    floors: Vec<Tokens>,
    is_declared: bool,
}

impl StaticPrompts {
    /// Measures the shortest prompts of a log.
    ///
    /// # Panics
    /// With 2³² pairs of call type and model or more.
    pub(super) fn measure(facts: &Facts<'_>) -> Self {
        let calls = facts.calls;
        let declared = calls.dimensions.position(SHARED_PROMPT);
        let declared = declared.filter(|place| !calls.dimensions[*place].is_empty());
        let mut known: HashMap<[Symbol; 3], u32> = HashMap::new();
        let mut routes = Vec::with_capacity(calls.len());
        let mut inputs: Vec<Vec<Tokens>> = Vec::new();
        for row in 0..calls.len() {
            let said = declared.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
            let names =
                [calls.symbol(column::CALL_TYPE, row), calls.symbol(column::MODEL, row), said];
            let next = u32::try_from(known.len()).expect("fewer routes than 2^32");
            let route = *known.entry(names).or_insert(next);
            if route == next && inputs.len() == next as usize {
                inputs.push(Vec::new());
            }
            routes.push(route);
            // A failed call whose log counts nothing says nothing about prompts.
            let input = mean_input(facts, row);
            if !input.is_zero() {
                inputs[route as usize].push(input);
            }
        }
        let mut floors: Vec<_> = inputs.into_iter().map(robust_minimum).collect();
        if let Some(place) = declared {
            for ([_, _, said], route) in known {
                let tokens = calls.dimensions[place].resolve(said).parse().unwrap_or(0);
                floors[route as usize] = Tokens::new(tokens);
            }
        }
        Self { routes, floors, is_declared: declared.is_some() }
    }

    /// Whether a declared workload says what is shared, so that nothing is bounded by lengths.
    pub(super) const fn are_declared(&self) -> bool {
        self.is_declared
    }

    /// The number of the call type and model of a row.
    pub fn route(&self, row: Row) -> u32 {
        self.routes[row]
    }

    /// How many call types and models there are.
    pub(super) fn count(&self) -> usize {
        self.floors.len()
    }

    /// The shared prompt of a call, at most.
    pub fn floor(&self, row: Row) -> Tokens {
        self.floors[self.routes[row] as usize]
    }
}

fn mean_input(facts: &Facts<'_>, row: Row) -> Tokens {
    let call = facts.calls.call(row);
    Tokens::new(call.input_total().get() / call.calls.max(1))
}

/// The value that one in a thousand lies at or below.
fn robust_minimum(mut inputs: Vec<Tokens>) -> Tokens {
    if inputs.len() < MIN_CALLS {
        return Tokens::ZERO;
    }
    let place = inputs.len().div_ceil(1_000) - 1;
    *inputs.select_nth_unstable(place).1
}

/// The middle length of visible answers by call type.
pub(super) struct AnswerLengths {
    medians: Vec<Tokens>,
}

impl AnswerLengths {
    /// Measures the answers of a log.
    pub(super) fn measure(facts: &Facts<'_>) -> Self {
        let calls = facts.calls;
        let mut lengths = vec![Vec::new(); calls.dimensions[column::CALL_TYPE].len()];
        let visible = calls.token_column(TokenClass::Output);
        // A call without an answer, such as a failed one, says nothing about the length of answers.
        for (row, tokens) in visible.enumerate().filter(|(_, tokens)| !tokens.is_zero()) {
            let mean = tokens.get() / calls.call(row).calls.max(1);
            lengths[calls.symbol(column::CALL_TYPE, row).index()].push(Tokens::new(mean));
        }
        let medians = lengths.into_iter().map(|mut lengths| {
            let middle = lengths.len() / 2;
            if lengths.is_empty() {
                return Tokens::ZERO;
            }
            *lengths.select_nth_unstable(middle).1
        });
        Self { medians: medians.collect() }
    }

    /// The middle length of answers to calls of a type.
    pub(super) fn median(&self, call_type: Symbol) -> Tokens {
        self.medians[call_type.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(inputs: &[u64], expected: u64) {
        let inputs = inputs.iter().copied().map(Tokens::new).collect();
        assert_eq!(robust_minimum(inputs), Tokens::new(expected));
    }

    #[test]
    fn the_minimum_of_few_calls_is_the_smallest() {
        check(&[30, 10, 20], 10);
        check(&[10], 0);
        check(&[], 0);
    }

    #[test]
    fn one_stray_call_in_a_thousand_does_not_hide_the_prompt() {
        let mut inputs = vec![8_000; 1_999];
        inputs.push(3);
        check(&inputs, 8_000);
    }
}
