//! Costs of days as the values of one line, which fits the narrowest usual terminal.

use crate::insights::DayTotal;
use crate::units::Usd;
use crate::usage::Days;

/// The most bins of a sparkline: it fits the narrowest usual terminal.
const SPARKLINE_MAX: i32 = 58;

/// One cost a day from the first day to the last, days without a call included; a week, a
/// month or twelve of them where that would be too long.
pub(super) fn timeline(days: &[DayTotal]) -> (&'static str, Vec<Usd>) {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return ("day", Vec::new()) };
    let bins: [(&str, i32); 2] = [("day", 1), ("week of seven days", 7)];
    let length = |span: i32| (last.day - first.day) / span + 1;
    let fits = |(_, span): &(&str, i32)| length(*span) <= SPARKLINE_MAX;
    if let Some((unit, span)) = bins.into_iter().find(fits) {
        return (unit, binned(days, |day| (day - first.day) / span));
    }
    let month_of = |day: i32| {
        let date = Days::name(day);
        let mut parts = date.split('-').map(|part| part.parse::<i32>().unwrap_or_default());
        parts.next().unwrap_or_default() * 12 + parts.next().unwrap_or_default()
    };
    let start = month_of(first.day);
    if month_of(last.day) - start < SPARKLINE_MAX {
        return ("month", binned(days, |day| month_of(day) - start));
    }
    ("twelve months", binned(days, |day| (month_of(day) - start) / 12))
}

/// The costs of days by bin, empty bins included.
fn binned(days: &[DayTotal], bin_of: impl Fn(i32) -> i32) -> Vec<Usd> {
    let mut costs = Vec::new();
    for day in days {
        let bin = usize::try_from(bin_of(day.day)).unwrap_or_default();
        if costs.len() <= bin {
            costs.resize(bin + 1, Usd::ZERO);
        }
        costs[bin] += day.total.cost;
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::CallsAndCost;

    fn day(day: i32, atto: i128) -> DayTotal {
        let total = CallsAndCost { calls: 1, unpriced_calls: 0, cost: Usd::from_atto(atto) };
        DayTotal { day, total }
    }

    #[test]
    fn days_without_calls_are_not_left_out_of_the_line() {
        let (unit, costs) = timeline(&[day(10, 1), day(13, 4)]);
        let expected = [1, 0, 0, 4].map(Usd::from_atto);
        assert_eq!((unit, costs.as_slice()), ("day", expected.as_slice()));
    }

    #[test]
    fn long_spans_are_drawn_by_week_and_by_month() {
        let year: Vec<_> = (0..365).map(|number| day(number, 1)).collect();
        let (unit, costs) = timeline(&year);
        assert_eq!((unit, costs.len(), costs[0]), ("week of seven days", 53, Usd::from_atto(7)));
        let years: Vec<_> = (0..1_461).map(|number| day(number, 1)).collect();
        let (unit, costs) = timeline(&years);
        assert_eq!((unit, costs.len(), costs[1]), ("month", 48, Usd::from_atto(28)));
        let decade: Vec<_> = (0..3_652).map(|number| day(number, 1)).collect();
        let (unit, costs) = timeline(&decade);
        assert_eq!((unit, costs.len()), ("twelve months", 10));
    }
}
