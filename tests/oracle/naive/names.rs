//! Which model and place a record means. Source: `llmcost explain prices`, "Ids" and `[[place]]`.

use super::price::Reason;
use crate::world::table::{Form, Table};

/// A name may wear this many forms.
const DEEPEST: usize = 5;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Model(usize),
    /// A name that has meant several models.
    Moving(usize),
}

/// A model where it is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    pub(crate) meaning: Meaning,
    pub(crate) place: usize,
}

/// The model that a record names.
pub(crate) fn find(table: &Table, provider: &str, name: &str) -> Result<Home, Reason> {
    if name.is_empty() {
        return Err("missing-model");
    }
    let is_anywhere = resolve(table, name, 0, DEEPEST).is_some();
    let arrival = if provider.is_empty() {
        0
    } else {
        match place_of_name(table, provider) {
            Some(place) => place,
            None if !is_anywhere => return Err("unknown-model"),
            // Another table of the book has a provider of this name, or none has.
            None if provider == OTHER_PROVIDER => return Err("provider-mismatch"),
            None => return Err("unknown-provider"),
        }
    };
    resolve(table, name, arrival, DEEPEST).ok_or("unknown-model")
}

/// A provider of the tables in the program, who does not sell the models of these tests.
pub(crate) const OTHER_PROVIDER: &str = "anthropic";

fn place_of_name(table: &Table, name: &str) -> Option<usize> {
    if name.eq_ignore_ascii_case(&table.provider) {
        return Some(0);
    }
    table.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, place)| *place)
}

/// Looked up as it is, then after each form that can be taken off.
fn resolve(table: &Table, name: &str, place: usize, steps: usize) -> Option<Home> {
    for (index, model) in table.models.iter().enumerate() {
        if model.id == name || model.aliases.iter().any(|alias| alias == name) {
            return Some(Home { meaning: Meaning::Model(index), place });
        }
    }
    for (index, alias) in table.aliases.iter().enumerate() {
        if alias.id == name {
            return Some(Home { meaning: Meaning::Moving(index), place });
        }
    }
    if steps == 0 {
        return None;
    }
    for form in &table.forms {
        let Some(rest) = taken_off(form, name) else { continue };
        if let Some(found) = resolve(table, &rest, form.place.unwrap_or(place), steps - 1) {
            return Some(found);
        }
    }
    None
}

fn taken_off(form: &Form, name: &str) -> Option<String> {
    let mut rest = name.strip_prefix(form.prefix.as_str())?.strip_suffix(form.suffix.as_str())?;
    if let Some(through) = &form.through {
        rest = &rest[rest.find(through.as_str())? + through.len()..];
    }
    if rest.is_empty() { None } else { Some(rest.to_owned()) }
}

/// Where a call that arrived at a place was processed, by what the log says.
pub(crate) fn processed(table: &Table, arrival: usize, geo: &str) -> Result<usize, Reason> {
    if geo.is_empty() {
        return Ok(arrival);
    }
    let place = &table.places[arrival];
    for (known, to) in &place.geos {
        if known.eq_ignore_ascii_case(geo) {
            return Ok(*to);
        }
    }
    if ["global", "not_available"].contains(&geo) {
        return Ok(arrival);
    }
    place.other_geo.ok_or("no-price-for-geo")
}
