//! Amounts as blocks: what a column of numbers looks like at a glance.

use crate::units::Usd;

/// A bar: how much of `whole` is `part`. Something is never an empty bar.
pub(super) fn bar(part: Usd, whole: Usd, width: usize) -> String {
    let filled = steps(part, whole, width);
    format!("{}{}", "▇".repeat(filled), "░".repeat(width - filled))
}

/// One block a value, by its part of the largest.
pub(super) fn sparkline(values: &[Usd]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let largest = values.iter().copied().max().unwrap_or_default();
    values.iter().map(|value| BLOCKS[steps(*value, largest, 8).saturating_sub(1)]).collect()
}

/// `width * part / whole` to the nearest step, at least one for something.
fn steps(part: Usd, whole: Usd, width: usize) -> usize {
    let (part, whole) = (part.atto().max(0), whole.atto());
    if part == 0 || whole <= 0 {
        return 0;
    }
    if part >= whole {
        return width;
    }
    let limit = i128::try_from(width).unwrap_or(i128::MAX);
    let doubled = part.checked_mul(limit * 2).map_or(limit, |product| product / whole);
    usize::try_from((doubled + 1) / 2).unwrap_or(width).clamp(1, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    #[test]
    fn bars_are_full_empty_or_between() {
        assert_eq!(bar(usd("0"), usd("8"), 4), "░░░░");
        assert_eq!(bar(usd("0.0001"), usd("8"), 4), "▇░░░");
        assert_eq!(bar(usd("4"), usd("8"), 4), "▇▇░░");
        assert_eq!(bar(usd("9"), usd("8"), 4), "▇▇▇▇");
        assert_eq!(sparkline(&[usd("0"), usd("4"), usd("8")]), "▁▄█");
    }
}
