//! A baseline: what must hold is in `tests/fuzz/targets/baseline.rs`.

#![no_main]
#![allow(dead_code, reason = "what the targets share, not each of them needs")]

#[path = "../../tests/fuzz/targets/log.rs"]
mod log;
#[path = "../../tests/fuzz/targets/baseline.rs"]
mod baseline;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| baseline::check(bytes));
