//! Instants as logs write them, and calendar days in the reader's time zone.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

const MILLIS_PER_SECOND: i64 = 1_000;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// A UTC instant in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A text or number that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeError;

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time: expected ISO 8601 or seconds, ms, µs or ns since 1970")
    }
}

impl std::error::Error for TimeError {}

impl Instant {
    /// The log does not say; sorts before every real instant.
    pub const MISSING: Self = Self(i64::MIN);

    /// An instant from milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970; meaningless for [`Instant::MISSING`].
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whether the log did not say.
    pub const fn is_missing(self) -> bool {
        self.0 == i64::MIN
    }

    /// This instant, unless it is missing.
    pub fn known(self) -> Option<Self> {
        (!self.is_missing()).then_some(self)
    }

    /// Reads ISO 8601 (`2026-05-01T10:00:00.123Z`, a space for the `T`, an offset, a date alone,
    /// an hour and minute alone), a day with points, which come first with the day
    /// (`05.10.2026 10:00`), one with strokes that begins with the year (`2026/10/05`), or a number
    /// since 1970 in s, ms, µs or ns, told apart by size.
    /// A time without a zone is UTC. A list such as `[1767690966, 951000000]` is s and ns.
    ///
    /// # Errors
    /// When the text is neither, or the number lies between the ranges.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        if is_compact_day(text) {
            let day = [&text[..4], &text[4..6], &text[6..]].join("-");
            return parse_iso(day.as_bytes()).map(Self).ok_or(TimeError);
        }
        if text.as_bytes().get(4) == Some(&b'-') {
            return parse_iso(text.as_bytes()).map(Self).ok_or(TimeError);
        }
        if let Some(text) = reordered(text) {
            return parse_iso(text.as_bytes()).map(Self).ok_or(TimeError);
        }
        if text.starts_with('[') {
            return parse_pair(text).map(Self).ok_or(TimeError);
        }
        parse_epoch(text).map(Self).ok_or(TimeError)
    }

    /// Reads the form that most logs have, `2026-05-01T10:00:00Z` with or without milliseconds, as
    /// [`Instant::parse`] does; nothing for any other text.
    #[inline]
    pub fn parse_usual(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (moment, millis) = match bytes.len() {
            20 => (bytes.first_chunk::<19>()?, 0),
            24 if bytes[19] == b'.' => (bytes.first_chunk::<19>()?, number(bytes, 20, 3)?),
            _ => return None,
        };
        let marks =
            [moment[4], moment[7], moment[10], moment[13], moment[16], bytes[bytes.len() - 1]];
        if marks != *b"--T::Z" {
            return None;
        }
        let two = |at: usize| Some(digit(moment[at])? * 10 + digit(moment[at + 1])?);
        let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
        let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let seconds =
            days_from_civil(year, month, day)? * 86_400 + hour * 3_600 + minute * 60 + second;
        Some(Self(seconds * MILLIS_PER_SECOND + millis))
    }

    /// ISO 8601 text in UTC, to the millisecond when there are any.
    pub fn to_iso(self) -> String {
        let Some(moment) = DateTime::<Utc>::from_timestamp_millis(self.0) else {
            return "missing".to_owned();
        };
        let pattern = if self.0.rem_euclid(MILLIS_PER_SECOND) == 0 {
            "%Y-%m-%dT%H:%M:%SZ"
        } else {
            "%Y-%m-%dT%H:%M:%S%.3fZ"
        };
        moment.format(pattern).to_string()
    }
}

/// `05.10.2026, 10:00` and `2026/10/05 10:00` as ISO 8601 has them. Days with strokes that begin with
/// the day or the month are read nowhere: which of the two it is, no single one says.
fn reordered(text: &str) -> Option<String> {
    let is =
        |places: [usize; 2], sign: u8| places.map(|at| text.as_bytes().get(at)) == [Some(&sign); 2];
    let (day, rest) = if is([2, 5], b'.') {
        let (date, rest) = text.split_at_checked(10)?;
        (format!("{}-{}-{}", &date[6..], &date[3..5], &date[..2]), rest)
    } else if is([4, 7], b'/') {
        let (date, rest) = text.split_at_checked(10)?;
        (date.replace('/', "-"), rest)
    } else {
        return None;
    };
    let rest =
        rest.strip_prefix(',').map_or(rest, |rest| if rest.starts_with(' ') { rest } else { "," });
    Some(format!("{day}{rest}"))
}

/// A day such as `20260629`; as an epoch number it would be one of 1970.
fn is_compact_day(text: &str) -> bool {
    let century = text.starts_with("19") || text.starts_with("20");
    text.len() == 8 && century && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Epoch numbers by size: 1e8–1e11 s, 1e11–1e14 ms, 1e14–1e17 µs, 1e17–1e20 ns. A fraction of
/// seconds is kept to the millisecond.
fn parse_epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i128 = whole.parse().ok()?;
    let millis = match number {
        100_000_000..=99_999_999_999 => number * 1_000 + i128::from(fraction_millis(fraction)?),
        100_000_000_000..=99_999_999_999_999 => number,
        100_000_000_000_000..=99_999_999_999_999_999 => number / 1_000,
        100_000_000_000_000_000..=99_999_999_999_999_999_999 => number / 1_000_000,
        _ => return None,
    };
    i64::try_from(millis).ok()
}

/// Seconds and nanoseconds in a list, as programs for Node write them.
fn parse_pair(text: &str) -> Option<i64> {
    let (seconds, nanos) = text.strip_prefix('[')?.strip_suffix(']')?.split_once(',')?;
    let nanos: u32 = nanos.trim().parse().ok()?;
    let whole: i64 =
        seconds.trim().parse().ok().filter(|seconds| (0..=99_999_999_999).contains(seconds))?;
    Some(i64::from(nanos / 1_000_000) + whole * MILLIS_PER_SECOND)
}

/// The first three digits of a fraction of a second, as milliseconds.
fn fraction_millis(fraction: &str) -> Option<i64> {
    let mut millis = 0;
    for place in 0..3 {
        let digit = fraction.as_bytes().get(place).map_or(Some(0), |byte| digit(*byte))?;
        millis = millis * 10 + digit;
    }
    fraction.bytes().all(|byte| byte.is_ascii_digit()).then_some(millis)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<i64> {
    bytes.get(at..at + length)?.iter().try_fold(0, |sum, byte| Some(sum * 10 + digit(*byte)?))
}

/// Written by hand because it runs once a record: a general parser costs more than the rest of
/// the record together.
fn parse_iso(bytes: &[u8]) -> Option<i64> {
    let (year, month, day) = (number(bytes, 0, 4)?, number(bytes, 5, 2)?, number(bytes, 8, 2)?);
    if bytes.get(7) != Some(&b'-') {
        return None;
    }
    let date = days_from_civil(year, month, day)?;
    if bytes.len() == 10 {
        return Some(date * MILLIS_PER_DAY);
    }
    if !matches!(bytes[10], b'T' | b't' | b' ') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (number(bytes, 11, 2)?, number(bytes, 14, 2)?);
    let mut at = 16;
    let mut second = 0;
    if bytes.get(at) == Some(&b':') {
        second = number(bytes, 17, 2)?;
        at = 19;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut millis = 0;
    if matches!(bytes.get(at), Some(b'.' | b',')) {
        let end = bytes[at + 1..].iter().position(|byte| !byte.is_ascii_digit());
        let end = end.map_or(bytes.len(), |length| at + 1 + length);
        millis = fraction_millis(std::str::from_utf8(&bytes[at + 1..end]).ok()?)?;
        at = end;
    }
    let offset = parse_offset(&bytes[at..])?;
    let seconds = date * 86_400 + hour * 3_600 + (minute - offset) * 60 + second;
    Some(seconds * MILLIS_PER_SECOND + millis)
}

/// Minutes east of UTC: nothing, `Z`, ` UTC`, `+02:00`, `+0200` or `+02`.
fn parse_offset(bytes: &[u8]) -> Option<i64> {
    let sign = match bytes {
        [] | [b'Z' | b'z'] | b" UTC" => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let hours = number(bytes, 1, 2)?;
    let minutes = match bytes.len() {
        3 => 0,
        5 => number(bytes, 3, 2)?,
        6 if bytes[3] == b':' => number(bytes, 4, 2)?,
        _ => return None,
    };
    Some(sign * (hours * 60 + minutes))
}

/// Days since 1970 of a date of the Gregorian calendar, or nothing for a date that is none.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    const DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = DAYS[usize::try_from(month - 1).ok().filter(|index| *index < 12)?];
    if day < 1 || day > length + i64::from(leap && month == 2) {
        return None;
    }
    // Howard Hinnant's `days_from_civil`: years start in March, so leap days end them.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Calendar days of one time zone. A day is its number since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(Tz);

impl Days {
    /// Days of UTC.
    pub const UTC: Self = Self(Tz::UTC);

    /// Days of an IANA zone such as `Europe/Berlin`.
    pub fn of_zone(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// The names of all zones.
    pub fn zone_names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// The zone's name.
    pub fn zone(self) -> &'static str {
        self.0.name()
    }

    /// The day an instant falls on.
    pub fn day_of(self, instant: Instant) -> Option<i32> {
        if self.0 == Tz::UTC {
            let day = instant.known()?.0.div_euclid(MILLIS_PER_DAY);
            return i32::try_from(day).ok();
        }
        let moment = DateTime::<Utc>::from_timestamp_millis(instant.known()?.0)?;
        let date = moment.with_timezone(&self.0).date_naive();
        Some(date.num_days_from_ce() - UNIX_EPOCH_FROM_CE)
    }

    /// The hour of the day an instant falls on, 0 to 23.
    pub fn hour_of(self, instant: Instant) -> Option<u32> {
        let moment = DateTime::<Utc>::from_timestamp_millis(instant.known()?.0)?;
        Some(moment.with_timezone(&self.0).hour())
    }

    /// The first instant of a day.
    pub fn start_of(self, day: i32) -> Option<Instant> {
        let midnight = date_of(day)?.and_hms_opt(0, 0, 0)?;
        // A zone that skips midnight for summer time starts its day an hour later.
        let start = self.0.from_local_datetime(&midnight).earliest().or_else(|| {
            let later = midnight + chrono::TimeDelta::hours(1);
            self.0.from_local_datetime(&later).earliest()
        })?;
        Some(Instant(start.timestamp_millis()))
    }

    /// Reads `2026-10-31` or `20261031`.
    pub fn parse_day(text: &str) -> Option<i32> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .or_else(|_| NaiveDate::parse_from_str(text, "%Y%m%d"))
            .ok()?;
        Some(date.num_days_from_ce() - UNIX_EPOCH_FROM_CE)
    }

    /// A day as `2026-10-31`.
    pub fn name(day: i32) -> String {
        date_of(day).map_or_else(|| "unknown".to_owned(), |date| date.to_string())
    }

    /// How many days the calendar month of a day has.
    pub fn month_length(day: i32) -> Option<u32> {
        date_of(day).map(|date| u32::from(date.num_days_in_month()))
    }
}

const UNIX_EPOCH_FROM_CE: i32 = 719_163;

fn date_of(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day.checked_add(UNIX_EPOCH_FROM_CE)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(Instant::parse(text).map(Instant::to_iso).as_deref(), Ok(expected), "{text}");
    }

    #[test]
    fn days_with_points_begin_with_the_day_and_strokes_with_the_year() {
        let same = |text: &str, iso: &str| {
            assert_eq!(Instant::parse(text), Instant::parse(iso), "{text}");
        };
        for text in ["05.10.2026 10:00", "05.10.2026, 10:00", "2026/10/05 10:00:00"] {
            same(text, "2026-10-05T10:00:00Z");
        }
        same("31.12.2026", "2026-12-31");
        for text in [
            "12.31.2026",
            "05/10/2026",
            "5.10.2026",
            "05.10.26 10:00",
            "05.10.2026;10:00",
            "0ä.10.2026",
        ] {
            assert!(Instant::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_may_have_no_separators() {
        assert_eq!(Instant::parse("20260629"), Instant::parse("2026-06-29"));
        assert!(Instant::parse("20261329").is_err());
        assert!(Instant::parse("30260629").is_err());
    }

    #[test]
    fn reads_every_spelling_of_a_time() {
        check("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z");
        check("2026-05-01 10:00:00.123456+00", "2026-05-01T10:00:00.123Z");
        check("2026-05-01T10:00:00.1234567Z", "2026-05-01T10:00:00.123Z");
        check("2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00Z");
        check("2026-05-01T00:30:00-0130", "2026-05-01T02:00:00Z");
        check("2026-05-01 02:00", "2026-05-01T02:00:00Z");
        check("2026-05-01", "2026-05-01T00:00:00Z");
        check("1767690966.951", "2026-01-06T09:16:06.951Z");
        check("1767690966951", "2026-01-06T09:16:06.951Z");
        check("1767690966951000", "2026-01-06T09:16:06.951Z");
        check("1767690966951000000", "2026-01-06T09:16:06.951Z");
        check("[1767690966, 951000000]", "2026-01-06T09:16:06.951Z");
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["", "soon", "2026-13-01", "2026-02-29", "2026-05-01T25:00:00Z", "12345", "-5"]
        {
            assert_eq!(Instant::parse(text), Err(TimeError), "{text:?}");
        }
    }

    #[test]
    fn days_follow_the_zone() {
        let late = Instant::parse("2026-10-31T23:30:00Z").expect("a time");
        let berlin = Days::of_zone("Europe/Berlin").expect("a zone");
        assert_eq!(Days::UTC.day_of(late).map(Days::name).as_deref(), Some("2026-10-31"));
        assert_eq!(berlin.day_of(late).map(Days::name).as_deref(), Some("2026-11-01"));
        assert_eq!((Days::UTC.hour_of(late), berlin.hour_of(late)), (Some(23), Some(0)));
        let day = Days::parse_day("20261101").expect("a day");
        let start = berlin.start_of(day).expect("a start");
        assert_eq!(start.to_iso(), "2026-10-31T23:00:00Z");
        assert_eq!(Days::month_length(day), Some(30));
    }

    proptest! {
        #[test]
        fn own_text_reads_back(millis in 0i64..4_000_000_000_000) {
            let instant = Instant::from_millis(millis);
            prop_assert_eq!(Instant::parse(&instant.to_iso()), Ok(instant));
        }
    }
}
