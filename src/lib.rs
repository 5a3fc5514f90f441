//! placeholder
pub mod diagnostics;
pub mod insights;
pub mod pricing;
pub mod render;
pub mod report;
pub mod units;
pub mod usage;
