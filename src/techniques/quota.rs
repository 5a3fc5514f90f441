//! Which calls a free quota admits.

use crate::usage::{Days, Instant, Row};

/// Requests that are free: so many a minute, so many a UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// Requests a UTC day.
    pub(super) per_day: u64,
    /// Requests in any minute of the clock.
    pub(super) per_minute: u64,
}

const MILLIS_PER_MINUTE: i64 = 60_000;

/// A quota while it is used up, in time order.
#[derive(Debug, Default)]
pub(super) struct Meter {
    day: Option<(i32, u64)>,
    minute: Option<(i64, u64)>,
}

impl Meter {
    /// Whether `count` requests at once still fit; if so they are taken from the quota. A row
    /// without a time never fits: there is no day to count it on.
    pub(super) fn admit(&mut self, quota: Quota, time: Instant, count: u64) -> bool {
        let Some(day) = Days::UTC.day_of(time) else { return false };
        let minute = time.millis().div_euclid(MILLIS_PER_MINUTE);
        let used_day = self.day.filter(|(known, _)| *known == day).map_or(0, |(_, used)| used);
        let used_minute =
            self.minute.filter(|(known, _)| *known == minute).map_or(0, |(_, used)| used);
        let (day_total, minute_total) =
            (used_day.saturating_add(count), used_minute.saturating_add(count));
        if day_total > quota.per_day || minute_total > quota.per_minute {
            return false;
        }
        self.day = Some((day, day_total));
        self.minute = Some((minute, minute_total));
        true
    }
}

/// The rows that are admitted, among candidates in time order.
pub(super) fn admitted(
    quota: Quota,
    candidates: impl Iterator<Item = (Row, Instant, u64)>,
    rows: usize,
) -> Vec<bool> {
    let mut meter = Meter::default();
    let mut admitted = vec![false; rows];
    for (row, time, count) in candidates {
        admitted[row] = meter.admit(quota, time, count);
    }
    admitted
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { per_day: 50, per_minute: 20 };

    /// How many of `count` calls, `gap` milliseconds apart from the start of a day, are free.
    fn check(count: i64, gap: i64, expected: usize) {
        let calls = (0..count).map(|at| Instant::from_millis(at * gap));
        let candidates = calls.enumerate().map(|(row, time)| (row, time, 1));
        let admitted = admitted(QUOTA, candidates, usize::try_from(count).expect("small"));
        assert_eq!(admitted.iter().filter(|free| **free).count(), expected);
    }

    #[test]
    fn a_minute_and_a_day_have_their_limit() {
        check(100, 1_000, 40);
        check(100, 60_000, 50);
        check(60, 3_600_000, 60);
        check(20, 0, 20);
    }
}
