//! Which calls could have waited, as a table.

use std::collections::BTreeMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;
use crate::usage::{Days, column};

use super::super::facts::Facts;
use super::super::technique::Scenario;
use super::super::wording::grouped;
use super::eligibility::{Eligibility, Verdict, cost_of};

/// More lines than this are summed up in one.
const LINES_MAX: usize = 20;

/// The most requests of one batch (Anthropic, Message Batches, 2026-11: 100,000 requests or 256 MB).
const BATCH_REQUESTS: u64 = 100_000;

/// Calls by type and verdict, the dearest first.
pub(super) fn eligibility(facts: &Facts<'_>, found: &Eligibility) -> Exhibit {
    let calls = facts.calls;
    let mut sums: BTreeMap<(&str, Verdict), (u64, Usd)> = BTreeMap::new();
    let mut total = Usd::ZERO;
    for (row, verdict) in found.verdicts.iter().enumerate() {
        let key = (calls.name(column::CALL_TYPE, row), *verdict);
        let sum = sums.entry(key).or_default();
        let cost = cost_of(facts, row);
        *sum = (sum.0.saturating_add(calls.call(row).calls), sum.1 + cost);
        total += cost;
    }
    let mut lines: Vec<_> = sums.into_iter().collect();
    lines.sort_by(|(one, (_, cost)), (other, (_, dearer))| dearer.cmp(cost).then(one.cmp(other)));
    let mut table = Exhibit::new(
        "batch_eligibility",
        "Which calls could have waited for a batch",
        &[
            ("call_type", "call type"),
            ("batched", "batch"),
            ("calls", "calls"),
            ("cost_usd", "cost"),
            ("cost_share", "of the bill"),
            ("reason", "why"),
        ],
    );
    let rest = lines.split_off(lines.len().min(LINES_MAX));
    for ((call_type, verdict), (count, cost)) in lines {
        let name = if call_type.is_empty() { "(no type)" } else { call_type };
        table.push([
            Cell::text(name),
            Cell::text(ends(verdict)),
            Cell::Count(count),
            Cell::Usd(cost),
            Cell::share_of(cost.atto(), total.atto()),
            Cell::text(verdict.words()),
        ]);
    }
    if !rest.is_empty() {
        table.note(format!("{} lines more, each cheaper, are left out", rest.len()));
    }
    table.note(
        "low counts only what names and deadlines say, high also bursts of calls that stand alone: \
         which calls can wait is the main uncertainty",
    );
    table
}

/// At which ends calls with a verdict go into a batch.
fn ends(verdict: Verdict) -> &'static str {
    match verdict {
        _ if verdict.is_batched(Scenario::Low) => "yes",
        _ if verdict.is_batched(Scenario::Expected) => "likely",
        _ if verdict.is_batched(Scenario::High) => "maybe",
        _ => "no",
    }
}

/// How many batches the busiest day would take.
pub(super) fn limits(facts: &Facts<'_>, is_batched: impl Fn(usize) -> bool) -> Option<String> {
    let mut days: BTreeMap<Option<i32>, u64> = BTreeMap::new();
    for row in (0..facts.calls.len()).filter(|row| is_batched(*row)) {
        let call = facts.calls.call(row);
        let day = days.entry(Days::UTC.day_of(call.time)).or_default();
        *day = day.saturating_add(call.calls);
    }
    // Calls without a time are on no day.
    let busiest = days.into_iter().filter_map(|(day, count)| day.map(|_| count)).max()?;
    Some(format!(
        "the busiest day has {} calls for batches, at least {} of at most 100,000 requests or 256 MB \
         each",
        grouped(busiest),
        busiest.div_ceil(BATCH_REQUESTS)
    ))
}
