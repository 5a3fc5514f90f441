//! Records, tables and plans written as the files that a user has.

pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod table;

const DAY: i64 = 86_400_000;

/// The calendar date of a day since 1970, counted year by year.
pub(crate) fn date(day: i64) -> String {
    let (mut year, mut left) = (1970, day);
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while left >= 365 + i64::from(is_leap(year)) {
        left -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

/// `2026-10-05T09:00:00Z`, with milliseconds where there are any.
pub(crate) fn moment(millis: i64) -> String {
    let (day, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let (seconds, parts) = (rest / 1_000, rest % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let parts = if parts == 0 { String::new() } else { format!(".{parts:03}") };
    format!("{}T{hour:02}:{minute:02}:{second:02}{parts}Z", date(day))
}

/// A text in quotes: those of the generators need no escapes.
pub(crate) fn quoted(text: &str) -> String {
    assert!(!text.contains(['"', '\\', '\'']), "{text}");
    format!("\"{text}\"")
}

pub(crate) fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_through_leap_years() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(19_783), "2024-03-01");
        assert_eq!(moment(1_791_190_800_000), "2026-10-05T09:00:00Z");
        assert_eq!(moment(1_791_190_800_007), "2026-10-05T09:00:00.007Z");
    }
}
