//! The gate: whether a log is dearer than another, how sure that is, and why.
//!
//! Both logs are priced at the prices of one day, so that a change of prices is no change of use.
//! Compared is the cost of a unit (a request, a conversation, a test case) at the mix of the earlier
//! log, with an interval from a bootstrap over clusters; `judge.rs` has the rule.

mod acknowledgement;
mod baseline;
mod cause;
mod demand;
mod estimate;
mod judge;
mod limits;
mod measurement;
mod measuring;
mod options;
mod outcome;
mod pairs;
mod percentile;
mod price_row;
mod run;
mod spread;
mod unit;

#[cfg(test)]
mod edges;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use acknowledgement::{Acknowledgement, Judged};
pub use baseline::{Baseline, BaselineError, Repricing};
pub use cause::{Cause, CauseGroup, EffectOf};
pub use demand::{Lot, lots};
pub use estimate::Estimate;
pub use limits::{Limit, LimitCheck};
pub use measurement::{Measure, Measurement, UnpricedCalls};
pub use measuring::{COLUMNS, GatePrices, measure};
pub use options::{GateOptions, Target};
pub use outcome::{Caution, Comparison, Doubt, GroupSum, Judgement, Outcome, Verdict, Why};
pub use run::{Against, run};
pub use unit::Unit;
