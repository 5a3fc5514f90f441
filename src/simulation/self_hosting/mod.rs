//! Self-hosting: from how many tokens a day a rented GPU is cheaper than what the log paid.
//!
//! Advice, not a technique: another model would answer, so nothing of it is a saving.

mod break_even;
mod docs;
mod settings;
mod tables;
mod traffic;

#[cfg(test)]
mod tests;

pub use docs::DOCS;
pub use settings::SelfHost;

pub(super) use tables::exhibit;
