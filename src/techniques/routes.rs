//! What is typical for the calls of one kind: the shortest prompt, the middle answer length.

use hashbrown::HashMap;

use crate::units::{TokenClass, Tokens};
use crate::usage::{Row, Symbol, column};

use super::facts::Facts;

/// The column in which a declared workload says how many tokens of a prompt are shared; no log has
/// it.
pub const SHARED_PROMPT: &str = "<shared_prompt>";

/// Answers whose middle one is shorter than this have nothing that could go.
pub(super) const SHORT_ANSWER: Tokens = Tokens::new(60);

/// A prompt that was seen once is shared with nobody.
const MIN_CALLS: u64 = 2;

/// The prompt part that all calls of one type and model can share at most, one entry a row.
///
/// With token counts alone, the static prompt of a call type is bounded by its shortest input. The
/// smallest in a thousand calls stands for the minimum, so that a few stray calls do not hide it.
pub struct StaticPrompts {
    routes: Vec<u32>,
    floors: Vec<Tokens>,
    /// Of each, whether a roll-up tells it on average only.
    vague: Vec<bool>,
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
        let mut inputs: Vec<Values> = Vec::new();
        let rolled = facts.rolled();
        for row in 0..calls.len() {
            let said = declared.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
            let names =
                [calls.symbol(column::CALL_TYPE, row), calls.symbol(column::MODEL, row), said];
            let next = u32::try_from(known.len()).expect("fewer routes than 2^32");
            let route = *known.entry(names).or_insert(next);
            if route == next && inputs.len() == next as usize {
                inputs.push(Values::default());
            }
            routes.push(route);
            if let Some(Some(sums)) = rolled.as_ref().map(|rows| &rows[row])
                && !sums.prompts.is_empty()
            {
                let sizes = sums.prompt_sizes().map(|(one, most)| Counted {
                    value: Tokens::new(one.from),
                    calls: one.calls,
                    most: Tokens::new(most),
                });
                inputs[route as usize].counted.extend(sizes);
                continue;
            }
            // A failed call whose log counts nothing says nothing about prompts.
            let input = mean_input(facts, row);
            if !input.is_zero() {
                inputs[route as usize].single.push(input);
            }
        }
        let (mut floors, vague): (Vec<_>, Vec<_>) =
            inputs.into_iter().map(Values::robust_minimum).unzip();
        if let Some(place) = declared {
            for ([_, _, said], route) in known {
                let tokens = calls.dimensions[place].resolve(said).parse().unwrap_or(0);
                floors[route as usize] = Tokens::new(tokens);
            }
        }
        Self { routes, floors, vague, is_declared: declared.is_some() }
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

    /// Whether it is only known to be no shorter, and less than a sixteenth longer.
    pub(super) fn is_vague(&self, row: Row) -> bool {
        self.vague[self.routes[row] as usize]
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

/// Values of calls: of single ones, and of several each.
#[derive(Clone, Debug, Default)]
struct Values {
    single: Vec<Tokens>,
    counted: Vec<Counted>,
}

/// A value that several calls have, or one that theirs are a little above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counted {
    value: Tokens,
    calls: u64,
    /// The largest that one of them may have.
    most: Tokens,
}

impl Values {
    fn count(&self) -> u64 {
        let single = u64::try_from(self.single.len()).unwrap_or(u64::MAX);
        // A roll-up may say anything.
        self.counted.iter().fold(single, |sum, one| sum.saturating_add(one.calls))
    }

    /// The value that one in a thousand lies at or below, and whether it may be a little larger.
    fn robust_minimum(self) -> (Tokens, bool) {
        let all = self.count();
        if all < MIN_CALLS { (Tokens::ZERO, false) } else { self.at(all.div_ceil(1_000) - 1) }
    }

    /// The middle one; the later of two.
    fn middle(self) -> Tokens {
        let all = self.count();
        if all == 0 { Tokens::ZERO } else { self.at(all / 2).0 }
    }

    /// The value at a place in order, from 0, which there is; and whether it may be a little larger.
    fn at(mut self, place: u64) -> (Tokens, bool) {
        if self.counted.is_empty() {
            let place = usize::try_from(place).expect("a place in a list");
            return (*self.single.select_nth_unstable(place).1, false);
        }
        let single = self.single.into_iter();
        self.counted.extend(single.map(|value| Counted { value, calls: 1, most: value }));
        self.counted.sort_unstable();
        let (mut reached, mut most) = (0, Tokens::ZERO);
        let found = self.counted.iter().find(|one| {
            reached = one.calls.saturating_add(reached);
            most = most.max(one.most);
            reached > place
        });
        // One that was counted before it may be larger than it.
        found.map_or((Tokens::ZERO, false), |one| (one.value, most > one.value))
    }
}

/// The middle length of visible answers by call type.
pub(super) struct AnswerLengths {
    medians: Vec<Tokens>,
}

impl AnswerLengths {
    /// Measures the answers of a log.
    pub(super) fn measure(facts: &Facts<'_>) -> Self {
        let calls = facts.calls;
        let mut lengths = vec![Values::default(); calls.dimensions[column::CALL_TYPE].len()];
        let visible = calls.token_column(TokenClass::Output);
        // A call without an answer, such as a failed one, says nothing about the length of answers.
        let rolled = facts.rolled();
        for (row, tokens) in visible.enumerate().filter(|(_, tokens)| !tokens.is_zero()) {
            let lengths = &mut lengths[calls.symbol(column::CALL_TYPE, row).index()];
            let sums = rolled.as_ref().and_then(|rows| rows[row].as_ref());
            if let Some((answers, short)) = sums.and_then(|sums| sums.answers) {
                // Only on which side of what is short they lie is known, and asked.
                let long = answers.saturating_sub(short);
                let below = Tokens::new(SHORT_ANSWER.get() - 1);
                lengths.counted.extend(
                    [(below, short), (SHORT_ANSWER, long)].map(|(value, calls)| Counted {
                        value,
                        calls,
                        most: value,
                    }),
                );
                continue;
            }
            let mean = tokens.get() / calls.call(row).calls.max(1);
            lengths.single.push(Tokens::new(mean));
        }
        Self { medians: lengths.into_iter().map(Values::middle).collect() }
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
        let single: Vec<_> = inputs.iter().copied().map(Tokens::new).collect();
        let counted = single.iter();
        let counted =
            counted.map(|value| Counted { value: *value, calls: 1, most: *value }).collect();
        let values =
            [Values { single, ..Values::default() }, Values { counted, ..Values::default() }];
        for values in values {
            assert_eq!(values.robust_minimum(), (Tokens::new(expected), false));
        }
    }

    /// A roll-up whose sizes were of more calls than there are numbers ended the run.
    #[test]
    fn counts_of_a_roll_up_that_are_beyond_all_reason_do_not_end_the_run() {
        let one = |value| Counted {
            value: Tokens::new(value),
            calls: 9_999_999_999_999_999_999,
            most: Tokens::new(value),
        };
        let values = Values { counted: vec![one(5), one(6)], ..Values::default() };
        assert_eq!(values.robust_minimum(), (Tokens::new(5), false));
    }

    #[test]
    fn the_minimum_of_few_calls_is_the_smallest() {
        check(&[30, 10, 20], 10);
        check(&[10], 0);
        check(&[], 0);
    }

    #[test]
    fn a_size_after_a_class_that_may_hold_larger_ones_is_not_known_exactly() {
        let counted = |value, calls, most| Counted {
            value: Tokens::new(value),
            calls,
            most: Tokens::new(most),
        };
        let known = |counted: &[Counted]| {
            let values = Values { counted: counted.to_vec(), ..Values::default() };
            values.robust_minimum()
        };
        let class = counted(992, 1, 1_023);
        assert_eq!(known(&[class, counted(1_000, 1_999, 1_000)]), (Tokens::new(1_000), true));
        assert_eq!(known(&[class, counted(1_024, 1_999, 1_024)]), (Tokens::new(1_024), false));
    }

    #[test]
    fn one_stray_call_in_a_thousand_does_not_hide_the_prompt() {
        let mut inputs = vec![8_000; 1_999];
        inputs.push(3);
        check(&inputs, 8_000);
    }
}
