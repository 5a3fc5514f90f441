//! Roll-ups: a log as sums of calls that bill alike, which add up to the same report.
//!
//! A row of a roll-up holds the calls of one day (or hour) that have the same names, the same prices
//! and prompts of one class of sizes, so that pricing the sum is pricing each of them. Rows of two
//! roll-ups with the same names add up; no row depends on how the log was split.

mod builder;
mod columns;
mod histogram;
mod key;
mod sums;
mod turns;

#[cfg(test)]
mod properties;

pub use builder::{Every, Rollup, RollupBuilder, RollupOptions};
pub use columns::{COLUMNS, Value, boundaries};
pub use histogram::size_class;
