//! How many of the answers can be wrong at most, when so many were seen to be.

use crate::units::Rate;

/// How sure a bound is: it fails once in twenty samples.
const DOUBT: u128 = 20;

/// The unit of relative likelihoods.
const UNIT: u128 = 1 << 60;

const WHOLE: u64 = 1_000_000_000;

/// The upper Clopper–Pearson bound at 95 %: the largest share of wrong answers under which seeing at
/// most `wrong` of `seen` is not rarer than one in twenty. Everything may be wrong where nothing
/// was seen.
pub(super) fn at_most(wrong: u64, seen: u64) -> Rate {
    let wrong = wrong.min(seen);
    if wrong == seen {
        return Rate::ONE;
    }
    // The likelihood falls as the share grows: the first share at which it is too small.
    let (mut possible, mut excluded) = (0, WHOLE);
    while excluded - possible > 1 {
        let middle = possible.midpoint(excluded);
        if is_rare(wrong, seen, middle) {
            excluded = middle;
        } else {
            possible = middle;
        }
    }
    Rate::of_counts(excluded, WHOLE).expect("a part of the whole")
}

/// Whether at most `wrong` of `seen` happen less than once in twenty, at a share of so many
/// billionths.
fn is_rare(wrong: u64, seen: u64, share: u64) -> bool {
    let other = WHOLE - share;
    // Likelihoods relative to the largest one, downwards and upwards from there.
    let peak = u128::from(seen + 1) * u128::from(share) / u128::from(WHOLE);
    let peak = u64::try_from(peak).unwrap_or(seen).min(seen);
    let (mut all, mut few) = (UNIT, if peak <= wrong { UNIT } else { 0 });
    let mut term = UNIT;
    for count in (0..peak).rev() {
        // From `count + 1` to `count`.
        let up = u128::from(seen - count) * u128::from(share);
        term = term * (u128::from(count + 1) * u128::from(other)) / up.max(1);
        if term == 0 {
            break;
        }
        all += term;
        few += if count <= wrong { term } else { 0 };
    }
    term = UNIT;
    for count in peak + 1..=seen {
        let down = u128::from(count) * u128::from(other);
        term = term * (u128::from(seen - count + 1) * u128::from(share)) / down.max(1);
        if term == 0 {
            break;
        }
        all += term;
        few += if count <= wrong { term } else { 0 };
    }
    few * DOUBT < all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wrong: u64, seen: u64, expected: &str) {
        let bound = at_most(wrong, seen).parts();
        let expected = Rate::parse(expected).expect("a rate").parts();
        assert!(bound.abs_diff(expected) <= 2_000, "{wrong} of {seen}: {bound} for {expected}");
    }

    /// Without errors the bound is `1 - .05^(1/n)`; 299 labels certify one percent, 149 two.
    /// The others are quantiles of the beta distribution from published tables of exact limits.
    #[test]
    fn bounds_are_those_of_the_tables() {
        check(0, 1, "0.95");
        check(0, 6, "0.393038");
        check(0, 10, "0.258866");
        check(1, 10, "0.394163");
        check(5, 10, "0.777559");
        assert!(at_most(0, 299).parts() <= 10_000_000);
        assert!(at_most(0, 298).parts() > 10_000_000);
        assert!(at_most(0, 149).parts() <= 20_000_000);
        assert!(at_most(0, 148).parts() > 20_000_000);
        assert_eq!(at_most(0, 0), Rate::ONE);
        assert_eq!(at_most(3, 3), Rate::ONE);
    }

    #[test]
    fn more_errors_allow_more_and_more_samples_less() {
        for seen in [1, 7, 40, 1_000, 50_000] {
            let bounds: Vec<_> = (0..7).map(|wrong| at_most(wrong, seen)).collect();
            assert!(bounds.is_sorted(), "{seen}: {bounds:?}");
            assert!(at_most(0, seen + 1) < at_most(0, seen));
        }
    }
}
