//! One model of a price table: its periods, lanes and bands, checked and derived.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::units::{Factor, PerClass, TokenClass, Tokens};
use crate::usage::{Days, Instant, ServiceTier};

use super::card::{Fees, Prices};
use super::derive::{CachedTokens, Rates};
use super::model::{Lane, Limit, Model, Period, lane_index};
use super::policy::{CachePolicy, DatedPolicy};
use super::resolve::Provider;
use super::schema::{
    Number, RawBand, RawBandRule, RawLane, RawLaneRule, RawModel, RawPeriod, RawPrices,
};
use super::span::Span;
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};
use toml::Spanned;

/// Reads the models of one provider's table.
#[derive(Clone, Copy)]
pub(super) struct ModelReader<'a> {
    source: Source<'a>,
    providers: &'a [Provider],
    provider: &'a Provider,
    provider_index: u16,
}

/// A place with the factor that a model's prices have there, and where that is written.
struct Placed {
    place: u16,
    factor: Factor,
    at: Range<usize>,
}

/// The rates of one lane, and where they are written.
struct DerivedLane {
    tier: ServiceTier,
    rates: Rates,
    at: Range<usize>,
}

impl<'a> ModelReader<'a> {
    pub(super) fn new(
        source: Source<'a>,
        providers: &'a [Provider],
        index: usize,
    ) -> Result<Self, PriceTableError> {
        let provider_index =
            u16::try_from(index).map_err(|_| source.error(0..0, Problem::TooMany))?;
        Ok(Self { source, providers, provider: &providers[index], provider_index })
    }

    pub(super) fn read(self, raw: &RawModel) -> Result<Model, PriceTableError> {
        let source = self.source;
        let id = source.filled("model id", &raw.id)?;
        if raw.period.is_empty() {
            return Err(source.error(raw.id.span(), Problem::NoPeriod));
        }
        let placed = self.read_places(raw)?;
        let ends: Vec<_> = raw
            .period
            .iter()
            .map(|period| {
                (period.get_ref().from.as_ref(), period.get_ref().to.as_ref(), period.span())
            })
            .collect();
        let spans = source.spans(&ends)?;
        let periods = raw.period.iter().zip(spans);
        let periods = periods.map(|(period, span)| self.read_period(period, span, &placed));
        let periods = periods.collect::<Result<Vec<_>, _>>()?;
        // After the prices: a number without quotes is the first thing to put right.
        let tokenizer = self.read_tokenizer(raw)?;
        let names = std::iter::once(&raw.id).chain(&raw.aliases).map(|name| &**name.get_ref());
        let is_open = periods.first().is_some_and(|period| period.span.from.is_none());
        Ok(Model {
            first_known: names.filter_map(date_in).min().filter(|_| is_open),
            provider: self.provider.id.clone(),
            id,
            aliases: raw.aliases.iter().map(|alias| alias.get_ref().clone()).collect(),
            tokenizer,
            context_window: raw.context_window.map(Tokens::new),
            retired: source.optional_instant(raw.retired.as_ref())?,
            note: raw.note.clone(),
            provider_index: self.provider_index,
            caches: self.read_caches(raw)?,
            newest: newest(&periods),
            periods,
        })
    }

    fn read_tokenizer(self, raw: &RawModel) -> Result<String, PriceTableError> {
        let tokenizer = self.source.filled("tokenizer", &raw.tokenizer)?;
        let known: BTreeSet<_> = self.providers.iter().flat_map(|one| &one.tokenizers).collect();
        if known.contains(&tokenizer) {
            return Ok(tokenizer);
        }
        let known = known.into_iter().cloned().collect();
        let problem = Problem::UnknownTokenizer(tokenizer, known);
        Err(self.source.error(raw.tokenizer.span(), problem))
    }

    fn read_places(self, raw: &RawModel) -> Result<Vec<Placed>, PriceTableError> {
        let mut placed = vec![Placed { place: 0, factor: Factor::ONE, at: raw.id.span() }];
        for (name, factor) in &raw.places {
            let at = factor.span();
            let place = self.provider.place_index(name).ok_or_else(|| {
                self.source.error(at.clone(), Problem::UnknownName("place", name.clone()))
            })?;
            placed.push(Placed { place, factor: self.source.factor(factor)?, at });
        }
        Ok(placed)
    }

    fn read_caches(self, raw: &RawModel) -> Result<Vec<DatedPolicy>, PriceTableError> {
        let ends: Vec<_> = raw
            .cache
            .iter()
            .map(|cache| (cache.from.as_ref(), cache.to.as_ref(), cache.policy.span()))
            .collect();
        let spans = self.source.spans(&ends)?;
        let dated = raw.cache.iter().zip(spans).map(|(cache, span)| {
            let name = cache.policy.get_ref();
            let known = self.provider.policies.iter().find(|policy| policy.name == *name);
            let policy =
                known.ok_or_else(|| self.source.unknown("cache policy", name, &cache.policy))?;
            let min_tokens = cache.min_tokens.map(Tokens::new);
            Ok(DatedPolicy { span, policy: CachePolicy { min_tokens, ..policy.clone() } })
        });
        dated.collect()
    }

    fn read_period(
        self,
        raw: &Spanned<RawPeriod>,
        span: Span,
        placed: &[Placed],
    ) -> Result<Period, PriceTableError> {
        let (source, at) = (self.source, raw.span());
        let raw = raw.get_ref();
        let fee = |number: &Option<Number>| number.as_ref().map(|fee| source.fee(fee)).transpose();
        let fees = Fees { search: fee(&raw.web_search)?, file_search: fee(&raw.file_search)? };
        let lanes = self.read_lanes(raw, at)?;
        Ok(Period {
            span,
            source: source.filled("source", &raw.source)?,
            checked_on: source.day(&raw.checked_on)?,
            note: raw.note.clone(),
            lanes: self.place_lanes(&lanes, placed, fees, raw)?,
        })
    }

    /// The rates of every lane that the period has, the standard one first.
    fn read_lanes(
        self,
        raw: &RawPeriod,
        at: Range<usize>,
    ) -> Result<Vec<DerivedLane>, PriceTableError> {
        let posted = self.read_rates(raw.prices.get_ref(), &raw.bands)?;
        if posted.base[TokenClass::Input].is_none() {
            let problem = Problem::NoPrice(TokenClass::Input);
            return Err(self.source.error(raw.prices.span(), problem));
        }
        let standard = posted.filled(&posted.base, &self.provider.fallback);
        let stated = [
            (ServiceTier::Batch, &raw.batch),
            (ServiceTier::Flex, &raw.flex),
            (ServiceTier::Priority, &raw.priority),
            (ServiceTier::Fast, &raw.fast),
            (ServiceTier::Ultrafast, &raw.ultrafast),
        ];
        let mut lanes =
            vec![DerivedLane { tier: ServiceTier::Standard, rates: standard.clone(), at }];
        for (tier, lane) in stated {
            let Some(lane) = lane else { continue };
            if let Some(rates) = self.read_lane(lane, &posted, &standard)? {
                lanes.push(DerivedLane { tier, rates, at: lane.span() });
            }
        }
        for (tier, same) in &self.provider.same_tier {
            let is_stated = lanes.iter().any(|lane| lane.tier == *tier);
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
                return Ok(Some(rates.filled(&posted.base, &self.provider.fallback)));
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
        scaled.map(Some)
    }

    fn read_rates(
        self,
        raw: &RawPrices,
        bands: &[Spanned<RawBand>],
    ) -> Result<Rates, PriceTableError> {
        let base = self.read_prices(raw)?;
        let mut rates = Rates { base, bands: Vec::new() };
        for band in bands {
            let limit = self.read_limit(band)?;
            if rates.bands.last().is_some_and(|(lower, _)| lower.tokens >= limit.tokens) {
                return Err(self.source.error(band.span(), Problem::BandOrder));
            }
            let prices = self.read_prices(&band.get_ref().prices)?;
            // A class that only one of the two states would change its meaning at the limit.
            let differs = |class: &TokenClass| prices[*class].is_some() != base[*class].is_some();
            if let Some(class) = TokenClass::ALL.into_iter().find(differs) {
                return Err(self.source.error(band.span(), Problem::BandClasses(class)));
            }
            rates.bands.push((limit, prices));
        }
        Ok(rates)
    }

    fn read_limit(self, band: &Spanned<RawBand>) -> Result<Limit, PriceTableError> {
        let raw = band.get_ref();
        if matches!(raw.rule.get_ref(), RawBandRule::AboveThreshold) {
            return Err(self.source.error(raw.rule.span(), Problem::BandRule));
        }
        match (raw.above, raw.at_least) {
            (Some(tokens), None) => Ok(Limit { tokens, inclusive: false }),
            (None, Some(tokens)) => Ok(Limit { tokens, inclusive: true }),
            _ => Err(self.source.error(band.span(), Problem::BandLimit)),
        }
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
        lanes: &[DerivedLane],
        placed: &[Placed],
        fees: Fees,
        raw: &RawPeriod,
    ) -> Result<Vec<Option<Lane>>, PriceTableError> {
        let stated = self.read_prices(raw.prices.get_ref())?;
        let standard = &lanes[0].rates;
        let count = self.provider.places.len() * ServiceTier::ALL.len();
        let mut cards = vec![None; count];
        for Placed { place, factor, at } in placed {
            let here = &self.provider.places[usize::from(*place)];
            for lane in lanes {
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
                cards[lane_index(*place, tier)] = Some(derived?);
            }
        }
        Ok(cards)
    }
}

/// The start of the day that an id of a snapshot carries: `gpt-4o-2024-08-06`,
/// `claude-sonnet-4-5-20250929`.
fn date_in(id: &str) -> Option<Instant> {
    let starts = id.match_indices(['-', '@']).map(|(at, _)| at + 1);
    let days = starts.filter_map(|at| {
        let rest = id.get(at..)?.strip_prefix("20")?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let length = if digits == "250929".len() { "20250929".len() } else { "2024-08-06".len() };
        Days::UTC.start_of(Days::parse_day(id.get(at..at + length)?)?)
    });
    days.min()
}

/// The last period that had begun on the day it was checked: scheduled prices are not in force.
fn newest(periods: &[Period]) -> usize {
    let begun = |period: &Period| {
        let checked = Instant::parse(&period.checked_on).ok();
        period.span.from.is_none_or(|from| checked.is_some_and(|checked| from <= checked))
    };
    periods.iter().rposition(begun).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_carries_its_day() {
        let check = |id, expected: Option<&str>| {
            let day = expected.map(|text| Instant::parse(text).expect("a day"));
            assert_eq!(date_in(id), day, "{id}");
        };
        check("claude-sonnet-4-5-20250929", Some("2025-09-29"));
        check("gpt-4o-2024-08-06", Some("2024-08-06"));
        check("claude-sonnet-4-5@20250929", Some("2025-09-29"));
        check("gpt-4o", None);
        check("gemini-2.5-flash-preview-09-2025", None);
    }
}
