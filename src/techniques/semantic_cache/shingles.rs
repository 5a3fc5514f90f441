//! Texts as sets of five letters in a row, and a quick way to those that share most of them.

use hashbrown::HashMap;

/// Letters of a shingle.
const LETTERS: usize = 5;

/// Bits of a letter of Unicode.
const LETTER_BITS: u32 = 21;

/// Bands of the `MinHash`, and how many of its values make one.
pub(super) const BANDS: usize = 32;
const ROWS: usize = 4;

/// Below this similarity bands miss too many pairs (at .6, one in 80), so all are compared.
pub(super) const BANDED_FROM: u64 = 600_000_000;

/// A text, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shingled {
    /// Its shingles by number, in order.
    pub(super) set: Box<[u32]>,
    /// Texts that are alike share at least one of these.
    pub(super) bands: Box<[u64; BANDS]>,
}

/// The shingles met so far. They are told apart exactly.
#[derive(Debug, Default)]
pub(super) struct Shingles {
    known: HashMap<u128, u32>,
}

impl Shingles {
    /// The shingles of a text; one that is shorter is a shingle of its own.
    pub(super) fn of(&mut self, text: &str) -> Shingled {
        let letters: Vec<char> = text.chars().collect();
        let windows = letters.windows(LETTERS.min(letters.len()).max(1)).map(packed);
        let mut packed: Vec<u128> = windows.collect();
        packed.sort_unstable();
        packed.dedup();
        let bands = Box::new(bands(&packed));
        let mut set: Vec<u32> = packed.iter().map(|one| self.number(*one)).collect();
        set.sort_unstable();
        Shingled { set: set.into(), bands }
    }

    fn number(&mut self, shingle: u128) -> u32 {
        let next = u32::try_from(self.known.len()).expect("fewer shingles than letters of a log");
        *self.known.entry(shingle).or_insert(next)
    }
}

fn packed(letters: &[char]) -> u128 {
    letters.iter().fold(0, |all, letter| all << LETTER_BITS | u128::from(u32::from(*letter)))
}

/// The hashes of the bands of the `MinHash` of a set.
fn bands(set: &[u128]) -> [u64; BANDS] {
    let mut least = [u64::MAX; BANDS * ROWS];
    for shingle in set {
        let bytes = shingle.to_le_bytes();
        let (low, high) = bytes.split_at(8);
        let half = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        let mut value = mixed(half(low) ^ mixed(half(high)));
        for least in &mut least {
            // Each value is drawn from the one before it, as random numbers are.
            value = mixed(value);
            *least = (*least).min(value);
        }
    }
    let mut bands = [0; BANDS];
    for (band, rows) in bands.iter_mut().zip(least.as_chunks::<ROWS>().0) {
        *band = rows.iter().fold(0, |all, value| mixed(all ^ value));
    }
    bands
}

/// One step of `SplitMix64`, a public-domain generator of random numbers (Steele, Lea, Flood 2014).
const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The Jaccard similarity of two sets in billionths, rounded down: what they share of what both
/// have.
pub(super) fn jaccard(one: &[u32], other: &[u32]) -> u64 {
    let (mut left, mut right, mut shared) = (0, 0, 0_u64);
    while left < one.len() && right < other.len() {
        let order = one[left].cmp(&other[right]);
        shared += u64::from(order.is_eq());
        left += usize::from(order.is_le());
        right += usize::from(order.is_ge());
    }
    let all = (one.len() + other.len()) as u64 - shared;
    (shared * 1_000_000_000).checked_div(all).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_shingles() {
        let mut shingles = Shingles::default();
        assert_eq!(shingles.of("abcdef").set.len(), 2);
        assert_eq!(shingles.of("abc").set.len(), 1);
        assert_eq!(shingles.of("aaaaaaaa").set.len(), 1);
    }

    /// `abcdefgh` has 4 shingles, `abcdefgx` shares 3 of them: 3 of 5.
    #[test]
    fn similarity_is_what_is_shared_of_both() {
        let mut shingles = Shingles::default();
        let [one, other] = ["abcdefgh", "abcdefgx"].map(|text| shingles.of(text));
        assert_eq!(jaccard(&one.set, &other.set), 600_000_000);
        assert_eq!(jaccard(&one.set, &one.set), 1_000_000_000);
        assert_eq!(jaccard(&one.set, &[]), 0);
    }

    /// At .8 a pair is missed with a probability of 4 in 100 million; some shared band is certain
    /// enough for a test.
    #[test]
    fn texts_that_are_alike_share_a_band() {
        let mut shingles = Shingles::default();
        for number in 0..50 {
            let text = format!("how do i change the delivery address of my order after {number}");
            let [one, other] =
                [format!("{text} hours"), format!("{text} days")].map(|text| shingles.of(&text));
            let is_shared = one.bands.iter().zip(other.bands.iter()).any(|(a, b)| a == b);
            assert!(jaccard(&one.set, &other.set) > 800_000_000);
            assert!(is_shared, "{text}");
        }
    }
}
