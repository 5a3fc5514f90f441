//! Days as the columns of a picture: days, weeks or months, so that there are never too many.

use crate::insights::DaySpread;
use crate::units::Usd;
use crate::usage::Days;

use super::super::dates::{day, month};

/// More columns than this are too thin to tell apart.
const COLUMNS_MAX: i32 = 93;

/// So many names stand below them at most.
const NAMES_MAX: usize = 9;

/// A span of time and its costs by series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// What it is called.
    pub(super) name: String,
    /// The same in a corner of a picture.
    pub(super) short: String,
    /// Dollars, by series.
    pub(super) costs: Vec<Usd>,
}

/// The periods from the first day to the last, those without a call included, and what each is called.
pub(super) fn periods(days: &[DaySpread], series: usize) -> (&'static str, Vec<Period>) {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return ("day", Vec::new()) };
    let (first, last) = (first.day, last.day);
    if last - first < COLUMNS_MAX {
        let name = |place: i32| (day(first + place), without_year(&day(first + place)));
        return ("day", binned(days, series, |day| day - first, name));
    }
    if (last - first) / 7 < COLUMNS_MAX {
        let name = |place: i32| {
            let start = day(first + 7 * place);
            (format!("week from {start}"), start)
        };
        return ("week", binned(days, series, |day| (day - first) / 7, name));
    }
    let start = months_of(first);
    let span = (months_of(last) - start) / COLUMNS_MAX + 1;
    let name = |place: i32| {
        let number = start + place * span;
        let text = month(&format!("{:04}-{:02}", number / 12, number % 12 + 1));
        let short = text
            .split_once(' ')
            .map(|(name, year)| format!("{} {year}", name.chars().take(3).collect::<String>()));
        let short = short.unwrap_or_else(|| text.clone());
        (if span == 1 { text } else { format!("from {text}") }, short)
    };
    let unit = if span == 1 { "month" } else { "span of months" };
    (unit, binned(days, series, |day| (months_of(day) - start) / span, name))
}

/// Months since year 0.
fn months_of(day: i32) -> i32 {
    let date = Days::name(day);
    let mut parts = date.split('-').map(|part| part.parse::<i32>().unwrap_or_default());
    let year = parts.next().unwrap_or_default();
    year * 12 + parts.next().unwrap_or_default() - 1
}

fn without_year(day: &str) -> String {
    day.rsplit_once(' ').map_or_else(|| day.to_owned(), |(day, _)| day.to_owned())
}

fn binned(
    days: &[DaySpread],
    series: usize,
    bin_of: impl Fn(i32) -> i32,
    name: impl Fn(i32) -> (String, String),
) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for day in days {
        let bin = usize::try_from(bin_of(day.day)).unwrap_or_default();
        while periods.len() <= bin {
            let (name, short) = name(i32::try_from(periods.len()).unwrap_or_default());
            periods.push(Period { name, short, costs: vec![Usd::ZERO; series] });
        }
        for (sum, cost) in periods[bin].costs.iter_mut().zip(&day.costs) {
            *sum += *cost;
        }
    }
    periods
}

/// Which of so many columns have a name below them.
pub(super) fn has_name(place: usize, columns: usize) -> bool {
    place.is_multiple_of(columns.div_ceil(NAMES_MAX).max(1))
}

/// Round amounts from nothing to the first one that is not below `most`.
pub(super) fn ticks(most: i128) -> Vec<i128> {
    const LINES: i128 = 4;
    let most = most.max(1);
    let rough = (most / LINES).max(1);
    let mut power = 1;
    while power <= rough / 10 {
        power *= 10;
    }
    let step = [1, 2, 5, 10].map(|times| times * power);
    let step = step.into_iter().find(|step| *step >= rough).unwrap_or(power * 10);
    let lines = (most + step - 1) / step;
    (0..=lines).map(|line| line * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(days: impl Iterator<Item = i32>) -> Vec<DaySpread> {
        days.map(|day| DaySpread { day, costs: vec![Usd::from_atto(1)] }).collect()
    }

    fn check(last: i32, unit: &str, columns: usize) {
        let days = spread(0..=last);
        let (found, periods) = periods(&days, 1);
        assert_eq!((found, periods.len()), (unit, columns));
        let sum: Usd = periods.iter().map(|period| period.costs[0]).sum();
        assert_eq!(sum, Usd::from_atto(i128::from(last) + 1));
    }

    #[test]
    fn there_are_never_too_many_columns_and_none_is_lost() {
        check(0, "day", 1);
        check(92, "day", 93);
        check(93, "week", 14);
        check(364, "week", 53);
        check(1_460, "month", 48);
        check(36_500, "span of months", 93);
    }

    #[test]
    fn columns_are_named_by_their_first_day() {
        let first = Days::parse_day("2026-01-01").expect("a day");
        let of = |last: i32| periods(&spread([first, first + last].into_iter()), 1).1;
        assert_eq!((&*of(1)[1].name, &*of(1)[1].short), ("2 Jan 2026", "2 Jan"));
        assert_eq!(of(200)[1].name, "week from 8 Jan 2026");
        assert_eq!((&*of(800)[13].name, &*of(800)[13].short), ("February 2027", "Feb 2027"));
    }

    #[test]
    fn lines_are_at_round_amounts() {
        let check = |most: i128, expected: &[i128]| {
            assert_eq!(ticks(most), expected);
        };
        check(2_800, &[0, 1_000, 2_000, 3_000]);
        check(700, &[0, 200, 400, 600, 800]);
        check(20, &[0, 5, 10, 15, 20]);
        check(0, &[0, 1]);
    }
}
