//! Days, and hours of the week in UTC, as collections write them.

use crate::usage::Instant;

/// The days of a week as price tables name them.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Every day of the week.
pub(super) const EVERY_DAY: [bool; 7] = [true; 7];

const MIDNIGHT: &str = "00:00";
const END_OF_DAY: &str = "24:00";

/// Whether a text is a day as price tables write it: `2026-11-10`.
pub(super) fn is_day(text: &str) -> bool {
    let is_written = text.len() == "2026-11-10".len()
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_written && Instant::parse(&format!("{text}T00:00:00Z")).is_ok()
}

/// The same hours on some days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub(super) days: [bool; 7],
    /// `01:00`; the end is excluded and at most `24:00`.
    pub(super) from: String,
    pub(super) to: String,
}

/// Some hours of the week.
pub(super) type Hours = Vec<Window>;

/// The hours from one time of day to another; nothing when a time is not whole minutes in UTC.
/// Hours that cross midnight begin again on *every* day, so they are only understood where the
/// days do not matter.
pub(super) fn windows(days: [bool; 7], from: &str, to: &str) -> Option<Hours> {
    let (from, to) = (minute(from)?, minute(to)?);
    let to = if to == MIDNIGHT { END_OF_DAY.to_owned() } else { to };
    let window = |from: &str, to: &str| Window { days, from: from.to_owned(), to: to.to_owned() };
    if from < to {
        return Some(vec![window(&from, &to)]);
    }
    let crosses = from > to && days == EVERY_DAY;
    crosses.then(|| vec![window(MIDNIGHT, &to), window(&from, END_OF_DAY)])
}

/// `01:00` from `01:00`, `01:00:00` or `01:00:00Z`.
fn minute(text: &str) -> Option<String> {
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).unwrap_or(text);
    let text = text.strip_suffix(":00").filter(|rest| rest.len() == 5).unwrap_or(text);
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
    let is_time = number(hour)? < 24 && number(minute)? < 60;
    is_time.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, to: &str, expected: Option<&[(&str, &str)]>) {
        let hours = windows(EVERY_DAY, from, to);
        let pairs = hours.as_ref().map(|hours| {
            hours.iter().map(|window| (&*window.from, &*window.to)).collect::<Vec<_>>()
        });
        assert_eq!(pairs.as_deref(), expected, "{from} {to}");
    }

    #[test]
    fn hours_are_read_as_collections_write_them() {
        check("01:00:00Z", "04:00:00Z", Some(&[("01:00", "04:00")]));
        check("00:30", "16:30", Some(&[("00:30", "16:30")]));
        check("10:00", "00:00", Some(&[("10:00", "24:00")]));
        check("00:00", "00:00", Some(&[("00:00", "24:00")]));
        check("16:30:00", "00:30:00", Some(&[("00:00", "00:30"), ("16:30", "24:00")]));
    }

    #[test]
    fn hours_of_other_zones_and_parts_of_minutes_are_not_understood() {
        check("23:00:00+01:00", "01:00:00+01:00", None);
        check("01:00:30", "04:00", None);
        check("25:00", "04:00", None);
        check("1:00", "04:00", None);
        check("04:00", "04:00", None);
    }

    #[test]
    fn a_day_is_written_out() {
        let days = ["2026-11-10", " 026-11-10", "2026-13-10", "2026-1-10", "20261110", "someday"];
        assert_eq!(days.map(is_day), [true, false, false, false, false, false]);
    }

    #[test]
    fn a_night_of_some_days_is_not_understood() {
        let weekdays = [true, true, true, true, true, false, false];
        assert_eq!(windows(weekdays, "22:00", "06:00"), None);
    }
}
