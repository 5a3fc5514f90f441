//! Why a simulation could not be run.

use std::fmt;

use crate::pricing::Unpriced;
use crate::techniques::TechniqueError;

/// What stopped a simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimulationError {
    /// A technique does not fit the log or the price book.
    Technique {
        /// Its canonical name.
        name: &'static str,
        /// What does not fit.
        error: TechniqueError,
    },
    /// The log has no such column to group by.
    UnknownColumn(String),
    /// An amount is beyond the range of exact weighted dollars, 10¹¹.
    TooLarge,
    /// A technique proposed a call that has no price: a bug in the technique.
    LostPrice(Unpriced),
}

impl fmt::Display for SimulationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Technique { name, error } => write!(f, "{name}: {error}"),
            Self::UnknownColumn(name) => {
                write!(f, "cannot group by `{name}`: the log has no such column")
            }
            Self::TooLarge => f.write_str("an amount exceeds a hundred billion dollars"),
            Self::LostPrice(reason) => {
                write!(f, "a technique proposed a call without a price: {reason}")
            }
        }
    }
}

impl std::error::Error for SimulationError {}
