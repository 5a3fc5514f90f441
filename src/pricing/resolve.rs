//! From the names in a log to a model: exact ids, declared aliases, declared forms; no guessing.

use std::collections::HashMap;
use std::sync::Arc;

use crate::units::{PerClass, TokenClass};
use crate::usage::{Call, FinishReason, ServiceTier, Status};

use super::policy::CachePolicy;
use super::schedule::Schedule;
use super::span::Span;
use super::unpriced::Unpriced;

/// The place whose prices are the list prices; every table has it.
pub(super) const LIST_PLACE: &str = "list";

/// A name may wear this many declared forms at once: a gateway, a vendor, a version, a context.
pub(super) const MAX_STEPS: usize = 5;

/// Who sells models, with everything the models of one table share.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    pub(super) id: String,
    /// Names in logs that mean this seller or a gateway to it, and the place each implies.
    pub(super) names: Vec<(String, u16)>,
    /// The first one is the list.
    pub(super) places: Vec<Place>,
    pub(super) forms: Vec<Form>,
    pub(super) policies: Vec<CachePolicy>,
    pub(super) tokenizers: Vec<String>,
    /// The class at whose price a class without a price bills.
    pub(super) fallback: PerClass<Option<TokenClass>>,
    /// Lanes that other logs call by another name.
    pub(super) same_tier: Vec<(ServiceTier, ServiceTier)>,
    /// Whether it sells models that others make.
    pub(super) is_reseller: bool,
    /// Whether the cost that it writes into a log is the charge itself.
    pub(super) bills_as_logged: bool,
    pub(super) schedules: Vec<Arc<Schedule>>,
    pub(super) unbilled: Vec<Unbilled>,
    /// Names that have meant different models over time.
    pub(super) moving: Vec<MovingAlias>,
    /// Ids and aliases to models.
    pub(super) ids: HashMap<String, u16>,
}

/// A name that has meant different models over time.
#[derive(Clone, Debug)]
pub(super) struct MovingAlias {
    pub(super) id: String,
    pub(super) targets: Vec<(Span, String)>,
    pub(super) doubt: Option<Arc<str>>,
}

/// Calls whose usage is reported and not charged. What is not stated is not asked.
#[derive(Clone, Debug)]
pub struct Unbilled {
    /// HTTP statuses of failed calls; an empty list stands for every failed call.
    pub statuses: Option<Vec<u16>>,
    /// How the answer ended.
    pub finish_reason: Option<FinishReason>,
    /// Only calls that produced no output.
    pub without_output: bool,
    /// The lanes it holds in.
    pub tiers: Option<Vec<ServiceTier>>,
    /// The places it holds at.
    pub(super) places: Option<Vec<u16>>,
    /// Where it is published.
    pub source: String,
    /// The day it was last compared with the source.
    pub checked_on: String,
}

impl Unbilled {
    fn fits(&self, call: &Call, place: u16) -> bool {
        let failed = match (&self.statuses, call.status) {
            (None, _) => true,
            (Some(codes), Status::Error(code)) => codes.is_empty() || codes.contains(&code),
            (Some(_), Status::Ok | Status::Unknown) => false,
        };
        failed
            && self.finish_reason.is_none_or(|reason| reason == call.finish_reason)
            && self.tiers.as_ref().is_none_or(|tiers| tiers.contains(&call.service_tier))
            && self.places.as_ref().is_none_or(|places| places.contains(&place))
            && (!self.without_output || call.output_total().is_zero())
    }
}

/// Where a call was processed, as far as it changes the price.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) id: String,
    /// Who bills there, if not the provider of the table.
    pub(super) seller: Option<String>,
    /// Another place, whose prices hold here.
    pub(super) like: Option<u16>,
    /// What the log's geo column says, and the place it means for a call that arrived here.
    pub(super) geos: Vec<(String, u16)>,
    /// What any other geo means; unpriced when nothing is stated.
    pub(super) other_geo: Option<u16>,
    /// The lanes whose prices hold here; all when nothing is stated.
    pub(super) tiers: Option<Vec<ServiceTier>>,
    /// Whether cached tokens keep their standard price in a batch here.
    pub(super) batch_keeps_cached_price: bool,
    /// Whether prompts are cached in batches here.
    pub(super) caches_in_batch: bool,
}

/// A way in which gateways and clouds write the ids of a table.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) prefix: String,
    /// After the prefix, everything up to and including this goes too.
    pub(super) through: Option<String>,
    pub(super) suffix: String,
    pub(super) place: Option<u16>,
}

impl Form {
    /// Whether two forms take the same off an id, so that the later one stands.
    pub(super) fn is_same_spelling(&self, other: &Self) -> bool {
        (&self.prefix, &self.through, &self.suffix)
            == (&other.prefix, &other.through, &other.suffix)
    }

    /// The id without this form, or nothing when it does not wear it.
    pub(super) fn strip<'a>(&self, id: &'a str) -> Option<&'a str> {
        let mut rest = id.strip_prefix(&*self.prefix)?.strip_suffix(&*self.suffix)?;
        if let Some(through) = &self.through {
            rest = &rest[rest.find(&**through)? + through.len()..];
        }
        (!rest.is_empty()).then_some(rest)
    }
}

impl Provider {
    /// The place that a provider's name in a log implies; nothing when it is none of ours.
    pub(super) fn place_of_name(&self, name: &str) -> Option<u16> {
        let known = self.names.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, place)| *place)
    }

    /// The model an id means, and its place: the id is looked up as it is, then without each
    /// declared form in turn.
    pub(super) fn resolve(&self, id: &str, place: u16) -> Option<(u16, u16)> {
        self.resolve_within(id, place, MAX_STEPS)
    }

    fn resolve_within(&self, id: &str, place: u16, steps: usize) -> Option<(u16, u16)> {
        if let Some(model) = self.ids.get(id) {
            return Some((*model, place));
        }
        let steps = steps.checked_sub(1)?;
        self.forms.iter().find_map(|form| {
            let rest = form.strip(id)?;
            self.resolve_within(rest, form.place.unwrap_or(place), steps)
        })
    }

    /// The place of a call that arrived at `place` and says `geo`.
    pub(super) fn place_of_geo(&self, place: u16, geo: &str) -> Result<u16, Unpriced> {
        if geo.is_empty() {
            return Ok(place);
        }
        let arrival = &self.places[usize::from(place)];
        let known = arrival.geos.iter().find(|(known, _)| known.eq_ignore_ascii_case(geo));
        known.map(|(_, place)| *place).or(arrival.other_geo).ok_or(Unpriced::NoPriceForGeo)
    }

    /// Who bills for calls at a place.
    pub(super) fn seller(&self, place: usize) -> &str {
        self.places[place].seller.as_deref().unwrap_or(&self.id)
    }

    /// Whether the usage of a call at a place is reported and not charged.
    pub(super) fn is_unbilled(&self, call: &Call, place: u16) -> bool {
        self.unbilled.iter().any(|rule| rule.fits(call, place))
    }

    /// The place of a name in this table's list of places.
    pub(super) fn place_index(&self, id: &str) -> Option<u16> {
        let index = self.places.iter().position(|place| place.id == id)?;
        u16::try_from(index).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prefix: &str, through: Option<&str>, suffix: &str, id: &str, rest: Option<&str>) {
        let form = Form {
            prefix: prefix.to_owned(),
            through: through.map(str::to_owned),
            suffix: suffix.to_owned(),
            place: None,
        };
        assert_eq!(form.strip(id), rest, "{id}");
    }

    #[test]
    fn a_form_takes_off_what_it_declares_and_nothing_else() {
        check("azure/", None, "", "azure/gpt-4o", Some("gpt-4o"));
        check("azure/", None, "", "gpt-4o", None);
        check("", None, "-v1:0", "claude-x-v1:0", Some("claude-x"));
        check("azure/", None, "", "azure/", None);
    }

    #[test]
    fn a_form_can_skip_what_varies() {
        let through = Some("/models/");
        check("projects/", through, "", "projects/p/models/gemini-x", Some("gemini-x"));
        check("projects/", through, "", "projects/p/gemini-x", None);
    }
}
