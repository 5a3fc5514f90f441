//! Random numbers that are the same on every run and every machine.

/// A stream of random 64-bit numbers from a seed: `SplitMix64` (Steele, Lea and Flood, 2014), whose
/// every number is a mix of the seed and its place, so that streams are cheap to make.
#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
}

/// The step of the stream: 2⁶⁴ over the golden ratio, odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    /// The stream of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The stream of one of several things under one seed.
    pub const fn of(seed: u64, thing: u64) -> Self {
        Self::new(mixed(seed ^ mixed(thing)))
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// A number below `limit`, each as likely as any other but for one part in 2⁶⁴ / `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        let product = (u128::from(self.next()) * u128::from(limit)) >> 64;
        // Less than the limit, so it always fits.
        u64::try_from(product).unwrap_or_default()
    }
}

/// One number that depends on every bit of another.
pub const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A number that depends on every byte of a text, and on nothing else: the same on every machine and
/// in every version (FNV-1a of 64 bits by Fowler, Noll and Vo, mixed).
pub fn seed_of(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// The first numbers of the published generator for the seed 1234567.
    #[test]
    fn the_stream_is_the_published_one() {
        let mut chance = Chance::new(1_234_567);
        let found: Vec<u64> = (0..3).map(|_| chance.next()).collect();
        assert_eq!(
            found,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn every_thing_has_a_stream_of_its_own_whatever_the_seed() {
        for seed in [0, 1, u64::MAX] {
            let firsts: HashSet<u64> =
                (0..1_000).map(|thing| Chance::of(seed, thing).next()).collect();
            assert_eq!(firsts.len(), 1_000, "{seed}");
        }
    }

    /// The published hash of `a` is 0xaf63dc4c8601ec8c.
    #[test]
    fn texts_have_the_published_hash() {
        assert_eq!(seed_of("a"), mixed(0xaf63_dc4c_8601_ec8c));
        assert_ne!(seed_of("ab"), seed_of("ba"));
    }

    #[test]
    fn numbers_below_a_limit_are_even() {
        let mut chance = Chance::of(1, 2);
        let mut counts = [0_u32; 5];
        for _ in 0..50_000 {
            counts[usize::try_from(chance.below(5)).expect("small")] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 400), "{counts:?}");
    }
}
