//! The replay of prompt caches: which part of each prompt was still there when it came.

mod blocks;
mod gate;
mod lineage;
mod rules;
mod store;
mod uses;

#[cfg(test)]
mod tests;

pub(super) use gate::CacheReplay;
pub(super) use lineage::Lineage;
pub(super) use rules::Lifetime;
