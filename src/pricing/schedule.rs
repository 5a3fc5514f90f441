//! Hours of the week at which other prices hold.

use crate::usage::Instant;

const DAY_MILLIS: i64 = 24 * 60 * MINUTE_MILLIS;
const MINUTE_MILLIS: i64 = 60 * 1000;

/// The first day of 1970 was a Thursday, the fourth day of a week that begins on Monday.
const FIRST_WEEKDAY: i64 = 3;

/// When in the week something holds, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name in the price table.
    pub id: String,
    /// The hours of the week.
    pub windows: Vec<WeekWindow>,
    /// Days on which it does not hold, as days since 1970-01-01, in order.
    pub except: Vec<i64>,
    /// Where it is published.
    pub source: String,
    /// The day it was last compared with the source.
    pub checked_on: String,
}

/// The same hours on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekWindow {
    /// Which days, Monday first.
    pub days: [bool; 7],
    /// The first minute of the day.
    pub from: i64,
    /// The first minute after it; 1,440 is midnight.
    pub to: i64,
}

impl Schedule {
    /// Whether it holds at an instant.
    ///
    /// # Panics
    /// Never: every instant has a day of the week.
    pub fn holds(&self, at: Instant) -> bool {
        let millis = at.millis();
        let day = millis.div_euclid(DAY_MILLIS);
        let minute = millis.rem_euclid(DAY_MILLIS) / MINUTE_MILLIS;
        let weekday = (day + FIRST_WEEKDAY).rem_euclid(7);
        let weekday = usize::try_from(weekday).expect("a remainder of seven is small");
        let within = |window: &WeekWindow| {
            window.days[weekday] && (window.from..window.to).contains(&minute)
        };
        self.windows.iter().any(within) && self.except.binary_search(&day).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Days;

    fn check(time: &str, expected: bool) {
        let weekdays = [true, true, true, true, true, false, false];
        let window =
            |from: i64, to: i64| WeekWindow { days: weekdays, from: from * 60, to: to * 60 };
        let holiday = Days::parse_day("2026-10-01").expect("a day");
        let schedule = Schedule {
            id: "peak".to_owned(),
            windows: vec![window(1, 4), window(22, 24)],
            except: vec![i64::from(holiday)],
            source: "a page".to_owned(),
            checked_on: "2026-11-10".to_owned(),
        };
        assert_eq!(schedule.holds(Instant::parse(time).expect("a time")), expected, "{time}");
    }

    #[test]
    fn a_window_begins_with_its_first_minute_and_ends_before_its_last() {
        check("2026-11-20T00:59:59Z", false);
        check("2026-11-20T01:00:00Z", true);
        check("2026-11-20T03:59:59.999Z", true);
        check("2026-11-20T04:00:00Z", false);
        check("2026-11-20T23:59:59Z", true);
    }

    #[test]
    fn weekends_and_excepted_days_are_outside() {
        check("2026-11-21T02:00:00Z", false);
        check("2026-11-22T02:00:00Z", false);
        check("2026-11-23T02:00:00Z", true);
        check("2026-10-01T02:00:00Z", false);
        check("1969-12-31T02:00:00Z", true);
    }
}
