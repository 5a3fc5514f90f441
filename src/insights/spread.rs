//! What pictures of a bill need beside its groups: cost by day and model, cost by model and call type,
//! and how it piles up over the groups.

use std::collections::BTreeMap;

use crate::units::Usd;
use crate::usage::{Call, Calls, Days, Row, Symbol};

use super::analysis::Group;
use super::concentration::by_cost_per_call;
use super::grouping::KeyTable;
use super::key_columns::KeyColumns;
use super::tally::CallsAndCost;

/// So many models have a series of their own; more colours cannot be told apart.
const SERIES: usize = 7;

/// So many models and call types have a row or a column of their own.
const ROWS: usize = 14;
const COLUMNS: usize = 8;

/// The bill by day, by model and call type, and over the groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The dearest models of the days, dearest first: those that have a cost, at most seven.
    pub series: Vec<String>,
    /// How many other models have a cost.
    pub other_series: usize,
    /// The days with calls that have a time, in order.
    pub days: Vec<DaySpread>,
    /// Models and call types.
    pub crossing: Crossing,
    /// The calls with a known cost and that cost, in dollars, of the groups up to each one: the
    /// cheapest per call first. The Lorenz curve without its start.
    pub curve: Vec<CallsAndCost>,
}

/// What the models of a day cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DaySpread {
    /// The day, as a number since 1970-01-01.
    pub day: i32,
    /// Dollars, in the order of the series; all others come last.
    pub costs: Vec<Usd>,
}

/// What models cost by call type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crossing {
    /// The dearest models, dearest first.
    pub models: Vec<String>,
    /// How many others share the last row.
    pub other_models: usize,
    /// The dearest call types, dearest first; empty for calls that name none.
    pub call_types: Vec<String>,
    /// How many others share the last column.
    pub other_call_types: usize,
    /// A row a model, and one more for others where there are any; columns likewise.
    pub cells: Vec<Vec<CallsAndCost>>,
}

/// Sums calls for a [`Spread`].
#[derive(Clone, Debug)]
pub(super) struct SpreadTable {
    day_columns: KeyColumns,
    by_day: KeyTable<CallsAndCost>,
    crossing_columns: KeyColumns,
    by_crossing: KeyTable<CallsAndCost>,
    key: Vec<Symbol>,
}

impl SpreadTable {
    pub(super) fn new(days: Days) -> Self {
        let columns = |names: [&str; 2]| KeyColumns::new(&names.map(str::to_owned), days);
        Self {
            day_columns: columns(["day", "model"]),
            by_day: KeyTable::new(2),
            crossing_columns: columns(["model", "call_type"]),
            by_crossing: KeyTable::new(2),
            key: Vec::new(),
        }
    }

    /// Makes a table the current one.
    pub(super) fn enter(&mut self, calls: &Calls) {
        self.day_columns.enter(calls);
        self.crossing_columns.enter(calls);
    }

    /// Adds a row of the current table; `cost` is nothing when it is not known.
    pub(super) fn add(&mut self, calls: &Calls, row: Row, call: &Call, cost: Option<Usd>) {
        self.day_columns.key_of(calls, row, call, &mut self.key);
        self.by_day.entry(&self.key).add(call.calls, cost);
        self.crossing_columns.key_of(calls, row, call, &mut self.key);
        self.by_crossing.entry(&self.key).add(call.calls, cost);
    }

    /// Takes over another table of the same zone.
    pub(super) fn merge(&mut self, other: &Self) {
        for (key, sum) in other.by_day.iter() {
            let key = self.day_columns.adopt(&other.day_columns, key);
            self.by_day.entry(&key).merge(*sum);
        }
        for (key, sum) in other.by_crossing.iter() {
            let key = self.crossing_columns.adopt(&other.crossing_columns, key);
            self.by_crossing.entry(&key).merge(*sum);
        }
    }

    /// The result, with the curve of these groups.
    pub(super) fn finish(&self, groups: &[Group]) -> Spread {
        let day_rows = rows(&self.by_day, &self.day_columns);
        let crossing_rows = rows(&self.by_crossing, &self.crossing_columns);
        let (series, other_series) =
            dearest(day_rows.iter().map(|(key, sum)| (&*key[1], sum)), SERIES, true);
        Spread {
            days: days(&day_rows, &series),
            series,
            other_series,
            crossing: crossing(&crossing_rows),
            curve: curve(groups),
        }
    }
}

type NamedSum = (Vec<String>, CallsAndCost);

fn rows(table: &KeyTable<CallsAndCost>, columns: &KeyColumns) -> Vec<NamedSum> {
    table.iter().map(|(key, sum)| (columns.names(key), *sum)).collect()
}

/// The names with the largest sums, at most `most`, and how many others there are; those without any
/// cost only where they count.
fn dearest<'a>(
    rows: impl Iterator<Item = (&'a str, &'a CallsAndCost)>,
    most: usize,
    needs_cost: bool,
) -> (Vec<String>, usize) {
    let mut sums: BTreeMap<&str, CallsAndCost> = BTreeMap::new();
    for (name, sum) in rows {
        sums.entry(name).or_default().merge(*sum);
    }
    let mut sums: Vec<_> =
        sums.into_iter().filter(|(_, sum)| !needs_cost || sum.cost > Usd::ZERO).collect();
    sums.sort_by(|(a, one), (b, other)| {
        (other.cost, other.calls).cmp(&(one.cost, one.calls)).then_with(|| a.cmp(b))
    });
    let others = sums.len().saturating_sub(most);
    (sums.into_iter().take(most).map(|(name, _)| name.to_owned()).collect(), others)
}

fn days(rows: &[NamedSum], series: &[String]) -> Vec<DaySpread> {
    let mut days: BTreeMap<i32, Vec<Usd>> = BTreeMap::new();
    for (key, sum) in rows {
        // Calls without a time are of no day.
        let Some(day) = Days::parse_day(&key[0]) else { continue };
        let place = series.iter().position(|model| *model == key[1]).unwrap_or(series.len());
        days.entry(day).or_insert_with(|| vec![Usd::ZERO; series.len() + 1])[place] += sum.cost;
    }
    days.into_iter().map(|(day, costs)| DaySpread { day, costs }).collect()
}

fn crossing(rows: &[NamedSum]) -> Crossing {
    let named = |place: usize| rows.iter().map(move |(key, sum)| (&*key[place], sum));
    let (models, other_models) = dearest(named(0), ROWS, false);
    let (call_types, other_call_types) = dearest(named(1), COLUMNS, false);
    let height = models.len() + usize::from(other_models > 0);
    let width = call_types.len() + usize::from(other_call_types > 0);
    let mut cells = vec![vec![CallsAndCost::default(); width]; height];
    for (key, sum) in rows {
        let place = |names: &[String], name: &String| {
            names.iter().position(|one| one == name).unwrap_or(names.len())
        };
        cells[place(&models, &key[0])][place(&call_types, &key[1])].merge(*sum);
    }
    Crossing { models, other_models, call_types, other_call_types, cells }
}

fn curve(groups: &[Group]) -> Vec<CallsAndCost> {
    let mut ordered: Vec<_> = groups
        .iter()
        .map(|group| (i128::from(group.tally.priced_calls()), group.tally.cost.atto()))
        .filter(|(calls, _)| *calls > 0)
        .collect();
    ordered.sort_by(by_cost_per_call);
    let mut sum = CallsAndCost::default();
    let points = ordered.into_iter().map(|(calls, cost)| {
        sum.add(u64::try_from(calls).unwrap_or(u64::MAX), Some(Usd::from_atto(cost)));
        sum
    });
    points.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{Dimensions, Instant, column};

    fn add(table: &mut SpreadTable, time: &str, model: &str, atto: i128) {
        let mut calls = Calls::new(Dimensions::new([]));
        let mut symbols = [Symbol::EMPTY; column::FIXED.len()];
        symbols[column::MODEL] = calls.dimensions[column::MODEL].intern(model);
        let time = Instant::parse(time).unwrap_or(Instant::MISSING);
        let call = Call { time, calls: 1, ..Call::default() };
        calls.push(&call, &symbols);
        table.enter(&calls);
        table.add(&calls, 0, &call, Some(Usd::from_atto(atto)));
    }

    #[test]
    fn models_beyond_the_series_are_others_and_nothing_is_lost() {
        let mut table = SpreadTable::new(Days::UTC);
        for place in 0..10 {
            add(&mut table, "2026-10-01", &format!("m{place}"), place + 1);
        }
        add(&mut table, "never", "m9", 1_000);
        let spread = table.finish(&[]);
        assert_eq!((spread.series.len(), spread.other_series), (7, 3));
        assert_eq!(spread.series[0], "m9");
        assert_eq!(spread.days.len(), 1);
        assert_eq!(spread.days[0].costs.iter().copied().sum::<Usd>(), Usd::from_atto(55));
        assert_eq!(spread.days[0].costs[7], Usd::from_atto(1 + 2 + 3));
        let all: i128 = spread.crossing.cells.iter().flatten().map(|sum| sum.cost.atto()).sum();
        assert_eq!(all, 1_055);
    }

    #[test]
    fn the_order_of_tables_changes_nothing() {
        let days = [("2026-10-01", "a", 3), ("2026-10-02", "b", 4), ("2026-10-01", "b", 5)];
        let mut whole = SpreadTable::new(Days::UTC);
        let mut parts = [SpreadTable::new(Days::UTC), SpreadTable::new(Days::UTC)];
        for (place, (day, model, atto)) in days.into_iter().enumerate() {
            add(&mut whole, day, model, atto);
            add(&mut parts[place % 2], day, model, atto);
        }
        let [first, mut second] = parts;
        second.merge(&first);
        assert_eq!(second.finish(&[]), whole.finish(&[]));
    }
}
