//! What a log would have cost with techniques switched on, alone and together.
//!
//! The bill is a function `c(S)` of the set `S` of techniques that are on. Every call is walked once;
//! its cost under every subset of the techniques that touch it is recorded, so `c(S)` is known
//! exactly for all `S` without a pass for each.
//!
//! Most techniques decide about a call from the call and from facts about the whole log. Where what
//! became of one call changes the next (a cache that is warm or not), the walk goes in order of time,
//! and `histories.rs` keeps what is remembered under each set of the techniques that matter to it.
//! Calls that do not know of each other are walked apart.

mod asked;
mod attribution;
mod backtest;
mod best;
mod best_plans;
mod bills;
mod chunks;
mod claimed_log;
mod credit;
mod discounts;
mod ends;
mod error;
mod feasibility;
mod fine_tuning;
mod flags;
mod grouping;
mod histories;
mod interval;
mod outcome;
mod plan;
mod plan_error;
mod plan_text;
mod run;
mod self_hosting;
mod spend_caps;
mod tally;
mod telling;
mod tornado;
mod walk;
mod what_if;
mod what_if_stops;
mod withheld;
mod workload;

#[cfg(test)]
mod claims;
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod feedback;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod regressions_together;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tiering;
#[cfg(test)]
mod walk_tests;
#[cfg(test)]
mod what_if_tests;

/// Who is told how far a simulation is.
pub use crate::techniques::Watch;
pub use asked::{Asked, Guard};
pub use backtest::{
    Backtest, BacktestError, BacktestOptions, BillRange, CauseComparison, Comparison, Hidden,
    Learned, LeftOutCalls, LogComparison, NamedComparison, Predicted, backtest,
};
pub use claimed_log::judge_claim;
pub use error::SimulationError;
pub use feasibility::{ClaimedStep, Slice, parse_claim};
pub use fine_tuning::{DOCS as FINE_TUNING_DOCS, FineTune};
pub use outcome::{BestSet, GroupOutcome, Outcome, TechniqueOutcome, UnpricedTotals};
pub use plan::Plan;
pub use plan_error::{PlanError, PlanPlace};

pub use run::{simulate, simulate_on, simulate_watched};
pub use self_hosting::{DOCS as SELF_HOSTING_DOCS, SelfHost};
pub use spend_caps::{
    CapAdvice, CapLog, CapMode, CapPeriod, CapReplay, DOCS as SPEND_CAP_DOCS, SpendCap,
    SpendCapOutcome,
};
pub use what_if::{Choice, Corners, WhatIf};
pub use withheld::{Withheld, WithheldError, WithheldLine, WithheldResult, withhold};
pub use workload::{
    Arrival, CacheForm, Horizon, Spread, Workload, WorkloadError, cache_exhibit, closed_forms,
    cost_exhibit, declared_for_each, expected_attempts, generate, retry_exhibit,
};
