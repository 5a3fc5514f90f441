//! Sums that should be the same and are not.

use std::fmt;

/// Two figures of a result that should be the same and are not: a bug, for which nothing may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imbalance {
    what: &'static str,
    whole: String,
    parts: String,
}

impl Imbalance {
    /// Holds what is added up to the whole.
    ///
    /// # Errors
    /// When they differ.
    pub fn unless_equal<T: PartialEq + fmt::Display>(
        what: &'static str,
        whole: &T,
        parts: &T,
    ) -> Result<(), Self> {
        if whole == parts {
            return Ok(());
        }
        Err(Self { what, whole: whole.to_string(), parts: parts.to_string() })
    }

    /// Holds a part to the whole that it cannot exceed.
    ///
    /// # Errors
    /// When it does.
    pub fn unless_within<T: PartialOrd + fmt::Display>(
        what: &'static str,
        whole: &T,
        part: &T,
    ) -> Result<(), Self> {
        if part <= whole {
            return Ok(());
        }
        Err(Self { what, whole: whole.to_string(), parts: part.to_string() })
    }
}

impl fmt::Display for Imbalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, whole, parts } = self;
        write!(f, "{what}: {whole} in all, but {parts} added up")
    }
}

impl std::error::Error for Imbalance {}
