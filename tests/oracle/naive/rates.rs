//! The prices that hold in one period, hour, lane and place. Source: `llmcost explain prices`, the
//! rules of lanes, fallbacks and places.

use std::collections::BTreeMap;

use crate::number::Q;
use crate::world::table::{Lane, Model, Period, Prices, Rates, Rule, Table};
use crate::world::{Class, Tier};

/// Dollars for a million tokens of each class that can be billed.
pub(crate) type Billed = BTreeMap<Class, Q>;

/// The prices of short prompts, and those beyond each band of the same number.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) short: Billed,
    pub(crate) bands: Vec<(crate::world::table::Band, Billed)>,
}

/// The prices of a lane at a place; nothing where there is no such lane.
pub(crate) fn rates(
    table: &Table,
    model: &Model,
    period: &Period,
    hours: Option<&Rates>,
    (tier, place): (Tier, usize),
) -> Option<Filled> {
    let factor = place_factor(table, model, place)?;
    let here = &table.places[place];
    if here.tiers.as_ref().is_some_and(|tiers| !tiers.contains(&tier)) {
        return None;
    }
    let mut found = lane(table, model, period, hours, tier)?;
    if tier == Tier::Batch && here.batch_keeps_cached_price {
        let standard = lane(table, model, period, hours, Tier::Standard)?;
        keep_cached(&mut found, &standard, &hours.unwrap_or(&period.rates).prices);
    }
    let times = |prices: &mut Billed| prices.values_mut().for_each(|price| *price *= &factor);
    times(&mut found.short);
    found.bands.iter_mut().for_each(|(_, prices)| times(prices));
    Some(found)
}

/// What a model's prices are multiplied with; nothing where it is not sold.
fn place_factor(table: &Table, model: &Model, place: usize) -> Option<Q> {
    if place == 0 {
        return Some(crate::number::one());
    }
    if let Some((_, factor)) = model.places.iter().find(|(known, _)| *known == place) {
        return Some(factor.value());
    }
    place_factor(table, model, table.places[place].like?)
}

fn lane(
    table: &Table,
    model: &Model,
    period: &Period,
    hours: Option<&Rates>,
    tier: Tier,
) -> Option<Filled> {
    let posted = hours.unwrap_or(&period.rates);
    if tier == Tier::Standard {
        return Some(filled(table, model, posted, &posted.prices));
    }
    match period.lanes.iter().find(|(known, _)| *known == tier) {
        // Explicit lanes do not exist at the hours of a schedule.
        Some((_, Lane::Explicit(_))) if hours.is_some() => None,
        Some((_, Lane::Explicit(stated))) => Some(filled(table, model, stated, &posted.prices)),
        Some((_, Lane::Closed)) => None,
        Some((_, Lane::Scaled(rule, factor))) => {
            let standard = filled(table, model, posted, &posted.prices);
            Some(scaled(&standard, *rule, &factor.value(), &posted.prices))
        }
        None => {
            let (_, same) = table.same_tier.filter(|(known, _)| *known == tier)?;
            lane(table, model, period, hours, same)
        }
    }
}

fn scaled(standard: &Filled, rule: Rule, factor: &Q, stated: &Prices) -> Filled {
    let change = |prices: &Billed| {
        let mut changed = Billed::new();
        for (class, price) in prices {
            let times = price * factor;
            let full = match class {
                Class::CacheRead => Some(Class::Input),
                Class::AudioCacheRead => Some(Class::AudioInput),
                _ => None,
            };
            let new = match (rule, full) {
                (Rule::CacheWins, Some(_)) if stated.contains_key(class) => Some(price.clone()),
                (Rule::BatchWins, Some(full)) => prices.get(&full).map(|full| full * factor),
                _ => Some(times),
            };
            changed.extend(new.map(|new| (*class, new)));
        }
        changed
    };
    let bands = standard.bands.iter().map(|(band, prices)| (band.clone(), change(prices)));
    Filled { short: change(&standard.short), bands: bands.collect() }
}

/// Cached tokens of a batch at the price that they have outside of it.
fn keep_cached(batch: &mut Filled, standard: &Filled, stated: &Prices) {
    for class in [Class::CacheRead, Class::AudioCacheRead] {
        if !stated.contains_key(&class) {
            continue;
        }
        let keep = |prices: &mut Billed, from: &Billed| match from.get(&class) {
            Some(price) => prices.insert(class, price.clone()),
            None => prices.remove(&class),
        };
        keep(&mut batch.short, &standard.short);
        for (band, prices) in &mut batch.bands {
            let same = standard.bands.iter().find(|(known, _)| {
                (known.limit, known.is_inclusive) == (band.limit, band.is_inclusive)
                    && known.is_excess_only == band.is_excess_only
                    && known.counts == band.counts
            });
            keep(prices, same.map_or(&standard.short, |(_, prices)| prices));
        }
    }
}

fn filled(table: &Table, model: &Model, own: &Rates, stated: &Prices) -> Filled {
    let fill = |own: &Prices| {
        let prices = Class::ALL.into_iter();
        let prices =
            prices.filter_map(|class| Some((class, price_of(table, model, own, stated, class)?)));
        prices.collect::<Billed>()
    };
    let bands = own.bands.iter().map(|band| (band.clone(), fill(&band.prices)));
    Filled { short: fill(&own.prices), bands: bands.collect() }
}

/// The price of a class: its own, or that of the class at whose price it bills.
fn price_of(
    table: &Table,
    model: &Model,
    own: &Prices,
    stated: &Prices,
    class: Class,
) -> Option<Q> {
    if let Some(price) = own.get(&class) {
        return Some(price.value());
    }
    // What has its own price in the standard lane never falls back in another lane.
    if stated.contains_key(&class) {
        return None;
    }
    // Where one write is priced, or the policy says that they are, no other one is ordinary input.
    let writes = [Class::CacheWrite5m, Class::CacheWrite1h];
    let is_policy_priced =
        model.cache.is_some_and(|(policy, _)| !table.policies[policy].is_write_free);
    let are_writes_priced = is_policy_priced || writes.iter().any(|one| stated.contains_key(one));
    if writes.contains(&class) && are_writes_priced {
        return None;
    }
    let (_, other) = table.fallback.iter().find(|(known, _)| *known == class)?;
    price_of(table, model, own, stated, *other)
}
