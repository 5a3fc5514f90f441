//! One period of a model's prices: its lanes, bands, places and hours, checked and derived.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use crate::units::{Factor, PerClass, TokenClass};
use crate::usage::ServiceTier;

use super::card::{Borrowed, Fees, Prices};
use super::derive::{BandRates, CachedTokens, Fallback, Rates};
use super::model::{Lane, Limit, Period, lane_index};
use super::resolve::Provider;
use super::schedule::Schedule;
use super::schema::{
    Number, RawBand, RawBandRule, RawLane, RawLaneRule, RawPeriod, RawPrices, RawScheduled, Text,
};
use super::span::Span;
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};

/// A place with the factor that a model's prices have there, and where that is written.
pub(super) struct Placed {
    pub(super) place: u16,
    pub(super) factor: Factor,
    pub(super) at: Range<usize>,
}

/// The rates of one lane, and where they are written.
struct DerivedLane {
    tier: ServiceTier,
    rates: Rates,
    at: Range<usize>,
}

/// Prices as they are posted, for all hours or for some.
struct Posted<'a> {
    prices: &'a Spanned<RawPrices>,
    bands: &'a [Spanned<RawBand>],
    at: Range<usize>,
    is_scheduled: bool,
}

impl<'a> Posted<'a> {
    fn at_hours(hours: &'a Spanned<RawScheduled>) -> Self {
        let RawScheduled { prices, bands, .. } = hours.get_ref();
        Self { prices, bands, at: hours.span(), is_scheduled: true }
    }
}

/// The lanes beside the standard one.
fn stated_lanes(raw: &RawPeriod) -> [(ServiceTier, Option<&Spanned<RawLane>>); 5] {
    [
        (ServiceTier::Batch, raw.batch.as_ref()),
        (ServiceTier::Flex, raw.flex.as_ref()),
        (ServiceTier::Priority, raw.priority.as_ref()),
        (ServiceTier::Fast, raw.fast.as_ref()),
        (ServiceTier::Ultrafast, raw.ultrafast.as_ref()),
    ]
}

/// Reads the periods of one model.
#[derive(Clone, Copy)]
pub(super) struct PeriodReader<'a> {
    pub(super) source: Source<'a>,
    pub(super) provider: &'a Provider,
    /// At whose price a class of this model bills that has none of its own.
    pub(super) fallback: &'a Fallback,
    pub(super) placed: &'a [Placed],
}

impl PeriodReader<'_> {
    pub(super) fn read(
        self,
        raw: &Spanned<RawPeriod>,
        span: Span,
    ) -> Result<Period, PriceTableError> {
        let (source, at) = (self.source, raw.span());
        let raw = raw.get_ref();
        let fee = |number: &Option<Number>| number.as_ref().map(|fee| source.fee(fee)).transpose();
        let fees = Fees {
            search: fee(&raw.web_search)?,
            searching_request: fee(&raw.web_search_request)?,
            file_search: fee(&raw.file_search)?,
            request: fee(&raw.request)?,
        };
        let posted = Posted { prices: &raw.prices, bands: &raw.bands, at, is_scheduled: false };
        let lanes = self.place_lanes(&posted, raw, fees)?;
        let scheduled = raw.scheduled.iter().map(|hours| {
            let schedule = self.find_schedule(&hours.get_ref().schedule)?;
            Ok((schedule, self.place_lanes(&Posted::at_hours(hours), raw, fees)?))
        });
        Ok(Period {
            span,
            source: source.filled("source", &raw.source)?,
            checked_on: source.day(&raw.checked_on)?,
            note: raw.note.clone(),
            lanes,
            scheduled: scheduled.collect::<Result<_, PriceTableError>>()?,
        })
    }

    fn find_schedule(self, id: &Text) -> Result<Arc<Schedule>, PriceTableError> {
        let mut known = self.provider.schedules.iter();
        let found = known.find(|schedule| schedule.id == *id.get_ref());
        found.cloned().ok_or_else(|| self.source.unknown("schedule", id.get_ref(), id))
    }

    fn doubt(self, text: Option<&Text>) -> Result<Option<Arc<str>>, PriceTableError> {
        text.map(|text| Ok(self.source.filled("doubt", text)?.into())).transpose()
    }

    /// The rates of every lane that the period has, the standard one first.
    fn read_lanes(
        self,
        posted: &Posted<'_>,
        raw: &RawPeriod,
    ) -> Result<Vec<DerivedLane>, PriceTableError> {
        let mut rates = self.read_rates(posted.prices.get_ref(), posted.bands)?;
        rates.doubt = self.doubt(raw.doubt.as_ref())?;
        if rates.base[TokenClass::Input].is_none() {
            let problem = Problem::NoPrice(TokenClass::Input);
            return Err(self.source.error(posted.prices.span(), problem));
        }
        let standard = rates.filled(&rates.base, self.fallback);
        let at = posted.at.clone();
        let mut lanes =
            vec![DerivedLane { tier: ServiceTier::Standard, rates: standard.clone(), at }];
        for (tier, lane) in stated_lanes(raw) {
            let Some(lane) = lane else { continue };
            // Prices that a lane states for all hours are not those of these hours.
            if posted.is_scheduled && lane.get_ref().rule == RawLaneRule::Explicit {
                continue;
            }
            if let Some(rates) = self.read_lane(lane, &rates, &standard)? {
                lanes.push(DerivedLane { tier, rates, at: lane.span() });
            }
        }
        for (tier, same) in &self.provider.same_tier {
            let mut stated = stated_lanes(raw).into_iter();
            let is_stated = stated.any(|(known, lane)| known == *tier && lane.is_some());
            let Some(known) = lanes.iter().find(|lane| lane.tier == *same) else { continue };
            if !is_stated {
                let (rates, at) = (known.rates.clone(), known.at.clone());
                lanes.push(DerivedLane { tier: *tier, rates, at });
            }
        }
        Ok(lanes)
    }

    fn read_lane(
        self,
        raw: &Spanned<RawLane>,
        posted: &Rates,
        standard: &Rates,
    ) -> Result<Option<Rates>, PriceTableError> {
        let at = raw.span();
        let raw = raw.get_ref();
        let refuse = |problem| Err(self.source.error(at.clone(), problem));
        let doubt = self.doubt(raw.doubt.as_ref())?;
        let cached = match raw.rule {
            RawLaneRule::Explicit if raw.factor.is_some() => {
                return refuse(Problem::LaneForbids("factor"));
            }
            RawLaneRule::Explicit => {
                let Some(prices) = &raw.prices else { return refuse(Problem::LaneNeeds("prices")) };
                if raw.bands.is_none() && !posted.bands.is_empty() {
                    return refuse(Problem::LaneBands);
                }
                let rates = self.read_rates(prices, raw.bands.as_deref().unwrap_or_default())?;
                let doubt = doubt.or_else(|| posted.doubt.clone());
                return Ok(Some(Rates { doubt, ..rates.filled(&posted.base, self.fallback) }));
            }
            _ if raw.prices.is_some() => return refuse(Problem::LaneForbids("prices")),
            _ if raw.bands.is_some() => return refuse(Problem::LaneForbids("bands")),
            RawLaneRule::None => return Ok(None),
            RawLaneRule::Multiply => CachedTokens::Multiplied,
            RawLaneRule::CacheWins => CachedTokens::Kept,
            RawLaneRule::BatchWins => CachedTokens::AsInput,
        };
        let Some(factor) = &raw.factor else { return refuse(Problem::LaneNeeds("factor")) };
        let scaled = standard.scaled(self.source.factor(factor)?, cached, &posted.base);
        let scaled =
            scaled.map_err(|class| self.source.error(factor.span(), Problem::Inexact(class)));
        let scaled = scaled?;
        let doubt = doubt.or_else(|| scaled.doubt.clone());
        Ok(Some(Rates { doubt, ..scaled }))
    }

    fn read_rates(
        self,
        raw: &RawPrices,
        bands: &[Spanned<RawBand>],
    ) -> Result<Rates, PriceTableError> {
        let base = self.read_prices(raw)?;
        let mut rates =
            Rates { base, bands: Vec::new(), borrowed: Borrowed::default(), doubt: None };
        for band in bands {
            let limit = self.read_limit(band)?;
            if let Some(BandRates { limit: lower, .. }) = rates.bands.last() {
                if lower.tokens >= limit.tokens {
                    return Err(self.source.error(band.span(), Problem::BandOrder));
                }
                if (lower.excess_only, lower.counts) != (limit.excess_only, limit.counts) {
                    return Err(self.source.error(band.span(), Problem::BandMix));
                }
            }
            let prices = self.read_prices(&band.get_ref().prices)?;
            self.check_band(band, &base, &prices)?;
            let doubt = self.doubt(band.get_ref().doubt.as_ref())?;
            rates.bands.push(BandRates { limit, prices, doubt });
        }
        Ok(rates)
    }

    fn check_band(
        self,
        band: &Spanned<RawBand>,
        base: &Prices,
        prices: &Prices,
    ) -> Result<(), PriceTableError> {
        // A class that only one of the two states would change its meaning at the limit.
        let differs = |class: &TokenClass| prices[*class].is_some() != base[*class].is_some();
        if let Some(class) = TokenClass::ALL.into_iter().find(differs) {
            return Err(self.source.error(band.span(), Problem::BandClasses(class)));
        }
        let excess_only = *band.get_ref().rule.get_ref() == RawBandRule::AboveThreshold;
        let counts = self.read_limit(band)?.counts;
        let repriced = |class: &TokenClass| !counts[*class] && prices[*class] != base[*class];
        match TokenClass::ALL.into_iter().find(repriced).filter(|_| excess_only) {
            Some(class) => Err(self.source.error(band.span(), Problem::BandOutput(class))),
            None => Ok(()),
        }
    }

    fn read_limit(self, band: &Spanned<RawBand>) -> Result<Limit, PriceTableError> {
        let raw = band.get_ref();
        let (tokens, inclusive) = match (raw.above, raw.at_least) {
            (Some(tokens), None) => (tokens, false),
            (None, Some(tokens)) => (tokens, true),
            _ => return Err(self.source.error(band.span(), Problem::BandLimit)),
        };
        let mut counts = PerClass::from_fn(TokenClass::is_input);
        if let Some(classes) = &raw.counts {
            counts = PerClass::default();
            for class in classes {
                let named = self.source.class(class.get_ref(), class)?;
                if !named.is_input() {
                    return Err(self.source.error(class.span(), Problem::BandCounts(named)));
                }
                counts[named] = true;
            }
        }
        let excess_only = *raw.rule.get_ref() == RawBandRule::AboveThreshold;
        Ok(Limit { tokens, inclusive, counts, excess_only })
    }

    fn read_prices(self, raw: &RawPrices) -> Result<Prices, PriceTableError> {
        let numbers = PerClass::from_fn(|class| match class {
            TokenClass::Input => &raw.input,
            TokenClass::CacheRead => &raw.cache_read,
            TokenClass::CacheWrite5m => &raw.cache_write_5m,
            TokenClass::CacheWrite1h => &raw.cache_write_1h,
            TokenClass::AudioInput => &raw.audio_input,
            TokenClass::AudioCacheRead => &raw.audio_cache_read,
            TokenClass::ImageInput => &raw.image_input,
            TokenClass::Output => &raw.output,
            TokenClass::Reasoning => &raw.reasoning,
            TokenClass::AudioOutput => &raw.audio_output,
            TokenClass::ImageOutput => &raw.image_output,
        });
        let mut prices = Prices::default();
        for (class, number) in numbers.iter() {
            prices[class] = number.as_ref().map(|price| self.source.price(price)).transpose()?;
        }
        Ok(prices)
    }

    /// Every lane at every place of the model, at its index.
    fn place_lanes(
        self,
        posted: &Posted<'_>,
        raw: &RawPeriod,
        fees: Fees,
    ) -> Result<Vec<Option<Lane>>, PriceTableError> {
        let lanes = self.read_lanes(posted, raw)?;
        let stated = self.read_prices(posted.prices.get_ref())?;
        let standard = &lanes[0].rates;
        let count = self.provider.places.len() * ServiceTier::ALL.len();
        let mut cards = vec![None; count];
        for Placed { place, factor, at } in self.placed {
            let here = &self.provider.places[usize::from(*place)];
            for lane in &lanes {
                let tier = lane.tier;
                if here.tiers.as_ref().is_some_and(|tiers| !tiers.contains(&tier)) {
                    continue;
                }
                let kept = tier == ServiceTier::Batch && here.batch_keeps_cached_price;
                let derived = if kept {
                    lane.rates.with_cached_prices_of(standard, &stated).lane(*factor, fees)
                } else {
                    lane.rates.lane(*factor, fees)
                };
                let derived = derived.map_err(|class| {
                    let at = if *factor == Factor::ONE { &lane.at } else { at };
                    self.source.error(at.clone(), Problem::Inexact(class))
                });
                let mut derived = derived?;
                derived.set_hourly(!raw.scheduled.is_empty());
                cards[lane_index(*place, tier)] = Some(derived);
            }
        }
        Ok(cards)
    }
}
