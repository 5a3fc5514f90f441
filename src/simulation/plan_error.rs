//! Why a plan cannot be used, and where.

use std::fmt;

/// A place in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPlace {
    /// The file, or what else the text is called.
    pub name: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
}

/// What is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// The text is not TOML.
    Syntax {
        /// Where.
        place: PlanPlace,
        /// What the reader expected.
        message: String,
    },
    /// A table or key at the top of the plan is no technique.
    UnknownTechnique {
        /// Where.
        place: PlanPlace,
        /// The key as written.
        name: String,
        /// A similar technique.
        did_you_mean: Option<&'static str>,
    },
    /// A technique has no such setting.
    UnknownSetting {
        /// Where.
        place: PlanPlace,
        /// The technique.
        technique: &'static str,
        /// The key as written.
        name: String,
        /// A similar setting.
        did_you_mean: Option<&'static str>,
        /// The settings it has.
        known: &'static [&'static str],
    },
    /// A value is not what its key takes, or the settings do not fit together.
    BadSetting {
        /// Where.
        place: PlanPlace,
        /// The technique or key.
        name: String,
        /// What was expected.
        message: String,
        /// The line as it should be, where that is clear.
        corrected: Option<String>,
    },
    /// A flag that was laid over the plan says something its setting does not take.
    BadFlag {
        /// The flag.
        flag: &'static str,
        /// What was expected.
        message: String,
    },
}

impl fmt::Display for PlanPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { place, message } => write!(f, "{place}: {message}"),
            Self::UnknownTechnique { place, name, did_you_mean } => {
                write!(f, "{place}: there is no technique `{name}`")?;
                match did_you_mean {
                    Some(similar) => write!(f, "; did you mean `{similar}`?"),
                    None => f.write_str("; `llmcost plan --example` shows those there are"),
                }
            }
            Self::UnknownSetting { place, technique, name, did_you_mean, known } => {
                write!(f, "{place}: `{technique}` has no setting `{name}`")?;
                if let Some(similar) = did_you_mean {
                    write!(f, "; did you mean `{similar}`?")?;
                }
                write!(f, "; it has {}", known.join(", "))
            }
            Self::BadFlag { flag, message } => write!(f, "{flag}: {message}"),
            Self::BadSetting { place, name, message, corrected } => {
                write!(f, "{place}: `{name}`: {message}")?;
                corrected.as_ref().map_or(Ok(()), |line| write!(f, "; write: {line}"))
            }
        }
    }
}

impl std::error::Error for PlanError {}
