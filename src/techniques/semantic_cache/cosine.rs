//! The cosine of two vectors of integers, exactly, and early where it cannot be enough.

use crate::usage::Vector;

/// Components between two looks at whether the rest can still be enough.
const BLOCK: usize = 32;

const WHOLE: u64 = 1_000_000_000;

/// A vector, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Direction {
    parts: Box<[i32]>,
    /// The sum of its squares.
    square: u64,
    /// Its length, rounded down.
    length: u64,
    /// The length of what is left after each block, rounded up.
    rests: Box<[u64]>,
}

impl Direction {
    /// Gets a vector ready.
    pub(super) fn new(vector: &Vector) -> Self {
        let parts: Box<[i32]> = vector.parts().into();
        let blocks =
            parts.chunks(BLOCK).map(|block| block.iter().map(|part| square(*part)).sum::<u64>());
        let mut rests: Vec<u64> = blocks.collect();
        let mut rest = 0;
        for block in rests.iter_mut().rev() {
            (*block, rest) = (rest, rest + *block);
        }
        let rests = rests.into_iter().map(|rest| rest.isqrt() + 1).collect();
        Self { parts, square: rest, length: rest.isqrt(), rests }
    }

    /// The cosine of the angle to another vector in billionths, rounded down; nothing when it is
    /// below `least`, or the vectors are of different models.
    pub(super) fn cosine(&self, other: &Self, least: u64) -> Option<u64> {
        if self.parts.len() != other.parts.len() {
            return None;
        }
        let needed = u128::from(least) * u128::from(self.length) * u128::from(other.length);
        let needed = i64::try_from(needed / u128::from(WHOLE)).ok()?;
        let mut dot = 0_i64;
        let blocks = self.parts.chunks(BLOCK).zip(other.parts.chunks(BLOCK));
        for ((one, two), (rest, others)) in blocks.zip(self.rests.iter().zip(&other.rests)) {
            dot += one.iter().zip(two).map(|(a, b)| i64::from(*a) * i64::from(*b)).sum::<i64>();
            // No two vectors multiply to more than their lengths do (Cauchy and Schwarz).
            if dot.saturating_add(i64::try_from(rest * others).ok()?) < needed {
                return None;
            }
        }
        let cosine = ratio(u64::try_from(dot).ok()?, self.square, other.square);
        (cosine >= least).then_some(cosine)
    }
}

fn square(part: i32) -> u64 {
    let size = u64::from(part.unsigned_abs());
    size * size
}

/// `dot / sqrt(one * other)` in billionths, rounded down.
fn ratio(dot: u64, one: u64, other: u64) -> u64 {
    let whole = u128::from(one) * u128::from(other);
    let mut rest = u128::from(dot) * u128::from(dot);
    // Twenty digits at once do not fit: the square of the billionths, six digits at a time.
    let mut squared = rest / whole;
    rest %= whole;
    for _ in 0..3 {
        rest *= 1_000_000;
        squared = squared * 1_000_000 + rest / whole;
        rest %= whole;
    }
    u64::try_from(squared.isqrt()).unwrap_or(WHOLE).min(WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direction(text: &str) -> Direction {
        Direction::new(&Vector::parse(text).expect("a vector"))
    }

    fn check(one: &str, other: &str, expected: Option<u64>) {
        assert_eq!(direction(one).cosine(&direction(other), 0), expected, "{one} {other}");
    }

    /// 3-4-5 triangles have exact cosines.
    #[test]
    fn cosines_of_known_angles() {
        check("[3,4]", "[4,0]", Some(600_000_000));
        check("[3,4]", "[3,4]", Some(WHOLE));
        check("[3,4]", "[6,8]", Some(WHOLE));
        check("[1,0]", "[0,1]", Some(0));
        check("[1,0]", "[-1,0]", None);
        // 1/sqrt(2) = 0.70710678118…
        check("[1,0]", "[1,1]", Some(707_106_781));
        check("[1,0]", "[1,0,0]", None);
    }

    #[test]
    fn the_threshold_itself_is_enough() {
        let [one, other] = ["[3,4]", "[4,0]"].map(direction);
        assert_eq!(one.cosine(&other, 600_000_000), Some(600_000_000));
        assert_eq!(one.cosine(&other, 600_000_001), None);
    }

    /// Long vectors stop early only where the whole sum would say no as well.
    #[test]
    fn stopping_early_changes_nothing() {
        let mut seed = 1_u64;
        let mut draw = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 40) % 2_001
        };
        for shift in [0, 500, 900, 990] {
            let base: Vec<u64> = (0..200).map(|_| draw()).collect();
            let vector = |noise: &[u64]| {
                let parts = base.iter().zip(noise).map(|(base, noise)| {
                    let sum = base * shift + noise * (1_000 - shift);
                    format!("{}{sum}", if *base > 1_000 { "-" } else { "" })
                });
                format!("[{}]", parts.collect::<Vec<_>>().join(","))
            };
            let [one, other] =
                [0; 2].map(|_| direction(&vector(&(0..200).map(|_| draw()).collect::<Vec<_>>())));
            let exact = one.cosine(&other, 0).expect("an acute angle");
            for least in [exact - 1, exact, exact + 1, exact.saturating_sub(50_000_000)] {
                let expected = (exact >= least).then_some(exact);
                assert_eq!(one.cosine(&other, least), expected, "{shift}");
            }
        }
    }
}
