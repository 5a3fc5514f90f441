//! Exhibits with every kind of cell, for the samples of reports.

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Factor, Rate, Share, Tokens};
use crate::usage::Instant;

use super::samples::usd;

/// One that is on the page, one that is not.
pub(super) fn exhibits() -> Vec<Exhibit> {
    vec![policies(), spend()]
}

fn policies() -> Exhibit {
    let columns = [
        ("policy", "policy"),
        ("cost_usd", "cost"),
        ("read_tokens", "read"),
        ("against_off", "against off"),
        ("hit_share", "hits"),
        ("advice", "what to do"),
    ];
    let mut policies = Exhibit::new("cache_policies", "What each policy costs", &columns);
    policies.push([
        Cell::text("oracle"),
        Cell::Usd(usd("1204.5012")),
        Cell::Tokens(Tokens::new(12_345_678)),
        Cell::multiple_of(-3, 4),
        Cell::Rate(Rate::parse("0.625").expect("a rate")),
        Cell::text("a bound; nobody can follow it"),
    ]);
    policies.push([
        Cell::text("=off"),
        Cell::usd_or_missing(None),
        Cell::Tokens(Tokens::ZERO),
        Cell::Factor(Factor::parse("1.331").expect("a factor")),
        Cell::share_of(1, 0),
        Cell::Missing,
    ]);
    policies.highlight = Some(0);
    policies.note("you capture 62 % of what caching could ever give");
    policies
}

fn spend() -> Exhibit {
    let columns =
        [("calls", "calls"), ("first", "first blocked"), ("wait_s", "wait"), ("change", "change")];
    let mut spend = Exhibit::new("spend_caps", "What a cap blocks", &columns).as_detail();
    let first = Instant::parse("2026-10-03T16:30:00Z").expect("a time");
    spend.push([
        Cell::Count(1_204),
        Cell::Time(first),
        Cell::Seconds(300),
        Share::of(-57, 1_000).map_or(Cell::Missing, Cell::Share),
    ]);
    spend
}
