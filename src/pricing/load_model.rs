//! One model of a price table: its names, places, cache rules and periods.

use std::collections::BTreeSet;

use crate::units::{Factor, TokenClass, Tokens};
use crate::usage::{Days, Instant};

use super::derive::Fallback;
use super::load_period::{PeriodReader, Placed};
use super::load_provider::find_place;
use super::model::{Model, Period};
use super::policy::{CachePolicy, CacheWrite, DatedPolicy};
use super::resolve::Provider;
use super::schema::{RawCache, RawModel};
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};

/// Reads the models of one provider's table.
#[derive(Clone, Copy)]
pub(super) struct ModelReader<'a> {
    source: Source<'a>,
    providers: &'a [Provider],
    provider: &'a Provider,
    provider_index: u16,
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
        let caches = self.read_caches(raw)?;
        let fallback = self.fallback(&caches);
        let (provider, placed) = (self.provider, &placed[..]);
        let reader = PeriodReader { source, provider, fallback: &fallback, placed };
        let periods = raw.period.iter().zip(spans);
        let periods = periods.map(|(period, span)| reader.read(period, span));
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
            targets: Vec::new(),
            caches,
            newest: newest(&periods),
            periods,
        })
    }

    /// At whose price a class bills that has none of its own. Where writing to the cache is priced,
    /// a missing write price is a gap, not ordinary input.
    fn fallback(self, caches: &[DatedPolicy]) -> Fallback {
        let mut fallback = self.provider.fallback;
        if caches.iter().any(|dated| dated.policy.write == CacheWrite::Priced) {
            fallback[TokenClass::CacheWrite5m] = None;
            fallback[TokenClass::CacheWrite1h] = None;
        }
        fallback
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
        for (place, here) in (0..).zip(&self.provider.places) {
            let Some(other) = here.like.filter(|_| placed.iter().all(|one| one.place != place))
            else {
                continue;
            };
            if let Some(Placed { factor, at, .. }) = placed.iter().find(|one| one.place == other) {
                let (factor, at) = (*factor, at.clone());
                placed.push(Placed { place, factor, at });
            }
        }
        Ok(placed)
    }

    /// The cache rules in order: those that hold everywhere, then those of single places.
    fn read_caches(self, raw: &RawModel) -> Result<Vec<DatedPolicy>, PriceTableError> {
        let mut groups: Vec<(Vec<u16>, Vec<&RawCache>)> = vec![(Vec::new(), Vec::new())];
        for cache in &raw.cache {
            let places = cache.places.iter().flatten();
            let places = places.map(|place| find_place(self.provider, place, self.source));
            let places = places.collect::<Result<Vec<_>, _>>()?;
            if let Some((_, group)) = groups.iter_mut().find(|(known, _)| *known == places) {
                group.push(cache);
                continue;
            }
            let twice = |place: &&u16| groups.iter().any(|(known, _)| known.contains(place));
            if let Some(place) = places.iter().find(twice) {
                let name = self.provider.places[usize::from(*place)].id.clone();
                return Err(self.source.error(cache.policy.span(), Problem::CacheTwice(name)));
            }
            groups.push((places, vec![cache]));
        }
        let mut found = Vec::new();
        for (places, caches) in groups {
            let ends: Vec<_> = caches
                .iter()
                .map(|cache| (cache.from.as_ref(), cache.to.as_ref(), cache.policy.span()))
                .collect();
            for (cache, span) in caches.iter().zip(self.source.spans(&ends)?) {
                let policy = self.find_policy(cache)?;
                found.push(DatedPolicy { span, places: places.clone(), policy });
            }
        }
        Ok(found)
    }

    fn find_policy(self, cache: &RawCache) -> Result<CachePolicy, PriceTableError> {
        let name = cache.policy.get_ref();
        let known = self.provider.policies.iter().find(|policy| policy.name == *name);
        let policy =
            known.ok_or_else(|| self.source.unknown("cache policy", name, &cache.policy))?;
        Ok(CachePolicy { min_tokens: cache.min_tokens.map(Tokens::new), ..policy.clone() })
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
pub(super) fn newest(periods: &[Period]) -> usize {
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
