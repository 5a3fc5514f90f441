//! placeholder
pub mod diagnostics;
pub mod pricing;
pub mod simulation;
pub mod techniques;
pub mod units;
pub mod usage;
