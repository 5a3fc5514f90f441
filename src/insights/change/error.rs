//! Why a change of cost cannot be explained.

use std::error::Error;
use std::fmt;

use super::period::Side;

/// Why a change of cost cannot be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeError {
    /// A period has no call whose cost was calculated: nothing to compare with.
    NoCalls(Side),
    /// An amount is beyond the integers, or negative.
    TooLarge,
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCalls(side) => {
                write!(f, "no call {} has a price, so there is nothing to compare", side.name())
            }
            Self::TooLarge => f.write_str("the amounts are too large to be compared exactly"),
        }
    }
}

impl Error for ChangeError {}
