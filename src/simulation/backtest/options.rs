//! What is hidden of a log, and what is declared about it.

use crate::techniques::warmth::Term;

/// What is hidden of every call before it is predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hidden {
    /// The cache counters: all input is one count.
    #[default]
    CacheCounters,
}

impl Hidden {
    /// The name in flags and machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CacheCounters => "cache",
        }
    }
}

/// How a log is held against itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BacktestOptions {
    /// What is hidden.
    pub hidden: Hidden,
    /// The lifetime that all written prompts have; nothing where it is not known, and both are
    /// predicted.
    pub lifetime: Option<Term>,
    /// Whether the first half of every log teaches how to predict the second.
    pub calibrate: bool,
    /// The column that tells the chains of a conversation apart; where the log does not fill it,
    /// call types do.
    pub chain: String,
}

impl Default for BacktestOptions {
    fn default() -> Self {
        Self {
            hidden: Hidden::CacheCounters,
            lifetime: None,
            calibrate: false,
            chain: "chain".to_owned(),
        }
    }
}

impl BacktestOptions {
    /// The columns a log should be read with.
    pub const CONVERSATION: &'static str = "conversation";
}
