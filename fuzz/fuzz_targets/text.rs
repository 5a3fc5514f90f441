//! A number, a time or a condition: what must hold is in `tests/fuzz/targets/text.rs`.

#![no_main]

#[path = "../../tests/fuzz/targets/text.rs"]
mod text;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| text::check(bytes));
