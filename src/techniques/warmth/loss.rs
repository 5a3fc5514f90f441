//! How likely a stored prompt is lost, by the time since the call that used it last.

use crate::units::{Factor, Rate};

/// A time in milliseconds, and the probability at it in billionths.
type Knot = (u64, u64);

/// What is lost at any gap, in billionths: a tenth of the losses under a minute, most of which are
/// edits of the prompt. Measured on 25,783 recorded calls to Anthropic models, 2026-11.
const AT_ANY_GAP: u64 = 2_600_000;

/// Inside a lifetime of five minutes: 0.8 times what the calls of each gap lost beyond the 2.6 %
/// that calls within a minute do. The same calls, 2026-11.
const WITHIN_SHORT: [Knot; 5] = [
    (10_000, 0),
    (120_000, 123_000_000),
    (225_000, 227_000_000),
    (285_000, 271_000_000),
    (300_000, 288_000_000),
];

/// Lifetimes up to this many seconds lose as caches of five minutes do; longer ones as those of an
/// hour.
const SHORT_SECONDS: u64 = 300;

/// Inside a longer lifetime: up to half of it, and at its end. The same calls, those with caches of
/// an hour: 85 to 100 % were read up to 30 minutes; what lies beyond is an assumption.
const WITHIN_LONG: [u64; 2] = [39_000_000, 99_000_000];

/// After the end of the lifetime: how many milliseconds after, and the probability. The end is not
/// sharp: of calls 300 to 330 seconds after the last use a quarter still read, of later ones 1 %.
const AFTER: [Knot; 3] = [(0, 560_000_000), (30_000, 950_000_000), (300_000, 1_000_000_000)];

/// The probability that the whole of a stored prompt is lost so many milliseconds after the start
/// of the call that used it last, where entries live so many seconds.
pub fn loss(gap_millis: u64, lifetime_seconds: u64) -> Rate {
    let end = lifetime_seconds.saturating_mul(1_000);
    let parts = if gap_millis > end {
        let knots = AFTER.map(|(after, parts)| (end.saturating_add(after), parts));
        interpolate(&knots, gap_millis)
    } else if lifetime_seconds <= SHORT_SECONDS {
        AT_ANY_GAP + interpolate(&WITHIN_SHORT, gap_millis)
    } else {
        let [until_half, at_end] = WITHIN_LONG;
        let knots = [(10_000, 0), (120_000, until_half), (end / 2, until_half), (end, at_end)];
        AT_ANY_GAP + interpolate(&knots, gap_millis)
    };
    Rate::of_counts(parts, Factor::ONE.parts()).unwrap_or(Rate::ONE)
}

/// The value on the lines between knots, rounded down; outside of them that of the nearest.
fn interpolate(knots: &[Knot], at: u64) -> u64 {
    let (mut before, mut value) = knots[0];
    if at <= before {
        return value;
    }
    for (next, next_value) in &knots[1..] {
        if at <= *next {
            let (part, whole) = (u128::from(at - before), u128::from(next - before));
            let rise = u128::from(next_value.saturating_sub(value)) * part / whole.max(1);
            return value + u64::try_from(rise).unwrap_or(0);
        }
        (before, value) = (*next, *next_value);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(gap_seconds: u64, lifetime_seconds: u64, expected: &str) {
        let expected = Rate::parse(expected).expect("a rate");
        assert_eq!(loss(gap_seconds * 1_000, lifetime_seconds), expected, "{gap_seconds}");
    }

    #[test]
    fn five_minutes_lose_more_and_more() {
        check(0, 300, "0.0026");
        check(10, 300, "0.0026");
        // Half way from 10 to 120 seconds: half of 12.3 %.
        check(65, 300, "0.0641");
        check(120, 300, "0.1256");
        check(300, 300, "0.2906");
    }

    #[test]
    fn the_end_of_a_lifetime_is_soft() {
        check(315, 300, "0.755");
        check(330, 300, "0.95");
        check(600, 300, "1");
        check(100_000, 300, "1");
        check(3_615, 3_600, "0.755");
    }

    #[test]
    fn longer_lifetimes_lose_less() {
        check(120, 3_600, "0.0416");
        check(1_800, 3_600, "0.0416");
        check(2_700, 3_600, "0.0716");
        check(21_600, 43_200, "0.0416");
    }
}
