//! How many tokens one model makes of a text, compared with another model.

use crate::units::Factor;

/// Tokens of one model for each token of another, for the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenizerRatio {
    /// The smallest ratio that was reported.
    pub low: Factor,
    /// The ratio to compute with.
    pub likely: Factor,
    /// The largest ratio that was reported.
    pub high: Factor,
}

impl TokenizerRatio {
    /// The same tokenizer: token counts carry over as they are.
    pub const SAME: Self = Self { low: Factor::ONE, likely: Factor::ONE, high: Factor::ONE };

    /// The ratio in the other direction; the low end becomes the high one.
    pub(super) fn inverted(self) -> Option<Self> {
        let inverse = |factor| Factor::ONE.over(factor);
        Some(Self {
            low: inverse(self.high)?,
            likely: inverse(self.likely)?,
            high: inverse(self.low)?,
        })
    }
}

/// A ratio between two families of tokenizers, as a table states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeclaredRatio {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) ratio: TokenizerRatio,
}

/// The ratio between two families: stated, stated the other way round, or the default for
/// families nobody compared.
pub(super) fn ratio_between(
    declared: &[DeclaredRatio],
    from: &str,
    to: &str,
    unknown: TokenizerRatio,
) -> TokenizerRatio {
    if from == to {
        return TokenizerRatio::SAME;
    }
    // The last statement wins, so that a user's table can correct ours.
    let stated = declared.iter().rev().find_map(|known| {
        if known.from == from && known.to == to {
            return Some(known.ratio);
        }
        (known.from == to && known.to == from).then(|| known.ratio.inverted()).flatten()
    });
    stated.unwrap_or(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(low: &str, likely: &str, high: &str) -> TokenizerRatio {
        let [low, likely, high] =
            [low, likely, high].map(|text| Factor::parse(text).expect("a factor"));
        TokenizerRatio { low, likely, high }
    }

    fn check(from: &str, to: &str, expected: TokenizerRatio) {
        let declared =
            [DeclaredRatio { from: "a".into(), to: "b".into(), ratio: ratio("1", "1.25", "1.6") }];
        let unknown = ratio("0.5", "1", "2");
        assert_eq!(ratio_between(&declared, from, to, unknown), expected, "{from} to {to}");
    }

    #[test]
    fn a_family_counts_like_itself() {
        check("a", "a", TokenizerRatio::SAME);
        check("z", "z", TokenizerRatio::SAME);
    }

    #[test]
    fn a_stated_ratio_holds_in_both_directions() {
        check("a", "b", ratio("1", "1.25", "1.6"));
        check("b", "a", ratio("0.625", "0.8", "1"));
    }

    #[test]
    fn families_nobody_compared_get_the_wide_default() {
        check("a", "z", ratio("0.5", "1", "2"));
    }
}
