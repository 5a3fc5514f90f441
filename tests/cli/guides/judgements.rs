//! What the guides conclude: attempts, self-hosting, concentration, and whether a claim is possible.

use std::fmt::Write;

use super::fixture::{Fixture, RATIO};
use super::support::{Declared, Priced, decimal, number, rows, table};
use crate::support::{folder_with, json, parse};

pub(super) fn attempts(one: &Fixture<'_>) {
    let (failures, most) = (decimal(one.float("p")), one.text("m"));
    let report = Declared::of_guide("1", "1", "0")
        .at(&[Priced::plain(1.0, 1.0)], &["--failures", &failures, "--attempts", &most]);
    one.check("expected", number(&rows(&report, "attempts")[0]["attempts"]), RATIO);
}

pub(super) fn self_hosting(one: &Fixture<'_>) {
    let price = one.float("api_per_m");
    let [hour, operations] = one.texts(["gpu_hour", "ops"]);
    let machine = format!("gpu_hour={hour},ops={operations},tokens_per_second=1000");
    let report = Declared::of_guide("1000", "1000", "200")
        .at(&[Priced::plain(price, price)], &["--self-host", &machine]);
    let tokens = &rows(&report, "self_hosting")[0]["break_even_tokens_per_day"];
    one.check("m_tokens_day", number(tokens) / 1_000_000, RATIO);
}

pub(super) fn gini(one: &Fixture<'_>) {
    let [weights, costs] = ["w", "c"].map(|key| one.list::<Vec<f64>>(key));
    let mut log = String::new();
    for (place, (weight, cost)) in weights.into_iter().zip(costs).enumerate() {
        let (calls, tokens) = (weight * 100.0, cost * 1e8);
        let _ = writeln!(
            log,
            r#"{{"time":"2026-11-02","model":"m0","call_type":"t{place}","calls":{calls:.0},"input_tokens":{tokens:.0},"output_tokens":0}}"#
        );
    }
    let folder = folder_with("guide.toml", table(&[Priced::plain(1.0, 1.0)]));
    std::fs::write(folder.path().join("usage.jsonl"), log).expect("writes");
    let report = json(folder.path(), &["analyze", "--prices", "guide.toml", "--by", "call_type"]);
    one.check("gini", parse(&report["concentration"]["group_gini"].to_string()), RATIO);
}

pub(super) fn intensity(one: &Fixture<'_>) {
    let [members, cost] =
        ["s", "c"].map(|key| llmcost::units::Rate::parse(&one.text(key)).expect("a rate"));
    let ratio = llmcost::insights::intensity(members, cost).expect("a ratio");
    one.check("ratio", parse(&ratio.to_string()), RATIO);
}

pub(super) fn feasible(one: &Fixture<'_>) {
    let model = Priced { read: one.float("read_mult"), ..Priced::plain(3.0, 15.0) };
    let percent = |key: &str| format!("{:.0}%", one.float(key) * 100.0);
    let claim = format!("cache {}, output {}", percent("cache_saving"), percent("output_saving"));
    let report = Declared::of_guide("1000", "3000", "500").at(&[model], &["--claim", &claim]);
    let steps = rows(&report, "claim");
    one.check("cached_share", number(&steps[0]["needed_share"]), RATIO);
    one.check("max_output_share_after", number(&steps[1]["at_most_share"]), RATIO);
    let word = if one.expected["feasible"] == true { "feasible" } else { "infeasible" };
    assert_eq!(steps[1]["possible"], word, "{}", one.id);
}
