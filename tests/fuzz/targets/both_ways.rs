//! A log, whatever it is, says the same on the short way as on the long one.

pub(crate) fn check(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        llmcost::sources::check_both_ways(text);
    }
}
