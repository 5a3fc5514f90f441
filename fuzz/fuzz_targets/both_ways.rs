//! A log, whatever it is, says the same on the short way as on the long one.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    llmcost::sources::check_both_ways(text);
});
