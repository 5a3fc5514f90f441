//! A mapping and a log: what must hold is in `tests/fuzz/targets/mapping.rs`.

#![no_main]
#![allow(dead_code, reason = "what the targets share, not each of them needs")]

mod guarded;
#[path = "../../tests/fuzz/targets/log.rs"]
mod log;
#[path = "../../tests/fuzz/targets/mapping.rs"]
mod mapping;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| guarded::guarded(|| mapping::check(bytes)));
