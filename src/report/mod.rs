//! Everything a reader sees, as plain data: renderers add form, and compute nothing.

mod analysis_report;
mod diagnostics_summary;
mod input_accounting;
mod price_source;
mod savings_conversion;
mod savings_report;

pub use analysis_report::{AnalysisReport, CostlyLine, LeftOut};
pub use diagnostics_summary::{DiagnosticSummary, Sighting, summarize};
pub use input_accounting::{FileAccounting, InputAccounting};
pub use price_source::PriceSource;
pub use savings_report::{
    SavingsGroup, SavingsReport, SavingsTotals, TechniqueLine, Unpriced, UsdRange,
};

/// How a saving is known: a word of the techniques that readers see.
pub use crate::techniques::Evidence;
