//! What a contract says apart from one rate: other rates for some charges, and monthly terms.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use crate::pricing::ModelId;
use crate::units::{Excess, FineUsd, Rate, Usd};
use crate::usage::{ServiceTier, column};

use super::super::branch::Branch;
use super::super::error::TechniqueError;
use super::super::facts::{Facts, Scene};
use super::super::paid::{ChargeKind, Paid};
use super::super::wording::percent;

/// One `[[provider_discount.by]]`: another rate for some charges.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    #[serde(default)]
    provider: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    pub(super) classes: Option<Vec<ChargeKind>>,
    #[serde(default, deserialize_with = "lanes")]
    service_tiers: Option<Vec<ServiceTier>>,
    #[serde(deserialize_with = "one_rate")]
    rate: Rate,
}

/// A term whose names were looked up.
pub(super) struct Known {
    seller: Option<String>,
    model: Option<ModelId>,
    lanes: Option<Vec<ServiceTier>>,
    kinds: Vec<ChargeKind>,
    paid: Rate,
}

impl Term {
    /// Looks up the names in the price book.
    ///
    /// # Errors
    /// When it does not have them.
    pub(super) fn find(&self, facts: &Facts<'_>) -> Result<Known, TechniqueError> {
        let seller = self.provider.as_deref().map(|name| {
            let seller = facts.book.seller_named(name).map(ToOwned::to_owned);
            seller.ok_or_else(|| TechniqueError::UnknownProvider(name.to_owned()))
        });
        let provider = self.provider.as_deref().unwrap_or("");
        let model = self.model.as_deref().map(|model| facts.named_model(provider, model));
        Ok(Known {
            seller: seller.transpose()?,
            model: model.transpose()?,
            lanes: self.service_tiers.clone(),
            kinds: self.classes.clone().unwrap_or_else(|| ChargeKind::ALL.to_vec()),
            paid: self.rate.complement(),
        })
    }

    /// That no logged call is what it is about.
    pub(super) fn warning(&self) -> String {
        let model = self.model.as_deref().unwrap_or("any model");
        let provider = self.provider.as_deref().unwrap_or("anyone");
        format!(
            "provider discount: an entry is for calls of {model} billed by {provider}, and the log \
             has none: check what its models and providers are called"
        )
    }

    /// The term in words.
    pub(super) fn sentence(&self) -> String {
        let join = |names: Vec<&str>| names.join(", ");
        let kinds = self.classes.as_ref().map(|kinds| {
            let kinds = kinds.iter().map(|kind| kind.name());
            format!(" for {}", join(kinds.collect()))
        });
        let model = self.model.as_ref().map(|model| format!(" of {model}"));
        let lanes = self.service_tiers.as_ref().map(|lanes| {
            let lanes = lanes.iter().map(|lane| lane.name());
            format!(" in the lane {}", join(lanes.collect()))
        });
        let provider = self.provider.as_ref().map(|name| format!(" where {name} bills"));
        let parts = [kinds, model, lanes, provider].into_iter().flatten();
        let mut words = format!("the discount is {}", percent(self.rate));
        words.extend(parts);
        words
    }
}

impl Known {
    /// Sets what is paid of the charges it names, where it is about a branch.
    pub(super) fn lay_over(&self, paid: &mut Paid, branch: &Branch, scene: &Scene<'_>) {
        let lanes = self.lanes.as_ref();
        let is_lane = lanes.is_none_or(|lanes| lanes.contains(&branch.call.service_tier));
        if is_lane && self.is_sold(branch, scene) {
            self.kinds.iter().for_each(|kind| paid.set(*kind, self.paid));
        }
    }

    /// Whether any call of the log, as logged, is of its model and provider.
    pub(super) fn is_met(&self, facts: &Facts<'_>) -> bool {
        facts.modelled_rows().any(|(row, model)| {
            let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
            self.is_sold(&Branch::logged(facts.calls.call(row), model), &scene)
        })
    }

    fn is_sold(&self, branch: &Branch, scene: &Scene<'_>) -> bool {
        let book = scene.facts.book;
        let at = branch.call.time;
        let is_model = self.model.is_none_or(|meant| {
            book.is_same_model(book.meaning(meant, at), book.meaning(branch.model, at))
        });
        let seller = self.seller.as_deref();
        is_model && seller.is_none_or(|seller| seller == book.seller(scene.placed(branch)))
    }
}

/// One `[[provider_discount.tier]]`: a rate off the part of a month's bill above an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From how many dollars a month on.
    #[serde(deserialize_with = "amount")]
    pub above: Usd,
    /// What is taken off what is above, up to the next tier.
    #[serde(deserialize_with = "one_rate")]
    pub rate: Rate,
}

/// What a contract makes of the bill of a whole month.
#[derive(Clone, Copy, Debug)]
pub struct MonthlyTerms<'a> {
    /// From the lowest to the highest.
    pub tiers: &'a [Tier],
    /// Dollars that are paid at least.
    pub commitment: Option<Usd>,
}

impl MonthlyTerms<'_> {
    /// What is paid for a month that comes to `bill`, rounded to 10⁻¹⁸ dollars: piecewise linear.
    /// Nothing when it does not fit.
    pub fn payable(&self, bill: Usd) -> Option<Usd> {
        let mut off = FineUsd::ZERO;
        for (place, tier) in self.tiers.iter().enumerate() {
            let end = self.tiers.get(place + 1).map_or(bill, |next| next.above.min(bill));
            if end > tier.above {
                off = off.checked_add(FineUsd::weighted(end - tier.above, tier.rate)?)?;
            }
        }
        let paid = bill - off.to_usd();
        Some(self.commitment.map_or(paid, |least| paid.max(least)))
    }
}

fn one_rate<'de, D: Deserializer<'de>>(input: D) -> Result<Rate, D::Error> {
    let rate = super::super::settings::rate(input)?;
    rate.ok_or_else(|| D::Error::custom("give the `rate`, such as \"5%\""))
}

fn lanes<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Vec<ServiceTier>>, D::Error> {
    let names = Vec::<String>::deserialize(input)?;
    let known = |name: &String| ServiceTier::ALL.into_iter().find(|lane| lane.name() == name);
    let lanes = names.iter().map(|name| {
        known(name).ok_or_else(|| {
            let all = ServiceTier::ALL.map(ServiceTier::name).join(", ");
            D::Error::custom(format!("`{name}` is no service tier; they are {all}"))
        })
    });
    lanes.collect::<Result<Vec<_>, _>>().map(Some)
}

/// Dollars of a month: `"10000"` or a whole number.
fn amount<'de, D: Deserializer<'de>>(input: D) -> Result<Usd, D::Error> {
    let value = toml::Value::deserialize(input)?;
    let text = match &value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(whole) => whole.to_string(),
        other => other.to_string(),
    };
    let parsed = Usd::parse(&text, Excess::Reject).ok();
    let is_text = matches!(value, toml::Value::String(_) | toml::Value::Integer(_));
    parsed.filter(|amount| is_text && *amount >= Usd::ZERO && *amount <= most()).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is no amount of dollars; write \"10000\""))
    })
}

pub(super) fn some_amount<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Usd>, D::Error> {
    amount(input).map(Some)
}

/// No contract is about more a month, and sums stay within the integer.
fn most() -> Usd {
    const BILLION: i128 = 1_000_000_000;
    Usd::from_atto(BILLION * BILLION * BILLION)
}
