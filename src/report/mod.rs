//! Everything a reader sees, as plain data: renderers add form, and compute nothing.

mod analysis_report;
mod diagnostics_summary;
mod input_accounting;
mod price_source;
mod savings_report;

pub use analysis_report::{AnalysisReport, CostlyLine, LeftOut};
pub use diagnostics_summary::{DiagnosticSummary, Sighting, summarize};
pub use input_accounting::{FileAccounting, InputAccounting, LineCounts};
pub use price_source::PriceSource;
pub use savings_report::{
    Evidence, SavingsGroup, SavingsReport, SavingsTotals, TechniqueLine, Unpriced, UsdRange,
};
