//! placeholder
pub mod diagnostics;
pub mod units;
pub mod usage;
