//! A log: what must hold is in `tests/fuzz/targets/rollup.rs`.

#![no_main]
#![allow(dead_code, reason = "what the targets share, not each of them needs")]

mod guarded;
#[path = "../../tests/fuzz/targets/log.rs"]
mod log;
#[path = "../../tests/fuzz/targets/rollup.rs"]
mod rollup;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| guarded::guarded(|| rollup::check(bytes)));
