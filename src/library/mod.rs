//! The face of the crate for programs in Rust: read a log, price it, run it again.
//!
//! ```
//! use llmcost::{Log, Plan, PriceBook};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # std::env::set_current_dir(env!("CARGO_MANIFEST_DIR"))?;
//! let prices = PriceBook::embedded();
//! let plan = Plan::parse("plan.toml", "[prompt_caching]\nhit = \"0.9\"")?;
//! let log = Log::reader().plan(&plan).read(["fixtures/library/week.jsonl"])?;
//!
//! let analysis = log.analyze(&prices, &["model"])?;
//! assert_eq!(analysis.totals.calls, 4);
//! assert_eq!(analysis.totals.cost.to_string(), "0.0906");
//!
//! let outcome = log.simulate(&prices, &plan)?;
//! println!("{} would become {}", outcome.baseline, outcome.projected);
//! # assert!(outcome.projected < outcome.baseline);
//! # Ok(())
//! # }
//! ```
//!
//! Amounts are [`Usd`]: whole numbers of 10⁻¹⁸ dollars, whose text is exact. Nothing here prints, and
//! nothing opens a network connection. What is named here keeps its meaning within a version as
//! Cargo counts them; the rooms beside it are public for the program's own use and may change.

mod error;
mod log;
mod price;

pub use error::LibraryError;
pub use log::{Log, LogReader};
pub use price::price_call;

pub use crate::diagnostics::Ledger;
pub use crate::insights::{Analysis, AnalysisOptions};
pub use crate::pricing::{PriceBook, PriceTableError, Unpriced};
pub use crate::simulation::{Outcome, Plan, PlanError, SimulationError, TechniqueOutcome, WhatIf};
pub use crate::sources::Reading;
pub use crate::units::{TokenClass, Tokens, Usd};
pub use crate::usage::{Call, Calls};
