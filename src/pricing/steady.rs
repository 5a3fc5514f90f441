//! Prices that are the same for very many calls, found once for all of them.

use crate::usage::{Instant, Kind, Status};

use super::book::PriceBook;
use super::card::RateCard;
use super::model::{Model, ModelId};
use super::resolve::Unbilled;

/// The card of all calls of one kind within a span of time whose prompts are short enough. What lies
/// outside has to ask [`PriceBook::card`].
#[derive(Clone, Copy, Debug)]
pub struct Steady<'b> {
    /// The prices; tokens of each class bill alike, and nothing else is charged.
    pub card: &'b RateCard,
    /// The model at the place where the calls were processed.
    pub model: ModelId,
    /// The first instant at which they hold.
    pub from: Instant,
    /// The first instant after it at which they may not.
    pub before: Instant,
    /// Prompts of so many tokens may have another card; shorter ones have this one.
    pub prompts_below: u64,
    /// Whether calls without any output may have another card.
    pub needs_output: bool,
    /// Whether the calls were made before the model's first known price.
    pub too_early: bool,
}

impl PriceBook {
    /// The prices of calls of a kind around an instant that is known; nothing where they have none,
    /// or where more than the length of the prompt decides: the hour, a fee of each request, a part
    /// of the prompt with prices of its own.
    pub fn steady(&self, id: ModelId, kind: &Kind, geo: &str, at: Instant) -> Option<Steady<'_>> {
        if at.is_missing() {
            return None;
        }
        let placed = self.placed(id, geo).ok()?;
        let model = self.model(id);
        let (from, before) = match self.pinned_day() {
            None => borders(model, at),
            Some(day) => all_times_of(borders(model, day), day)?,
        };
        let at = self.pinned_day().unwrap_or(at);
        let period = model.period_at(at).ok()?;
        if !period.scheduled.is_empty() {
            return None;
        }
        let rules = self.unbilled_rules(id);
        let may_fit = |rule: &&Unbilled| rule.may_fit(kind, placed.place);
        let certain = rules.iter().filter(may_fit).find(|rule| !rule.without_output);
        let needs_output = certain.is_none() && rules.iter().any(|rule| may_fit(&rule));
        let too_early = model.first_known.is_some_and(|first| at < first);
        let steady = Steady {
            card: self.unbilled_card(),
            model: placed,
            from,
            before,
            prompts_below: u64::MAX,
            needs_output,
            too_early,
        };
        if certain.is_some() {
            return Some(steady);
        }
        let lane = period.lane(placed.place, kind.service_tier, at).ok()?;
        let limits = lane.bands.iter().map(|band| band.limit.tokens);
        let prompts_below = limits.min().unwrap_or(u64::MAX);
        let card = &lane.card;
        let is_plain = card.is_flat() && !card.is_hourly() && card.request_fee().is_none();
        is_plain.then_some(Steady { card, prompts_below, ..steady })
    }
}

impl Unbilled {
    /// Whether the rule may hold for calls of a kind at a place, whatever their tokens.
    fn may_fit(&self, kind: &Kind, place: u16) -> bool {
        let failed = match (&self.statuses, kind.status) {
            (None, _) => true,
            (Some(codes), Status::Error(code)) => codes.is_empty() || codes.contains(&code),
            (Some(_), Status::Ok | Status::Unknown) => false,
        };
        failed
            && self.finish_reason.is_none_or(|reason| reason == kind.finish_reason)
            && self.tiers.as_ref().is_none_or(|tiers| tiers.contains(&kind.service_tier))
            && self.places.as_ref().is_none_or(|places| places.contains(&place))
    }
}

/// The last instant up to `at`, and the first one after it, at which anything about the prices of a
/// model may change.
fn borders(model: &Model, at: Instant) -> (Instant, Instant) {
    let spans = model.periods.iter().flat_map(|period| [period.span.from, period.span.to]);
    let borders = || spans.clone().chain([model.first_known]).flatten();
    let from = borders().filter(|border| *border <= at).max();
    let before = borders().filter(|border| *border > at).min();
    (from.unwrap_or(FIRST), before.unwrap_or(LAST))
}

/// The smallest instant of all stands for a missing one.
const FIRST: Instant = Instant::from_millis(i64::MIN + 1);
const LAST: Instant = Instant::from_millis(i64::MAX);

/// Where all calls are priced as of one day, only their hours matter; and those only if anything
/// changes within that day.
fn all_times_of(borders: (Instant, Instant), day: Instant) -> Option<(Instant, Instant)> {
    const DAY_MILLIS: i64 = 86_400_000;
    let end = Instant::from_millis(day.millis() + DAY_MILLIS);
    (borders.0 <= day && end <= borders.1).then_some((FIRST, LAST))
}

#[cfg(test)]
#[path = "steady_tests.rs"]
mod tests;
