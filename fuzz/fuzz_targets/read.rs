//! A file: what must hold is in `tests/fuzz/targets/read.rs`.

#![no_main]
#![allow(dead_code, reason = "what the targets share, not each of them needs")]

mod guarded;
#[path = "../../tests/fuzz/targets/log.rs"]
mod log;
#[path = "../../tests/fuzz/targets/read.rs"]
mod read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| guarded::guarded(|| read::check(bytes)));
