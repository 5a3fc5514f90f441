//! A part of a whole, for display: the only floating point in the crate.

/// A ratio of two exact numbers. For display and for ties in sorting; it never flows back into
/// money or tokens.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Share(f64);

#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a share is shown to a few digits and never used to compute"
)]
impl Share {
    /// `part / whole`; nothing when `whole` is zero.
    pub fn of(part: i128, whole: i128) -> Option<Self> {
        (whole != 0).then(|| Self(part as f64 / whole as f64))
    }

    /// The ratio: 0.25 for a quarter. May exceed 1 or be negative.
    pub const fn ratio(self) -> f64 {
        self.0
    }

    /// The ratio in percent.
    pub fn percent(self) -> f64 {
        self.0 * 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_nothing_is_no_share() {
        assert_eq!(Share::of(1, 0), None);
        assert_eq!(Share::of(1, 4).map(Share::ratio), Some(0.25));
        assert_eq!(Share::of(1, 4).map(Share::percent), Some(25.0));
    }
}
