//! Why a text is no baseline.

use std::error::Error;
use std::fmt;

/// Why a text is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineError {
    /// There is nothing in it.
    Empty,
    /// It is no JSON, or ends too early; with the line and what was found there.
    NotJson(String),
    /// It is some other document.
    OtherKind,
    /// It was written by a newer version of the program; the version of the form.
    Newer(u64),
    /// A field is missing or has another form; which one and why.
    Field(String),
    /// Sums do not agree with their parts; which ones.
    Disagrees(String),
}

impl BaselineError {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Newer(_) => "update llmcost, or save a new baseline with --save-baseline",
            Self::OtherKind => "name a file that `llmcost check LOG --save-baseline FILE` wrote",
            Self::Empty | Self::NotJson(_) | Self::Field(_) | Self::Disagrees(_) => {
                "take the file from version control again, or save a new one with --save-baseline"
            }
        }
    }
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::NotJson(what) => write!(f, "it is damaged or cut off: {what}"),
            Self::OtherKind => f.write_str("it is no baseline of llmcost"),
            Self::Newer(version) => {
                write!(f, "it was written by a newer llmcost (schema version {version})")
            }
            Self::Field(what) => write!(f, "a field is not as it was written: {what}"),
            Self::Disagrees(what) => write!(f, "it was changed or damaged: {what}"),
        }
    }
}

impl Error for BaselineError {}
