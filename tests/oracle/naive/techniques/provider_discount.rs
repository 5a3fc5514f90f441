//! Source: `docs/techniques/provider_discount.md`: every charge times 1 - its rate; the last entry
//! that fits counts.

use super::{Branch, Step, Surroundings};
use crate::naive::names::{Meaning, find};
use crate::number::{Q, one, zero};
use crate::world::plan::{Kind, Scope, Setting, Term};
use crate::world::table::{Decimal, Table};

pub(super) struct Discount {
    rate: Q,
    by: Vec<Term>,
    scope: Scope,
}

pub(super) fn prepare(setting: &Setting) -> Discount {
    let Setting::ProviderDiscount { rate, by, scope } = setting else { unreachable!() };
    let rate = rate.as_ref().map_or_else(zero, Decimal::value);
    Discount { rate, by: by.clone(), scope: scope.clone() }
}

impl Step for Discount {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        let mut after = branch.clone();
        if self.scope.holds(around.record()) {
            for kind in Kind::ALL {
                let fits = |term: &&Term| is_about(term, kind, branch, around.table);
                let term = self.by.iter().rfind(fits);
                let rate = term.map_or_else(|| self.rate.clone(), |term| term.rate.value());
                after.paid[kind as usize] *= one() - rate;
            }
        }
        vec![after]
    }

    fn is_price(&self) -> bool {
        true
    }
}

/// Rates hold for the model that answers and the lane it answers in, after all other techniques.
fn is_about(term: &Term, kind: Kind, branch: &Branch, table: &Table) -> bool {
    let is_model = term.model.as_ref().is_none_or(|name| {
        let meant = find(table, "", name).expect("plans name models of the table");
        match (meant.meaning, branch.call.home.meaning) {
            (Meaning::Model(meant), Meaning::Model(answers)) => meant == answers,
            (Meaning::Model(meant), Meaning::Moving(alias)) => {
                let targets = &table.aliases[alias].targets;
                let at = branch.call.time.expect("calls of moving names have times");
                let now = targets.iter().find(|(_, to)| to.is_none_or(|to| at < to));
                now.is_some_and(|(model, _)| *model == meant)
            }
            (Meaning::Moving(_), _) => unreachable!("no term names a moving alias"),
        }
    });
    let is_tier = term.tiers.as_ref().is_none_or(|tiers| tiers.contains(&branch.call.tier));
    let is_kind = term.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    is_model && is_tier && is_kind
}
