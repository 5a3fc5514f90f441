//! What a conversion wrote, and what it left out.

use crate::diagnostics::Ledger;

use super::diagnostics_summary::{DiagnosticSummary, summarize};
use super::input_accounting::InputAccounting;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// Records, one a call.
    Records {
        /// How many.
        records: u64,
        /// Columns that were left out because they may hold prompts or answers.
        texts: Vec<String>,
        /// Columns that were left out because the first records, by which columns are chosen, do
        /// not have them.
        late: Vec<String>,
    },
    /// A roll-up.
    Rollup {
        /// How many rows.
        rows: u64,
        /// How many calls they sum up.
        calls: u64,
        /// Calls that stand after a later one of their conversation.
        unordered: u64,
        /// Conversations that were taken to be over because there are so many.
        forgotten: u64,
    },
    /// Lines of a bill.
    BillingLines {
        /// How many.
        lines: u64,
        /// How many calls have no price, so that their lines have no cost.
        unpriced_calls: u64,
    },
}

/// The account of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionReport {
    /// What became of every line of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// What was written.
    pub written: Written,
}

impl ConversionReport {
    /// The account of a conversion whose input had these troubles.
    pub fn new(input: InputAccounting, ledger: &Ledger, written: Written) -> Self {
        let diagnostics = summarize(ledger, &input);
        Self { input, diagnostics, written }
    }
}
