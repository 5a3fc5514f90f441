//! A half-open span of time: from an instant, included, to another, excluded.

use crate::usage::Instant;

/// When something holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first instant, or nothing when it reaches back to the first day.
    pub from: Option<Instant>,
    /// The first instant after it, or nothing when no end is known.
    pub to: Option<Instant>,
}

impl Span {
    /// Whether an instant lies in it.
    pub fn contains(self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }

    /// Whether another span holds whenever this one does.
    pub(super) fn is_within(self, other: Self) -> bool {
        let starts = other.from.is_none_or(|start| self.from.is_some_and(|from| start <= from));
        let ends = other.to.is_none_or(|end| self.to.is_some_and(|to| to <= end));
        starts && ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_belongs_to_a_span_and_the_end_does_not() {
        let at = Instant::from_millis;
        let span = Span { from: Some(at(10)), to: Some(at(20)) };
        let inside = [9, 10, 19, 20].map(|millis| span.contains(at(millis)));
        assert_eq!(inside, [false, true, true, false]);
        assert!(Span::default().contains(at(i64::MIN + 1)));
    }

    #[test]
    fn a_span_is_within_another_that_holds_whenever_it_does() {
        let span = |from: Option<i64>, to: Option<i64>| Span {
            from: from.map(Instant::from_millis),
            to: to.map(Instant::from_millis),
        };
        let year = span(Some(10), Some(20));
        for inside in [year, span(Some(11), Some(20)), span(Some(10), Some(19))] {
            assert!(inside.is_within(year) && inside.is_within(Span::default()), "{inside:?}");
        }
        for outside in [
            span(Some(9), Some(20)),
            span(Some(10), Some(21)),
            span(None, Some(20)),
            span(Some(10), None),
            Span::default(),
        ] {
            assert!(!outside.is_within(year), "{outside:?}");
        }
        assert!(Span::default().is_within(Span::default()));
    }
}
