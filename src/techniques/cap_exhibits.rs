//! What caps of different height would save and lose, and a guardrail for every call type.

use super::caps::{CapEffect, Caps, Limit};
use super::facts::Facts;
use super::output_lengths::OutputLengths;
use crate::exhibits::{Cell, Exhibit};
use crate::units::{Rate, Usd};
use crate::usage::{FinishReason, column};

/// The caps that are compared with the one that was asked for.
const COMPARED: [(&str, &str); 4] =
    [("p90", "0.90"), ("p95", "0.95"), ("p99", "0.99"), ("p99.5", "0.995")];

fn rate(text: &str) -> Rate {
    Rate::parse(text).expect("a rate")
}

/// Caps of different height over the same calls.
pub(super) fn sweep(
    caps: &Caps,
    asked: &CapEffect,
    lengths: &OutputLengths,
    facts: &Facts<'_>,
) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "output_cap_sweep",
        "What caps of different height save",
        &[
            ("cap", "cap"),
            ("cut_calls", "cut"),
            ("cut_share", "of calls"),
            ("saved_usd", "saved"),
            ("saved_share", "of bill"),
            ("net_if_rerun_usd", "net if re-run"),
            ("net_if_rerun_share", "of bill"),
            ("break_even_rerun_share", "break-even re-runs"),
        ],
    );
    let mut push = |name: &str, found: &CapEffect| {
        let bill = found.bill.atto();
        exhibit.push([
            Cell::text(name),
            Cell::Count(found.cut),
            Cell::share_of(i128::from(found.cut), i128::from(found.calls)),
            Cell::Usd(found.saved),
            Cell::share_of(found.saved.atto(), bill),
            Cell::Usd(found.net()),
            Cell::share_of(found.net().atto(), bill),
            found.break_even().map_or(Cell::Missing, Cell::Rate),
        ]);
    };
    push("as asked", asked);
    for (name, share) in COMPARED {
        push(name, &caps.with(Limit::Quantile(rate(share)), lengths, facts).effect(facts));
    }
    push("guardrail", &caps.with(Limit::Guardrail, lengths, facts).effect(facts));
    exhibit.highlight = Some(0);
    exhibit.note(
        "Percentiles are taken by call type; the guardrail is 1.25 times the 99.5th percentile. \
         \"Net if re-run\" is the saving when every cut call is made again without a cap; the saving \
         is gone at the break-even share of re-runs. Without the effect on later prompts.",
    );
    exhibit
}

/// A limit for every call type that only runaway answers meet, and what was cut in the log.
pub(super) fn guardrails(caps: &Caps, lengths: &OutputLengths, facts: &Facts<'_>) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "output_guardrails",
        "A guardrail for each call type",
        &[
            ("call_type", "call type"),
            ("answers", "answers"),
            ("p50_tokens", "p50"),
            ("p95_tokens", "p95"),
            ("p995_tokens", "p99.5"),
            ("guardrail_tokens", "guardrail"),
            ("runaway_calls", "beyond it"),
            ("runaway_usd", "cost beyond"),
            ("truncated_calls", "cut in log"),
            ("truncated_usd", "their cost"),
        ],
    );
    let rails = caps.with(Limit::Guardrail, lengths, facts);
    let types = &facts.calls.dimensions[column::CALL_TYPE];
    let mut found = vec![Route::default(); types.len()];
    for (row, model) in facts.modelled_rows().filter(|(row, _)| caps.holds(*row)) {
        let scene = super::facts::Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
        let logged = super::branch::Branch::logged(facts.calls.call(row), model);
        let Ok(cost) = scene.cost(&logged) else { continue };
        let route = &mut found[facts.calls.symbol(column::CALL_TYPE, row).index()];
        route.cost += cost;
        if logged.call.finish_reason == FinishReason::Length {
            route.truncated += logged.call.calls;
            route.truncated_cost += cost;
        }
        let cut = rails.cut(&logged, &scene).and_then(|cut| scene.cost(&cut).ok());
        if let Some(after) = cut {
            route.runaway += logged.call.calls;
            route.runaway_cost += cost - after;
        }
    }
    let mut order: Vec<_> = types.names().filter(|(one, _)| lengths.count(*one) > 0).collect();
    order.retain(|(one, _)| found[one.index()].cost > Usd::ZERO);
    order.sort_by(|(one, name), (two, other)| {
        found[two.index()].cost.cmp(&found[one.index()].cost).then_with(|| name.cmp(other))
    });
    for (symbol, name) in order {
        let route = &found[symbol.index()];
        let at = |share| lengths.quantile(symbol, rate(share)).map_or(Cell::Missing, Cell::Tokens);
        exhibit.push([
            Cell::text(if name.is_empty() { "(none)" } else { name }),
            Cell::Count(lengths.count(symbol) as u64),
            at("0.5"),
            at("0.95"),
            at("0.995"),
            lengths.guardrail(symbol).map_or(Cell::Missing, Cell::Tokens),
            Cell::Count(route.runaway),
            Cell::Usd(route.runaway_cost),
            Cell::Count(route.truncated),
            Cell::Usd(route.truncated_cost),
        ]);
    }
    exhibit.note(
        "A guardrail bounds the worst case: set it as max_tokens and count on the savings beyond it \
         only. Answers the log shows as cut at their limit were paid in full and are mostly waste: \
         raise those limits or ask for less.",
    );
    exhibit
}

/// What was found of one call type.
#[derive(Clone, Copy, Default)]
struct Route {
    cost: Usd,
    runaway: u64,
    runaway_cost: Usd,
    truncated: u64,
    truncated_cost: Usd,
}
