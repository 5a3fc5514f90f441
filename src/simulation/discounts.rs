//! What a contract does beside the ladder: monthly terms, and rates apart from usage.

use std::num::NonZeroUsize;

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, MonthlyTerms, Stage, Technique};
use crate::units::Usd;
use crate::usage::column;

use super::error::SimulationError;
use super::grouping::Grouping;
use super::outcome::Outcome;
use super::plan::Plan;
use super::run::walk_all;
use super::walk::Player;

/// The column whose values are calendar months.
const MONTH: &str = "month";

/// What each month comes to under tiers and commitments, as logged and with the plan; nothing where
/// the plan has none.
///
/// They depend on the whole bill of a month, so that no call has a part of them.
///
/// # Errors
/// When an amount does not fit.
pub(super) fn monthly(
    facts: &Facts<'_>,
    plan: &Plan,
    players: &[Player<'_>],
    threads: NonZeroUsize,
) -> Result<Option<Exhibit>, SimulationError> {
    let Some(terms) = plan.techniques().find_map(Technique::monthly_terms) else {
        return Ok(None);
    };
    let grouping = Grouping::new(facts.calls, &[MONTH.to_owned()], plan.days)?;
    let tally = walk_all(facts, &grouping, players, threads)?;
    let keys = grouping.keys.iter().map(|key| key.concat());
    let mut months: Vec<(String, Usd, Usd)> = keys
        .zip(&tally.groups)
        .filter(|(_, group)| group.calls > 0)
        .map(|(month, group)| (month, group.before, group.after.to_usd()))
        .collect();
    months.sort();
    let mut table = table(terms, &months).ok_or(SimulationError::TooLarge)?;
    let calls = facts.calls;
    let mut rows = facts.modelled_rows().map(|(row, _)| calls.symbol(column::PROVIDER, row));
    let first = rows.next();
    if rows.any(|provider| Some(provider) != first) {
        table.note("the log has calls of several providers: their bills are taken together");
    }
    Ok(Some(table))
}

fn table(terms: MonthlyTerms<'_>, months: &[(String, Usd, Usd)]) -> Option<Exhibit> {
    let mut table = Exhibit::new(
        "discount_tiers",
        "What months come to under tiers and commitment",
        &[
            ("month", "month"),
            ("logged_usd", "as logged"),
            ("logged_payable_usd", "to pay"),
            ("projected_usd", "with the plan"),
            ("projected_payable_usd", "to pay then"),
            ("saving_usd", "saving"),
        ],
    );
    let mut sums = [Usd::ZERO; 5];
    for (month, before, after) in months {
        // Calls without a time are in no month, so no tier is known for them.
        let is_timed = !month.is_empty();
        let payable = |bill| if is_timed { terms.payable(bill) } else { Some(bill) };
        let (was, is) = (payable(*before)?, payable(*after)?);
        let figures = [*before, was, *after, is, was - is];
        for (sum, figure) in sums.iter_mut().zip(figures) {
            *sum = sum.checked_add(figure)?;
        }
        let name = if is_timed { month } else { "(no time)" };
        table.push([Cell::text(name)].into_iter().chain(figures.map(Cell::Usd)));
    }
    if months.len() > 1 {
        table.push([Cell::text("all together")].into_iter().chain(sums.map(Cell::Usd)));
    }
    table.note(
        "apart from the ladder, whose figures are before tiers and commitment: a smaller bill earns \
         a smaller discount",
    );
    table.note("months as the log has them: one that it covers in part comes to less");
    Some(table)
}

/// How much of the saving is a lower price for the same usage; nothing without a discount.
pub(super) fn rate_and_usage(plan: &Plan, outcome: &Outcome) -> Option<Exhibit> {
    let stages = plan.techniques().map(|technique| technique.info().stage);
    let (rate, usage): (Vec<_>, Vec<_>) =
        outcome.techniques.iter().zip(stages).partition(|(_, stage)| *stage == Stage::Price);
    if rate.is_empty() {
        return None;
    }
    let mut table = Exhibit::new(
        "rate_and_usage",
        "Saved by usage, and by the rate",
        &[
            ("effect", "effect"),
            ("saving_usd", "saving"),
            ("saving_share", "of the bill"),
            ("techniques", "techniques"),
        ],
    );
    for (effect, techniques) in [("usage", usage), ("rate", rate)] {
        let saving: Usd = techniques.iter().map(|(technique, _)| technique.ladder).sum();
        let names: Vec<_> = techniques.iter().map(|(technique, _)| technique.name).collect();
        table.push([
            Cell::text(effect),
            Cell::Usd(saving),
            Cell::share_of(saving.atto(), outcome.baseline.atto()),
            if names.is_empty() { Cell::Missing } else { Cell::text(names.join(", ")) },
        ]);
    }
    table.note(
        "usage is how many tokens of which kind, model and lane; the rate is what a contract takes off \
         the price of those that are left",
    );
    Some(table.as_detail())
}
