//! A part more or less of an amount, and what chance may add to it.

use crate::units::{Rate, Usd};

use super::error::BacktestError;

/// `amount * numerator / denominator`, rounded towards the amount's smaller neighbour.
pub(super) fn part_of(
    amount: Usd,
    numerator: i128,
    denominator: i128,
) -> Result<Usd, BacktestError> {
    let product = amount.atto().checked_mul(numerator).ok_or(BacktestError::TooLarge)?;
    Ok(Usd::from_atto(product.div_euclid(denominator)))
}

/// 10⁻⁹ dollars in units of 10⁻¹⁸.
const NANO: i128 = 1_000_000_000;

/// The variance of amounts that are each due or not: of independent ones it adds up. In 10⁻²⁷
/// square dollars.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Variance(u128);

impl Variance {
    /// Adds an amount that is due with some probability: `p (1 - p) amount²`.
    pub(super) fn add(&mut self, amount: Usd, chance: Rate) -> Result<(), BacktestError> {
        let nano = (amount.atto() / NANO).unsigned_abs();
        let spread = u128::from(chance.times(chance.complement()).parts());
        let square = nano.checked_mul(nano).and_then(|square| square.checked_mul(spread));
        let sum = square.and_then(|square| self.0.checked_add(square));
        self.0 = sum.ok_or(BacktestError::TooLarge)?;
        Ok(())
    }

    /// 1.645 standard deviations: one sum in twenty is lower by more.
    pub(super) fn margin(self) -> Usd {
        // The square root of 10⁻²⁷ is no power of ten: ten more make it 10⁻¹⁴.
        let root = self
            .0
            .checked_mul(1_000_000_000)
            .map_or_else(|| self.0.isqrt().saturating_mul(31_623), u128::isqrt);
        let atto = root.saturating_mul(1_645) / 1_000;
        Usd::from_atto(i128::try_from(atto).unwrap_or(i128::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    /// Four coins of two dollars: the variance is four, its root two.
    #[test]
    fn independent_chances_add_up_their_squares() {
        let mut variance = Variance::default();
        let half = Rate::parse("0.5").expect("a rate");
        for _ in 0..4 {
            assert_eq!(variance.add(usd("2"), half), Ok(()));
        }
        assert_eq!(variance.margin(), usd("3.29"));
    }

    #[test]
    fn a_part_of_an_amount_is_exact_where_it_can_be() {
        assert_eq!(part_of(usd("10"), 97, 100), Ok(usd("9.7")));
    }
}
