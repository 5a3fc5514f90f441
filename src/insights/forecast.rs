//! What this month and the next will cost if the days go on like those of the log.
//!
//! `level x factor of the weekday x (1 + growth)^(days / 30)`, summed over the days of a month. The
//! level is the mean of full days after their weekday is taken out; a factor of a weekday with `n` days
//! is drawn towards 1 as if two more days had been average, and weekdays are not told apart under two
//! weeks. A forecast is held against the last week of the log itself where there are four.

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Chance, Factor, Rate, Usd, exp_of_minus, minus_ln};
use crate::usage::Days;

use super::analysis::{DayTotal, Window};
use super::run_rate::full_span;

/// Fewer full days than this say nothing about weekdays.
const DAYS_FOR_WEEKDAYS: usize = 14;

/// Fewer full days than this make a naive forecast.
const DAYS_FOR_A_PATTERN: usize = 7;

/// With so many days the last week is held out.
const DAYS_FOR_A_TEST: usize = 28;
const HELD_OUT: usize = 7;

/// Calls of more than ten years are those of a clock that was wrong: nothing follows from them.
const DAYS_MAX: u32 = 3_653;

/// Draws of the interval, and where they begin.
const DRAWS: usize = 400;
const SEED: u64 = 7;

/// The least spread of a naive forecast, in percent.
const NAIVE_SPREAD: i128 = 30;

const BILLION: i128 = 1_000_000_000;

/// The names of weekdays, Monday first.
const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// One full day and its cost in 10⁻¹⁸ dollars.
type Day = (i32, i128);

/// 1970-01-01, day 0, was a Thursday.
fn weekday(day: i32) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).expect("less than seven")
}

/// What days look like.
struct Pattern {
    /// Factors of the weekdays in billionths.
    factors: [i128; 7],
    counts: [i128; 7],
    /// Days without their weekday, in order of size.
    adjusted: Vec<i128>,
    level: i128,
}

impl Pattern {
    fn of(days: &[Day]) -> Option<Self> {
        let count = i128::try_from(days.len()).ok().filter(|count| *count > 0)?;
        let sum = days.iter().try_fold(0_i128, |sum, (_, cost)| sum.checked_add(*cost))?;
        let mean = sum / count;
        let (mut sums, mut counts) = ([0_i128; 7], [0_i128; 7]);
        for (day, cost) in days {
            sums[weekday(*day)] += cost;
            counts[weekday(*day)] += 1;
        }
        let mut factors = [BILLION; 7];
        if days.len() >= DAYS_FOR_WEEKDAYS && mean > 0 {
            for (place, factor) in factors.iter_mut().enumerate() {
                // n f + 2 over n + 2, where n f is the sum of the weekday over the mean day.
                let relative = sums[place].checked_mul(BILLION)? / mean;
                *factor = ((relative + 2 * BILLION) / (counts[place] + 2)).max(1);
            }
        }
        let without = |(day, cost): &Day| Some(cost.checked_mul(BILLION)? / factors[weekday(*day)]);
        let mut adjusted: Vec<i128> = days.iter().map(without).collect::<Option<_>>()?;
        adjusted.sort_unstable();
        let level = adjusted.iter().sum::<i128>() / count;
        Some(Self { factors, counts, adjusted, level })
    }

    /// What a day costs at a level.
    fn at(&self, day: i32, level: i128) -> Option<i128> {
        Some(level.checked_mul(self.factors[weekday(day)])? / BILLION)
    }
}

/// Expected, low and high, in 10⁻¹⁸ dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    expected: i128,
    low: i128,
    high: i128,
}

/// The forecast of the month of the last call and of the next one; nothing when the log has no full
/// day or its amounts are beyond the integers. `growth` is monthly and compounds.
pub(super) fn forecast(window: &Window, totals: &[DayTotal], growth: Rate) -> Vec<Exhibit> {
    let Some(days) = full_days(window, totals) else { return Vec::new() };
    let Some(pattern) = Pattern::of(&days) else { return Vec::new() };
    let mut exhibit = Exhibit::new(
        "forecast",
        "What months will cost if days go on like these",
        &[
            ("month", ""),
            ("expected_usd", "expected"),
            ("low_usd", "at least"),
            ("high_usd", "at most"),
        ],
    )
    .as_detail();
    for (first, length) in calendar(window) {
        let span: Vec<i32> = (first..first + length).collect();
        let Some(range) = month(&pattern, &days, &span, growth) else { return Vec::new() };
        let cells = [range.expected, range.low, range.high].map(|it| Cell::Usd(Usd::from_atto(it)));
        exhibit.push([Cell::Text(name_of(first))].into_iter().chain(cells));
    }
    notes(&mut exhibit, &days, growth);
    vec![exhibit, weekdays(&pattern)]
}

/// A month and what it is expected to cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthForecast {
    /// The month, such as `2026-11`.
    pub month: String,
    /// What it costs if its open days go on like those of the log, in dollars.
    pub expected: Usd,
    /// How many full days of the log the forecast is from.
    pub full_days: usize,
}

/// The month of the last call of a log and the next one, without growth; nothing where the table
/// `forecast` of an analysis has nothing.
pub fn month_forecasts(window: &Window, totals: &[DayTotal]) -> Vec<MonthForecast> {
    let Some(days) = full_days(window, totals) else { return Vec::new() };
    let Some(pattern) = Pattern::of(&days) else { return Vec::new() };
    let forecast = |(first, length): (i32, i32)| {
        let span: Vec<i32> = (first..first + length).collect();
        let range = month(&pattern, &days, &span, Rate::ZERO)?;
        let expected = Usd::from_atto(range.expected);
        Some(MonthForecast { month: name_of(first), expected, full_days: days.len() })
    };
    calendar(window).into_iter().filter_map(forecast).collect()
}

/// The first day and the length of the month of the last call and of the next one.
fn calendar(window: &Window) -> Vec<(i32, i32)> {
    let length = |day: i32| Days::month_length(day).and_then(|days| i32::try_from(days).ok());
    let Some(of_last) = length(window.last_day) else { return Vec::new() };
    let of_month: i32 =
        Days::name(window.last_day).get(8..).and_then(|day| day.parse().ok()).unwrap_or(1);
    let first = window.last_day - of_month + 1;
    let next = first + of_last;
    vec![(first, of_last), (next, length(next).unwrap_or(30))]
}

/// The name of the month of a day.
fn name_of(day: i32) -> String {
    Days::name(day).get(..7).unwrap_or_default().to_owned()
}

/// Every full day of the log, with and without calls, in order.
fn full_days(window: &Window, totals: &[DayTotal]) -> Option<Vec<Day>> {
    let span = full_span(window).filter(|_| window.length() <= DAYS_MAX)?;
    let mut days: Vec<Day> = span.map(|day| (day, 0)).collect();
    let first = days.first()?.0;
    for total in totals {
        let place = usize::try_from(total.day - first).ok();
        if let Some(day) = place.and_then(|place| days.get_mut(place)) {
            day.1 = total.total.known_cost().unwrap_or(Usd::ZERO).atto();
        }
    }
    Some(days)
}

/// Full days of the log cost what they cost; the others of the span are forecast.
fn month(pattern: &Pattern, days: &[Day], span: &[i32], growth: Rate) -> Option<Range> {
    let known: i128 = days.iter().filter(|(day, _)| span.contains(day)).map(|(_, cost)| cost).sum();
    let open = span.iter().filter(|day| !days.iter().any(|(known, _)| known == *day));
    let open: Vec<i32> = open.copied().collect();
    let last = days.last()?.0;
    let grown =
        |day: i32, cost: i128| Some(cost.checked_mul(growth_of(growth, day - last))? / BILLION);
    let mut expected = known;
    for day in &open {
        expected = expected.checked_add(grown(*day, pattern.at(*day, pattern.level)?)?)?;
    }
    if days.len() < DAYS_FOR_A_PATTERN {
        let spread = (expected - known) * NAIVE_SPREAD / 100;
        return Some(Range { expected, low: expected - spread, high: expected + spread });
    }
    let mut drawn = Vec::with_capacity(DRAWS);
    let count = u64::try_from(days.len()).ok()?;
    for draw in 0..DRAWS {
        let mut chance = Chance::of(SEED, u64::try_from(draw).ok()?);
        let mut pick = || pattern.adjusted[usize::try_from(chance.below(count)).expect("a place")];
        // The level is not known either: it is that of as many days drawn again.
        let level = (0..days.len()).map(|_| pick()).sum::<i128>() / i128::from(count);
        let mut sum = known;
        for day in &open {
            let own = pick() - pattern.level + level;
            sum = sum.checked_add(grown(*day, pattern.at(*day, own.max(0))?)?)?;
        }
        drawn.push(sum);
    }
    drawn.sort_unstable();
    let at = |thousandths: usize| drawn[(DRAWS - 1) * thousandths / 1_000];
    Some(Range { expected, low: at(25).min(expected), high: at(975).max(expected) })
}

/// `(1 + growth)^(days / 30)` in billionths.
fn growth_of(growth: Rate, days: i32) -> i128 {
    let Ok(days) = u128::try_from(days) else { return BILLION };
    if growth == Rate::ZERO {
        return BILLION;
    }
    let whole = u128::from(Rate::ONE.parts());
    let inverse = (1_u128 << 64) * whole / (whole + u128::from(growth.parts()));
    let logarithm = u128::from(minus_ln(u64::try_from(inverse).unwrap_or(u64::MAX)));
    let exponent = u64::try_from(((logarithm * days * whole) >> 32) / 30).unwrap_or(u64::MAX);
    let exponent = Factor::of_counts(exponent, Rate::ONE.parts()).unwrap_or(Factor::ONE);
    let left = i128::from(exp_of_minus(exponent).parts()).max(1);
    BILLION * BILLION / left
}

fn notes(exhibit: &mut Exhibit, days: &[Day], growth: Rate) {
    let count = days.len();
    exhibit.note(format!("from {count} full days; partial days at the ends are left out"));
    if count < DAYS_FOR_A_PATTERN {
        exhibit.note("naive: less than a week, so at least 30 % either way");
    } else if count < DAYS_FOR_WEEKDAYS {
        exhibit.note("less than two weeks: weekdays are not told apart");
    }
    if growth > Rate::ZERO {
        exhibit.note(format!("growing by {growth} a month, compounding, as you say"));
    }
    if let Some(test) = Test::of(days) {
        exhibit.notes.extend(test.told());
    }
}

fn weekdays(pattern: &Pattern) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "weekdays",
        "How weekdays differ from the mean day",
        &[("weekday", ""), ("days", "days"), ("factor", "of the mean day")],
    )
    .as_detail();
    for (place, name) in WEEKDAYS.into_iter().enumerate() {
        let count = u64::try_from(pattern.counts[place]).unwrap_or(0);
        let factor = u64::try_from(pattern.factors[place]).ok();
        let factor = factor.and_then(|parts| Factor::of_counts(parts, Factor::ONE.parts()));
        exhibit.push([
            Cell::text(name),
            Cell::Count(count),
            factor.map_or(Cell::Missing, Cell::Factor),
        ]);
    }
    exhibit.note("drawn towards 1 as if two more days of each had been average");
    exhibit
}

/// The forecast of the last week from the days before it, held against what it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Test {
    actual: i128,
    predicted: i128,
    error: i128,
    /// The error of saying "as yesterday".
    naive_error: i128,
    covered: usize,
}

impl Test {
    fn of(days: &[Day]) -> Option<Self> {
        if days.len() < DAYS_FOR_A_TEST {
            return None;
        }
        let (before, held) = days.split_at(days.len() - HELD_OUT);
        let pattern = Pattern::of(before)?;
        let mut test = Self { actual: 0, predicted: 0, error: 0, naive_error: 0, covered: 0 };
        let at = |thousandths: usize| {
            pattern.adjusted[(pattern.adjusted.len() - 1) * thousandths / 1_000]
        };
        let mut yesterday = before.last()?.1;
        for (day, cost) in held {
            let predicted = pattern.at(*day, pattern.level)?;
            test.actual += cost;
            test.predicted += predicted;
            test.error += (predicted - cost).abs();
            test.naive_error += (yesterday - cost).abs();
            let (low, high) = (pattern.at(*day, at(25))?, pattern.at(*day, at(975))?);
            test.covered += usize::from((low..=high).contains(cost));
            yesterday = *cost;
        }
        Some(test)
    }

    fn told(&self) -> Vec<String> {
        let percent = |part: i128, whole: i128| {
            let thousandths = part.checked_mul(1_000).and_then(|part| part.checked_div(whole));
            let text = thousandths.map(|it| {
                let sign = if it < 0 { "-" } else { "" };
                format!("{sign}{}.{} %", it.abs() / 10, it.abs() % 10)
            });
            text.unwrap_or_else(|| "unknown".to_owned())
        };
        let mut told = vec![format!(
            "held against the last {HELD_OUT} days: off by {} a day, {} in all; {} of {HELD_OUT} days \
             within the range of the days before",
            percent(self.error, self.actual),
            percent(self.predicted - self.actual, self.actual),
            self.covered
        )];
        told.push(if self.error < self.naive_error {
            format!(
                "that is {} less than \"as yesterday\" would be off",
                percent(self.naive_error - self.error, self.naive_error)
            )
        } else {
            "\"as yesterday\" would have been no worse: take the forecast with care".to_owned()
        });
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;
    use crate::usage::Instant;

    /// Weekdays cost ten, days of the weekend three; 2026-10-05 is a Monday.
    fn weeks(count: usize) -> Vec<Day> {
        let monday = Days::parse_day("2026-10-05").expect("a day");
        assert_eq!(weekday(monday), 0);
        let cost = |day: i32| if weekday(day) < 5 { 10 * BILLION } else { 3 * BILLION };
        (monday..).take(count * 7).map(|day| (day, cost(day))).collect()
    }

    #[test]
    fn weekdays_are_told_apart_from_two_weeks_on() {
        let short = Pattern::of(&weeks(1)).expect("a pattern");
        assert_eq!(short.factors, [BILLION; 7]);
        let long = Pattern::of(&weeks(8)).expect("a pattern");
        // The mean is 8: 1.25 and 0.375, drawn towards 1 by two days in ten.
        assert_eq!((long.factors[0], long.factors[6]), (1_200_000_000, 500_000_000));
    }

    #[test]
    fn days_that_repeat_themselves_are_forecast_as_they_were() {
        let days = weeks(40);
        let pattern = Pattern::of(&days).expect("a pattern");
        let next: Vec<i32> = (days[279].0 + 1..).take(7).collect();
        let range = month(&pattern, &days, &next, Rate::ZERO).expect("a forecast");
        let week = 56 * BILLION;
        assert!((range.expected - week).abs() < week / 50, "{range:?}");
        assert!(range.low <= range.expected && range.expected <= range.high);
    }

    #[test]
    fn a_forecast_that_knows_weekdays_beats_yesterday() {
        let test = Test::of(&weeks(8)).expect("enough days");
        assert!(test.error < test.naive_error, "{test:?}");
        assert_eq!(Test::of(&weeks(3)), None);
        let flat: Vec<Day> = weeks(8).into_iter().map(|(day, _)| (day, BILLION)).collect();
        let told = Test::of(&flat).expect("enough days").told();
        assert!(told[1].contains("no worse"), "{told:?}");
    }

    #[test]
    fn growth_compounds_by_the_month() {
        let growth = Rate::parse("0.1").expect("a rate");
        let near = |days: i32, expected: i128| {
            let found = growth_of(growth, days);
            assert!((found - expected).abs() < 20, "{days}: {found}");
        };
        near(0, 1_000_000_000);
        near(30, 1_100_000_000);
        near(60, 1_210_000_000);
        near(15, 1_048_808_848);
        assert_eq!(growth_of(Rate::ZERO, 90), BILLION);
    }

    #[test]
    fn less_than_a_week_is_naive_and_says_so() {
        let at = |text| Instant::parse(text).expect("a time");
        let window = Window::of(at("2026-11-01T00:10"), at("2026-11-03T23:50"), Days::UTC);
        let window = window.expect("a window");
        let total = |day| {
            let mut total = super::super::tally::CallsAndCost::default();
            total.add(1, Usd::parse("1", Excess::Reject).ok());
            DayTotal { day, total }
        };
        let totals: Vec<_> = (window.first_day..=window.last_day).map(total).collect();
        let found = forecast(&window, &totals, Rate::ZERO);
        let usd = |text| Cell::Usd(Usd::parse(text, Excess::Reject).expect("an amount"));
        assert_eq!(found[0].rows[0][1..], [usd("30"), usd("21.9"), usd("38.1")]);
        assert!(found[0].notes[1].starts_with("naive"), "{:?}", found[0].notes);
    }
}
