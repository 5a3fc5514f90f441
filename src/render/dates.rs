//! Days, months and lengths of time as text.

use crate::usage::{Days, Instant};

use super::figures::{DASH, counted};

/// A day: `1 Oct 2026`.
pub(super) fn day(day: i32) -> String {
    let name = Days::name(day);
    let mut parts = name.split('-');
    match (parts.next(), parts.next().and_then(month_name), parts.next()) {
        (Some(year), Some(month), Some(day)) => {
            format!("{} {} {year}", day.trim_start_matches('0'), &month[..3])
        }
        _ => name,
    }
}

/// The days from a first to a last: `1 Oct – 31 Oct 2026`.
pub(super) fn day_span(first: i32, last: i32) -> String {
    let (from, to) = (day(first), day(last));
    if first == last {
        return to;
    }
    let (short, year) = from.rsplit_once(' ').unwrap_or((&from, ""));
    if to.ends_with(year) { format!("{short} – {to}") } else { format!("{from} – {to}") }
}

/// A month such as `2026-10`: `October 2026`.
pub(super) fn month(name: &str) -> String {
    let parts = name.split_once('-');
    match parts.and_then(|(year, month)| month_name(month).map(|month| (year, month))) {
        Some((year, month)) => format!("{month} {year}"),
        None => name.to_owned(),
    }
}

fn month_name(number: &str) -> Option<&'static str> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let number: usize = number.parse().ok()?;
    MONTHS.get(number.checked_sub(1)?).copied()
}

/// A length of time in its largest whole unit: `5 minutes`, `1 hour`.
pub(super) fn duration(seconds: u64) -> String {
    let units = [(86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes")];
    let whole = units
        .into_iter()
        .find(|(length, ..)| seconds >= *length && seconds.is_multiple_of(*length));
    whole.map_or_else(
        || counted(seconds, "second", "seconds"),
        |(length, one, many)| counted(seconds / length, one, many),
    )
}

/// An instant as its day, with the time where it is not the start of one.
pub(super) fn moment(at: Instant) -> String {
    let Some(number) = Days::UTC.day_of(at) else { return DASH.to_owned() };
    if Days::UTC.start_of(number) == Some(at) {
        return day(number);
    }
    let iso = at.to_iso();
    format!("{} {} UTC", day(number), iso.get(11..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_for_people() {
        let of = |text| Days::parse_day(text).expect("a day");
        assert_eq!(day(of("2026-10-01")), "1 Oct 2026");
        assert_eq!(day_span(of("2026-10-01"), of("2026-10-31")), "1 Oct – 31 Oct 2026");
        assert_eq!(day_span(of("2025-12-30"), of("2026-01-02")), "30 Dec 2025 – 2 Jan 2026");
        assert_eq!(day_span(of("2026-10-05"), of("2026-10-05")), "5 Oct 2026");
        assert_eq!(month("2026-10"), "October 2026");
    }

    #[test]
    fn lengths_are_in_their_largest_whole_unit() {
        assert_eq!(
            [300, 3_600, 7_200, 90].map(duration),
            ["5 minutes", "1 hour", "2 hours", "90 seconds"]
        );
    }

    #[test]
    fn a_moment_is_its_day_unless_it_is_inside_one() {
        let at = |text| Instant::parse(text).expect("a time");
        assert_eq!(moment(at("2026-03-13")), "13 Mar 2026");
        assert_eq!(moment(at("2026-03-13T16:30:00Z")), "13 Mar 2026 16:30 UTC");
    }
}
