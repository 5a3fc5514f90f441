//! What a call, a conversation, an active user, a day and a month cost in the mean.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;
use crate::usage::{Days, Row};

use super::bill::Bill;

/// Units that were counted, what they cost, and what belongs to none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Units {
    number: u64,
    cost: Usd,
    /// Calls that belong to none.
    outside: u64,
    outside_cost: Usd,
}

impl Units {
    /// Counts the distinct units of rows; `unit` says which one a row belongs to, if any.
    fn of<T: Ord>(bill: &Bill<'_>, rows: &[Priced], unit: impl Fn(&Priced) -> Option<T>) -> Self {
        let mut seen = BTreeSet::new();
        let mut units = Self::default();
        for priced in rows {
            if let Some(unit) = unit(priced) {
                seen.insert(unit);
                units.cost += priced.paid;
            } else {
                units.outside += bill.call(priced.row).calls;
                units.outside_cost += priced.paid;
            }
        }
        units.number = seen.len() as u64;
        units
    }

    fn cells(self, name: &str) -> [Cell; 6] {
        let mean = self.cost.atto().checked_div(i128::from(self.number));
        let is_all = self.outside == 0;
        [
            Cell::text(name),
            Cell::usd_or_missing(mean.map(Usd::from_atto)),
            Cell::Count(self.number),
            Cell::Usd(self.cost),
            if is_all { Cell::Missing } else { Cell::Count(self.outside) },
            if is_all { Cell::Missing } else { Cell::Usd(self.outside_cost) },
        ]
    }
}

/// A row with a known cost, and its day where it has a time.
#[derive(Clone, Copy, Debug)]
struct Priced {
    row: Row,
    paid: Usd,
    day: Option<i32>,
}

/// The mean cost of each unit that the log knows.
pub(super) fn exhibit(bill: &Bill<'_>, days: Days) -> Exhibit {
    let mut sheet = Exhibit::new(
        "unit_costs",
        "What one costs in the mean",
        &[
            ("unit", ""),
            ("mean_usd", "each"),
            ("units", "number"),
            ("cost_usd", "cost"),
            ("calls_outside", "calls of none"),
            ("cost_outside_usd", "their cost"),
        ],
    );
    let rows: Vec<Priced> = bill
        .rows
        .iter()
        .filter_map(|row| {
            let time = bill.call(*row).time;
            let day = days.day_of(time).filter(|_| !time.is_missing());
            Some(Priced { row: *row, paid: bill.paid(*row)?, day })
        })
        .collect();
    let calls = rows.iter().map(|priced| bill.call(priced.row).calls).sum();
    let cost = rows.iter().map(|priced| priced.paid).sum();
    sheet.push(Units { number: calls, cost, ..Units::default() }.cells("call"));
    let named = |place: usize, priced: &Priced| {
        Some(bill.facts.calls.symbol(place, priced.row)).filter(|symbol| !symbol.is_empty())
    };
    if let Some(place) = bill.column("conversation") {
        let units = Units::of(bill, &rows, |priced| named(place, priced));
        sheet.push(units.cells("conversation"));
    }
    let window = span(&rows);
    let months = window.clone().map(|window| whole_months(&window)).unwrap_or_default();
    let month_of = |priced: &Priced| {
        let day = priced.day?;
        months.iter().position(|month| month.contains(&day))
    };
    let users = ["user", "api_key"].into_iter().find_map(|name| Some((name, bill.column(name)?)));
    if let Some((name, place)) = users {
        let label = if name == "user" { "active user" } else { "active API key" };
        let each = |priced: &Priced| named(place, priced);
        sheet.push(Units::of(bill, &rows, each).cells(label));
        let daily = Units::of(bill, &rows, |priced| Some((each(priced)?, priced.day?)));
        sheet.push(daily.cells(&format!("{label} and day")));
        if !months.is_empty() {
            let monthly = Units::of(bill, &rows, |priced| Some((each(priced)?, month_of(priced)?)));
            sheet.push(monthly.cells(&format!("{label} and whole month")));
        }
        if let Some(window) = &window {
            sheet.note(format!(
                "{label}s a day in the mean: {}",
                mean(daily.number, length(window))
            ));
        }
    } else {
        sheet.note("active users: cannot tell, no column `user` or `api_key` has a value");
    }
    if let Some(window) = &window {
        let mut units = Units::of(bill, &rows, |priced| priced.day);
        units.number = length(window);
        sheet.push(units.cells("day"));
    }
    if !months.is_empty() {
        let mut units = Units::of(bill, &rows, month_of);
        units.number = months.len() as u64;
        sheet.push(units.cells("whole month"));
    }
    notes(&mut sheet, bill, calls, months.is_empty());
    sheet
}

fn notes(sheet: &mut Exhibit, bill: &Bill<'_>, priced: u64, is_short: bool) {
    sheet.note("days are those of the calendar from the first call to the last, idle ones too");
    if is_short {
        sheet.note("months: the log holds no whole one; --show forecast says what one would cost");
    }
    let all: u64 = bill.rows.iter().map(|row| bill.call(*row).calls).sum();
    if all > priced {
        sheet.note(format!("calls without a known cost, left out: {}", all - priced));
    }
}

/// The first and the last day.
fn span(rows: &[Priced]) -> Option<RangeInclusive<i32>> {
    let days = || rows.iter().filter_map(|priced| priced.day);
    Some(days().min()?..=days().max()?)
}

fn length(days: &RangeInclusive<i32>) -> u64 {
    u64::from(days.end().abs_diff(*days.start())) + 1
}

/// The calendar months of which every day lies between the first and the last one.
fn whole_months(window: &RangeInclusive<i32>) -> Vec<RangeInclusive<i32>> {
    let mut months = Vec::new();
    let is_first = |day: i32| Days::name(day).ends_with("-01");
    let mut first = window.clone().find(|day| is_first(*day));
    while let Some(start) = first {
        let length = Days::month_length(start).and_then(|length| i32::try_from(length).ok());
        let Some(next) = length.map(|length| start + length) else { break };
        if next - 1 > *window.end() {
            break;
        }
        months.push(start..=next - 1);
        first = Some(next);
    }
    months
}

/// A mean to one decimal, rounded half up, for a sentence.
fn mean(sum: u64, count: u64) -> String {
    let tenths = (u128::from(sum) * 20 + u128::from(count)) / (u128::from(count) * 2);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &str, last: &str, expected: &[&str]) {
        let day = |text| Days::parse_day(text).expect("a day");
        let months = whole_months(&(day(first)..=day(last)));
        let names: Vec<_> = months.iter().map(|month| Days::name(*month.start())).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn months_are_whole_when_the_log_reaches_from_end_to_end() {
        check("2026-10-01", "2026-10-31", &["2026-10-01"]);
        check("2026-10-02", "2026-10-31", &[]);
        check("2026-09-30", "2026-11-29", &["2026-10-01"]);
        check("2026-12-01", "2027-02-28", &["2026-12-01", "2027-01-01", "2027-02-01"]);
        check("2026-10-05", "2026-10-07", &[]);
    }

    #[test]
    fn means_are_rounded() {
        assert_eq!(
            (mean(5, 4), mean(3, 1), mean(1, 3)),
            ("1.3".into(), "3.0".into(), "0.3".into())
        );
    }
}
