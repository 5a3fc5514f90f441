//! When prices and the rules of caches change: for who sums up calls before they are priced.

use std::collections::BTreeSet;

use crate::usage::Instant;

use super::book::PriceBook;
use super::span::Span;

impl PriceBook {
    /// Every instant at which a price or a rule of a cache begins or ends, or a name comes to mean
    /// another model; in order.
    pub fn changes(&self) -> Vec<Instant> {
        let mut found = BTreeSet::new();
        let mut note = |span: Span| found.extend(span.from.into_iter().chain(span.to));
        for (_, model) in self.models() {
            model.periods.iter().for_each(|period| note(period.span));
            model.caches.iter().for_each(|cache| note(cache.span));
            model.targets.iter().for_each(|(span, _)| note(*span));
        }
        found.into_iter().collect()
    }

    /// Every minute of a day of UTC, from 1 to 1,439, at which other prices begin for some hours; in
    /// order.
    pub fn minutes_of_change(&self) -> Vec<i64> {
        const DAY: i64 = 24 * 60;
        let models = self.models().map(|(_, model)| model);
        let scheduled =
            models.flat_map(|model| &model.periods).flat_map(|period| &period.scheduled);
        let windows = scheduled.flat_map(|(schedule, _)| &schedule.windows);
        let minutes: BTreeSet<i64> = windows.flat_map(|window| [window.from, window.to]).collect();
        minutes.into_iter().filter(|minute| (1..DAY).contains(minute)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_knows_when_its_prices_change() {
        let book = PriceBook::embedded();
        let changes = book.changes();
        let known = Instant::parse("2026-04-26T12:15:00Z").expect("a time");
        assert!(changes.contains(&known) && changes.is_sorted());
        // The night of DeepSeek's older prices begins at half past four in the afternoon.
        assert!(book.minutes_of_change().contains(&(16 * 60 + 30)));
    }
}
