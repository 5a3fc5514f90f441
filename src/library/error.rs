//! Why a log could not be read or run.

use std::error::Error;
use std::fmt;

use crate::simulation::SimulationError;
use crate::sources::NoInput;

/// Why a log could not be read or run. One bad record is no such reason: it is in the
/// [`Ledger`](crate::diagnostics::Ledger) of the reading.
#[derive(Debug)]
#[non_exhaustive]
pub enum LibraryError {
    /// No format has this name.
    UnknownFormat(String),
    /// A file, folder or pattern that is not there.
    NoInput(NoInput),
    /// An input could not be opened, or its format is unknown: its name, and the reason.
    Unreadable(String, String),
    /// An input is a roll-up, whose rows sum up calls: the program reads those, this library does not.
    RolledUp(String),
    /// A column has to be named when the log is read.
    UnreadColumn(String),
    /// No record of the log has this column.
    UnknownColumn(String),
    /// A plan cannot be run on the log.
    Simulation(SimulationError),
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat(name) => write!(
                f,
                "there is no source format `{name}`; `llmcost formats` lists those there are"
            ),
            Self::NoInput(error) => error.fmt(f),
            Self::Unreadable(name, reason) => write!(f, "cannot read {name}: {reason}"),
            Self::RolledUp(name) => write!(
                f,
                "{name} is a roll-up: its rows sum up calls; read the log it was made of, or ask \
                 `llmcost analyze`"
            ),
            Self::UnreadColumn(name) => write!(
                f,
                "the log was read without the column `{name}`; name it with `LogReader::column`, or \
                 all that a plan looks at with `LogReader::plan`"
            ),
            Self::UnknownColumn(name) => write!(f, "the log has no column `{name}`"),
            Self::Simulation(error) => error.fmt(f),
        }
    }
}

impl Error for LibraryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoInput(error) => Some(error),
            Self::Simulation(error) => Some(error),
            Self::UnknownFormat(_)
            | Self::Unreadable(..)
            | Self::RolledUp(_)
            | Self::UnreadColumn(_)
            | Self::UnknownColumn(_) => None,
        }
    }
}

impl From<NoInput> for LibraryError {
    fn from(error: NoInput) -> Self {
        Self::NoInput(error)
    }
}

impl From<SimulationError> for LibraryError {
    fn from(error: SimulationError) -> Self {
        Self::Simulation(error)
    }
}
