//! A count of tokens.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

const OVERFLOW: &str = "token counts stay below 10^19, the range of the integer behind them";

/// A count of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tokens(u64);

impl Tokens {
    /// None.
    pub const ZERO: Self = Self(0);

    /// A count of tokens.
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// The count.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether there are none.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or nothing when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or nothing when `other` is larger.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The difference, or none when `other` is larger.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Add for Tokens {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect(OVERFLOW))
    }
}

impl AddAssign for Tokens {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Tokens {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_never_wrap() {
        let (three, five, most) = (Tokens::new(3), Tokens::new(5), Tokens::new(u64::MAX));
        assert_eq!(three + five, Tokens::new(8));
        assert_eq!([three, five, five].into_iter().sum::<Tokens>(), Tokens::new(13));
        assert_eq!(three.checked_add(five), Some(Tokens::new(8)));
        assert_eq!(most.checked_add(three), None);
        assert_eq!(five.checked_sub(three), Some(Tokens::new(2)));
        assert_eq!(three.checked_sub(five), None);
        assert_eq!(five.saturating_sub(three), Tokens::new(2));
        assert_eq!(three.saturating_sub(five), Tokens::ZERO);
        assert!(Tokens::ZERO.is_zero() && !three.is_zero());
        assert_eq!(five.to_string(), "5");
        let mut sum = three;
        sum += five;
        assert_eq!(sum.get(), 8);
    }
}
