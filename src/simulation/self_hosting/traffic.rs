//! How much a log sends, and when.

use std::collections::BTreeMap;

use crate::techniques::Facts;
use crate::units::{Rate, Usd};
use crate::usage::column;

const MILLIS_PER_MINUTE: i64 = 60_000;
const MINUTES_PER_DAY: u128 = 1_440;

/// Tokens and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) tokens: u64,
    pub(super) cost: Usd,
}

/// What the priced calls of a log with a time add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    /// By model.
    pub(super) models: BTreeMap<String, Sum>,
    /// Minutes from the first call to the last, both included.
    pub(super) minutes: u64,
    /// Tokens of the minute that one in a hundred minutes with calls exceeds.
    pub(super) peak: u64,
    /// Whether rows sum up several calls, which then all stand in one minute.
    pub(super) is_summed: bool,
}

impl Traffic {
    /// Adds up a log.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut found = Self::default();
        let mut minutes: BTreeMap<i64, u64> = BTreeMap::new();
        for (row, model) in facts.modelled_rows() {
            let call = facts.calls.call(row);
            let Some(time) = call.time.known() else { continue };
            let Ok(cost) = facts.cost(model, &call, facts.calls.name(column::GEO, row)) else {
                continue;
            };
            found.is_summed |= !call.is_single();
            let tokens = (call.input_total() + call.output_total()).get();
            let name = facts.calls.name(column::MODEL, row);
            if !found.models.contains_key(name) {
                found.models.insert(name.to_owned(), Sum::default());
            }
            if let Some(sum) = found.models.get_mut(name) {
                sum.tokens = sum.tokens.saturating_add(tokens);
                sum.cost += cost;
            }
            let minute = minutes.entry(time.millis().div_euclid(MILLIS_PER_MINUTE)).or_default();
            *minute = minute.saturating_add(tokens);
        }
        let ends = minutes.keys().next().zip(minutes.keys().next_back());
        found.minutes = ends.map_or(0, |(first, last)| (last - first).unsigned_abs() + 1);
        let mut busy: Vec<u64> = minutes.into_values().collect();
        busy.sort_unstable();
        found.peak =
            busy.get((busy.len() * 99).div_ceil(100).saturating_sub(1)).map_or(0, |at| *at);
        found
    }

    /// All models together.
    pub(super) fn total(&self) -> Sum {
        let mut total = Sum::default();
        for sum in self.models.values() {
            total.tokens = total.tokens.saturating_add(sum.tokens);
            total.cost += sum.cost;
        }
        total
    }

    /// Tokens of a day, on average over the time of the log.
    pub(super) fn a_day(&self, tokens: u64) -> u64 {
        let day = u128::from(tokens) * MINUTES_PER_DAY;
        let a_day = day.checked_div(u128::from(self.minutes)).unwrap_or(0);
        u64::try_from(a_day).unwrap_or(u64::MAX)
    }

    /// The mean minute over the peak; at most 1, and nothing without tokens.
    pub(super) fn utilisation(&self) -> Option<Rate> {
        let mean = self.total().tokens.checked_div(self.minutes)?;
        Rate::of_counts(mean.min(self.peak), self.peak).filter(|rate| *rate > Rate::ZERO)
    }
}
