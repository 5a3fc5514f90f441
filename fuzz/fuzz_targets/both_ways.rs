//! A log: what must hold is in `tests/fuzz/targets/both_ways.rs`.

#![no_main]

#[path = "../../tests/fuzz/targets/both_ways.rs"]
mod both_ways;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| both_ways::check(bytes));
