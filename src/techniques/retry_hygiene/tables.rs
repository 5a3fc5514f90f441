//! Avoidable attempts and billed failures, as tables.

use std::collections::BTreeMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;
use crate::usage::{FinishReason, Row, Status, column};

use super::super::facts::Facts;
use super::attempts::{Attempts, Avoidable};

/// What a call of the log cost; nothing where it has no price.
fn cost(facts: &Facts<'_>, row: Row) -> Option<Usd> {
    let geo = facts.calls.name(column::GEO, row);
    facts.cost(facts.model(row)?, &facts.calls.call(row), geo).ok()
}

/// Avoidable attempts by reason.
pub(super) fn avoidable(facts: &Facts<'_>, attempts: &Attempts) -> Exhibit {
    let mut table = Exhibit::new(
        "avoidable_attempts",
        "Attempts that a sound policy would not have made",
        &[
            ("reason", "why"),
            ("attempts", "attempts"),
            ("cost_usd", "cost"),
            ("without_charge", "free"),
            ("succeeded", "succeeded"),
        ],
    );
    for reason in Avoidable::ALL {
        let rows =
            || attempts.avoidable.iter().filter(|(_, one)| *one == reason).map(|(row, _)| *row);
        let count = |wanted: &dyn Fn(Row) -> bool| -> u64 {
            rows().filter(|row| wanted(*row)).map(|row| facts.calls.call(row).calls).sum()
        };
        let all = count(&|_| true);
        if all == 0 {
            continue;
        }
        table.push([
            Cell::text(reason.words()),
            Cell::Count(all),
            Cell::Usd(rows().filter_map(|row| cost(facts, row)).sum()),
            Cell::Count(count(&|row| cost(facts, row).is_some_and(Usd::is_zero))),
            Cell::Count(count(&|row| facts.calls.call(row).status == Status::Ok)),
        ]);
    }
    if table.rows.is_empty() {
        table.note("every logged attempt is one that the policy would have made");
    }
    table
}

/// How a failed call is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Billing {
    NoUsage,
    NotCharged,
    Charged,
    BrokenOff,
    NoPrice,
}

impl Billing {
    const fn words(self) -> &'static str {
        match self {
            Self::NoUsage => "failed, no usage logged: costs nothing",
            Self::NotCharged => "failed, usage logged, not charged by the provider's rule",
            Self::Charged => "failed, usage logged: charged as logged",
            Self::BrokenOff => "broken off in the answer: charged as logged",
            Self::NoPrice => "failed, no price known",
        }
    }
}

fn billing(facts: &Facts<'_>, row: Row) -> Option<Billing> {
    let call = facts.calls.call(row);
    let has_failed = matches!(call.status, Status::Error(_));
    let is_broken_off = call.finish_reason == FinishReason::Error;
    if !has_failed && !is_broken_off {
        return None;
    }
    let has_usage = !(call.input_total() + call.output_total()).is_zero();
    Some(match cost(facts, row) {
        _ if !has_usage => Billing::NoUsage,
        None => Billing::NoPrice,
        Some(amount) if amount.is_zero() => Billing::NotCharged,
        Some(_) if is_broken_off || is_cut(call.status) && !call.output_total().is_zero() => {
            Billing::BrokenOff
        }
        Some(_) => Billing::Charged,
    })
}

/// Whether a failure may come in the middle of an answer: the client's own mistakes do not.
const fn is_cut(status: Status) -> bool {
    match status {
        Status::Error(408) => true,
        Status::Error(code) => code < 400 || code > 499,
        Status::Ok | Status::Unknown => false,
    }
}

/// Failed calls by provider and how they are billed, and what they cost together.
pub(super) fn failures(facts: &Facts<'_>) -> (Exhibit, Failures) {
    let mut sums: BTreeMap<(&str, Billing), (u64, Usd)> = BTreeMap::new();
    let mut all = Failures::default();
    for row in 0..facts.calls.len() {
        let calls = facts.calls.call(row).calls;
        all.calls = all.calls.saturating_add(calls);
        let Some(billing) = billing(facts, row) else { continue };
        let amount = cost(facts, row).unwrap_or_default();
        let sum = sums.entry((facts.calls.name(column::PROVIDER, row), billing)).or_default();
        *sum = (sum.0.saturating_add(calls), sum.1 + amount);
        all.failed = all.failed.saturating_add(calls);
        all.cost += amount;
    }
    let mut table = Exhibit::new(
        "failure_billing",
        "How failed calls are billed",
        &[("provider", "provider"), ("calls", "calls"), ("cost_usd", "cost"), ("billing", "how")],
    );
    for ((provider, billing), (calls, cost)) in sums {
        table.push([
            Cell::text(if provider.is_empty() { "(not named)" } else { provider }),
            Cell::Count(calls),
            Cell::Usd(cost),
            Cell::text(billing.words()),
        ]);
    }
    (table, all)
}

/// The failed calls of a log.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failures {
    /// All calls.
    pub(super) calls: u64,
    /// Those that failed.
    pub(super) failed: u64,
    /// What the failed ones cost.
    pub(super) cost: Usd,
}
