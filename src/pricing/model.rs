//! A model with its price periods, and the fast way to the card of a call.

use std::sync::Arc;

use crate::units::{PerClass, Tokens};
use crate::usage::{Instant, ServiceTier};

use super::card::RateCard;
use super::load_model::newest;
use super::policy::{CachePolicy, DatedPolicy, policy_at};
use super::resolve::Place;
use super::schedule::Schedule;
use super::span::Span;
use super::unpriced::Unpriced;

/// A model of a [`PriceBook`](super::PriceBook), and the place a declared form of its id implies
/// (a Bedrock profile, a data zone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId {
    pub(super) model: u16,
    pub(super) place: u16,
}

/// What the tables say about one model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Who sells it: `anthropic`.
    pub provider: String,
    /// The id in the provider's list: `claude-sonnet-4-6`.
    pub id: String,
    /// Other ids of the same model at the same prices: dated snapshots, other spellings.
    pub aliases: Vec<String>,
    /// The family of its tokenizer.
    pub tokenizer: String,
    /// The most tokens a prompt may have.
    pub context_window: Option<Tokens>,
    /// When the provider switched it off; other clouds may still serve it.
    pub retired: Option<Instant>,
    /// The earliest day that an id of a snapshot carries, where the first prices have no known
    /// start: a call before it was not a call of this model as priced.
    pub first_known: Option<Instant>,
    /// What a reader of the prices should know.
    pub note: Option<String>,
    pub(super) provider_index: u16,
    /// For a name that has meant different models, which ones, and when; empty for a model.
    pub targets: Vec<(Span, String)>,
    pub(super) caches: Vec<DatedPolicy>,
    pub(super) periods: Vec<Period>,
    /// The period that holds when a log has no times.
    pub(super) newest: usize,
}

/// The prices of a model over a span of time.
#[derive(Clone, Debug)]
pub struct Period {
    /// When the prices hold.
    pub span: Span,
    /// Where the prices are published.
    pub source: String,
    /// The day they were last compared with the source.
    pub checked_on: String,
    /// What a reader of the prices should know.
    pub note: Option<String>,
    /// By place and tier: see [`lane_index`].
    pub(super) lanes: Vec<Option<Lane>>,
    /// The lanes at some hours of the week; the first schedule that holds wins.
    pub(super) scheduled: Vec<(Arc<Schedule>, Vec<Option<Lane>>)>,
}

/// The cards of one place and tier: the ordinary one, and one for each context band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) card: RateCard,
    /// From the lowest limit to the highest.
    pub(super) bands: Vec<Band>,
}

/// Prices for the whole of a request whose prompt is longer than a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) limit: Limit,
    pub(super) card: RateCard,
}

/// Where a context band begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// How many tokens a prompt may have below it.
    pub(super) tokens: u64,
    /// Whether a prompt of exactly that length is in the band.
    pub(super) inclusive: bool,
    /// The classes that count; all of the prompt as a rule, cached tokens included.
    pub(super) counts: PerClass<bool>,
    /// Whether only the tokens beyond it have other prices, not the whole request.
    pub(super) excess_only: bool,
}

impl Limit {
    /// The longest prompt below it.
    pub(super) const fn last_below(&self) -> u64 {
        if self.inclusive { self.tokens.saturating_sub(1) } else { self.tokens }
    }

    /// Whether `calls` prompts that sum to these tokens are, on average, beyond the limit.
    fn is_crossed(&self, tokens: &PerClass<Tokens>, calls: u64) -> bool {
        let counted = tokens.iter().filter(|(class, _)| self.counts[*class]);
        let prompt: u128 = counted.map(|(_, count)| u128::from(count.get())).sum();
        let limit = u128::from(self.tokens) * u128::from(calls);
        if self.inclusive { prompt >= limit } else { prompt > limit }
    }
}

impl Lane {
    /// Says whether other prices hold at other hours.
    pub(super) fn set_hourly(&mut self, is_hourly: bool) {
        self.card.is_hourly = is_hourly;
        for band in &mut self.bands {
            band.card.is_hourly = is_hourly;
        }
    }

    /// The card of a prompt: the highest band that it crosses wins.
    pub(super) fn card(&self, tokens: &PerClass<Tokens>, calls: u64) -> &RateCard {
        let crossed = self.bands.iter().rev().find(|band| band.limit.is_crossed(tokens, calls));
        crossed.map_or(&self.card, |band| &band.card)
    }
}

/// The place of a lane in [`Period::lanes`].
pub(super) fn lane_index(place: u16, tier: ServiceTier) -> usize {
    usize::from(place) * ServiceTier::ALL.len() + tier as usize
}

impl Period {
    /// The bands of all lanes, at any hour.
    fn bands(&self) -> impl Iterator<Item = &Band> {
        let scheduled = self.scheduled.iter().flat_map(|(_, lanes)| lanes);
        self.lanes.iter().chain(scheduled).flatten().flat_map(|lane| &lane.bands)
    }

    /// The lane of a call; a call without a time is taken to be outside all schedules.
    pub(super) fn lane(
        &self,
        place: u16,
        tier: ServiceTier,
        at: Instant,
    ) -> Result<&Lane, Unpriced> {
        let mut scheduled = self.scheduled.iter().filter(|_| !at.is_missing());
        let lanes = scheduled.find(|(schedule, _)| schedule.holds(at));
        let lanes = lanes.map_or(&self.lanes, |(_, lanes)| lanes);
        let lane = |tier| lanes.get(lane_index(place, tier)).and_then(Option::as_ref);
        lane(tier).ok_or_else(|| match lane(ServiceTier::Standard) {
            Some(_) => Unpriced::NoPriceForTier,
            None => Unpriced::NoPriceForGeo,
        })
    }

    /// The place whose lane is at an index of [`Period::lanes`].
    pub(super) fn place_of(lane: usize) -> usize {
        lane / ServiceTier::ALL.len()
    }

    /// Whether any lane has prices at a place.
    pub(super) fn is_sold_at(&self, place: u16) -> bool {
        let width = ServiceTier::ALL.len();
        let lanes = self.lanes.iter().skip(usize::from(place) * width).take(width);
        lanes.flatten().next().is_some()
    }

    /// Sells at a place what is sold at the one that it is like, in the lanes that it has.
    pub(super) fn furnish(&mut self, at: usize, place: &Place) {
        let Some(like) = place.like.map(usize::from) else { return };
        let width = ServiceTier::ALL.len();
        let hours = self.scheduled.iter_mut().map(|(_, lanes)| lanes);
        for lanes in std::iter::once(&mut self.lanes).chain(hours) {
            lanes.resize(lanes.len().max((at + 1) * width), None);
            for tier in ServiceTier::ALL {
                if place.tiers.as_ref().is_none_or(|tiers| tiers.contains(&tier)) {
                    let same = lanes[like * width + tier as usize].clone();
                    lanes[at * width + tier as usize] = same;
                }
            }
        }
    }

    /// Adds a doubt to all prices that have none.
    pub(super) fn add_doubt(&mut self, doubt: &Arc<str>) {
        let hours = self.scheduled.iter_mut().map(|(_, lanes)| lanes);
        for lanes in std::iter::once(&mut self.lanes).chain(hours) {
            for lane in lanes.iter_mut().flatten() {
                let bands = lane.bands.iter_mut().map(|band| &mut band.card);
                for card in std::iter::once(&mut lane.card).chain(bands) {
                    card.doubt.get_or_insert_with(|| Arc::clone(doubt));
                }
            }
        }
    }

    /// The list prices of this period: standard lane, no context band.
    ///
    /// # Panics
    /// Never: a period without list prices does not load.
    pub fn list_card(&self) -> &RateCard {
        let lane = self.lane(0, ServiceTier::Standard, Instant::MISSING);
        &lane.expect("every period has list prices: loading refuses one without").card
    }
}

impl Model {
    /// Whether at any time other prices hold at other hours.
    pub fn is_ever_hourly(&self) -> bool {
        self.periods.iter().any(|period| !period.scheduled.is_empty())
    }

    /// The prices over time, oldest first.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// Puts other periods in place of these: the same ones, cut into pieces. What held when the
    /// table was checked is then the last piece of the period that did.
    pub(super) fn set_pieces(&mut self, pieces: Vec<Period>) {
        let whole = self.periods[self.newest].span;
        let last = pieces.iter().rposition(|piece| piece.span.is_within(whole));
        self.newest = last.unwrap_or_else(|| newest(&pieces));
        self.periods = pieces;
    }

    /// When the prices began that were in force when the table was checked.
    pub(super) fn newest_start(&self) -> Option<Instant> {
        self.periods[self.newest].span.from
    }

    /// The prices in force at an instant; those in force when the table was checked where the
    /// log has no time.
    pub(super) fn period_at(&self, at: Instant) -> Result<&Period, Unpriced> {
        if at.is_missing() {
            return Ok(&self.periods[self.newest]);
        }
        // Newest first: logs are mostly recent.
        let found = self.periods.iter().rev().find(|period| period.span.contains(at));
        found.ok_or(Unpriced::NoPriceAtThatTime)
    }

    /// The most tokens that a prompt at a card of this model may have. Nothing where that is not known:
    /// a card for prompts beyond the window is of a time when longer ones were taken.
    pub fn window_at(&self, card: &RateCard) -> Option<Tokens> {
        let window = self.context_window?;
        let is_longer = |band: &Band| {
            band.limit.last_below() >= window.get() && std::ptr::eq(&raw const band.card, card)
        };
        let of_longer = self.periods.iter().flat_map(Period::bands).any(is_longer);
        (!of_longer).then_some(window)
    }

    /// The rules of its prompt cache at an instant and a place; the newest ones for a missing time.
    /// Nothing when it has no prompt cache.
    pub(super) fn cache_policy_at(&self, at: Instant, place: u16) -> Option<&CachePolicy> {
        policy_at(&self.caches, at, place)
    }

    /// The rules of its prompt cache where it is sold at list prices; the newest ones for a missing
    /// time. Nothing when it has no prompt cache.
    pub fn cache_policy(&self, at: Instant) -> Option<&CachePolicy> {
        self.cache_policy_at(at, 0)
    }

    /// The day the prices in force when the table was checked were last compared with the source.
    pub fn checked_on(&self) -> &str {
        &self.periods[self.newest].checked_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::TokenClass;

    fn check(limit: u64, inclusive: bool, prompt: u64, calls: u64, expected: bool) {
        let counts = PerClass::from_fn(TokenClass::is_input);
        let limit = Limit { tokens: limit, inclusive, counts, excess_only: false };
        let mut tokens = PerClass::default();
        tokens[TokenClass::CacheRead] = Tokens::new(prompt);
        tokens[TokenClass::Output] = Tokens::new(1_000_000);
        assert_eq!(limit.is_crossed(&tokens, calls), expected, "{limit:?} {prompt}");
    }

    #[test]
    fn above_is_strict_and_at_least_is_not() {
        check(200_000, false, 200_000, 1, false);
        check(200_000, false, 200_001, 1, true);
        check(200_000, true, 199_999, 1, false);
        check(200_000, true, 200_000, 1, true);
    }

    #[test]
    fn the_last_size_below_a_limit_is_not_beyond_it() {
        for (tokens, inclusive, last) in [(200, false, 200), (200, true, 199), (0, true, 0)] {
            let counts = PerClass::from_fn(TokenClass::is_input);
            let limit = Limit { tokens, inclusive, counts, excess_only: false };
            assert_eq!(limit.last_below(), last, "{tokens} {inclusive}");
        }
    }

    #[test]
    fn a_row_of_several_calls_is_judged_by_its_mean_prompt() {
        check(200_000, false, 400_000, 2, false);
        check(200_000, false, 400_001, 2, true);
    }
}
