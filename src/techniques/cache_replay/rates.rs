//! What writing and reading cost beside plain input, for one call.

use crate::units::{Factor, TokenClass};
use crate::usage::Row;

use super::super::branch::Branch;
use super::super::facts::Facts;
use super::super::warmth::CacheRules;
use super::lineage::Lineage;
use super::rules::{Lifetime, ReplayRules, Terms};
use super::standing::scene;
use super::store::Cache;

/// The cache of a call and its prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rates {
    /// Whose cache.
    pub(super) cache: Cache,
    /// How it works.
    pub(super) rules: CacheRules,
    /// What a token costs that is neither read nor written, in 10⁻¹⁸ dollars.
    pub(super) plain: u64,
    /// What reading costs, for one of that.
    pub(super) read: Factor,
    /// What writing costs, for one of that: with the default and with the longer lifetime.
    pub(super) write: [Factor; 2],
}

impl Rates {
    /// Those of a call; nothing where its model has no cache, or no prices for it.
    pub(super) fn of(
        branch: &Branch,
        facts: &Facts<'_>,
        lineage: &Lineage,
        row: Row,
        terms: &Terms,
    ) -> Option<Self> {
        let scene = scene(facts, row);
        let policy = facts.book.cache_policy(scene.placed(branch), branch.call.time)?;
        let is_batch = branch.call.service_tier == crate::usage::ServiceTier::Batch;
        if scene.is_unbilled(branch) || (is_batch && !scene.caches_in_batch(branch)) {
            return None;
        }
        let rules = CacheRules::of(Some(policy), |class| scene.has_prices(branch, [class; 2]));
        if rules == CacheRules::None {
            return None;
        }
        let class = |lifetime| ReplayRules::new(rules, lifetime, terms).write;
        let ratio = |class: Option<TokenClass>| {
            class.map_or(Some(Factor::ONE), |class| scene.price_ratio(branch, class))
        };
        let write = [ratio(class(Lifetime::Short))?, ratio(class(Lifetime::Long))?];
        Some(Self {
            cache: Cache::of(branch, &scene, lineage),
            rules,
            plain: scene.input_price(branch)?,
            read: scene.price_ratio(branch, TokenClass::CacheRead)?,
            write,
        })
    }

    /// What writing for a lifetime costs.
    pub(super) const fn write_for(&self, lifetime: Lifetime) -> Factor {
        match lifetime {
            Lifetime::Short | Lifetime::Best => self.write[0],
            Lifetime::Long => self.write[1],
        }
    }

    /// Whether writing pays where so many of so many accesses are followed by another one within the
    /// lifetime: where more than `(w - 1) / (w - r)` are.
    pub(super) fn pays(&self, lifetime: Lifetime, followed: u64, accesses: u64) -> bool {
        let (one, write) = (Factor::ONE.parts(), self.write_for(lifetime).parts());
        let (read, followed) = (self.read.parts(), u128::from(followed));
        if read >= one {
            return false;
        }
        let gain = followed * u128::from(write.saturating_sub(read));
        gain > u128::from(accesses) * u128::from(write.saturating_sub(one))
    }
}
