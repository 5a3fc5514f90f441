//! Provider discount: a contract or a reseller takes a percentage off.

use serde::Deserialize;

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::percent;
use crate::units::Rate;
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Takes a percentage off the price of the calls in scope: a contract, a commitment, a reseller.

## When it applies
Where somebody sells the same models for less.

## How the saving is computed
Every price times 1 - rate, after everything else. It changes what a token costs, not how many there \
are: rate optimisation, not usage optimisation.

## Settings
- `rate`: what is taken off the price.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The discount covers every kind of token, cache reads and writes and the batch lane included.

## Limits
Ask whether it does, and whether the model served is the model asked for.

## Sources
The contract.";

/// Settings of `[provider_discount]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderDiscount {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for ProviderDiscount {
    const INFO: &'static Info = &Info {
        name: "provider_discount",
        label: "provider discount",
        stage: Stage::Price,
        summary: "take a percentage off the price",
        docs: DOCS,
        keys: &["rate", "where", "call_types"],
    };

    fn check(&self) -> Result<(), String> {
        self.rate.map(|_| ()).ok_or_else(|| "give the `rate`, such as \"30%\"".to_owned())
    }
}

struct Discount {
    selection: Selection,
    paid: Rate,
}

impl ProviderDiscount {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for ProviderDiscount {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let warnings = selection.warnings("provider discount");
        let rate = self.rate.unwrap_or(Rate::ZERO);
        let note = format!("rate optimisation: {} off the price", percent(rate));
        let discount = Discount { selection, paid: rate.complement() };
        let mut prepared = Prepared::ready(discount, Evidence::Exact, note);
        prepared.assumptions =
            vec!["the discount covers every kind of token, cached and batch included".to_owned()];
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Discount {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) || self.paid == Rate::ONE {
            return Effect::Unchanged;
        }
        out.push(Branch { price: branch.price.times(self.paid), ..*branch });
        Effect::Changed
    }
}
