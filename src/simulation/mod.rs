//! What a log would have cost with techniques switched on, alone and together.
//!
//! The bill is a function `c(S)` of the set `S` of techniques that are on. Every call is walked once;
//! its cost under every subset of the techniques that touch it is recorded, so `c(S)` is known
//! exactly for all `S` without a pass for each.
//!
//! Most techniques decide about a call from the call and from facts about the whole log. Where what
//! became of one call changes the next (a cache that is warm or not), `passes.rs` replays the log in
//! order of time once for each set of the techniques that matter to it, around the same walk.

mod attribution;
mod backtest;
mod best;
mod chunks;
mod ends;
mod error;
mod flags;
mod grouping;
mod outcome;
mod passes;
mod plan;
mod plan_error;
mod plan_text;
mod run;
mod self_hosting;
mod spend_caps;
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
pub use outcome::{BestSet, GroupOutcome, Outcome, TechniqueOutcome, UnpricedTotals};
pub use plan::Plan;
pub use plan_error::{PlanError, PlanPlace};
pub use run::{simulate, simulate_on};
pub use self_hosting::{DOCS as SELF_HOSTING_DOCS, SelfHost};
pub use spend_caps::{
    CapAdvice, CapLog, CapMode, CapPeriod, CapReplay, DOCS as SPEND_CAP_DOCS, SpendCap,
    SpendCapOutcome,
};
