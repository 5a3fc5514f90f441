//! Why a technique cannot run over a log.

use std::fmt;

use crate::usage::FilterError;

/// Settings that do not fit the log or the price book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TechniqueError {
    /// The condition cannot be evaluated.
    Condition(FilterError),
    /// The price book does not have the provider.
    UnknownProvider(String),
    /// The price book does not have the model.
    UnknownModel {
        /// The model as written.
        model: String,
        /// A similar one that is known.
        did_you_mean: Option<String>,
    },
}

impl fmt::Display for TechniqueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Condition(error) => error.fmt(f),
            Self::UnknownProvider(provider) => {
                write!(
                    f,
                    "no price table has a provider `{provider}`; `llmcost prices list` names them"
                )
            }
            Self::UnknownModel { model, did_you_mean } => {
                write!(f, "the price book has no model `{model}`")?;
                match did_you_mean {
                    Some(similar) => write!(f, "; did you mean `{similar}`?"),
                    None => f.write_str(", nor one of a similar name"),
                }
            }
        }
    }
}

impl std::error::Error for TechniqueError {}

impl From<FilterError> for TechniqueError {
    fn from(error: FilterError) -> Self {
        Self::Condition(error)
    }
}
