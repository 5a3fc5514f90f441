//! What a month costs at the rate of the log.
//!
//! When the log reaches from the first to the last day of the month of the last call, that month
//! is complete and costs what it cost. Otherwise: the mean cost of the last full days, at most
//! thirty, times the days of that month. The first and the last day of the log count as full when
//! it reaches into their first or last hour; days between them are full, with or without calls.
//! Weekdays are not told apart and no growth is assumed.

use crate::units::Usd;
use crate::usage::{Days, Instant};

use super::analysis::{DayTotal, Window};
use super::tally::CallsAndCost;

/// Fewer full days than this do not even cover a week.
const DAYS_FOR_A_PATTERN: u32 = 7;

/// The rate is that of the last month, not of all that the log remembers.
const MOST_DAYS: i32 = 30;

/// The least spread to expect of a projection from less than a week, in percent.
const NAIVE_SPREAD: i128 = 30;

const HOUR_MILLIS: i64 = 3_600_000;

/// The cost of a month at the rate of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRate {
    /// The month, such as `2026-10`.
    pub month: String,
    /// Whether the log holds the whole month: then nothing is projected.
    pub complete: bool,
    /// How many days it has.
    pub month_days: u32,
    /// How many days the rate is a mean of.
    pub full_days: u32,
    /// Mean cost of a full day, in dollars, cut to 10⁻¹⁸.
    pub daily: Usd,
    /// The cost of the month, in dollars: its own when it is complete, else at that rate and cut
    /// to 10⁻¹⁸.
    pub projected: Usd,
    /// For less than seven full days, which is naive: the projection less and plus 30 %, in
    /// dollars.
    pub naive_range: Option<(Usd, Usd)>,
}

/// The cost of the month; nothing when the window holds no full day, no call of those days has a
/// known cost, or the integers do not hold the sum.
pub(super) fn project(window: &Window, totals: &[DayTotal]) -> Option<RunRate> {
    let month_days = Days::month_length(window.last_day)?;
    let whole_month = whole_month(window, month_days);
    let complete = whole_month.is_some();
    let full = match whole_month {
        Some(month) => month,
        None => full_days(window)?,
    };
    let full_days = u32::try_from(full.clone().count()).ok().filter(|count| *count > 0)?;
    let mut sum = CallsAndCost::default();
    for day in totals.iter().filter(|day| full.contains(&day.day)) {
        sum.merge(day.total);
    }
    let cost = sum.known_cost()?;
    let month_cost = cost.times(u64::from(month_days))?;
    let projected = divided(month_cost, full_days);
    let naive_range = if full_days < DAYS_FOR_A_PATTERN && !complete {
        let spread = Usd::from_atto(projected.atto().checked_mul(NAIVE_SPREAD)? / 100);
        Some((projected - spread, projected + spread))
    } else {
        None
    };
    Some(RunRate {
        month: Days::name(window.last_day).get(..7)?.to_owned(),
        complete,
        month_days,
        full_days,
        daily: divided(cost, full_days),
        projected,
        naive_range,
    })
}

/// The days of the month of the last call, when the log reaches from its first to its last.
fn whole_month(window: &Window, month_days: u32) -> Option<std::ops::RangeInclusive<i32>> {
    let day_of_month: u32 = Days::name(window.last_day).get(8..)?.parse().ok()?;
    let first = window.last_day - i32::try_from(month_days).ok()? + 1;
    let reaches = day_of_month == month_days && window.first_day <= first;
    reaches.then_some(first..=window.last_day)
}

fn divided(amount: Usd, parts: u32) -> Usd {
    Usd::from_atto(amount.atto() / i128::from(parts))
}

fn full_days(window: &Window) -> Option<std::ops::RangeInclusive<i32>> {
    let span = full_span(window)?;
    Some((*span.start()).max(span.end() - MOST_DAYS + 1)..=*span.end())
}

/// The full days of a log: without the first and the last where it does not reach into their first or
/// last hour.
pub(super) fn full_span(window: &Window) -> Option<std::ops::RangeInclusive<i32>> {
    let opening = later(window.days.start_of(window.first_day)?, HOUR_MILLIS);
    let closing = later(window.days.start_of(window.last_day + 1)?, -HOUR_MILLIS);
    let first = if window.from < opening { window.first_day } else { window.first_day + 1 };
    let last = if window.to >= closing { window.last_day } else { window.last_day - 1 };
    Some(first..=last)
}

const fn later(instant: Instant, millis: i64) -> Instant {
    Instant::from_millis(instant.millis() + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_rate(from: &str, to: &str, daily: &[i128]) -> Option<RunRate> {
        let at = |text| Instant::parse(text).expect("a time");
        let window = Window::of(at(from), at(to), Days::UTC).expect("a window");
        let totals: Vec<_> = (window.first_day..)
            .zip(daily)
            .map(|(day, atto)| {
                let total =
                    CallsAndCost { calls: 1, unpriced_calls: 0, cost: Usd::from_atto(*atto) };
                DayTotal { day, total }
            })
            .collect();
        project(&window, &totals)
    }

    #[test]
    fn a_complete_month_costs_what_it_cost() {
        let rate = run_rate("2026-10-01T00:10", "2026-10-31T23:30", &[10; 31]).expect("a rate");
        assert_eq!((rate.full_days, rate.projected), (31, Usd::from_atto(310)));
        assert_eq!((rate.month.as_str(), rate.naive_range), ("2026-10", None));
        assert!(rate.complete);
    }

    #[test]
    fn a_month_whose_ends_are_quiet_is_not_projected_from_its_middle() {
        let mut daily = [10; 31];
        (daily[0], daily[30]) = (1, 1);
        let rate = run_rate("2026-10-01T05:00", "2026-10-31T18:00", &daily).expect("a rate");
        assert!(rate.complete);
        assert_eq!(rate.projected, Usd::from_atto(292));
    }

    #[test]
    fn a_long_log_projects_from_its_last_thirty_days() {
        let mut daily = [1; 75];
        daily[45..].fill(20);
        // 2026-08-01 and 75 days: the last one is 2026-10-14.
        let rate = run_rate("2026-08-01T00:10", "2026-10-14T23:30", &daily).expect("a rate");
        assert!(!rate.complete);
        assert_eq!((rate.full_days, rate.daily), (30, Usd::from_atto(20)));
        assert_eq!(rate.projected, Usd::from_atto(620));
    }

    #[test]
    fn days_without_a_known_cost_project_nothing() {
        let at = |text| Instant::parse(text).expect("a time");
        let (from, to) = (at("2026-10-01T00:10"), at("2026-10-31T23:30"));
        let window = Window::of(from, to, Days::UTC).expect("a window");
        let mut total = CallsAndCost::default();
        total.add(1, None);
        assert_eq!(project(&window, &[DayTotal { day: window.first_day, total }]), None);
    }

    #[test]
    fn partial_days_at_the_ends_are_left_out() {
        let rate = run_rate("2026-11-01T09:00", "2026-11-04T11:00", &[1, 30, 20, 1]);
        let rate = rate.expect("a rate");
        assert_eq!((rate.full_days, rate.daily), (2, Usd::from_atto(25)));
        assert_eq!(rate.projected, Usd::from_atto(750));
        assert_eq!(rate.naive_range, Some((Usd::from_atto(525), Usd::from_atto(975))));
    }

    #[test]
    fn an_hour_is_not_extrapolated_to_a_month() {
        assert_eq!(run_rate("2026-11-01T09:00", "2026-11-01T10:00", &[1]), None);
        assert_eq!(run_rate("2026-11-01T09:00", "2026-11-02T10:00", &[1, 1]), None);
    }
}
