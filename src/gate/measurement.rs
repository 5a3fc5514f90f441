//! What is known of a log once it was measured: sums by group, and how they spread.

use std::collections::BTreeMap;

use crate::units::{Share, Usd, effective_count};
use crate::usage::{Days, Instant};

use super::price_row::PriceRow;
use super::spread::{Entry, Spread, merged};
use super::unit::Unit;

/// How a log is measured: two that differ in it cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What a unit is.
    pub unit: Unit,
    /// The columns that keep units apart whose mix may change; the column with the case for test
    /// cases.
    pub group_by: Vec<String>,
    /// The time zone of days.
    pub days: Days,
}

/// Calls without a price, by the model as the log names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpricedCalls {
    /// The model.
    pub model: String,
    /// Why, as a stable name.
    pub reason: String,
    /// How many calls.
    pub calls: u64,
}

/// The units of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MeasuredGroup {
    /// Its names, one for each column.
    pub(super) key: Vec<String>,
    /// Whether it holds several small ones.
    pub(super) is_rest: bool,
    /// Of such a group: their names; none where they are too many to be kept.
    pub(super) members: Vec<Vec<String>>,
    /// Units of work.
    pub(super) units: u64,
    /// What they cost at the prices of one day, in dollars.
    pub(super) cost: Usd,
    /// The part of that which only the log itself states, in dollars: it cannot be priced again.
    pub(super) logged: Usd,
    /// How many clusters it has, at most one a lot.
    pub(super) clusters: u64,
    /// How units and cost are spread.
    pub(super) spread: Spread,
    /// Its calls by model and price.
    pub(super) rows: Vec<PriceRow>,
}

/// The costs of single calls above which so much of them lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Percentile {
    /// The cost of a call that 95 % of calls do not exceed, in dollars.
    pub(super) cost: Usd,
    /// The same in each replicate, in 10⁻¹⁸ dollars.
    pub(super) drawn: Vec<i128>,
}

/// Sums of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// How it was measured.
    pub measure: Measure,
    /// What a cluster of the bootstrap is: the column, or `call`.
    pub cluster: String,
    /// Whether some of it is of a roll-up that does not keep the lots of clusters apart: then nothing
    /// is known of how sure a comparison is.
    pub is_unspread: bool,
    /// How many clusters there are, at most one a lot.
    pub clusters: u64,
    /// Over how many clusters of equal cost the cost would be spread as unevenly.
    pub effective_clusters: u64,
    /// The first and the last instant with a call.
    pub span: Option<(Instant, Instant)>,
    /// The start of the day whose prices hold for all calls; nothing where the log has no times.
    pub priced_at: Option<Instant>,
    /// The fingerprint of the price tables.
    pub price_tables: String,
    /// All calls with a price.
    pub calls: u64,
    /// What they were billed at the prices of their own days, in dollars.
    pub billed: Usd,
    /// The same by day, as a number since 1970-01-01; calls without a time are not among them.
    pub by_day: BTreeMap<i32, Usd>,
    /// Calls without a price, most first.
    pub unpriced: Vec<UnpricedCalls>,
    /// Calls that belong to no unit: to no test case or no conversation.
    pub without_case: u64,
    /// Records that could not be read.
    pub skipped: u64,
    pub(super) groups: Vec<MeasuredGroup>,
    pub(super) percentile: Option<Percentile>,
}

impl Measurement {
    /// All units.
    pub fn units(&self) -> u64 {
        self.groups.iter().map(|group| group.units).sum()
    }

    /// What all units cost at the prices of one day, in dollars.
    pub fn cost(&self) -> Usd {
        self.groups.iter().map(|group| group.cost).sum()
    }

    /// How many days it covers, from the first to the last with a call; nothing where no call has a
    /// time.
    pub fn days(&self) -> Option<u64> {
        let day = |at| self.measure.days.day_of(at);
        let (first, last) = self.span?;
        Some(u64::from(day(last)?.abs_diff(day(first)?)) + 1)
    }

    /// The part of all calls that has a price; nothing when there are no calls.
    pub fn priced_share(&self) -> Option<Share> {
        let (priced, all) = (self.calls, self.calls + self.unpriced_calls());
        Share::of(i128::from(priced), i128::from(all))
    }

    /// Calls without a price.
    pub fn unpriced_calls(&self) -> u64 {
        self.unpriced.iter().map(|model| model.calls).sum()
    }

    /// The group that holds the small ones.
    pub(super) fn rest(&self) -> Option<&MeasuredGroup> {
        self.groups.iter().find(|group| group.is_rest)
    }

    /// Whether a group of these names counts among the small ones. Where their names are not kept,
    /// any does that is not kept apart.
    pub(super) fn is_small(&self, key: &[String]) -> bool {
        self.rest().is_some_and(|rest| {
            if rest.members.is_empty() {
                !self.groups.iter().any(|group| group.key == key)
            } else {
                rest.members.iter().any(|member| member == key)
            }
        })
    }

    /// The lots of all groups together; nothing for a saved baseline.
    pub(super) fn entries(&self) -> Option<Vec<Entry>> {
        let each: Option<Vec<_>> = self
            .groups
            .iter()
            .map(|group| match &group.spread {
                Spread::Lots(entries) => Some(&entries[..]),
                Spread::Drawn(_) => None,
            })
            .collect();
        each.map(merged)
    }

    /// Counts clusters once all groups are known.
    pub(super) fn count_clusters(&mut self) {
        if let Some(entries) = self.entries() {
            self.clusters = u64::try_from(entries.len()).expect("a count");
            self.effective_clusters = effective_count(entries.iter().map(|entry| entry.cost));
        }
    }
}
