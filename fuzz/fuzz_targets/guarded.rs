//! Tells failures that the program catches, as those of a damaged Parquet file are, from others: the
//! fuzzer would stop at each.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

/// Runs a target; only what comes out of it stops the fuzzer.
pub(crate) fn guarded(target: impl FnOnce()) {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| set_hook(Box::new(|of| eprintln!("{of}"))));
    if catch_unwind(AssertUnwindSafe(target)).is_err() {
        std::process::abort();
    }
}
