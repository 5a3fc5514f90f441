//! Provider discount: a contract or a reseller takes a percentage off.

mod terms;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::paid::Paid;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::percent;
use crate::units::{Rate, Usd};
use crate::usage::Filter;
use terms::{Known, Term};
pub use terms::{MonthlyTerms, Tier};

const DOCS: &str = "\
## What it does
Takes a percentage off the price of the calls in scope: a contract, a commitment, a reseller. It can \
differ by who bills, model, lane and kind of charge.

## When it applies
Where somebody sells the same models for less.

## How the saving is computed
Every charge times 1 - its rate, after everything else. It changes what a token costs, not how many \
there are: rate optimisation, not usage optimisation (`--show rate_and_usage` has the two apart). Rates \
hold for the model that answers and the lane it answers in after all other techniques.

`tier` and `commitment` depend on the whole bill of a calendar month, so they are no part of the ladder: \
the table `discount_tiers` says what each month comes to, as logged and with the plan. A tier takes its \
rate off the part of the month above it, up to the next tier; a commitment is paid even where the month \
comes to less.

## Settings
- `rate`: what is taken off the price; nothing unless given.
- `by`: entries `[[provider_discount.by]]` with a `rate` of their own, for `provider` (who bills), \
`model`, `service_tiers` such as `[\"batch\"]`, and `classes`, a list of input, output, cache_read, \
cache_write and fees. What an entry does not name is all of it; the last entry that fits counts.
- `tier`: entries `[[provider_discount.tier]]` with `above`, dollars a month, and a `rate`.
- `commitment`: dollars that are paid a month at least.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
`rate` covers every kind of charge, cache reads and writes and the batch lane included; say in `by` what \
it does not cover.

## Limits
Ask which charges it covers, and whether the model served is the model asked for. Tiers and commitments \
take the bills of all providers together, and a month that the log covers in part as it stands.

## Sources
The contract.";

/// Settings of `[provider_discount]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderDiscount {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default)]
    by: Vec<Term>,
    #[serde(default)]
    tier: Vec<Tier>,
    #[serde(default, deserialize_with = "terms::some_amount")]
    commitment: Option<Usd>,
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
        keys: &["rate", "by", "tier", "commitment", "where", "call_types"],
    };

    fn check(&self) -> Result<(), String> {
        let is_monthly = !self.tier.is_empty() || self.commitment.is_some();
        if self.rate.is_none() && self.by.is_empty() && !is_monthly {
            return Err("give the `rate`, such as \"30%\"".to_owned());
        }
        if is_monthly && (self.condition.is_some() || !self.call_types.is_empty()) {
            return Err("`tier` and `commitment` are about whole months; leave out `where` and \
                        `call_types`"
                .to_owned());
        }
        if !self.tier.is_sorted_by(|one, next| one.above < next.above) {
            return Err("write the tiers from the lowest `above` to the highest".to_owned());
        }
        if self.by.iter().any(|term| term.classes.as_ref().is_some_and(Vec::is_empty)) {
            return Err("the list of classes is empty; leave it out for all charges".to_owned());
        }
        Ok(())
    }
}

struct Discount {
    selection: Selection,
    rate: Rate,
    terms: Vec<Known>,
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

    fn against_rollups(&self) -> Option<&'static str> {
        None
    }

    fn sums_rows(&self) -> bool {
        self.condition.is_none()
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn monthly_terms(&self) -> Option<MonthlyTerms<'_>> {
        let is_monthly = !self.tier.is_empty() || self.commitment.is_some();
        is_monthly.then_some(MonthlyTerms { tiers: &self.tier, commitment: self.commitment })
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let warnings = selection.warnings("provider discount");
        let rate = self.rate.unwrap_or(Rate::ZERO);
        let mut note = format!("rate optimisation: {} off the price", percent(rate));
        let terms = self.by.iter().map(|term| term.find(facts)).collect::<Result<Vec<_>, _>>()?;
        if !terms.is_empty() {
            note.push_str(", or by its entries");
        }
        let unmet: Vec<bool> = terms.iter().map(|term| !term.is_met(facts)).collect();
        let discount = Discount { selection, rate, terms };
        let mut prepared = Prepared::ready(discount, Evidence::Exact, note);
        prepared.assumptions.extend(self.by.iter().map(Term::sentence));
        if rate > Rate::ZERO {
            let what = if self.by.is_empty() {
                "the discount covers every kind of token, cached and batch included"
            } else {
                "the discount covers every kind of token that no entry names"
            };
            prepared.assumptions.push(what.to_owned());
        }
        prepared.warnings = warnings;
        let unmet = self.by.iter().zip(&unmet).filter(|(_, unmet)| **unmet);
        prepared.warnings.extend(unmet.map(|(term, _)| term.warning()));
        Ok(prepared)
    }
}

impl Discount {
    /// What is paid of each kind of charge of a branch.
    fn paid(&self, branch: &Branch, scene: &Scene<'_>) -> Paid {
        let mut paid = Paid::all(self.rate.complement());
        for term in &self.terms {
            term.lay_over(&mut paid, branch, scene);
        }
        paid
    }
}

impl Rewrite for Discount {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) {
            return Effect::Unchanged;
        }
        let paid = self.paid(branch, scene);
        if paid == Paid::WHOLE {
            return Effect::Unchanged;
        }
        out.push(Branch { price: branch.price.times(&paid), ..*branch });
        Effect::Changed
    }
}
