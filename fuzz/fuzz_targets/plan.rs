//! A plan: what must hold is in `tests/fuzz/targets/plan.rs`.

#![no_main]
#![allow(dead_code, reason = "what the targets share, not each of them needs")]

#[path = "../../tests/fuzz/targets/log.rs"]
mod log;
#[path = "../../tests/fuzz/targets/plan.rs"]
mod plan;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plan::check(bytes));
