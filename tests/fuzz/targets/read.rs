//! Whatever a file holds, reading it ends, and every line of it is in the account once; also when it is
//! taken for what it is not.

use llmcost::sources::{FORMATS, ReadOptions};

use super::log::{read_all, with_file};

pub(crate) fn check(bytes: &[u8]) {
    with_file(bytes, |input| {
        let (found, _) = read_all(input.clone(), &ReadOptions::default());
        let threads = std::num::NonZeroUsize::new(2).expect("two");
        let (again, _) =
            read_all(input.clone(), &ReadOptions { threads, ..ReadOptions::default() });
        assert_eq!(found.len(), again.len(), "threads change nothing");
        // Which one is a matter of the bytes, so that an input always does the same.
        let place =
            bytes.iter().fold(0, |sum: usize, byte| sum.wrapping_mul(31) + usize::from(*byte));
        let format = Some(FORMATS[place % FORMATS.len()]);
        read_all(input, &ReadOptions { format, ..ReadOptions::default() });
    });
}
