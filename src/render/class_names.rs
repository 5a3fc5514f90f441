//! What classes of tokens are called on a page.

use crate::units::TokenClass;

/// The name of a class for people.
pub(super) const fn class_name(class: TokenClass) -> &'static str {
    match class {
        TokenClass::Input => "input, uncached",
        TokenClass::CacheRead => "cache reads",
        TokenClass::CacheWrite5m => "cache writes, short-lived",
        TokenClass::CacheWrite1h => "cache writes, long-lived",
        TokenClass::AudioInput => "audio input",
        TokenClass::AudioCacheRead => "audio cache reads",
        TokenClass::ImageInput => "image input",
        TokenClass::Output => "output",
        TokenClass::Reasoning => "reasoning",
        TokenClass::AudioOutput => "audio output",
        TokenClass::ImageOutput => "image output",
    }
}
