//! Calls and cost by calendar day.

use std::collections::BTreeMap;

use crate::units::Usd;
use crate::usage::{Days, Instant};

use super::analysis::{DayTotal, Window};
use super::tally::CallsAndCost;

/// Sums by day, and the first and last instant seen. Neighbouring calls mostly share a day, so
/// the boundaries of the last one are remembered: the time zone is asked once a day, not a call.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    days: Days,
    first: Option<Instant>,
    last: Option<Instant>,
    undated_calls: u64,
    finished: BTreeMap<i32, CallsAndCost>,
    current: Option<CurrentDay>,
}

#[derive(Clone, Copy, Debug)]
struct CurrentDay {
    day: i32,
    start: Instant,
    end: Instant,
    total: CallsAndCost,
}

impl Calendar {
    /// A calendar of a time zone.
    pub(super) const fn new(days: Days) -> Self {
        Self {
            days,
            first: None,
            last: None,
            undated_calls: 0,
            finished: BTreeMap::new(),
            current: None,
        }
    }

    /// Counts `calls` made at an instant; `cost` is nothing when it is not known.
    pub(super) fn add(&mut self, time: Instant, calls: u64, cost: Option<Usd>) {
        if !self.enter(time) {
            self.undated_calls += calls;
            return;
        }
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        if let Some(current) = &mut self.current {
            current.total.add(calls, cost);
        }
    }

    /// As [`Calendar::add`], of a single call of known cost.
    #[inline]
    pub(super) fn add_plain(&mut self, time: Instant, cost: Usd) {
        match (&mut self.current, &mut self.first, &mut self.last) {
            (Some(current), Some(first), Some(last))
                if current.start <= time && time < current.end =>
            {
                (*first, *last) = (time.min(*first), time.max(*last));
                current.total.calls += 1;
                current.total.cost += cost;
            }
            _ => self.add(time, 1, Some(cost)),
        }
    }

    /// Says that some call was made as late as this: a row of a roll-up has many.
    pub(super) fn stretch(&mut self, last: Instant) {
        if let Some(known) = &mut self.last {
            *known = last.max(*known);
        }
    }

    /// Makes the day of an instant the current one; false when it has none.
    fn enter(&mut self, time: Instant) -> bool {
        if let Some(current) = &self.current
            && (current.start..current.end).contains(&time)
        {
            return true;
        }
        let Some(day) = self.days.day_of(time) else { return false };
        let (Some(start), Some(end)) = (self.days.start_of(day), self.days.start_of(day + 1))
        else {
            return false;
        };
        self.leave();
        self.current = Some(CurrentDay { day, start, end, total: CallsAndCost::default() });
        true
    }

    fn leave(&mut self) {
        if let Some(current) = self.current.take() {
            self.finished.entry(current.day).or_default().merge(current.total);
        }
    }

    /// Takes over another calendar of the same zone.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.leave();
        other.leave();
        self.undated_calls += other.undated_calls;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
        for (day, total) in other.finished {
            self.finished.entry(day).or_default().merge(total);
        }
    }

    /// The days with calls in order, the window, and the calls without a time.
    pub(super) fn finish(mut self) -> (Vec<DayTotal>, Option<Window>, u64) {
        self.leave();
        let totals = self.finished.into_iter().map(|(day, total)| DayTotal { day, total });
        let window =
            self.first.zip(self.last).and_then(|(first, last)| Window::of(first, last, self.days));
        (totals.collect(), window, self.undated_calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect("a time")
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let mut calendar = Calendar::new(Days::of_zone("Europe/Berlin").expect("a zone"));
        for time in ["2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z"] {
            calendar.add(at(time), 1, Some(Usd::from_atto(1)));
        }
        calendar.add(Instant::MISSING, 2, Some(Usd::from_atto(1)));
        let (days, window, undated) = calendar.finish();
        let days: Vec<_> = days.iter().map(|d| (Days::name(d.day), d.total.calls)).collect();
        assert_eq!(days, [("2026-10-24".to_owned(), 1), ("2026-10-25".to_owned(), 2)]);
        assert_eq!(window.map(|window| window.length()), Some(2));
        assert_eq!(undated, 2);
    }

    #[test]
    fn merging_adds_days_and_widens_the_window() {
        let mut early = Calendar::new(Days::UTC);
        early.add(at("2026-10-01"), 1, Some(Usd::from_atto(1)));
        let mut late = Calendar::new(Days::UTC);
        late.add(at("2026-10-01T12:00"), 1, Some(Usd::from_atto(2)));
        late.add(at("2026-10-03"), 1, Some(Usd::from_atto(3)));
        late.merge(early);
        let (days, window, _) = late.finish();
        assert_eq!(days.len(), 2);
        assert_eq!(days[0].total.cost, Usd::from_atto(3));
        assert_eq!(window.map(|window| window.from), Some(at("2026-10-01")));
    }
}
