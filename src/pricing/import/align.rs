//! Makes a draft sayable: what a table cannot hold is left out, always on the side of *unpriced*.
//!
//! A class that is stated for some lengths of prompts only, or a lane without prices for long
//! prompts, would bill too little if the missing price were guessed from its neighbours.

use std::collections::BTreeMap;
use std::mem::take;

use crate::units::TokenClass;

use super::draft::{Draft, Model, Notes, Period, Prices, Rates, Table};
use super::left_out::LeftOutReason;
use super::tree::Node;

/// Classes of which collections say zero where no more than input is charged, or nothing is known.
const CACHED: [TokenClass; 4] = [
    TokenClass::CacheRead,
    TokenClass::CacheWrite5m,
    TokenClass::CacheWrite1h,
    TokenClass::AudioCacheRead,
];

/// Leaves out of every table what it cannot hold.
pub(super) fn align(draft: &mut Draft) {
    let tables = take(&mut draft.tables);
    for (provider, mut table) in tables {
        let models = take(&mut table.models);
        for (id, mut model) in models {
            let entry = model.entry.clone();
            let mut notes = Notes::new(draft, &provider, &entry);
            match align_model(&mut model, &mut notes) {
                None => drop(table.models.insert(id, model)),
                Some(reason) => notes.leave("", &Node::Null, reason),
            }
        }
        separate_ids(draft, &provider, &mut table);
        if !table.models.is_empty() {
            draft.tables.insert(provider, table);
        }
    }
}

/// The reason why the model cannot be in a table at all, if there is one.
fn align_model(model: &mut Model, notes: &mut Notes) -> Option<LeftOutReason> {
    for period in &mut model.periods {
        align_rates(&mut period.rates, "", notes);
        for (_, rates) in &mut period.scheduled {
            align_rates(rates, "scheduled.", notes);
        }
        align_lanes(period, notes);
        let has_input = |rates: &Rates| rates.prices[TokenClass::Input].is_some();
        if !period.scheduled.iter().all(|(_, rates)| has_input(rates)) {
            // At those hours the ordinary prices would bill what may cost more.
            notes.leave("scheduled.input", &Node::Null, LeftOutReason::NoInputPrice);
            period.rates.prices[TokenClass::Input] = None;
        }
    }
    let periods = take(&mut model.periods);
    model.periods = joined(periods);
    if model.periods.is_empty() {
        return Some(LeftOutReason::NoInputPrice);
    }
    let is_zero = |prices: &Prices| {
        prices.iter().all(|(_, price)| price.as_deref().is_none_or(|price| price == "0"))
    };
    let only_zeros =
        |period: &Period| is_zero(&period.rates.prices) && period.fees.request.is_none();
    model.periods.iter().all(only_zeros).then_some(LeftOutReason::OnlyZeros)
}

/// A class must be stated for prompts of every length, or for none; a cache is not free where input
/// is not.
fn align_rates(rates: &mut Rates, place: &str, notes: &mut Notes) {
    let has_input = rates.prices[TokenClass::Input].as_deref().is_some_and(|price| price != "0");
    for class in TokenClass::ALL {
        let stated = std::iter::once(&rates.prices).chain(rates.bands.values());
        let stated: Vec<_> = stated.map(|prices| prices[class].clone()).collect();
        let is_zero = stated.iter().all(|price| price.as_deref() == Some("0"));
        let is_uniform = stated.iter().all(Option::is_some) || stated.iter().all(Option::is_none);
        let reason = if is_zero && has_input && CACHED.contains(&class) {
            LeftOutReason::FreeCache
        } else if is_uniform {
            continue;
        } else {
            LeftOutReason::NotForEveryLength
        };
        let shown = stated.iter().map(|price| price.as_deref().unwrap_or("?"));
        let shown = Node::Text(shown.collect::<Vec<_>>().join(", "));
        notes.leave(&format!("{place}{}", class.name()), &shown, reason);
        for prices in std::iter::once(&mut rates.prices).chain(rates.bands.values_mut()) {
            prices[class] = None;
        }
    }
}

fn align_lanes(period: &mut Period, notes: &mut Notes) {
    for (tier, mut rates) in take(&mut period.lanes) {
        let lane = tier.name();
        align_rates(&mut rates, &format!("{lane}."), notes);
        if rates.prices.iter().all(|(_, price)| price.is_none()) {
            continue;
        }
        if rates.bands.is_empty() && !period.rates.bands.is_empty() {
            let stated = rates.prices.iter();
            let stated = stated.filter_map(|(class, price)| {
                Some(format!("{} {}", class.name(), price.as_deref()?))
            });
            let shown = Node::Text(stated.collect::<Vec<_>>().join(", "));
            notes.leave(lane, &shown, LeftOutReason::LaneWithoutLongPrompts);
            continue;
        }
        period.lanes.insert(tier, rates);
    }
}

/// Periods that follow each other: without those that have no price for input, and those that say
/// the same as the one before made one with it.
fn joined(periods: Vec<Period>) -> Vec<Period> {
    let mut joined: Vec<Period> = Vec::new();
    let mut is_gap = false;
    for period in periods {
        if period.rates.prices[TokenClass::Input].is_none() {
            if let Some(last) = joined.last_mut().filter(|_| !is_gap) {
                last.to.clone_from(&period.from);
            }
            is_gap = true;
            continue;
        }
        let says_the_same = |last: &Period| {
            Period { from: None, to: None, ..last.clone() }
                == Period { from: None, to: None, ..period.clone() }
        };
        if is_gap || !joined.last().is_some_and(says_the_same) {
            joined.push(period);
        }
        is_gap = false;
    }
    joined
}

/// An alias that is the id of another model, or an alias of an earlier one, is not this model's.
fn separate_ids(draft: &mut Draft, provider: &str, table: &mut Table) {
    let mut owners: BTreeMap<String, String> =
        table.models.iter().map(|(id, model)| (id.clone(), model.entry.clone())).collect();
    for model in table.models.values_mut() {
        let entry = model.entry.clone();
        let mut notes = Notes::new(draft, provider, &entry);
        model.aliases.retain(|alias| {
            let owner = owners.entry(alias.clone()).or_insert_with(|| entry.clone());
            let is_free = *owner == entry;
            if !is_free {
                let alias = Node::Text(alias.clone());
                notes.leave("alias", &alias, LeftOutReason::IdTaken(owner.clone()));
            }
            is_free
        });
    }
}
