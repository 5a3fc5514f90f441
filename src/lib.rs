//! Reads LLM usage logs, prices every call as the provider bills it, and replays the log to say
//! what each way of spending less would have saved.
//!
//! From Rust, begin with [`Log`], [`PriceBook`] and [`Plan`]; [`library`] shows how. The rest is the
//! program itself: one module a room, in the order in which a line of log becomes a line of report; imports only
//! go down. `ARCHITECTURE.md` has the map and the rules, and a test holds the sources to it.

pub mod cli;
pub mod diagnostics;
pub mod exhibits;
pub mod gate;
pub mod insights;
pub mod library;
pub mod pricing;
pub mod render;
pub mod report;
pub mod rollup;
pub mod simulation;
pub mod sources;
pub mod sql;
pub mod techniques;
pub mod units;
pub mod usage;

pub use library::{
    Analysis, AnalysisOptions, Call, Calls, Ledger, LibraryError, Log, LogReader, Outcome, Plan,
    PlanError, PriceBook, PriceTableError, Reading, SimulationError, TechniqueOutcome, TokenClass,
    Tokens, Unpriced, Usd, WhatIf, price_call,
};
