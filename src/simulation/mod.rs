//! What a log would have cost with techniques switched on, alone and together.
//!
//! The bill is a function `c(S)` of the set `S` of techniques that are on. Every call is walked once;
//! its cost under every subset of the techniques that touch it is recorded, so `c(S)` is known
//! exactly for all `S` without a pass for each.
//!
//! Every technique so far decides about a call from the call and from facts about the whole log. A
//! replay in which what became of one call changes the next (a cache that is warm or not) needs one
//! pass over the log for each subset of such techniques: they would run in `run.rs`, around the walk,
//! which stays as it is for all others.

mod attribution;
mod backtest;
mod chunks;
mod ends;
mod error;
mod flags;
mod grouping;
mod outcome;
mod plan;
mod plan_error;
mod plan_text;
mod run;
mod tally;
mod telling;
mod walk;

#[cfg(test)]
mod claims;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod samples;

pub use backtest::{
    Backtest, BacktestError, BacktestOptions, BillRange, CauseComparison, Comparison, Hidden,
    Learned, LeftOutCalls, LogComparison, NamedComparison, Predicted, backtest,
};
pub use error::SimulationError;
pub use outcome::{GroupOutcome, Outcome, TechniqueOutcome, UnpricedTotals};
pub use plan::Plan;
pub use plan_error::{PlanError, PlanPlace};
pub use run::{simulate, simulate_on};
