//! Days of calendars elsewhere: hours ahead of UTC, and when clocks change. Source: the tables that
//! governments publish; Europe changes at 01:00 UTC on the last Sundays of March and October, New
//! York at 02:00 of its own time on the second Sunday of March and the first of November.

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Zones by name, with their minutes ahead of UTC in winter and how their summers go.
pub(crate) const ZONES: [(&str, i64, Summer); 8] = [
    ("UTC", 0, Summer::None),
    ("Europe/Berlin", 60, Summer::Europe),
    ("America/New_York", -300, Summer::America),
    ("Asia/Kolkata", 330, Summer::None),
    ("Asia/Tokyo", 540, Summer::None),
    ("Pacific/Kiritimati", 840, Summer::None),
    ("Etc/GMT+12", -720, Summer::None),
    ("Asia/Kathmandu", 345, Summer::None),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summer {
    None,
    Europe,
    America,
}

/// The day of an instant where a calendar hangs: its number since 1970.
pub(crate) fn day(zone: usize, millis: i64) -> i64 {
    let (_, minutes, summer) = ZONES[zone];
    let is_summer = match summer {
        Summer::None => false,
        Summer::Europe => {
            let (from, to) = (last_sunday(millis, 3), last_sunday(millis, 10));
            (from + HOUR..to + HOUR).contains(&millis)
        }
        Summer::America => {
            let (from, to) = (sunday(millis, 3, 2), sunday(millis, 11, 1));
            // 02:00 in winter is 07:00 UTC; 02:00 in summer is 06:00 UTC.
            (from + 7 * HOUR..to + 6 * HOUR).contains(&millis)
        }
    };
    (millis + minutes * 60_000 + if is_summer { HOUR } else { 0 }).div_euclid(DAY)
}

fn year(millis: i64) -> i64 {
    crate::write::date(millis.div_euclid(DAY))[..4].parse().expect("a year")
}

/// The midnight (UTC) with which a month of the year of an instant begins, found by looking at days.
fn month(millis: i64, number: i64) -> i64 {
    let first = format!("{:04}-{number:02}-01", year(millis));
    let about = millis.div_euclid(DAY);
    let found = (about - 370..about + 370).find(|day| crate::write::date(*day) == first);
    found.expect("a year has all months") * DAY
}

/// The midnight of a Sunday of a month, counted from 1.
fn sunday(millis: i64, number: i64, which: i64) -> i64 {
    let first = month(millis, number) / DAY;
    // 1970-01-04 was a Sunday.
    let ahead = (3 - first).rem_euclid(7);
    (first + ahead + 7 * (which - 1)) * DAY
}

fn last_sunday(millis: i64, number: i64) -> i64 {
    let next = month(millis, number + 1);
    let fifth = sunday(millis, number, 5);
    if fifth < next { fifth } else { fifth - 7 * DAY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::date;

    /// 2026-03-29T01:00:00Z, when summer begins in Berlin.
    const BERLIN: i64 = 1_774_746_000_000;

    #[test]
    fn clocks_change_when_they_do() {
        assert_eq!(date(last_sunday(BERLIN, 3) / DAY), "2026-03-29");
        assert_eq!(date(last_sunday(BERLIN, 10) / DAY), "2026-10-25");
        assert_eq!(date(sunday(BERLIN, 3, 2) / DAY), "2026-03-08");
        assert_eq!(date(sunday(BERLIN, 11, 1) / DAY), "2026-11-01");
        // 22:30 UTC is still the same day in winter, and the next one in summer.
        assert_eq!(date(day(1, BERLIN - 2 * HOUR - HOUR / 2)), "2026-03-28");
        assert_eq!(date(day(1, BERLIN + 21 * HOUR + HOUR / 2)), "2026-03-30");
    }
}
