//! How sizes are spread: calls and tokens by narrow classes of sizes, as a text that adds up.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// Classes below the first power of two that is split.
const PLAIN_BITS: u32 = 5;

/// Bits of a size that tell its class: sixteen classes an octave.
const CLASS_BITS: u32 = 4;

/// So many of the smallest sizes are told as they are, however few calls a row has.
const SMALLEST: usize = 64;

/// In a row of many calls one smallest size for so many of them is told as it is, so that the prompt
/// that one in a thousand does not exceed is among them.
const CALLS_A_SIZE: u64 = 500;

/// So many of the smallest sizes are told as they are at most.
const SMALLEST_MAX: usize = 256;

/// The smallest size of the class of a size: itself below 32, and from there on sixteen classes for
/// each doubling, so that a class is at most a sixteenth wide.
pub const fn size_class(size: u64) -> u64 {
    if size < 1 << PLAIN_BITS {
        return size;
    }
    let octave = size.ilog2();
    size & !((1 << (octave - CLASS_BITS)) - 1)
}

/// Calls and tokens by class of size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes(BTreeMap<u64, (u64, u64)>);

impl Sizes {
    /// Counts calls of a size each; those of nothing say nothing.
    pub(super) fn add(&mut self, size: u64, calls: u64) {
        if size > 0 {
            let class = self.0.entry(size_class(size)).or_default();
            *class = (class.0 + calls, class.1 + size * calls);
        }
    }
}

/// As [`Sizes`], with the smallest sizes as they are: the shared start of prompts is among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FineSizes {
    /// Calls by size; which of them are told as they are is known once all have come.
    smallest: BTreeMap<u64, u64>,
    /// Those of larger sizes.
    others: Sizes,
    calls: u64,
}

impl FineSizes {
    /// Counts calls of a size each; those of nothing say nothing.
    pub(super) fn add(&mut self, size: u64, calls: u64) {
        if size == 0 {
            return;
        }
        self.calls += calls;
        let is_full = self.smallest.len() >= SMALLEST_MAX;
        if is_full && self.smallest.last_key_value().is_some_and(|(largest, _)| size > *largest) {
            self.others.add(size, calls);
            return;
        }
        *self.smallest.entry(size).or_default() += calls;
        if self.smallest.len() > SMALLEST_MAX
            && let Some((largest, calls)) = self.smallest.pop_last()
        {
            self.others.add(largest, calls);
        }
    }
}

impl fmt::Display for FineSizes {
    /// As [`Sizes`]; a class begins after the last of the smallest sizes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = usize::try_from(self.calls / CALLS_A_SIZE).unwrap_or(SMALLEST_MAX);
        let told = told.max(SMALLEST);
        let (mut before, mut largest, mut others) = ("", 0, self.others.clone());
        for (place, (size, calls)) in self.smallest.iter().enumerate() {
            if place >= told {
                others.add(*size, *calls);
                continue;
            }
            write!(f, "{before}{size}:{calls}:{}", size * calls)?;
            (before, largest) = (" ", *size);
        }
        for (from, (calls, tokens)) in &others.0 {
            write!(f, "{before}{}:{calls}:{tokens}", (*from).max(largest + 1))?;
            before = " ";
        }
        Ok(())
    }
}

impl fmt::Display for Sizes {
    /// `FROM:CALLS:TOKENS` for each class, with spaces in between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (from, (calls, tokens))) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_char(' ')?;
            }
            write!(f, "{from}:{calls}:{tokens}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_a_sixteenth_wide() {
        let classes = [0, 1, 31, 32, 33, 34, 60, 61, 64, 67, 127, 128, 135, 136, 1_000, 65_535];
        let found = classes.map(size_class);
        assert_eq!(found, [0, 1, 31, 32, 32, 34, 60, 60, 64, 64, 124, 128, 128, 136, 992, 63_488]);
        assert_eq!(size_class(u64::MAX), 0xf800_0000_0000_0000);
    }

    #[test]
    fn sizes_are_written_as_calls_and_tokens_by_class() {
        let mut sizes = Sizes::default();
        for (size, calls) in [(61, 1), (0, 9), (60, 2), (5, 1)] {
            sizes.add(size, calls);
        }
        assert_eq!(sizes.to_string(), "5:1:5 60:3:181");
    }

    #[test]
    fn the_smallest_sizes_stay_as_they_are() {
        let mut sizes = FineSizes::default();
        for size in (1_000..1_070).rev().chain([1_000]) {
            sizes.add(size, 1);
        }
        let text = sizes.to_string();
        assert!(text.starts_with("1000:2:2000 1001:1:1001 "), "{text}");
        // 1,064 to 1,069 are of the class of 1,024, of which smaller ones are told apart.
        assert!(text.ends_with(" 1063:1:1063 1064:6:6399"), "{text}");
    }

    #[test]
    fn of_many_calls_more_of_the_smallest_sizes_stay_as_they_are() {
        let mut sizes = FineSizes::default();
        for size in (1_000..1_300).rev() {
            sizes.add(size, 200);
        }
        // 60,000 calls: 120 sizes.
        let text = sizes.to_string();
        assert!(text.contains(" 1119:200:223800 1120:"), "{text}");
    }
}
