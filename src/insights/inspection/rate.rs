//! Parts of wholes as exact rates.

use crate::units::Rate;

/// `part / whole` as a rate, cut to a billionth; nothing where it lies outside 0 to 1.
pub(super) fn rate(part: i128, whole: i128) -> Option<Rate> {
    let one = i128::from(Rate::ONE.parts());
    let (mut part, mut whole) = (part, whole);
    // What does not fit at nine decimals is far above them: nothing that counts is cut.
    while part.checked_mul(one).is_none() {
        part /= 1_024;
        whole /= 1_024;
    }
    let parts = (part * one).checked_div(whole)?;
    Rate::of_counts(u64::try_from(parts).ok()?, Rate::ONE.parts())
}

/// A part of a whole in percent to one decimal, for sentences: `66.7 %`.
pub(super) fn percent(part: i128, whole: i128) -> String {
    let Some(rate) = rate(part, whole) else { return "no part".to_owned() };
    let thousandths = (rate.parts() + 500_000) / 1_000_000;
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: i128, whole: i128, expected: Option<&str>) {
        assert_eq!(rate(part, whole), expected.map(|text| Rate::parse(text).expect("a rate")));
    }

    #[test]
    fn a_part_of_a_whole_is_a_rate() {
        check(1, 4, Some("0.25"));
        check(0, 4, Some("0"));
        check(4, 4, Some("1"));
        check(5, 4, None);
        check(-1, 4, None);
        check(1, 0, None);
    }

    #[test]
    fn large_parts_do_not_wrap() {
        check(1 << 120, 1 << 121, Some("0.5"));
    }
}
