//! Which calls a free quota admits.

use crate::usage::{Days, Instant, Row};

/// Requests that are free: so many a minute, so many a UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// Requests a UTC day.
    pub(super) per_day: u64,
    /// Requests a minute: so many at once, and as many more as the time since allows.
    pub(super) per_minute: u64,
}

const MILLIS_PER_MINUTE: u64 = 60_000;

/// What became of requests that came at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// They are free.
    Free,
    /// The day has no requests left for them.
    DayIsOver,
    /// They come too fast.
    TooFast,
    /// Nobody knows their day.
    Undated,
}

/// A quota while it is used up, in time order: a counter for the day, a bucket for the minute.
#[derive(Debug, Default)]
pub(super) struct Meter {
    day: Option<(i32, u64)>,
    /// When the bucket was last filled up, and what is in it: requests times the milliseconds of a
    /// minute, so that every millisecond adds a whole number.
    bucket: Option<(i64, u64)>,
}

impl Meter {
    /// Whether `count` requests at once still fit; if so they are taken from the quota. A row
    /// without a time never fits: there is no day to count it on.
    pub(super) fn admit(&mut self, quota: Quota, time: Instant, count: u64) -> Admission {
        let Some(day) = Days::UTC.day_of(time) else { return Admission::Undated };
        let full = quota.per_minute.saturating_mul(MILLIS_PER_MINUTE);
        let filled = self.bucket.map_or(full, |(since, level)| {
            let passed = time.millis().saturating_sub(since);
            let passed = u64::try_from(passed).unwrap_or(0);
            level.saturating_add(passed.saturating_mul(quota.per_minute)).min(full)
        });
        let used = self.day.filter(|(known, _)| *known == day).map_or(0, |(_, used)| used);
        let total = used.saturating_add(count);
        if total > quota.per_day {
            return Admission::DayIsOver;
        }
        let Some(left) = filled.checked_sub(count.saturating_mul(MILLIS_PER_MINUTE)) else {
            return Admission::TooFast;
        };
        self.day = Some((day, total));
        self.bucket = Some((time.millis(), left));
        Admission::Free
    }
}

/// What becomes of candidates in time order.
pub(super) fn admissions(
    quota: Quota,
    candidates: impl Iterator<Item = (Row, Instant, u64)>,
) -> Vec<(Row, Admission)> {
    let mut meter = Meter::default();
    candidates.map(|(row, time, count)| (row, meter.admit(quota, time, count))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { per_day: 50, per_minute: 20 };

    fn free(quota: Quota, times: &[i64]) -> Vec<bool> {
        let calls = times.iter().map(|time| Instant::from_millis(*time));
        let found = admissions(quota, calls.enumerate().map(|(row, time)| (row, time, 1)));
        found.into_iter().map(|(_, what)| what == Admission::Free).collect()
    }

    /// How many of `count` calls, `gap` milliseconds apart from the start of a day, are free.
    fn check(count: i64, gap: i64, expected: usize) {
        let times: Vec<_> = (0..count).map(|at| at * gap).collect();
        assert_eq!(free(QUOTA, &times).iter().filter(|free| **free).count(), expected, "{gap}");
    }

    #[test]
    fn a_minute_and_a_day_have_their_limit() {
        // 20 at once and one every three seconds: 30 in the first half minute, then every third.
        check(60, 1_000, 39);
        check(100, 60_000, 50);
        check(60, 3_600_000, 60);
        check(21, 0, 20);
    }

    #[test]
    fn a_quota_that_starts_again_with_the_day_is_not_filled_by_waiting_for_it() {
        let quota = Quota { per_day: 2, per_minute: 20 };
        let noon = 12 * 3_600_000;
        assert_eq!(free(quota, &[0, noon, noon + 1, 24 * 3_600_000]), [true, true, false, true]);
    }

    /// A bucket, by its definition: at no time may more be free within any span than its size and
    /// what flows in during that span; and whoever could have been let in was.
    #[test]
    fn a_bucket_lets_in_what_every_span_allows_and_no_less() {
        const SMALL: Quota = Quota { per_day: 1_000, per_minute: 2 };
        const GAPS: [i64; 4] = [0, 10_000, 30_000, 61_000];
        for place in 0..GAPS.len().pow(6) {
            let mut time = 0;
            let times: Vec<i64> = (0..6)
                .map(|turn| {
                    time += GAPS[place / GAPS.len().pow(turn) % GAPS.len()];
                    time
                })
                .collect();
            let mut expected: Vec<i64> = Vec::new();
            let found = free(SMALL, &times);
            for (time, is_free) in times.iter().zip(found) {
                // Spans that end now and begin with one that was let in; 2 and 1 each half minute.
                let fits = (0..expected.len()).all(|from| {
                    let inside = i64::try_from(expected.len() - from + 1).expect("small");
                    inside * 30_000 <= 2 * 30_000 + (time - expected[from])
                });
                assert_eq!(is_free, fits, "{times:?}");
                if fits {
                    expected.push(*time);
                }
            }
        }
    }
}
