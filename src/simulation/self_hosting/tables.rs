//! The break-even, as a table.

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, grouped};
use crate::units::{Tokens, Usd};

use super::break_even::{capacity, daily_cost, gpus_for, per_million, tokens_per_day};
use super::settings::SelfHost;
use super::traffic::{Sum, Traffic};

/// From how many tokens a day hosting pays, model by model.
pub(in super::super) fn exhibit(facts: &Facts<'_>, host: &SelfHost) -> Exhibit {
    let traffic = Traffic::of(facts);
    let mut table = Exhibit::new(
        "self_hosting",
        "Self-hosting: from how many tokens a day it pays",
        &[
            ("model", "instead of"),
            ("log_per_million_usd", "log, per M"),
            ("log_tokens_per_day", "log, a day"),
            ("break_even_tokens_per_day", "pays from, a day"),
            ("log_cost_per_day_usd", "log costs a day"),
            ("answer", "so"),
        ],
    );
    let (Some(daily), Some(utilisation)) =
        (daily_cost(host), host.utilisation.or_else(|| traffic.utilisation()))
    else {
        table.note("not computed: no call of the log has a price, tokens and a time");
        return table;
    };
    let most = capacity(host, utilisation);
    let models = traffic.models.iter().map(|(name, sum)| (name.as_str(), *sum));
    let total = (traffic.models.len() > 1).then(|| ("all together", traffic.total()));
    for (name, sum) in models.chain(total) {
        table.push(row(name, sum, &traffic, (daily, most)));
    }
    let percent = utilisation.parts() / 10_000_000;
    let how = if host.utilisation.is_some() { "given" } else { "the mean minute over the peak" };
    table.note(format!(
        "hosting costs {} USD a day and can process {} tokens at {percent} % utilisation ({how}){}",
        cents(daily),
        grouped(most),
        per_million(daily, most)
            .map_or_else(String::new, |usd| format!(": {} USD per M", cents(usd)))
    ));
    table.note(format!(
        "the peak of the log, {} tokens in a minute (99th percentile), needs {} GPUs",
        grouped(traffic.peak),
        grouped(gpus_for(host, traffic.peak).saturating_mul(host.redundancy))
    ));
    if traffic.is_summed && host.utilisation.is_none() {
        table.note(
            "rows of several calls stand in one minute each, which makes the peak too high and the \
             utilisation too low: give `utilisation`",
        );
    }
    table.note("another model would answer: quality is not compared, and nothing here is a saving");
    table
}

fn row(name: &str, sum: Sum, traffic: &Traffic, (daily, most): (Usd, u64)) -> [Cell; 6] {
    let break_even = tokens_per_day(daily, sum.cost, sum.tokens);
    let a_day = traffic.a_day(sum.tokens);
    let answer = match break_even {
        None => "costs nothing in the log",
        Some(tokens) if tokens > most => "not on these GPUs: it is more than they can do",
        Some(_) if a_day > most => "the log is more than these GPUs can do",
        Some(tokens) if a_day >= tokens => "pays",
        Some(_) => "does not pay",
    };
    let cost = i128::from(a_day).checked_mul(sum.cost.atto());
    let cost = cost.and_then(|product| product.checked_div(i128::from(sum.tokens)));
    [
        Cell::text(name),
        Cell::usd_or_missing(per_million(sum.cost, sum.tokens)),
        Cell::Tokens(Tokens::new(a_day)),
        break_even.map_or(Cell::Missing, |tokens| Cell::Tokens(Tokens::new(tokens))),
        Cell::usd_or_missing(cost.map(Usd::from_atto)),
        Cell::text(answer),
    ]
}

/// An amount to the cent, for a sentence.
fn cents(amount: Usd) -> String {
    const CENT: i128 = 10_000_000_000_000_000;
    let cents = (amount.atto() + CENT / 2).div_euclid(CENT);
    format!("{}.{:02}", cents / 100, cents % 100)
}
