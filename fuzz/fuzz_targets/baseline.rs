//! A baseline: what must hold is in `tests/fuzz/targets/baseline.rs`.

#![no_main]

#[path = "../../tests/fuzz/targets/log.rs"]
mod log;
#[path = "../../tests/fuzz/targets/baseline.rs"]
mod baseline;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| baseline::check(bytes));
