//! What a month costs at the rate of the log.
//!
//! The mean cost of the full days covered, times the days of the month of the last call. The first
//! and the last day count as full when the log reaches into their first or last hour; days between
//! them are full, with or without calls. Weekdays are not told apart and no growth is assumed.

use crate::units::Usd;
use crate::usage::{Days, Instant};

use super::analysis::{DayTotal, Window};

/// Fewer full days than this do not even cover a week.
const DAYS_FOR_A_PATTERN: u32 = 7;

/// The least spread to expect of a projection from less than a week, in percent.
const NAIVE_SPREAD: i128 = 30;

const HOUR_MILLIS: i64 = 3_600_000;

/// The cost of a month at the rate of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRate {
    /// The month projected, such as `2026-10`.
    pub month: String,
    /// How many days it has.
    pub month_days: u32,
    /// How many full days the rate is a mean of.
    pub full_days: u32,
    /// Mean cost of a full day, in dollars, cut to 10⁻¹⁸.
    pub daily: Usd,
    /// The cost of the month at that rate, in dollars, cut to 10⁻¹⁸.
    pub projected: Usd,
    /// For less than seven full days, which is naive: the projection less and plus 30 %, in
    /// dollars.
    pub naive_range: Option<(Usd, Usd)>,
}

/// Projects; nothing when the window holds no full day or the integers do not hold the sum.
pub(super) fn project(window: &Window, totals: &[DayTotal]) -> Option<RunRate> {
    let full = full_days(window)?;
    let full_days = u32::try_from(full.clone().count()).ok().filter(|count| *count > 0)?;
    let cost: Usd =
        totals.iter().filter(|day| full.contains(&day.day)).map(|day| day.total.cost).sum();
    let month_days = Days::month_length(window.last_day)?;
    let month_cost = cost.times(u64::from(month_days))?;
    let projected = divided(month_cost, full_days);
    let naive_range = if full_days < DAYS_FOR_A_PATTERN {
        let spread = Usd::from_atto(projected.atto().checked_mul(NAIVE_SPREAD)? / 100);
        Some((projected - spread, projected + spread))
    } else {
        None
    };
    Some(RunRate {
        month: Days::name(window.last_day).get(..7)?.to_owned(),
        month_days,
        full_days,
        daily: divided(cost, full_days),
        projected,
        naive_range,
    })
}

fn divided(amount: Usd, parts: u32) -> Usd {
    Usd::from_atto(amount.atto() / i128::from(parts))
}

fn full_days(window: &Window) -> Option<std::ops::RangeInclusive<i32>> {
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
    use super::super::tally::CallsAndCost;
    use super::*;

    fn run_rate(from: &str, to: &str, daily: &[i128]) -> Option<RunRate> {
        let at = |text| Instant::parse(text).expect("a time");
        let window = Window::of(at(from), at(to), Days::UTC).expect("a window");
        let totals: Vec<_> = (window.first_day..)
            .zip(daily)
            .map(|(day, atto)| {
                let total = CallsAndCost { calls: 1, cost: Usd::from_atto(*atto) };
                DayTotal { day, total }
            })
            .collect();
        project(&window, &totals)
    }

    #[test]
    fn a_complete_month_projects_itself() {
        let rate = run_rate("2026-10-01T00:10", "2026-10-31T23:30", &[10; 31]).expect("a rate");
        assert_eq!((rate.full_days, rate.projected), (31, Usd::from_atto(310)));
        assert_eq!((rate.month.as_str(), rate.naive_range), ("2026-10", None));
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
