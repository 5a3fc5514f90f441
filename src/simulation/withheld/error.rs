//! Why nothing can be withheld from a log.

use std::fmt;

use crate::techniques::Facts;

use super::Withheld;

/// What stopped the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithheldError {
    /// Fewer than two priced calls with a time name a model that was asked for.
    NoRequestModel,
    /// Fewer than two priced single calls have a time.
    TooFewCalls,
    /// No call has a price.
    NoPrice,
    /// An amount is beyond what the exact integers hold.
    TooLarge,
}

impl WithheldError {
    /// The reason for a log with nothing to compare.
    pub(super) fn nothing(withheld: Withheld, facts: &Facts<'_>) -> Self {
        if facts.modelled_rows().next().is_none() {
            return Self::NoPrice;
        }
        match withheld {
            Withheld::ServedModel => Self::NoRequestModel,
            Withheld::OutputBeyond(_) => Self::TooFewCalls,
        }
    }

    /// What to do about it; nothing where nothing can be done.
    pub const fn hint(self) -> Option<&'static str> {
        match self {
            Self::NoRequestModel => Some("say where it stands: --map request_model=…"),
            Self::TooFewCalls => Some("say where the time stands: --map time=…"),
            Self::NoPrice => Some("add prices with --prices FILE.toml"),
            Self::TooLarge => None,
        }
    }
}

impl fmt::Display for WithheldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRequestModel => {
                "nothing to compare with: fewer than two priced calls with a time name the model \
                 that was asked for"
            }
            Self::TooFewCalls => {
                "nothing to learn from: fewer than two priced single calls have a time"
            }
            Self::NoPrice => "no call has a price",
            Self::TooLarge => "an amount exceeds what can be added up exactly",
        })
    }
}

impl std::error::Error for WithheldError {}
