//! Workloads that no log has yet: what is declared becomes a table of calls for the same replay.

mod closed_forms;
mod costs;
mod declared;
mod generate;
mod spread;

pub use closed_forms::{CacheForm, closed_forms};
pub use costs::{cache_exhibit, cost_exhibit, expected_attempts, retry_exhibit};
pub use declared::{Arrival, Horizon, Workload, WorkloadError};
pub use generate::{declared_for_each, generate};
pub use spread::Spread;
