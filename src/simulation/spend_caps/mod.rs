//! Spend caps: which calls a budget by key and period would have blocked.
//!
//! A cap is a guard, not a way to save: what it blocks is work that was not done. So it is no
//! player of the attribution. It is replayed apart, over the log as it is and over the log with the
//! whole plan on, where it sees what calls would have cost.

mod advice;
mod charges;
mod docs;
mod gate;
mod outcome;
mod run;
mod settings;
mod tables;

#[cfg(test)]
mod tests;

pub use docs::DOCS;
pub use outcome::{CapAdvice, CapLog, CapMode, CapReplay, SpendCapOutcome};
pub use settings::{CapPeriod, SpendCap};

pub(super) use run::replay_caps;
pub(super) use tables::exhibits;
