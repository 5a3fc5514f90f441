//! The replay of prompt caches: which part of each prompt was still there when it came.

mod advice;
mod best;
mod blocks;
mod broken_starts;
mod calibration;
mod comparison;
mod gate;
mod ideal;
mod kappa;
mod lineage;
mod oracle;
mod policy;
mod prepare;
mod rates;
mod rules;
mod selective;
mod spill;
mod standing;
mod store;
mod texts;
mod ties;
mod uses;

#[cfg(test)]
mod policy_tests;
#[cfg(test)]
mod tests;

pub(super) use gate::CacheReplay;
pub(super) use lineage::Lineage;
pub(super) use policy::Policy;
pub(super) use prepare::Order;
pub(super) use rules::{Lifetime, Terms};
