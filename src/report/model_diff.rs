//! One model on two sides: which prices and rules differ, and when.

use std::collections::{BTreeMap, BTreeSet};

use crate::pricing::{LaneFacts, Model, ModelId, Period, PlaceFacts, PriceBook, RateCard, Span};
use crate::units::TokenClass;
use crate::usage::{Instant, ServiceTier};

use super::model_rules::{lasting_rules, moment, rules_in};
use super::price_diff::{PriceChange, RuleChange};
use super::price_rules::common_factor;

/// A model on two sides.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
}

/// A model in a book.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) book: &'a PriceBook,
    pub(super) id: ModelId,
}

impl<'a> Side<'a> {
    pub(super) fn model(self) -> &'a Model {
        self.book.model(self.id)
    }

    /// The list prices in a period.
    pub(super) fn list(self, period: &'a Period) -> Option<PlaceFacts<'a>> {
        self.book.places(self.id, period).into_iter().next()
    }

    fn period_in(self, span: Span) -> Option<&'a Period> {
        // Spans are cut where periods end: their first instant stands for all of them.
        let at = span.from.unwrap_or(Instant::MISSING);
        self.model().periods().iter().find(|period| period.span.contains(at))
    }
}

type Rules = BTreeMap<String, String>;

/// When something differs, after its name; nothing for always.
fn when(span: Span) -> String {
    let from = span.from.map_or_else(String::new, |from| format!(" from {}", moment(from)));
    let to = span.to.map_or_else(String::new, |to| format!(" until {}", moment(to)));
    if from.is_empty() && to.is_empty() { String::new() } else { format!(",{from}{to}") }
}

/// The cards of a lane or band on both sides.
struct Cards<'a> {
    tier: ServiceTier,
    band: Option<u64>,
    old: &'a RateCard,
    new: &'a RateCard,
}

impl Pair<'_> {
    /// The prices that differ, each with the whole time in which it differs in the same way.
    pub(super) fn prices(&self) -> Vec<PriceChange> {
        let mut changes: Vec<PriceChange> = Vec::new();
        for span in self.segments() {
            let periods = self.old.period_in(span).zip(self.new.period_in(span));
            let Some((old, new)) = periods else { continue };
            for change in self.prices_in(span, old, new) {
                let is_same = |known: &&mut PriceChange| {
                    let moved = PriceChange { span, ..(**known).clone() };
                    known.span.to.is_some() && known.span.to == span.from && moved == change
                };
                match changes.iter_mut().find(is_same) {
                    Some(known) => known.span.to = span.to,
                    None => changes.push(change),
                }
            }
        }
        changes
    }

    /// What differs besides prices, each with the time in which it differs, if that is not always.
    pub(super) fn rules(&self) -> Vec<RuleChange> {
        let mut changes = self.compare(&lasting_rules(self.old), &lasting_rules(self.new));
        let mut dated: Vec<(Span, RuleChange)> = Vec::new();
        for span in self.segments() {
            let periods = self.old.period_in(span).zip(self.new.period_in(span));
            // A time without prices on one side is told by the dates of the prices.
            let Some((old, new)) = periods else { continue };
            for change in self.compare(&rules_in(self.old, old), &rules_in(self.new, new)) {
                let goes_on = |(known, other): &&mut (Span, RuleChange)| {
                    known.to.is_some() && known.to == span.from && *other == change
                };
                match dated.iter_mut().find(goes_on) {
                    Some((known, _)) => known.to = span.to,
                    None => dated.push((span, change)),
                }
            }
        }
        changes.extend(dated.into_iter().map(|(span, change)| RuleChange {
            rule: format!("{}{}", change.rule, when(span)),
            ..change
        }));
        changes
    }

    fn compare(&self, old: &Rules, new: &Rules) -> Vec<RuleChange> {
        let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        let text = |rules: &Rules, name: &String| rules.get(name).cloned().unwrap_or_default();
        let model = self.new.model();
        let changes = names.into_iter().map(|rule| RuleChange {
            provider: model.provider.clone(),
            model: model.id.clone(),
            rule: rule.clone(),
            old: text(old, rule),
            new: text(new, rule),
        });
        changes.filter(|change| change.old != change.new).collect()
    }

    /// Time, cut wherever a period of either side begins or ends.
    fn segments(&self) -> Vec<Span> {
        let periods = [self.old, self.new].into_iter().flat_map(|side| side.model().periods());
        let cuts: BTreeSet<_> =
            periods.flat_map(|period| [period.span.from, period.span.to]).flatten().collect();
        let mut spans = vec![Span::default()];
        for cut in cuts {
            if let Some(last) = spans.last_mut() {
                last.to = Some(cut);
            }
            spans.push(Span { from: Some(cut), to: None });
        }
        spans
    }

    fn prices_in(&self, span: Span, old: &Period, new: &Period) -> Vec<PriceChange> {
        let lists = self.old.list(old).zip(self.new.list(new));
        let Some((old, new)) = lists else { return Vec::new() };
        let bases = old.lane(ServiceTier::Standard).zip(new.lane(ServiceTier::Standard));
        let model = self.new.model();
        let mut changes = Vec::new();
        for cards in common_cards(&old, &new) {
            let is_base = cards.tier == ServiceTier::Standard && cards.band.is_none();
            let differing = TokenClass::ALL.into_iter().filter(|class| {
                // What bills at the price of another class changes with that one.
                let falls_back = cards.old.borrowed(*class).is_some()
                    && cards.old.borrowed(*class) == cards.new.borrowed(*class);
                let follows = !is_base
                    && bases.as_ref().is_some_and(|bases| is_derived(&cards, *class, bases));
                cards.old.price(*class) != cards.new.price(*class) && !falls_back && !follows
            });
            let mut differing: Vec<_> = differing.collect();
            let alike = !is_base && differing.len() > 1 && changed_alike(&cards);
            differing.truncate(if alike { 1 } else { differing.len() });
            changes.extend(differing.into_iter().map(|class| PriceChange {
                provider: model.provider.clone(),
                model: model.id.clone(),
                span,
                tier: cards.tier,
                band: cards.band,
                class,
                alike,
                old: cards.old.price(class),
                new: cards.new.price(class),
            }));
        }
        changes
    }
}

/// Whether all prices of a card changed by one factor.
fn changed_alike(cards: &Cards) -> bool {
    common_factor(cards.new.prices(), cards.old.prices(), |_| true).is_some()
}

/// Whether a price is the same multiple of the standard one on both sides: then it only follows.
fn is_derived(cards: &Cards, class: TokenClass, bases: &(&LaneFacts, &LaneFacts)) -> bool {
    let factor = |card: &RateCard, base: &LaneFacts| {
        card.price(class).zip(base.card.price(class)).and_then(|(price, of)| price.over(of))
    };
    let before = factor(cards.old, bases.0);
    before.is_some() && before == factor(cards.new, bases.1)
}

/// The lanes and bands that both sides have.
fn common_cards<'a>(old: &PlaceFacts<'a>, new: &PlaceFacts<'a>) -> Vec<Cards<'a>> {
    let mut cards = Vec::new();
    for lane in &new.lanes {
        let Some(before) = old.lane(lane.tier) else { continue };
        cards.push(Cards { tier: lane.tier, band: None, old: before.card, new: lane.card });
        for band in &lane.bands {
            let limit = |other: &&crate::pricing::BandFacts| {
                (other.tokens, other.inclusive) == (band.tokens, band.inclusive)
            };
            if let Some(known) = before.bands.iter().find(limit) {
                let (tier, tokens) = (lane.tier, Some(band.tokens));
                cards.push(Cards { tier, band: tokens, old: known.card, new: band.card });
            }
        }
    }
    cards
}
