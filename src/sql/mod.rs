//! Roll-ups in the SQL of other engines: one query that computes where a log is stored what
//! `llmcost rollup` computes of it.
//!
//! A query is made of steps (`reading`, `turns`, `summing`) in a small language of values
//! (`expression`), which a [`Dialect`] spells.

mod dialect;
mod dialects;
mod expression;
mod layout;
mod log;
mod name;
mod query;
mod reading;
mod request;
mod rollup_query;
mod summing;
mod turns;
mod words;

#[cfg(test)]
mod tests;

pub use dialect::Dialect;
pub use dialects::DIALECTS;
pub use name::{Name, NameError};
pub use request::{Every, Request, Times};
pub use rollup_query::{rollup_query, unused_fields};
