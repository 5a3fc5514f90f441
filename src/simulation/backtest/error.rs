//! Why a log cannot be held against itself.

use std::fmt;

/// What stopped a backtest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BacktestError {
    /// No call says which conversation it belongs to.
    NoConversation,
    /// No call says when it was made.
    NoTime,
    /// No call has a price.
    NoPrice,
    /// Every row sums up several calls.
    OnlySums,
    /// No call says what was read from or written to a cache.
    NothingToCompare,
    /// An amount is beyond what the exact integers hold.
    TooLarge,
}

impl BacktestError {
    /// What to do about it; nothing where nothing can be done.
    pub const fn hint(self) -> Option<&'static str> {
        match self {
            Self::NoConversation => {
                Some("say where it stands: --map conversation=…, or read the agent's own log")
            }
            Self::NoTime => Some("say where it stands: --map time=…"),
            Self::NoPrice => Some("add prices with --prices FILE.toml"),
            Self::NothingToCompare => Some(
                "say where the counters stand: --map cache_read_tokens=…,cache_write_5m_tokens=…",
            ),
            Self::OnlySums | Self::TooLarge => None,
        }
    }
}

impl fmt::Display for BacktestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoConversation => {
                "no call has a conversation: which prompt went before it cannot be told"
            }
            Self::NoTime => "no call has a time: whether a stored prompt was alive cannot be told",
            Self::NoPrice => "no call has a price",
            Self::OnlySums => "every row sums up several calls: no prompt can be followed",
            Self::NothingToCompare => {
                "nothing to compare with: no call has tokens read from or written to a cache"
            }
            Self::TooLarge => "an amount exceeds what can be added up exactly",
        })
    }
}

impl std::error::Error for BacktestError {}
