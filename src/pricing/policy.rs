//! How a provider's prompt cache works, as data: what a replay needs to know beside prices.

use crate::units::{TokenClass, Tokens};
use crate::usage::Instant;

use super::span::Span;

/// What a cache compares to find a stored prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheMatch {
    /// Entries exist only at written boundaries; a read finds the longest boundary that is a
    /// prefix of the prompt.
    Breakpoint,
    /// The longest common prefix with any live prompt, rounded down to the granularity.
    TokenBlock,
}

/// Whether writing to the cache has a price of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheWrite {
    /// Written tokens bill as ordinary input.
    Free,
    /// Written tokens bill at their own price.
    Priced,
}

/// One lifetime that an entry can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLifetime {
    /// The token class that pays for an entry of this lifetime.
    pub class: TokenClass,
    /// Seconds until an entry dies.
    pub seconds: u64,
}

/// The rules of one prompt cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePolicy {
    /// The name of the rules in the price table.
    pub name: String,
    /// How a prompt is compared with what is stored.
    pub matching: CacheMatch,
    /// Prompts shorter than this are not cached; nothing when the provider does not say.
    pub min_tokens: Option<Tokens>,
    /// Cached lengths are multiples of this; at least 1.
    pub granularity: Tokens,
    /// Whether writes are priced.
    pub write: CacheWrite,
    /// The lifetimes, the default one first; empty when the provider publishes none.
    pub lifetimes: Vec<CacheLifetime>,
    /// Whether a read starts the lifetime again.
    pub read_refreshes: bool,
    /// Seconds after which an entry dies however often it is read.
    pub max_age_seconds: Option<u64>,
    /// How many boundaries a request may write.
    pub max_breakpoints: Option<u32>,
    /// How many blocks before a boundary a read looks for an older one.
    pub lookback_blocks: Option<u32>,
    /// Whether the provider caches without being asked.
    pub automatic: bool,
    /// Whether a live entry is always found; automatic caches promise nothing.
    pub guaranteed: bool,
    /// Above about this many requests a minute for one prefix, requests spill to machines without
    /// the entry.
    pub requests_per_minute: Option<u32>,
    /// Where the rules are published.
    pub source: String,
    /// The day they were last compared with the source.
    pub checked_on: String,
}

/// Rules with the time and the places they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DatedPolicy {
    pub(super) span: Span,
    /// Empty for wherever no other rule holds.
    pub(super) places: Vec<u16>,
    pub(super) policy: CachePolicy,
}

/// The policy in force at a place; the newest one when the time is unknown.
pub(super) fn policy_at(policies: &[DatedPolicy], at: Instant, place: u16) -> Option<&CachePolicy> {
    let holds = |dated: &&DatedPolicy| at.is_missing() || dated.span.contains(at);
    let mut own = policies.iter().filter(|dated| dated.places.contains(&place)).filter(holds);
    let mut general = policies.iter().filter(|dated| dated.places.is_empty()).filter(holds);
    // Of several, the last: those of a dated call do not overlap.
    let found = own.next_back().or_else(|| general.next_back());
    found.map(|dated| &dated.policy)
}
