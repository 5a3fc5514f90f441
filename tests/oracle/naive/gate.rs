//! What a comparison of two logs adds up, without how sure it is. Source: `llmcost explain check`: both
//! logs at the prices of the day of the last call of the new one, groups put together with as many
//! units as the old log has of each.

use std::collections::BTreeMap;

use super::analyze::price;
use crate::number::{Q, whole, zero};
use crate::world::log::Record;
use crate::world::table::Table;

const DAY: i64 = 86_400_000;

/// Units and their cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Side {
    pub(crate) units: u64,
    pub(crate) cost: Q,
    /// At the prices of each call's own day.
    pub(crate) billed: Q,
    /// By call type.
    pub(crate) groups: BTreeMap<String, (u64, Q)>,
}

/// A mean unit, before and after.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) before: Q,
    pub(crate) after: Q,
}

impl Unit {
    /// What it costs now as a multiple of before.
    pub(crate) fn ratio(&self) -> Option<Q> {
        (self.before != zero()).then(|| &self.after / &self.before)
    }
}

/// A record as if made on a day, at its own time of the day.
pub(crate) fn as_of(record: &Record, day: i64) -> Record {
    let time = record.time.map(|time| day * DAY + time.rem_euclid(DAY));
    Record { time, ..record.clone() }
}

/// The day of the last call.
pub(crate) fn last_day(records: &[Record]) -> i64 {
    records.iter().filter_map(|record| record.time).max().expect("a time").div_euclid(DAY)
}

/// The sums of a log of single calls that all have a price, each a unit.
pub(crate) fn side(table: &Table, records: &[Record], day: i64) -> Side {
    let mut side = Side { units: 0, cost: zero(), billed: zero(), groups: BTreeMap::new() };
    for record in records {
        let cost = |record: &Record| price(table, record).expect("a price").total();
        let today = cost(&as_of(record, day));
        side.units += 1;
        side.billed += cost(record);
        let group = side.groups.entry(record.call_type.clone()).or_insert((0, zero()));
        group.0 += 1;
        group.1 += &today;
        side.cost += today;
    }
    side
}

/// The mean unit over the groups of both logs, at the mix of the old one; nothing without such a group.
pub(crate) fn unit(old: &Side, new: &Side) -> Option<Unit> {
    let (mut units, mut before, mut after) = (0, zero(), zero());
    for (key, (count, cost)) in &old.groups {
        let Some((others, theirs)) = new.groups.get(key) else { continue };
        units += count;
        before += cost;
        after += whole(*count) * theirs / whole(*others);
    }
    (units > 0).then(|| Unit { before: before / whole(units), after: after / whole(units) })
}

/// The mean unit of each group of both logs.
pub(crate) fn groups(old: &Side, new: &Side) -> BTreeMap<String, Unit> {
    let both = old.groups.iter().filter_map(|(key, (count, cost))| {
        let (others, theirs) = new.groups.get(key)?;
        Some((key.clone(), Unit { before: cost / whole(*count), after: theirs / whole(*others) }))
    });
    both.collect()
}
