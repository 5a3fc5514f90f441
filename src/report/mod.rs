//! Everything a reader sees, as plain data: renderers add form, and compute nothing.

mod analysis_report;
mod backtest_report;
mod billing_lines;
mod check_report;
mod check_tables;
mod conservation;
#[cfg(test)]
mod conservation_tests;
mod conversion_report;
mod currency;
mod diagnostics_summary;
mod effective_settings;
mod input_accounting;
mod model_diff;
mod model_rules;
mod price_diff;
mod price_list;
mod price_rules;
mod price_sheet;
mod price_source;
mod record_cells;
mod record_ids;
mod records;
mod rollup_table;
mod savings_conversion;
mod savings_month;
mod savings_report;
mod what_if_panel;
mod withheld_report;

pub use analysis_report::{AnalysisReport, CostlyLine, LeftOut};
pub use backtest_report::{
    BacktestBasis, BacktestReport, Estimate, LogLine, MedianErrors, error_share,
};
pub use billing_lines::{BillingLine, billing_lines};
pub use check_report::{CheckReport, ComparedWith, change_of, names_and_gaps, names_of};
pub use check_tables::{effect_label, is_judged};
pub use conservation::Conserved;
pub use conversion_report::{ConversionReport, Written};
pub use currency::Currency;
pub use diagnostics_summary::{DiagnosticSummary, Sighting, summarize};
pub use effective_settings::{EffectiveSetting, EffectiveSettings, SettingOrigin};
pub use input_accounting::{FileAccounting, InputAccounting};
pub use price_diff::{
    EffectRow, LogEffect, LoneModel, PriceChange, PriceDiff, PriceSide, RuleChange,
};
pub use price_list::{PriceFlag, PriceList, PriceQuery, PriceRow, PriceSort, Retired};
pub use price_rules::{CachedRule, ClassPrices, LaneRule};
pub use price_sheet::{
    EXAMPLE, PriceSheet, SheetBand, SheetLane, SheetPeriod, SheetPlace, SheetPrices, SheetSchedule,
};
pub use price_source::PriceSource;
pub use record_cells::Cell;
pub use records::{KeptValues, RECORD_COLUMNS, RecordRows};
pub use rollup_table::{ColumnKind, RollupTable};
pub use savings_report::{
    BestSetLine, SavingsGroup, SavingsReport, SavingsTotals, TechniqueLine, Unpriced, UsdRange,
};

pub use what_if_panel::WhatIfPanel;

/// How a saving is known: a word of the techniques that readers see.
pub use withheld_report::WithheldReport;

pub use crate::simulation::Withheld;
pub use crate::techniques::Evidence;

/// What a backtest found, as readers see it.
pub use crate::simulation::{
    BillRange, CauseComparison, Comparison, LeftOutCalls, NamedComparison, Predicted,
};

/// Words of the price tables that readers see.
pub use crate::pricing::{
    CacheLifetime, CacheMatch, CachePolicy, CacheWrite, Imported, NameTrace, Schedule, Span,
    TableCheck, Unbilled,
};
