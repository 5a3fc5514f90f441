//! The part of a price table that all its models share: names, places, forms, cache rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;

use crate::units::{Factor, TokenClass, Tokens};
use crate::usage::ServiceTier;

use super::load_rules::{read_schedule, read_unbilled};
use super::policy::{CacheLifetime, CacheMatch, CachePolicy, CacheWrite};
use super::resolve::{Form, LIST_PLACE, Place, Provider};
use super::schema::{
    RawForm, RawLoggedCost, RawMatch, RawPlace, RawPolicy, RawTable, RawWrite, Text,
};
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};
use super::tokenizer::{DeclaredRatio, TokenizerRatio};

/// Adds what a table says about its provider; what is said again replaces what was said before.
pub(super) fn extend_provider(
    provider: &mut Provider,
    raw: &RawTable,
    source: Source,
) -> Result<(), PriceTableError> {
    // All places first: they name each other.
    for place in &raw.place {
        let id = source.filled("place id", &place.id)?;
        if provider.place_index(&id).is_none() {
            if provider.places.len() > usize::from(u16::MAX) {
                return Err(source.error(place.id.span(), Problem::TooMany));
            }
            provider.places.push(Place {
                id,
                seller: None,
                like: None,
                geos: Vec::new(),
                other_geo: None,
                tiers: None,
                batch_keeps_cached_price: false,
                caches_in_batch: true,
            });
        }
    }
    for place in &raw.place {
        describe_place(provider, place, source)?;
    }
    for (name, place) in &raw.provider.names {
        let place = find_place(provider, place, source)?;
        provider.names.push((name.clone(), place));
    }
    for form in &raw.form {
        let read = read_form(provider, form, source)?;
        provider.forms.retain(|known| !known.is_same_spelling(&read));
        provider.forms.push(read);
    }
    for policy in &raw.cache_policy {
        let read = read_policy(policy, source)?;
        provider.policies.retain(|known| known.name != read.name);
        provider.policies.push(read);
    }
    for tokenizer in &raw.tokenizer {
        provider.tokenizers.push(source.filled("tokenizer id", &tokenizer.id)?);
    }
    provider.is_reseller = raw.provider.reseller.unwrap_or(provider.is_reseller);
    if let Some(logged) = raw.provider.logged_cost {
        provider.bills_as_logged = matches!(logged, RawLoggedCost::Billed);
    }
    for schedule in &raw.schedule {
        let read = read_schedule(schedule, source)?;
        provider.schedules.retain(|known| known.id != read.id);
        provider.schedules.push(Arc::new(read));
    }
    for rule in &raw.unbilled {
        let read = read_unbilled(provider, rule, source)?;
        provider.unbilled.push(read);
    }
    for (tier, same) in &raw.provider.same_tier {
        let pair = (source.tier(tier, same)?, source.tier(same.get_ref(), same)?);
        provider.same_tier.retain(|(known, _)| *known != pair.0);
        provider.same_tier.push(pair);
    }
    extend_fallback(provider, &raw.provider.fallback, source)
}

pub(super) fn find_place(
    provider: &Provider,
    id: &Text,
    source: Source,
) -> Result<u16, PriceTableError> {
    provider.place_index(id.get_ref()).ok_or_else(|| source.unknown("place", id.get_ref(), id))
}

fn describe_place(
    provider: &mut Provider,
    raw: &RawPlace,
    source: Source,
) -> Result<(), PriceTableError> {
    let index = usize::from(find_place(provider, &raw.id, source)?);
    for (geo, place) in &raw.geos {
        let place = find_place(provider, place, source)?;
        provider.places[index].geos.retain(|(known, _)| !known.eq_ignore_ascii_case(geo));
        provider.places[index].geos.push((geo.clone(), place));
    }
    if let Some(seller) = &raw.seller {
        provider.places[index].seller = Some(source.filled("seller", seller)?);
    }
    if let Some(like) = &raw.like {
        let other = find_place(provider, like, source)?;
        if usize::from(other) >= index {
            return Err(source.error(like.span(), Problem::LikeLater));
        }
        provider.places[index].like = Some(other);
    }
    if let Some(other) = &raw.other_geo {
        provider.places[index].other_geo = Some(find_place(provider, other, source)?);
    }
    if let Some(tiers) = &raw.tiers {
        let read = tiers.iter().map(|tier| source.tier(tier.get_ref(), tier));
        let read = read.collect::<Result<Vec<_>, _>>()?;
        if index == 0 && !read.contains(&ServiceTier::Standard) {
            return Err(source.error(raw.id.span(), Problem::ListWithoutStandard));
        }
        provider.places[index].tiers = Some(read);
    }
    let here = &mut provider.places[index];
    here.batch_keeps_cached_price =
        raw.batch_keeps_cached_price.unwrap_or(here.batch_keeps_cached_price);
    here.caches_in_batch = raw.caches_in_batch.unwrap_or(here.caches_in_batch);
    debug_assert_eq!(provider.places[0].id, LIST_PLACE);
    Ok(())
}

fn read_form(
    provider: &Provider,
    raw: &Spanned<RawForm>,
    source: Source,
) -> Result<Form, PriceTableError> {
    let at = raw.span();
    let raw = raw.get_ref();
    if raw.prefix.is_empty() && raw.suffix.is_empty() {
        return Err(source.error(at, Problem::EmptyForm));
    }
    let place = raw.place.as_ref().map(|place| find_place(provider, place, source));
    Ok(Form {
        prefix: raw.prefix.clone(),
        through: raw.through.clone(),
        suffix: raw.suffix.clone(),
        place: place.transpose()?,
    })
}

fn read_policy(raw: &RawPolicy, source: Source) -> Result<CachePolicy, PriceTableError> {
    let lifetimes = raw.lifetimes.iter().map(|lifetime| {
        let class = source.class(lifetime.class.get_ref(), &lifetime.class)?;
        Ok(CacheLifetime { class, seconds: lifetime.seconds })
    });
    if *raw.granularity.get_ref() == 0 {
        return Err(source.error(raw.granularity.span(), Problem::Empty("granularity")));
    }
    Ok(CachePolicy {
        name: source.filled("policy id", &raw.id)?,
        matching: match raw.matching {
            RawMatch::Breakpoint => CacheMatch::Breakpoint,
            RawMatch::TokenBlock => CacheMatch::TokenBlock,
        },
        min_tokens: None,
        granularity: Tokens::new(*raw.granularity.get_ref()),
        write: match raw.write {
            RawWrite::Free => CacheWrite::Free,
            RawWrite::Priced => CacheWrite::Priced,
        },
        lifetimes: lifetimes.collect::<Result<_, PriceTableError>>()?,
        read_refreshes: raw.read_refreshes,
        max_age_seconds: raw.max_age_seconds,
        max_breakpoints: raw.max_breakpoints,
        lookback_blocks: raw.lookback_blocks,
        automatic: raw.automatic,
        guaranteed: raw.guaranteed,
        requests_per_minute: raw.requests_per_minute,
        source: source.filled("source", &raw.source)?,
        checked_on: source.day(&raw.checked_on)?,
    })
}

fn extend_fallback(
    provider: &mut Provider,
    raw: &BTreeMap<String, Text>,
    source: Source,
) -> Result<(), PriceTableError> {
    for (class, other) in raw {
        let class = source.class(class, other)?;
        provider.fallback[class] = Some(source.class(other.get_ref(), other)?);
        let mut at = class;
        for _ in TokenClass::ALL {
            let Some(next) = provider.fallback[at] else { break };
            if next == class {
                return Err(source.error(other.span(), Problem::FallbackCycle(class)));
            }
            at = next;
        }
    }
    Ok(())
}

/// The tokenizer ratios that a table states.
pub(super) fn read_ratios(
    raw: &RawTable,
    source: Source,
) -> Result<Vec<DeclaredRatio>, PriceTableError> {
    let mut ratios = Vec::new();
    for tokenizer in &raw.tokenizer {
        for stated in &tokenizer.ratios {
            let factor = |number| -> Result<Factor, PriceTableError> { source.factor(number) };
            let ratio = TokenizerRatio {
                low: factor(&stated.low)?,
                likely: factor(&stated.likely)?,
                high: factor(&stated.high)?,
            };
            ratios.push(DeclaredRatio {
                from: source.filled("tokenizer id", &stated.from)?,
                to: tokenizer.id.get_ref().clone(),
                ratio,
            });
        }
    }
    Ok(ratios)
}
