//! What was wrong with the input, as data: the run goes on and the report tells.

mod code;
mod imbalance;
mod ledger;
mod suggestion;

pub use code::{Code, Severity};
pub use imbalance::Imbalance;
pub use ledger::{Diagnostic, Entry, Ledger, Place};
pub use suggestion::{did_you_mean, or_did_you_mean, with_suggestion};
