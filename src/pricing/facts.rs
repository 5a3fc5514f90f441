//! What the tables say, for readers: the prices of every lane, band and place of a period.

use crate::units::{PerClass, TokenClass};
use crate::usage::{Instant, ServiceTier};

use super::book::PriceBook;
use super::card::RateCard;
use super::model::{Lane, Model, ModelId, Period, lane_index};
use super::policy::CachePolicy;
use super::resolve::{Provider, Unbilled};
use super::schedule::Schedule;
use super::span::Span;

/// A place where calls can be processed, and the lanes whose prices are known there.
#[derive(Clone, Debug)]
pub struct PlaceFacts<'a> {
    /// Its name in the table; `list` for the list prices.
    pub name: &'a str,
    /// Its lanes, the standard one first.
    pub lanes: Vec<LaneFacts<'a>>,
}

/// The prices of one lane at one place.
#[derive(Clone, Debug)]
pub struct LaneFacts<'a> {
    /// The lane.
    pub tier: ServiceTier,
    /// Its prices for prompts in no band.
    pub card: &'a RateCard,
    /// Its prices for long prompts, from the lowest limit to the highest.
    pub bands: Vec<BandFacts<'a>>,
}

/// The prices of prompts beyond a limit.
#[derive(Clone, Debug)]
pub struct BandFacts<'a> {
    /// The limit, in tokens of the whole prompt.
    pub tokens: u64,
    /// Whether a prompt of exactly that length is in the band.
    pub inclusive: bool,
    /// Whether only the tokens beyond the limit have these prices, not the whole request.
    pub excess_only: bool,
    /// The classes that count towards the limit, where that is not the whole prompt.
    pub counts: Option<Vec<TokenClass>>,
    /// The prices.
    pub card: &'a RateCard,
}

/// Prices that hold at some hours of the week.
#[derive(Clone, Debug)]
pub struct ScheduleFacts<'a> {
    /// The hours.
    pub schedule: &'a Schedule,
    /// The places with prices then, the list first.
    pub places: Vec<PlaceFacts<'a>>,
}

impl<'a> PlaceFacts<'a> {
    /// The prices of a lane here.
    pub fn lane(&self, tier: ServiceTier) -> Option<&LaneFacts<'a>> {
        self.lanes.iter().find(|lane| lane.tier == tier)
    }
}

impl<'a> From<(ServiceTier, &'a Lane)> for LaneFacts<'a> {
    fn from((tier, lane): (ServiceTier, &'a Lane)) -> Self {
        let whole = lane.bands.iter().map(|band| BandFacts {
            tokens: band.limit.tokens,
            inclusive: band.limit.inclusive,
            excess_only: false,
            counts: counted(&band.limit.counts),
            card: &band.card,
        });
        let excess = lane.card.beyond.iter().map(|beyond| BandFacts {
            tokens: beyond.after,
            inclusive: false,
            excess_only: true,
            counts: counted(&beyond.counts),
            card: &beyond.card,
        });
        Self { tier, card: &lane.card, bands: whole.chain(excess).collect() }
    }
}

/// The classes that count, unless they are those of the whole prompt.
fn counted(counts: &PerClass<bool>) -> Option<Vec<TokenClass>> {
    let whole = counts.iter().all(|(class, counts)| *counts == class.is_input());
    let classes = counts.iter().filter(|(_, counts)| **counts).map(|(class, _)| class);
    (!whole).then(|| classes.collect())
}

impl PriceBook {
    fn provider_of(&self, id: ModelId) -> &Provider {
        &self.tables.providers[usize::from(self.model(id).provider_index)]
    }

    /// The places where a model has prices in a period of its own, the list first.
    pub fn places<'a>(&'a self, id: ModelId, period: &'a Period) -> Vec<PlaceFacts<'a>> {
        places(self.provider_of(id), &period.lanes)
    }

    /// The prices that hold at some hours in a period; of two that hold, the first wins.
    pub fn scheduled<'a>(&'a self, id: ModelId, period: &'a Period) -> Vec<ScheduleFacts<'a>> {
        let scheduled = period.scheduled.iter().map(|(schedule, lanes)| ScheduleFacts {
            schedule,
            places: places(self.provider_of(id), lanes),
        });
        scheduled.collect()
    }

    /// The name of the place that the form of an id or the name of its seller implied.
    pub fn place_name(&self, id: ModelId) -> &str {
        &self.provider_of(id).places[usize::from(id.place)].id
    }

    /// Whether the provider of a model sells models that others make.
    pub fn is_resold(&self, id: ModelId) -> bool {
        self.provider_of(id).is_reseller
    }

    /// The usage that is reported and not charged where a model's name says it is processed.
    pub fn unbilled(&self, id: ModelId) -> impl Iterator<Item = &Unbilled> {
        let rules = self.provider_of(id).unbilled.iter();
        rules.filter(move |rule| {
            rule.places.as_ref().is_none_or(|places| places.contains(&id.place))
        })
    }
}

fn places<'a>(provider: &'a Provider, lanes: &'a [Option<Lane>]) -> Vec<PlaceFacts<'a>> {
    let places = (0u16..).zip(&provider.places).map(|(index, place)| {
        let lanes = ServiceTier::ALL.into_iter().filter_map(|tier| {
            let lane = lanes.get(lane_index(index, tier))?.as_ref()?;
            Some(LaneFacts::from((tier, lane)))
        });
        PlaceFacts { name: &place.id, lanes: lanes.collect() }
    });
    places.filter(|place| !place.lanes.is_empty()).collect()
}

impl Model {
    /// The prices in force at an instant; those in force when the table was checked for a missing
    /// one. Nothing when the model has no price then.
    pub fn period_in_force(&self, at: Instant) -> Option<&Period> {
        self.period_at(at).ok()
    }

    /// The rules of its prompt cache over time, oldest first.
    pub fn cache_policies(&self) -> impl Iterator<Item = (Span, &CachePolicy)> {
        self.caches.iter().map(|dated| (dated.span, &dated.policy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_of_every_place_is_told_with_the_list_first() {
        let book = PriceBook::embedded();
        let id = book.find("", "claude-sonnet-4-5").expect("a known model");
        let period = book.model(id).period_in_force(Instant::MISSING).expect("prices");
        let places = book.places(id, period);
        assert_eq!(places[0].name, "list");
        let batch = places[0].lane(ServiceTier::Batch).expect("a batch lane");
        assert!(batch.card.price(TokenClass::Input) < period.list_card().price(TokenClass::Input));
        assert!(places.iter().any(|place| place.name == "bedrock-regional"));
        assert_eq!(places[0].lanes[0].tier, ServiceTier::Standard);
    }
}
