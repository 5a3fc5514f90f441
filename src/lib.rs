//! placeholder
pub mod diagnostics;
pub mod sources;
pub mod units;
pub mod usage;
