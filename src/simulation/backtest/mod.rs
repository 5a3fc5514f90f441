//! A log held against itself: hides the cache counters, predicts them from what is left, and
//! compares what the prediction costs with what was billed.
//!
//! Every input is a log of its own: its conversations, its shortest prompts, its losses.

mod error;
mod options;
mod outcome;
mod range;
mod rows;
mod scale;
mod score;
mod tables;

#[cfg(test)]
mod tests;

use crate::pricing::PriceBook;
use crate::techniques::Facts;
use crate::usage::Calls;

pub use error::BacktestError;
pub use options::{BacktestOptions, Hidden};
pub use outcome::{
    Backtest, BillRange, CauseComparison, Comparison, Learned, LeftOutCalls, LogComparison,
    NamedComparison, Predicted,
};

use range::add;
use tables::Tables;

/// Holds every log against itself. `calls` are in order of time.
///
/// # Errors
/// When there is nothing to predict from or nothing to compare with, or an amount does not fit.
pub fn backtest(
    calls: &Calls,
    book: &PriceBook,
    options: &BacktestOptions,
) -> Result<Backtest, BacktestError> {
    let facts = Facts::new(calls, book);
    let (logs, mut left_out) = rows::logs(&facts, options)?;
    let mut tables = Tables::default();
    let compared: Result<Vec<LogComparison>, _> =
        logs.iter().map(|log| score::compare(&facts, log, options, &mut tables)).collect();
    let logs = compared?;
    let (mut total, mut range) = (Comparison::default(), BillRange::default());
    for log in &logs {
        total.merge(&log.comparison);
        add(&mut range.low, log.range.low)?;
        add(&mut range.likely_high, log.range.likely_high)?;
        add(&mut range.high, log.range.high)?;
    }
    left_out.learned_from =
        logs.iter().filter_map(|log| log.learned).map(|learned| learned.calls).sum();
    Ok(Backtest {
        total,
        range,
        conversations: tables.conversations(&facts),
        models: tables.models(&facts),
        causes: tables.causes(),
        uncached: tables.uncached(),
        has_lifetimes: tables.has_lifetimes(),
        left_out,
        logs,
    })
}
