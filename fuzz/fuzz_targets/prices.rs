//! A price table or a collection of prices: what must hold is in `tests/fuzz/targets/prices.rs`.

#![no_main]

#[path = "../../tests/fuzz/targets/prices.rs"]
mod prices;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| prices::check(bytes));
