//! Price tables between their collection and their text: what every format is turned into.

use std::collections::{BTreeMap, BTreeSet};

use crate::units::{PerClass, TokenClass};
use crate::usage::ServiceTier;

use super::hours::Hours;
use super::left_out::{LeftOut, LeftOutReason};
use super::names::short_id;
use super::number::shifted;
use super::tree::Node;

/// Dollars per million tokens, as decimal text.
pub(super) type Prices = PerClass<Option<String>>;

/// The class of a name in price tables.
pub(super) fn class_named(name: &str) -> Option<TokenClass> {
    TokenClass::ALL.into_iter().find(|class| class.name() == name)
}

/// The lane of a name in price tables; the standard one is none.
pub(super) fn lane_named(name: &str) -> Option<ServiceTier> {
    let lane = ServiceTier::ALL.into_iter().find(|tier| tier.name() == name);
    lane.filter(|tier| !matches!(tier, ServiceTier::Standard | ServiceTier::Unknown))
}

/// Prices, and those of prompts longer than a number of tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rates {
    pub(super) prices: Prices,
    pub(super) bands: BTreeMap<u64, Prices>,
}

/// Prices over a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Period {
    /// The first day, and the first day after.
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) rates: Rates,
    pub(super) lanes: BTreeMap<ServiceTier, Rates>,
    /// Prices at some hours of the week; the first that holds wins.
    pub(super) scheduled: Vec<(Hours, Rates)>,
    pub(super) fees: Fees,
}

/// Dollars per 1,000.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fees {
    pub(super) web_search: Option<String>,
    pub(super) file_search: Option<String>,
    pub(super) request: Option<String>,
}

/// A model with everything that its collection says of it and a table can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
    /// How the collection calls it.
    pub(super) entry: String,
    pub(super) aliases: BTreeSet<String>,
    /// The page that the collection names.
    pub(super) page: Option<String>,
    pub(super) context_window: Option<u64>,
    /// The day it was or will be switched off.
    pub(super) retired: Option<String>,
    pub(super) periods: Vec<Period>,
}

/// The models of one seller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// How the collection calls the seller.
    pub(super) names: BTreeSet<String>,
    pub(super) models: BTreeMap<String, Model>,
}

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) tables: BTreeMap<String, Table>,
    pub(super) left_out: Vec<LeftOut>,
}

impl Draft {
    /// Adds a model under the shortest of its ids. Two entries of one id are one model if they say the same; otherwise the first
    /// one keeps the id.
    pub(super) fn add(&mut self, provider: &str, name: &str, id: &str, mut model: Model) {
        let short = short_id(provider, id);
        for long in [id, &model.entry.clone()] {
            if long != short {
                model.aliases.insert(long.to_owned());
            }
        }
        let table = self.tables.entry(provider.to_owned()).or_default();
        table.names.insert(name.to_owned());
        let Some(known) = table.models.get_mut(short) else {
            table.models.insert(short.to_owned(), model);
            return;
        };
        if known.periods == model.periods {
            known.aliases.append(&mut model.aliases);
            return;
        }
        let reason = LeftOutReason::IdTaken(known.entry.clone());
        Notes::new(self, provider, &model.entry).leave("", &Node::Null, reason);
    }
}

/// Where the reader of a model writes down what it leaves out.
pub(super) struct Notes<'a> {
    provider: &'a str,
    model: &'a str,
    left_out: &'a mut Vec<LeftOut>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(draft: &'a mut Draft, provider: &'a str, model: &'a str) -> Self {
        Self { provider, model, left_out: &mut draft.left_out }
    }

    pub(super) fn leave(&mut self, field: &str, value: &Node, reason: LeftOutReason) {
        let value = if *value == Node::Null { String::new() } else { value.shown() };
        self.left_out.push(LeftOut {
            provider: self.provider.to_owned(),
            model: self.model.to_owned(),
            field: field.to_owned(),
            value,
            reason,
        });
    }

    /// A price times ten to the power of `places`; nothing where the collection says nothing.
    pub(super) fn price(&mut self, field: &str, value: &Node, places: i32) -> Option<String> {
        if *value == Node::Null {
            return None;
        }
        let text = value.number().or_else(|| value.text());
        let Some(price) = text.and_then(|text| shifted(text, places)) else {
            self.leave(field, value, LeftOutReason::NotAPrice);
            return None;
        };
        if price.is_rounded {
            self.leave(field, value, LeftOutReason::Rounded(price.text.clone()));
        }
        Some(price.text)
    }
}
