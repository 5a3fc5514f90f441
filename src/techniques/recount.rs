//! Tokens of a call as another model counts them.

use super::branch::Branch;
use crate::pricing::ModelId;
use crate::units::{Factor, Rate, TokenClass, Tokens};

const WHOLE: u64 = Rate::ONE.parts();

/// How tokens of one model are counted on another: text by its tokenizer, answers also by how wordy
/// it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recount {
    ratio: Factor,
    /// By class.
    factors: [(TokenClass, Factor); 6],
}

impl Recount {
    /// With so many tokens for one of the log, and answers so many times as long.
    pub(super) fn new(ratio: Factor, verbosity: Factor) -> Self {
        let answers = ratio.times(verbosity);
        let factors = [
            (TokenClass::Input, ratio),
            (TokenClass::CacheRead, ratio),
            (TokenClass::CacheWrite5m, ratio),
            (TokenClass::CacheWrite1h, ratio),
            (TokenClass::Output, answers),
            (TokenClass::Reasoning, answers),
        ];
        Self { ratio, factors }
    }

    /// A branch on a target, to the nearest token.
    pub(super) fn whole(&self, branch: &Branch, target: ModelId) -> Branch {
        let mut moved = self.moved(branch, target);
        for (class, factor) in self.factors {
            moved.call.tokens[class] = factor.of(branch.call.tokens[class]);
        }
        moved
    }

    /// Whether all of its tokens are whole ones there.
    pub(super) fn is_whole(&self, branch: &Branch) -> bool {
        let mut factors = self.factors.into_iter();
        factors.all(|(class, factor)| parts(branch.call.tokens[class], factor).1 == 0)
    }

    /// The ways a branch goes there, in each a whole number of tokens, which on average are exactly
    /// what the factors make of them. Rounding every call alone would not cancel out where many calls
    /// have the same few tokens, and the sums of a roll-up would round otherwise than its calls.
    pub(super) fn each_way(&self, branch: &Branch, target: ModelId, mut take: impl FnMut(Branch)) {
        let counts =
            self.factors.map(|(class, factor)| (class, parts(branch.call.tokens[class], factor)));
        let mut steps = counts.map(|(_, (_, beyond))| beyond);
        steps.sort_unstable();
        let mut left = self.moved(branch, target);
        let mut before = 0;
        // All classes go up together, each as often as it has to.
        for step in steps.into_iter().chain([WHOLE]) {
            if step == before {
                continue;
            }
            let weight = Rate::of_counts(step - before, WHOLE).unwrap_or(Rate::ZERO);
            let weight = if step == WHOLE { left.weight } else { branch.weight.times(weight) };
            let mut way = Branch { weight, ..left };
            for (class, (floor, beyond)) in counts {
                let count = floor.saturating_add(u64::from(beyond > before));
                way.call.tokens[class] = Tokens::new(count);
            }
            left.weight = left.weight.minus(weight);
            before = step;
            take(way);
        }
    }

    /// The branch with its tokens as they are.
    fn moved(&self, branch: &Branch, target: ModelId) -> Branch {
        Branch {
            model: target,
            token_ratio: branch.token_ratio.times(self.ratio),
            stable_prefix: branch.stable_prefix.map(|prefix| self.ratio.of(prefix)),
            ..*branch
        }
    }
}

/// Whole tokens, and billionths beyond them.
fn parts(tokens: Tokens, factor: Factor) -> (u64, u64) {
    let product = u128::from(tokens.get()) * u128::from(factor.parts());
    let whole = u64::try_from(product / u128::from(WHOLE)).unwrap_or(u64::MAX);
    (whole, u64::try_from(product % u128::from(WHOLE)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::PriceBook;
    use crate::usage::Call;

    fn check(counts: [u64; 2], ratio: &str, verbosity: &str, expected: &[(&str, [u64; 2])]) {
        let book = PriceBook::embedded();
        let [from, to] =
            ["gpt-4o", "claude-haiku-4-5"].map(|model| book.find("", model).expect("a model"));
        let mut call = Call::default();
        let classes = [TokenClass::Input, TokenClass::Output];
        for (class, count) in classes.into_iter().zip(counts) {
            call.tokens[class] = Tokens::new(count);
        }
        let branch = Branch::logged(call, from);
        let [ratio, verbosity] = [ratio, verbosity].map(|text| Factor::parse(text).expect("one"));
        let recount = Recount::new(ratio, verbosity);
        let mut found = Vec::new();
        recount.each_way(&branch, to, |way| {
            assert_eq!((way.model, way.token_ratio), (to, ratio));
            found.push((way.weight.to_string(), classes.map(|class| way.call.tokens[class].get())));
        });
        let expected: Vec<_> =
            expected.iter().map(|(weight, counts)| ((*weight).to_owned(), *counts)).collect();
        assert_eq!(found, expected, "{counts:?} {ratio} {verbosity}");
        assert_eq!(recount.is_whole(&branch), expected.len() == 1);
    }

    #[test]
    fn tokens_are_whole_in_each_way_and_exact_on_average() {
        check([1_000, 200], "1", "1", &[("1", [1_000, 200])]);
        check([1_000, 200], "1.3", "1", &[("1", [1_300, 260])]);
        // 0.7 and 2.1 tokens.
        check([3, 1], "1", "0.7", &[("0.7", [3, 1]), ("0.3", [3, 0])]);
        check([7, 3], "1.3", "1", &[("0.1", [10, 4]), ("0.8", [9, 4]), ("0.1", [9, 3])]);
    }
}
