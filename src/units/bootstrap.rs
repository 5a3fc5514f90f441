//! What a bootstrap over clusters needs: random weights, and how many clusters there are in truth.

/// `⌊2⁶⁴ P(W ≤ k)⌋` for a Poisson weight of mean one, k = 0, 1, …: from `e⁻¹ Σ 1/k!`.
const POISSON_1: [u64; 12] = [
    6_786_177_901_268_885_274,
    13_572_355_802_537_770_549,
    16_965_444_753_172_213_187,
    18_096_474_403_383_694_066,
    18_379_231_815_936_564_286,
    18_435_783_298_447_138_330,
    18_445_208_545_532_234_004,
    18_446_555_009_401_533_386,
    18_446_723_317_385_195_809,
    18_446_742_018_272_269_411,
    18_446_743_888_360_976_771,
    18_446_744_058_369_041_076,
];

/// A weight that is Poisson with mean one, from random bits: how often a replicate draws a cluster.
/// (Chamandy, Muralidharan, Najmi and Naidu: *Estimating Uncertainty for Massive Data Streams*,
/// Google 2012.)
///
/// # Panics
/// Never: there are twelve limits.
pub fn poisson_weight(random: u64) -> u8 {
    let place = POISSON_1.iter().position(|limit| random < *limit);
    u8::try_from(place.unwrap_or(POISSON_1.len())).expect("a small number")
}

/// Over how many clusters of equal amounts the same sum would be spread as unevenly as it is: the
/// square of the sum over the sum of squares (Leslie Kish, *Survey Sampling*, 1965). Their number
/// where all amounts are zero; one below zero counts as zero.
pub fn effective_count(amounts: impl Iterator<Item = i128> + Clone) -> u64 {
    let whole: i128 = amounts.clone().sum();
    if whole <= 0 {
        return u64::try_from(amounts.count()).unwrap_or(u64::MAX);
    }
    // In billionths of the whole: the squares of a thousand million of them still fit.
    let part = |amount: i128| {
        let scaled = amount.max(0).checked_mul(1_000_000_000).map(|scaled| scaled / whole);
        // What is too large to be multiplied has digits to spare.
        scaled.unwrap_or_else(|| amount / (whole / 1_000_000_000)).cast_unsigned()
    };
    let squares: u128 = amounts.map(|amount| part(amount) * part(amount)).sum();
    let equal = 1_000_000_000_000_000_000_u128.checked_div(squares).unwrap_or_default();
    u64::try_from(equal).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::mixed;

    #[test]
    fn weights_have_mean_and_variance_one() {
        let drawn: Vec<i64> =
            (0..200_000).map(|place| poisson_weight(mixed(place)).into()).collect();
        let sum: i64 = drawn.iter().sum();
        let squares: i64 = drawn.iter().map(|one| (one - 1) * (one - 1)).sum();
        assert!((sum - 200_000).abs() < 2_000, "{sum}");
        assert!((squares - 200_000).abs() < 4_000, "{squares}");
    }

    #[test]
    fn a_weight_is_how_many_limits_are_reached() {
        assert_eq!((poisson_weight(0), poisson_weight(u64::MAX)), (0, 12));
        for (weight, limit) in (0..).zip(POISSON_1) {
            assert_eq!((poisson_weight(limit - 1), poisson_weight(limit)), (weight, weight + 1));
        }
    }

    #[test]
    fn uneven_clusters_count_as_fewer() {
        let mut amounts = vec![1_000_000_000_000; 50];
        assert_eq!(effective_count(amounts.iter().copied()), 50);
        amounts.push(50_000_000_000_000);
        assert_eq!(effective_count(amounts.iter().copied()), 3);
        assert_eq!(effective_count([0, 0].into_iter()), 2);
        assert_eq!(effective_count([3, 1].into_iter()), 1);
        assert_eq!(effective_count([3, 3, 1, -1].into_iter()), 1);
        assert_eq!(effective_count([5; 20].into_iter()), 20);
        assert_eq!(effective_count([i128::MAX / 8; 4].into_iter()), 4);
        assert_eq!(effective_count([i128::MAX / 2, i128::MAX / 8, i128::MAX / 8].into_iter()), 2);
    }
}
