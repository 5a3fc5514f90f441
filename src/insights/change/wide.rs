//! Whole numbers of up to 640 bits, for a product of counts over a product of counts.

/// Ten words: an amount of 128 bits and eight counts.
const WORDS: usize = 10;

/// A number of zero or more; the lowest word comes first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide {
    words: [u64; WORDS],
    used: usize,
}

fn split(double: u128) -> (u64, u64) {
    let low = u64::try_from(double & u128::from(u64::MAX)).expect("64 bits are left");
    (low, u64::try_from(double >> 64).expect("64 bits are left"))
}

impl From<u128> for Wide {
    fn from(number: u128) -> Self {
        let mut words = [0; WORDS];
        (words[0], words[1]) = split(number);
        Self { words, used: 2 }
    }
}

impl Wide {
    /// Multiplies; nothing when the product does not fit.
    pub(super) fn times(mut self, count: u64) -> Option<Self> {
        let mut carry = 0;
        for word in &mut self.words[..self.used] {
            let product = u128::from(*word) * u128::from(count) + u128::from(carry);
            (*word, carry) = split(product);
        }
        if carry > 0 {
            *self.words.get_mut(self.used)? = carry;
            self.used += 1;
        }
        Some(self)
    }

    /// Divides by a count that is not zero, and says whether nothing was left over.
    pub(super) fn over(mut self, count: u64) -> (Self, bool) {
        let mut rest = 0;
        for word in self.words[..self.used].iter_mut().rev() {
            let dividend = (u128::from(rest) << 64) | u128::from(*word);
            // The rest is less than the divisor, so the quotient is one word.
            (*word, _) = split(dividend / u128::from(count));
            (rest, _) = split(dividend % u128::from(count));
        }
        (self, rest == 0)
    }

    /// The number, if it has no more than 127 bits.
    pub(super) fn get(self) -> Option<i128> {
        if self.words[2..].iter().any(|word| *word > 0) {
            return None;
        }
        i128::try_from((u128::from(self.words[1]) << 64) | u128::from(self.words[0])).ok()
    }
}

/// `amount × above / below`, cut to a whole number, and whether nothing was cut; nothing when it does
/// not fit. None of `below` may be zero. Cutting after each division comes to the same as once.
pub(super) fn product(amount: u128, above: &[u64], below: &[u64]) -> Option<(i128, bool)> {
    if amount == 0 || above.contains(&0) {
        return Some((0, true));
    }
    let mut number = Wide::from(amount);
    let mut below: Vec<u64> = below.to_vec();
    for count in above {
        match below.iter().position(|other| other == count) {
            Some(place) => drop(below.swap_remove(place)),
            None => number = number.times(*count)?,
        }
    }
    let mut is_exact = true;
    for count in below {
        let (quotient, is_whole) = number.over(count);
        number = quotient;
        is_exact &= is_whole;
    }
    number.get().map(|value| (value, is_exact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_product_beyond_128_bits_comes_back() {
        let most = u64::MAX;
        let (above, below) = ([most, most - 1, most - 2, most - 3], [most - 3, most - 1, most, 7]);
        let expected = 14 * i128::from(most - 2) / 7;
        assert_eq!(product(14, &above, &below), Some((expected, true)));
        assert_eq!(product(1, &[most, most - 4, most - 5], &[]), None);
        assert_eq!(product(7, &[], &[2]), Some((3, false)));
        assert_eq!(product(7, &[0], &[2]), Some((0, true)));
    }

    proptest! {
        #[test]
        fn small_products_are_those_of_small_integers(
            amount in 0..1_000_000_u64, above in prop::collection::vec(0..1_000_u64, 0..4),
            below in prop::collection::vec(1..1_000_u64, 0..4),
        ) {
            let whole = above.iter().fold(u128::from(amount), |all, one| all * u128::from(*one));
            let parts: u128 = below.iter().map(|one| u128::from(*one)).product();
            let expected = (i128::try_from(whole / parts).expect("small"), whole % parts == 0);
            prop_assert_eq!(product(amount.into(), &above, &below), Some(expected));
        }
    }
}
