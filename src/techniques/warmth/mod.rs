//! What a prompt cache probably did with each call, from what is visible without its counters.
//!
//! One pass over a log in order of time gives a [`Prospect`] a call: the prompt before it in the
//! same conversation, chain and model, and the gap since. An [`Assumption`] says how often a stored
//! prompt is lost and how much of its start survives; together they give the tokens that are read.
//! Every way of telling (the point, the expected value, both ends) is one function under another
//! assumption. Integers throughout, so that the same log gives the same tokens on any machine.

mod assumption;
mod calibration;
mod cause;
mod history;
mod loss;
mod prospect;
mod rules;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;

pub use assumption::Assumption;
pub use calibration::{Calibration, Counted, Learner};
pub use cause::Cause;
pub use history::{History, Sight};
pub use loss::loss;
pub use prospect::{Prospect, Split};
pub use rules::{CacheRules, Term};
