//! Fine-tuning: what the calls of the log would cost on a tuned model, and when its training is paid.
//!
//! Advice, not a technique: whether the tuned model answers as well is not known from a log.

mod docs;
mod moved;
mod settings;
mod tables;

#[cfg(test)]
mod tests;

pub use docs::DOCS;
pub use settings::FineTune;

pub(super) use tables::exhibit;
