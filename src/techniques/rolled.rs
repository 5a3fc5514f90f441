//! What rows of a roll-up say of their calls, for techniques at an assumed rate.

use std::sync::Arc;

use crate::units::{TokenClass, Tokens};
use crate::usage::{Calls, Counting};

use super::facts::Facts;

/// The columns that shared starts of prompts go by.
pub(super) const PREFIX_COLUMNS: [&str; 8] = [
    MARK,
    "turn",
    "prompt_sizes",
    "repeated_min",
    "repeated_tokens",
    "repeated_64_tokens",
    "repeated_128_tokens",
    "repeated_256_tokens",
];

/// The columns that the lengths of answers go by.
pub(super) const ANSWER_COLUMNS: [&str; 4] = [MARK, "turn", "answers", "short_answers"];

/// The columns that say whether an answer is needed before a batch has it.
pub(super) const FEEDS_COLUMNS: [&str; 2] = [MARK, FEEDS];

/// The column that says that a row is of a roll-up, and of which version.
const MARK: &str = "rollup";

const FEEDS: &str = "feeds";

/// The steps of caches for which repeated input is summed up, in the order of the columns.
const STEPS: [u64; 4] = [1, 64, 128, 256];

/// Calls whose sizes are of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SizeClass {
    /// The smallest size that there may be.
    pub(super) from: u64,
    /// How many calls.
    pub(super) calls: u64,
    /// The sum of their sizes.
    pub(super) tokens: u64,
}

impl SizeClass {
    /// Whether all its calls have the same size.
    const fn is_exact(&self) -> bool {
        self.tokens == self.from.saturating_mul(self.calls)
    }
}

/// Between which two counts the true one lies, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// No fewer.
    pub(super) low: Tokens,
    /// No more.
    pub(super) high: Tokens,
}

impl Span {
    /// The count, where it is known.
    pub(super) fn exact(self) -> Option<Tokens> {
        (self.low == self.high).then_some(self.low)
    }

    /// What lies nearest to a count.
    pub(super) fn nearest(self, count: Tokens) -> Tokens {
        count.clamp(self.low, self.high)
    }
}

/// What a row of a roll-up says of its calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "words of different columns")]
pub(super) struct RolledRow {
    /// Whether they grew out of the turns before them.
    pub(super) follows: bool,
    /// Whether the turns after them grew out of them.
    pub(super) begins: bool,
    /// Whether they are turns of conversations.
    pub(super) is_turn: bool,
    /// Whether calls of their conversations need their answers before a batch has them.
    pub(super) feeds: bool,
    /// Calls with visible answers, and those of them whose answers are short.
    pub(super) answers: Option<(u64, u64)>,
    /// The sizes of their prompts, smallest first; empty where nobody looked.
    pub(super) prompts: Vec<SizeClass>,
    /// The least that one of them repeats of the turn before.
    pub(super) repeated_min: Tokens,
    /// What they repeat in all, in each of the steps.
    repeated: [u64; STEPS.len()],
}

impl RolledRow {
    /// What the calls repeat of the turns before them, each in steps of a cache; nothing where the
    /// roll-up does not know the step.
    pub(super) fn repeated(&self, step: u64) -> Option<Tokens> {
        let place = STEPS.iter().position(|known| *known == step.max(1))?;
        Some(Tokens::new(self.repeated[place]))
    }

    /// The classes of its prompts, each with the largest size that one of its calls may have.
    pub(super) fn prompt_sizes(&self) -> impl Iterator<Item = (SizeClass, u64)> {
        self.prompts.iter().enumerate().map(|(place, class)| {
            if class.is_exact() {
                return (*class, class.from);
            }
            let next = self.prompts.get(place + 1).map_or(u64::MAX, |next| next.from - 1);
            // All the others are of the smallest size.
            let others = class.from.saturating_mul(class.calls.saturating_sub(1));
            (*class, class.tokens.saturating_sub(others).min(next).max(class.from))
        })
    }

    /// What prompts share at most with a start of so many tokens, each in steps of a cache: the sum of
    /// `min(start, prompt)`; nothing where no sizes are told.
    pub(super) fn shared(&self, start: u64, step: u64) -> Option<Span> {
        let step = step.max(1);
        let whole = |size: u64| size.min(start) - size.min(start) % step;
        let (mut low, mut high) = (0_u64, 0_u64);
        for (class, most) in self.prompt_sizes() {
            let span = if step == 1 && most <= start {
                [class.tokens; 2]
            } else {
                [class.from, most].map(|size| whole(size).saturating_mul(class.calls))
            };
            low = low.saturating_add(span[0]);
            high = high.saturating_add(span[1]);
        }
        let [low, high] = [low, high].map(Tokens::new);
        (!self.prompts.is_empty()).then_some(Span { low, high })
    }
}

/// What each row says; nothing where no row is one of a roll-up.
pub(super) fn rolled_rows(calls: &Calls) -> Option<Arc<[Option<RolledRow>]>> {
    let place = |name: &str| calls.dimensions.position(name);
    let mark = place(MARK).filter(|mark| !calls.dimensions[*mark].is_empty());
    if !calls.has_rolled() && mark.is_none() {
        return None;
    }
    let [turn, sizes, feeds] = ["turn", "prompt_sizes", FEEDS].map(place);
    let [answers, short] = ["answers", "short_answers"].map(place);
    let repeated_min = place("repeated_min");
    let repeated = PREFIX_COLUMNS.into_iter().filter(|name| name.ends_with("_tokens")).map(place);
    let repeated: Vec<Option<usize>> = repeated.collect();
    let rows = (0..calls.len()).map(|row| {
        let call = calls.call(row);
        // Records that summed up calls before they were rolled up are marked by the column alone.
        let is_marked = mark.is_some_and(|mark| calls.name(mark, row) == "1") && !call.is_single();
        if !call.is_rolled() && !is_marked {
            return None;
        }
        let text = |place: Option<usize>| place.map_or("", |place| calls.name(place, row));
        let count = |place| text(place).parse::<u64>().ok();
        let turn = text(turn);
        if call.counting == Counting::Known {
            // Each such record counts once, whatever it sums up; only what follows it is told.
            return Some(RolledRow { feeds: text(feeds) == "1", ..RolledRow::default() });
        }
        let mut found = RolledRow {
            follows: turn == "follows",
            begins: turn == "begins",
            is_turn: !turn.is_empty(),
            feeds: text(feeds) == "1",
            answers: count(answers).zip(count(short).or(Some(0))),
            prompts: classes(text(sizes)),
            repeated_min: Tokens::new(count(repeated_min).unwrap_or(0)),
            repeated: [0; STEPS.len()],
        };
        for (sum, place) in found.repeated.iter_mut().zip(&repeated) {
            *sum = count(*place).unwrap_or(0);
        }
        Some(found)
    });
    Some(rows.collect())
}

/// `FROM:CALLS:TOKENS` with spaces in between, in any order.
fn classes(text: &str) -> Vec<SizeClass> {
    let class = |text: &str| {
        let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
        let (from, calls, tokens) = (parts.next()??, parts.next()??, parts.next()??);
        // The size of a single call is known, whatever its class.
        Some(SizeClass { from: if calls == 1 { tokens.max(from) } else { from }, calls, tokens })
    };
    let mut found: Vec<SizeClass> = text.split_whitespace().filter_map(class).collect();
    found.sort_unstable();
    found
}

/// Whether a roll-up leaves out how long answers are.
pub(super) fn lacks_answers(facts: &Facts<'_>) -> bool {
    let has_output = |row: usize| !facts.calls.tokens(TokenClass::Output, row).is_zero();
    let rows = facts.rolled();
    let mut rows = rows.iter().flat_map(|rows| rows.iter().enumerate());
    rows.any(|(row, told)| {
        let is_silent = told.as_ref().is_some_and(|told| told.answers.is_none());
        is_silent && facts.calls.call(row).is_rolled() && has_output(row)
    })
}

/// Whether a roll-up says how calls stand in conversations.
pub(super) fn has_turns(facts: &Facts<'_>) -> bool {
    facts.rolled().is_some_and(|rows| rows.iter().flatten().any(|row| row.is_turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sizes: &str, start: u64, step: u64, expected: Option<(u64, u64)>) {
        let row = RolledRow { prompts: classes(sizes), ..RolledRow::default() };
        let expected =
            expected.map(|(low, high)| Span { low: Tokens::new(low), high: Tokens::new(high) });
        assert_eq!(row.shared(start, step), expected, "{sizes} {start} {step}");
    }

    #[test]
    fn what_prompts_share_is_told_by_their_sizes() {
        let exactly = |count| Some((count, count));
        check("1000:2:2000 1024:3:3100", 1_000, 1, exactly(5_000));
        check("1000:2:2000 1024:3:3100", 1_000, 128, exactly(5 * 896));
        check("896:1:900 1024:3:3100", 1_000, 1, exactly(3_900));
        check("896:1:900 1024:3:3100", 1_000, 128, exactly(896 + 3 * 896));
        check("992:3:3000 1024:3:3100", 1_100, 1, exactly(6_100));
        check("", 1_000, 1, None);
    }

    #[test]
    fn what_is_not_told_lies_between_two_counts() {
        // Some of a class may be below the start, and some above: 1,024, 1,024 and 1,052 tokens, or
        // three times some 1,033.
        check("1024:3:3100", 1_030, 1, Some((3_072, 3_090)));
        check("1024:3:3100", 1_100, 1_030, Some((0, 3_090)));
    }
}
