//! What the naive engine knows of the world: records, price tables and plans, as plain structs.

pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod table;

/// A kind of token with a price of its own. The kinds of a call are disjoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Input,
    CacheRead,
    CacheWrite5m,
    CacheWrite1h,
    AudioInput,
    AudioCacheRead,
    ImageInput,
    Output,
    Reasoning,
    AudioOutput,
    ImageOutput,
}

impl Class {
    pub(crate) const ALL: [Self; 11] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
        Self::AudioInput,
        Self::AudioCacheRead,
        Self::ImageInput,
        Self::Output,
        Self::Reasoning,
        Self::AudioOutput,
        Self::ImageOutput,
    ];

    /// The name in price tables and reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CacheRead => "cache_read",
            Self::CacheWrite5m => "cache_write_5m",
            Self::CacheWrite1h => "cache_write_1h",
            Self::AudioInput => "audio_input",
            Self::AudioCacheRead => "audio_cache_read",
            Self::ImageInput => "image_input",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::AudioOutput => "audio_output",
            Self::ImageOutput => "image_output",
        }
    }

    pub(crate) fn is_input(self) -> bool {
        self < Self::Output
    }
}

/// The lane in which a call is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Standard,
    Batch,
    Flex,
    Priority,
    Fast,
}

impl Tier {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
            Self::Fast => "fast",
        }
    }
}
