//! placeholder
pub mod diagnostics;
pub mod pricing;
pub mod units;
pub mod usage;
