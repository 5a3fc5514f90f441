//! What calls cost by the guides: plain, on several models, with a shared prompt in the cache.

use std::fmt::Write;

use super::fixture::{Fixture, MONEY, RATIO};
use super::support::{Declared, Priced, decimal, estimate_in, number, rows, table};
use crate::support::{folder_with, parse};

pub(super) fn calls(one: &Fixture<'_>) {
    let model = Priced::plain(one.float("pin"), one.float("pout"));
    let [calls, input, output, days] = &one.texts(["calls", "tin", "tout", "days"]);
    let report = Declared::of_guide(calls, input, output).at(&[model], &["--days", days]);
    one.check_cost(&report, 0);
}

/// Rows of calls, input, output and the two prices; or of calls, tokens and one price.
pub(super) fn blend(one: &Fixture<'_>) {
    let rows: Vec<Vec<f64>> = one.list("rows");
    let (mut models, mut plan) = (Vec::new(), String::new());
    for (place, row) in rows.iter().enumerate() {
        let (tokens, prices) = match row[..] {
            [_, input, output, first, second] => ([input, output], [first, second]),
            [_, all, price] => ([all, 0.0], [price, price]),
            _ => panic!("{}: {row:?}", one.id),
        };
        models.push(Priced::plain(prices[0], prices[1]));
        let _ = write!(
            plan,
            "[[workload]]\nmodel = \"m{place}\"\ncalls_per_day = {:.0}\ninput_tokens = {:.0}\n\
             output_tokens = {:.0}\n",
            row[0], tokens[0], tokens[1]
        );
    }
    let folder = folder_with("guide.toml", table(&models));
    std::fs::write(folder.path().join("plan.toml"), plan).expect("writes");
    let days = one.text("days");
    one.check_cost(&estimate_in(&folder, &["--plan", "plan.toml", "--days", &days]), 0);
}

/// The model of a shared prompt: nothing but input, which is written and read.
fn cached(one: &Fixture<'_>) -> Priced {
    let [input, write, read] = ["pin", "write", "read"].map(|key| one.float(key));
    Priced { write, read, ..Priced::plain(input, 0.0) }
}

pub(super) fn static_prompt(one: &Fixture<'_>) {
    let [calls, prompt, hit] = &one.texts(["calls", "static", "hit"]);
    let report = Declared::of_guide(calls, prompt, "0")
        .at(&[cached(one)], &["--shared-prompt", prompt, "--cache-hit", hit]);
    one.check_cost(&report, 1);
    let saved = &rows(&report, "workload_cost")[2];
    one.check("saved_day", number(&saved["per_day_usd"]), MONEY);
    one.check("saved_month", number(&saved["per_month_usd"]), MONEY);
}

/// The closed form, and a replay of drawn arrivals within three standard errors of it.
pub(super) fn poisson(one: &Fixture<'_>) {
    let [calls, prompt] = &one.texts(["calls", "static"]);
    assert_eq!(one.text("active_s"), "86400");
    let ttl = if one.text("ttl") == "300" { "5m" } else { "1h" };
    let replay = ["--arrival", "poisson", "--cache", "replay", "--cache-ttl", ttl];
    let report = Declared::of_guide(calls, prompt, "0")
        .at(&[cached(one)], &[&["--shared-prompt", prompt], &replay[..]].concat());
    let form = rows(&report, "cache_forms").iter().find(|row| row["lifetime"] == one.input["ttl"]);
    let form = form.expect("the lifetime");
    one.check("hit", number(&form["hit_share"]), RATIO);
    one.check("day", number(&form["cached_day_usd"]), MONEY);
    let hit = form["hit_share"].as_f64().expect("a share");
    let month = 30.0 * one.float("calls");
    let misses = 3.0 * (month * hit * (1.0 - hit)).sqrt() + 2.0;
    let dearer = one.float("pin") * (one.float("write") - one.float("read"));
    let slack = misses * one.float("static") * dearer / 1e6;
    let replayed = number(&rows(&report, "workload_cost")[1]["per_month_usd"]);
    let expected = number(&form["cached_day_usd"]) * 30;
    let difference = (replayed - expected).abs();
    assert!(difference <= parse(&decimal(slack)), "{}: {difference} beyond {slack}", one.id);
}
