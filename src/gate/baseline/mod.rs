//! A measured log in a file: what later logs are compared with, without the log itself.
//!
//! It holds sums and the replicates of the bootstrap, never a prompt: replicates of two logs may be
//! added up, and the token counts let it be priced again when prices change.

mod document;
mod error;
mod fold;
mod merge;
mod read;
mod reprice;
mod row_document;
mod write;

use super::acknowledgement::Acknowledgement;
use super::measurement::Measurement;
use super::measuring::GatePrices;

pub use error::BaselineError;
pub(super) use fold::{folded, folded_like};
pub(super) use merge::merged;
pub use reprice::Repricing;
pub(super) use reprice::repriced;

/// How many replicates a baseline holds.
pub(super) const REPLICATES: usize = 400;

/// The version of the file's form; a newer one is refused.
const SCHEMA_VERSION: u64 = 1;

/// What the file says it is.
const KIND: &str = "llmcost-baseline";

/// A measured log, and what was accepted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The sums of the log.
    pub measurement: Measurement,
    /// The version of the program that wrote it.
    pub tool_version: String,
    /// Rises that somebody accepted.
    pub acknowledged: Vec<Acknowledgement>,
}

impl Baseline {
    /// The baseline of a log. Of many groups, the dearest are kept apart and the others together.
    pub fn new(measurement: Measurement, prices: &GatePrices<'_>, tool_version: &str) -> Self {
        Self {
            measurement: folded(measurement, prices.level()),
            tool_version: tool_version.to_owned(),
            acknowledged: Vec::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When the text is no baseline, or one of a newer version, or its sums do not agree.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        read::read(text)
    }

    /// The text of the file: JSON, the same for the same log.
    pub fn to_text(&self) -> String {
        write::write(self)
    }
}
