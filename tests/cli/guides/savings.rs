//! What measures save by the guides: rates one after another, on slices of the bill, and tiering.

use super::fixture::{Fixture, MONEY, RATIO};
use super::support::{Declared, Priced, decimal, number, rows};
use crate::support::parse;

/// Rates on the whole bill: fewer calls, fewer repeats, batches at half the price, a discount.
pub(super) fn compound(one: &Fixture<'_>) {
    let rates: Vec<f64> = one.list("rates");
    let base = one.text("base");
    let [first, second] = [rates[0], rates[1]].map(decimal);
    let last = decimal(*rates.last().expect("rates"));
    let batch = decimal(2.0 * rates[2]);
    let mut measures = vec!["--semantic-cache", &first, "--structured", &second];
    measures.extend(["--discount", &last, "--days", "1"]);
    if rates.len() == 4 {
        measures.extend(["--batch", &batch]);
    }
    let report =
        Declared::of_guide(&base, "1000000", "0").at(&[Priced::plain(1.0, 1.0)], &measures);
    assert_eq!(number(&report["baseline_usd"]), number(&one.input["base"]));
    one.check("final", number(&report["projected_usd"]), MONEY);
    let techniques = report["techniques"].as_array().expect("a list");
    assert_eq!(techniques.len(), rates.len());
    let columns = [
        ("standalone", "standalone_usd"),
        ("ladder", "ladder_usd"),
        ("last_in", "last_in_usd"),
        ("shapley", "fair_share_usd"),
    ];
    for (key, column) in columns {
        let Some(expected) = one.expected.get(key) else { continue };
        let expected = expected.as_array().expect("a list");
        assert_eq!(expected.len(), techniques.len());
        for (technique, expected) in techniques.iter().zip(expected) {
            one.check_value(key, number(&technique[column]), expected, MONEY);
        }
    }
}

/// Rates on slices of the bill: 3,000 tokens in at $3 and 500 out at $15 are 6/11 input.
pub(super) fn slices(one: &Fixture<'_>) {
    assert!((one.float("input_share") - 6.0 / 11.0).abs() < 1e-9);
    let [all, input, output] = &one.texts(["tier_on_all", "cache_on_input", "cap_on_output"]);
    let report = Declared::of_guide("1000", "3000", "500").at(
        &[Priced::plain(3.0, 15.0)],
        &["--semantic-cache", all, "--trim", input, "--concise", output],
    );
    let [before, after] = ["baseline_usd", "projected_usd"].map(|key| number(&report[key]));
    one.check("left", after / (before / 1_000_000_000) * 1_000_000_000, RATIO);
}

pub(super) fn tier_cache(one: &Fixture<'_>) {
    let ([input, output], [small_input, small_output]) =
        (one.list::<[f64; 2]>("big"), one.list::<[f64; 2]>("small"));
    let min = one.input["small_min"].as_u64().expect("tokens");
    let models = || {
        let big = Priced { read: one.float("big_read"), ..Priced::plain(input, output) };
        [big, Priced { min, ..Priced::plain(small_input, small_output) }]
    };
    let shared = one.text("shared");
    let total = (one.float("shared") + one.float("fresh")).to_string();
    let per_call = |answer: &str, more: &[&str]| {
        let warm = ["--shared-prompt", &shared, "--cache-hit", "1"];
        let report =
            Declared::of_guide("1000", &total, answer).at(&models(), &[&warm[..], more].concat());
        number(&rows(&report, "workload_cost")[1]["per_thousand_calls_usd"]) / 1_000
    };
    let answer = one.text("tout");
    one.check("big_warm", per_call(&answer, &[]), MONEY);
    one.check("small", per_call(&answer, &["--tier", "1=m1"]), MONEY);
    let even = one.expected["break_even_tout"].to_string();
    assert_eq!(per_call(&even, &[]), per_call(&even, &["--tier", "1=m1"]), "{}", one.id);
}

pub(super) fn tier_share(one: &Fixture<'_>) {
    let models = [Priced::plain(one.float("ratio"), one.float("ratio")), Priced::plain(1.0, 1.0)];
    let tier = format!("{}=m1", one.text("share"));
    let report = Declared::of_guide("1000", "1000", "1000").at(&models, &["--tier", &tier]);
    one.check("saved", parse(&report["saved_share"].to_string()), RATIO);
}
