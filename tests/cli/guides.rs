//! Every figure of the five published guides that can be computed, from the program itself: prices and
//! workload are the guide's own, the command is one a user would type.
#![expect(clippy::float_arithmetic, reason = "the published figures are decimals of a JSON file")]

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::support::{atto, folder_with, json, parse, run, shared};

/// Half a cent, unless a fixture says otherwise.
const MONEY: &str = "0.005";

/// For parts of a whole.
const RATIO: &str = "0.00005";

/// One model of a guide: prices of a million tokens, what a write and a read of the cache cost as
/// multiples of input, and the least that is cached.
struct Priced {
    input: f64,
    output: f64,
    write: f64,
    read: f64,
    min: u64,
}

impl Priced {
    const fn plain(input: f64, output: f64) -> Self {
        Self { input, output, write: 1.25, read: 0.1, min: 1 }
    }
}

/// A decimal of a fixture as the program reads it: nine places are enough for every rate.
fn decimal(number: f64) -> String {
    format!("{number:.9}")
}

/// A price table with the models `m0`, `m1`, ….
fn table(models: &[Priced]) -> String {
    let mut text = String::from(
        "[provider]\nid = \"guide\"\n[[tokenizer]]\nid = \"guide\"\n[[cache_policy]]\nid = \"guide\"\n\
         match = \"breakpoint\"\ngranularity = 1\nwrite = \"priced\"\nread_refreshes = true\n\
         automatic = false\nguaranteed = true\nlifetimes = [\n\
         { class = \"cache_write_5m\", seconds = 300 },\n\
         { class = \"cache_write_1h\", seconds = 3600 },\n]\n\
         source = \"https://guide.example\"\nchecked_on = \"2026-11-01\"\n",
    );
    for (place, model) in models.iter().enumerate() {
        let [write, read] = [model.write, model.read].map(|times| decimal(times * model.input));
        let _ = write!(
            text,
            "[[model]]\nid = \"m{place}\"\ntokenizer = \"guide\"\n\
             cache = [{{ policy = \"guide\", min_tokens = {} }}]\n[[model.period]]\n\
             source = \"https://guide.example\"\nchecked_on = \"2026-11-01\"\n\
             prices = {{ input = \"{}\", output = \"{}\", cache_read = \"{read}\", \
             cache_write_5m = \"{write}\", cache_write_1h = \"{write}\" }}\n\
             batch = {{ rule = \"multiply\", factor = \"0.5\" }}\n",
            model.min,
            decimal(model.input),
            decimal(model.output),
        );
    }
    text
}

/// The JSON report of `estimate` at a guide's own prices.
fn estimate(models: &[Priced], arguments: &[&str]) -> Value {
    let folder = folder_with("guide.toml", table(models));
    estimate_in(&folder, arguments)
}

fn estimate_in(folder: &TempDir, arguments: &[&str]) -> Value {
    json(folder.path(), &[&["estimate", "--prices", "guide.toml"], arguments].concat())
}

/// The rows of a table of a report.
fn rows<'a>(report: &'a Value, name: &str) -> &'a Vec<Value> {
    let exhibits = report["exhibits"].as_array().expect("a list");
    let found = exhibits.iter().find(|exhibit| exhibit["name"] == name);
    found.and_then(|exhibit| exhibit["rows"].as_array()).unwrap_or_else(|| panic!("no {name}"))
}

/// A number of a fixture or a report in 10⁻¹⁸.
fn number(value: &Value) -> i128 {
    if value.is_string() { atto(value) } else { parse(&value.to_string()) }
}

/// One fixture: what it declares and what should come out.
struct Fixture<'a> {
    id: &'a str,
    input: &'a Value,
    expected: &'a Value,
    tolerance: Option<i128>,
}

impl Fixture<'_> {
    fn float(&self, key: &str) -> f64 {
        self.input[key].as_f64().unwrap_or_else(|| panic!("{}: no {key}", self.id))
    }

    fn text(&self, key: &str) -> String {
        self.input[key].to_string()
    }

    fn rates(&self) -> Vec<f64> {
        let rates = self.input["rates"].as_array().expect("rates");
        rates.iter().map(|rate| rate.as_f64().expect("a rate")).collect()
    }

    /// Compares what the program says with what the fixture expects, where it expects it.
    fn check(&self, key: &str, found: i128, tolerance: &str) {
        let Some(expected) = self.expected.get(key) else { return };
        self.check_value(key, found, expected, tolerance);
    }

    fn check_value(&self, key: &str, found: i128, expected: &Value, tolerance: &str) {
        let tolerance = self.tolerance.unwrap_or_else(|| parse(tolerance));
        let difference = (found - number(expected)).abs();
        assert!(difference <= tolerance, "{} {key}: {found} for {expected}", self.id);
    }

    fn check_cost(&self, report: &Value, row: usize) {
        let cost = &rows(report, "workload_cost")[row];
        let per_call = number(&cost["per_thousand_calls_usd"]) / 1_000;
        self.check("per_call", per_call, MONEY);
        self.check("day", number(&cost["per_day_usd"]), MONEY);
        self.check("month", number(&cost["per_month_usd"]), MONEY);
    }
}

fn calls(one: &Fixture<'_>) {
    let model = Priced::plain(one.float("pin"), one.float("pout"));
    let texts = ["calls", "tin", "tout", "days"].map(|key| one.text(key));
    let [calls, input, output, days] = &texts;
    let report = estimate(
        &[model],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            calls,
            "--input-tokens",
            input,
            "--output-tokens",
            output,
            "--days",
            days,
        ],
    );
    one.check_cost(&report, 0);
}

/// Rows of calls, input, output and the two prices; or of calls, tokens and one price.
fn blend(one: &Fixture<'_>) {
    let rows: Vec<Vec<f64>> = serde_json::from_value(one.input["rows"].clone()).expect("rows");
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

fn static_prompt(one: &Fixture<'_>) {
    let (write, read) = (one.float("write"), one.float("read"));
    let model = Priced { write, read, ..Priced::plain(one.float("pin"), 0.0) };
    let (calls, prompt, hit) = (one.text("calls"), one.text("static"), one.text("hit"));
    let report = estimate(
        &[model],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            &calls,
            "--input-tokens",
            &prompt,
            "--output-tokens",
            "0",
            "--shared-prompt",
            &prompt,
            "--cache-hit",
            &hit,
        ],
    );
    one.check_cost(&report, 1);
    let saved = &rows(&report, "workload_cost")[2];
    one.check("saved_day", number(&saved["per_day_usd"]), MONEY);
    one.check("saved_month", number(&saved["per_month_usd"]), MONEY);
}

/// The closed form, and a replay of drawn arrivals within three standard errors of it.
fn poisson(one: &Fixture<'_>) {
    let (write, read, price) = (one.float("write"), one.float("read"), one.float("pin"));
    let model = Priced { write, read, ..Priced::plain(price, 0.0) };
    let (calls, prompt) = (one.text("calls"), one.text("static"));
    assert_eq!(one.text("active_s"), "86400");
    let ttl = if one.text("ttl") == "300" { "5m" } else { "1h" };
    let report = estimate(
        &[model],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            &calls,
            "--input-tokens",
            &prompt,
            "--output-tokens",
            "0",
            "--shared-prompt",
            &prompt,
            "--arrival",
            "poisson",
            "--cache",
            "replay",
            "--cache-ttl",
            ttl,
        ],
    );
    let form = rows(&report, "cache_forms").iter().find(|row| row["lifetime"] == one.input["ttl"]);
    let form = form.expect("the lifetime");
    one.check("hit", number(&form["hit_share"]), RATIO);
    one.check("day", number(&form["cached_day_usd"]), MONEY);
    let hit = form["hit_share"].as_f64().expect("a share");
    let month = 30.0 * one.float("calls");
    let misses = 3.0 * (month * hit * (1.0 - hit)).sqrt() + 2.0;
    let slack = misses * one.float("static") * price * (write - read) / 1e6;
    let replayed = number(&rows(&report, "workload_cost")[1]["per_month_usd"]);
    let expected = number(&form["cached_day_usd"]) * 30;
    let difference = (replayed - expected).abs();
    assert!(difference <= parse(&decimal(slack)), "{}: {difference} beyond {slack}", one.id);
}

/// Rates on the whole bill: fewer calls, fewer repeats, batches at half the price, a discount.
fn compound(one: &Fixture<'_>) {
    let rates = one.rates();
    let base = one.text("base");
    let [first, second] = [rates[0], rates[1]].map(decimal);
    let last = decimal(*rates.last().expect("rates"));
    let batch = decimal(2.0 * rates[2]);
    let mut arguments = vec![
        "--model",
        "m0",
        "--calls-per-day",
        &base,
        "--input-tokens",
        "1000000",
        "--output-tokens",
        "0",
        "--days",
        "1",
        "--semantic-cache",
        &first,
        "--structured",
        &second,
        "--discount",
        &last,
    ];
    if rates.len() == 4 {
        arguments.extend(["--batch", &batch]);
    }
    let report = estimate(&[Priced::plain(1.0, 1.0)], &arguments);
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
fn slices(one: &Fixture<'_>) {
    assert!((one.float("input_share") - 6.0 / 11.0).abs() < 1e-9);
    let rates = ["tier_on_all", "cache_on_input", "cap_on_output"].map(|key| one.text(key));
    let [all, input, output] = &rates;
    let report = estimate(
        &[Priced::plain(3.0, 15.0)],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            "3000",
            "--output-tokens",
            "500",
            "--semantic-cache",
            all,
            "--trim",
            input,
            "--concise",
            output,
        ],
    );
    let [before, after] = ["baseline_usd", "projected_usd"].map(|key| number(&report[key]));
    one.check("left", after / (before / 1_000_000_000) * 1_000_000_000, RATIO);
}

fn tier_cache(one: &Fixture<'_>) {
    let pair = |key: &str| -> [f64; 2] {
        serde_json::from_value(one.input[key].clone()).expect("two prices")
    };
    let ([input, output], [small_input, small_output]) = (pair("big"), pair("small"));
    let min = one.input["small_min"].as_u64().expect("tokens");
    let models = || {
        let big = Priced { read: one.float("big_read"), ..Priced::plain(input, output) };
        [big, Priced { min, ..Priced::plain(small_input, small_output) }]
    };
    let shared = one.text("shared");
    let total = (one.float("shared") + one.float("fresh")).to_string();
    let per_call = |answer: &str, more: &[&str]| {
        let arguments = [
            "--model",
            "m0",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            &total,
            "--shared-prompt",
            &shared,
            "--output-tokens",
            answer,
            "--cache-hit",
            "1",
        ];
        let report = estimate(&models(), &[&arguments[..], more].concat());
        number(&rows(&report, "workload_cost")[1]["per_thousand_calls_usd"]) / 1_000
    };
    let answer = one.text("tout");
    one.check("big_warm", per_call(&answer, &[]), MONEY);
    one.check("small", per_call(&answer, &["--tier", "1=m1"]), MONEY);
    let even = one.expected["break_even_tout"].to_string();
    assert_eq!(per_call(&even, &[]), per_call(&even, &["--tier", "1=m1"]), "{}", one.id);
}

fn tier_share(one: &Fixture<'_>) {
    let models = [Priced::plain(one.float("ratio"), one.float("ratio")), Priced::plain(1.0, 1.0)];
    let tier = format!("{}=m1", one.text("share"));
    let report = estimate(
        &models,
        &[
            "--model",
            "m0",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            "1000",
            "--output-tokens",
            "1000",
            "--tier",
            &tier,
        ],
    );
    one.check("saved", parse(&report["saved_share"].to_string()), RATIO);
}

fn attempts(one: &Fixture<'_>) {
    let (failures, most) = (decimal(one.float("p")), one.text("m"));
    let report = estimate(
        &[Priced::plain(1.0, 1.0)],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            "1",
            "--input-tokens",
            "1",
            "--output-tokens",
            "0",
            "--failures",
            &failures,
            "--attempts",
            &most,
        ],
    );
    one.check("expected", number(&rows(&report, "attempts")[0]["attempts"]), RATIO);
}

fn self_hosting(one: &Fixture<'_>) {
    let price = one.float("api_per_m");
    let (hour, operations) = (one.text("gpu_hour"), one.text("ops"));
    let report = estimate(
        &[Priced::plain(price, price)],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            "1000",
            "--output-tokens",
            "200",
            "--self-host",
            &format!("gpu_hour={hour},ops={operations},tokens_per_second=1000"),
        ],
    );
    let tokens = &rows(&report, "self_hosting")[0]["break_even_tokens_per_day"];
    one.check("m_tokens_day", number(tokens) / 1_000_000, RATIO);
}

fn gini(one: &Fixture<'_>) {
    let list =
        |key: &str| -> Vec<f64> { serde_json::from_value(one.input[key].clone()).expect("parts") };
    let mut log = String::new();
    for (place, (weight, cost)) in list("w").into_iter().zip(list("c")).enumerate() {
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

fn intensity(one: &Fixture<'_>) {
    let [members, cost] =
        ["s", "c"].map(|key| llmcost::units::Rate::parse(&one.text(key)).expect("a rate"));
    let ratio = llmcost::insights::intensity(members, cost).expect("a ratio");
    one.check("ratio", parse(&ratio.to_string()), RATIO);
}

fn feasible(one: &Fixture<'_>) {
    let model = Priced { read: one.float("read_mult"), ..Priced::plain(3.0, 15.0) };
    let percent = |key: &str| format!("{:.0}%", one.float(key) * 100.0);
    let claim = format!("cache {}, output {}", percent("cache_saving"), percent("output_saving"));
    let report = estimate(
        &[model],
        &[
            "--model",
            "m0",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            "3000",
            "--output-tokens",
            "500",
            "--claim",
            &claim,
        ],
    );
    let steps = rows(&report, "claim");
    one.check("cached_share", number(&steps[0]["needed_share"]), RATIO);
    one.check("max_output_share_after", number(&steps[1]["at_most_share"]), RATIO);
    let word = if one.expected["feasible"] == true { "feasible" } else { "infeasible" };
    assert_eq!(steps[1]["possible"], word, "{}", one.id);
}

/// Runs the command for a figure and compares.
type Reproduce = fn(&Fixture<'_>);

/// Each kind of figure with the command that makes it.
const KINDS: [(&str, Reproduce); 13] = [
    ("calls", calls),
    ("blend", blend),
    ("flat_blend", blend),
    ("static_prompt", static_prompt),
    ("poisson", poisson),
    ("compound", compound),
    ("slices", slices),
    ("tier_cache", tier_cache),
    ("tier_share", tier_share),
    ("attempts", attempts),
    ("selfhost", self_hosting),
    ("gini_groups", gini),
    ("feasible_cache_then_output", feasible),
];

#[test]
fn the_program_reproduces_every_figure_of_the_guides() {
    let Some(path) = shared("claims.json") else { return };
    let text = std::fs::read_to_string(path).expect("reads");
    let fixtures: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(fixtures.len(), 41);
    for fixture in &fixtures {
        let kind = fixture["kind"].as_str().expect("a kind");
        let one = Fixture {
            id: fixture["id"].as_str().expect("an id"),
            input: &fixture["in"],
            expected: fixture.get("own").or(fixture.get("real")).expect("figures"),
            tolerance: fixture.get("tol").map(number_of_power),
        };
        let known = KINDS.iter().find(|(name, _)| *name == kind);
        match known {
            Some((_, check)) => check(&one),
            None if kind == "intensity" => intensity(&one),
            None => panic!("{}: no command makes a {kind}", one.id),
        }
    }
}

/// A tolerance such as `1e-9`.
fn number_of_power(value: &Value) -> i128 {
    parse(&decimal(value.as_f64().expect("a number")))
}

/// 1,000 calls a day at equal distances find the prompt warm but for the first: 8,000 tokens written
/// once at $3.75 a million, and read 999 times at $0.30.
#[test]
fn calls_every_86_seconds_write_the_prompt_once() {
    let report = json(
        Path::new("."),
        &[
            "estimate",
            "--model",
            "claude-sonnet-4-6",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            "8000",
            "--output-tokens",
            "0",
            "--shared-prompt",
            "8000",
            "--cache",
            "replay",
            "--days",
            "1",
        ],
    );
    assert_eq!(number(&report["baseline_usd"]), parse("24"));
    assert_eq!(number(&report["projected_usd"]), parse("2.4276"));
}

/// The minimum of Haiku 4.5 is 4,096 tokens: a shared prompt of 2,000 is never cached.
#[test]
fn a_declared_prompt_below_the_minimum_saves_nothing_and_says_so() {
    let report = json(
        Path::new("."),
        &[
            "estimate",
            "--model",
            "claude-haiku-4-5",
            "--calls-per-day",
            "10000",
            "--input-tokens",
            "2000",
            "--output-tokens",
            "0",
            "--shared-prompt",
            "2000",
            "--cache-hit",
            "1",
            "--days",
            "1",
        ],
    );
    assert_eq!(number(&report["saved_usd"]), 0);
    assert!(report["warnings"].to_string().contains("4,096"), "{}", report["warnings"]);
}

#[test]
fn ids_that_never_existed_are_refused() {
    let base = ["--calls-per-day", "10", "--input-tokens", "100", "--output-tokens", "0"];
    let with = |model| [&["--model", model], &base[..]].concat();
    check_refused(&with("claude-4-sonnet-20260515"), "no model `claude-4-sonnet-20260515`");
}

#[test]
fn the_same_flags_declare_the_same_calls_on_any_number_of_threads() {
    let estimate = |threads: &str| {
        let arguments = [
            "estimate",
            "--model",
            "gpt-4o",
            "--calls-per-day",
            "200",
            "--input-tokens",
            "exponential 2000",
            "--output-tokens",
            "mix 50:0.8 900:0.2",
            "--turns",
            "4",
            "--arrival",
            "poisson",
            "--hours",
            "8",
            "--cache",
            "replay",
            "--interval",
            "--best",
            "--batch",
            "0.3",
            "--json",
            "--threads",
            threads,
        ];
        let found = run(Path::new("."), &arguments);
        assert_eq!(found.code, Some(0), "{}", found.stderr);
        found.stdout
    };
    assert_eq!(estimate("1"), estimate("3"));
}

fn check_refused(arguments: &[&str], expected: &str) {
    let found = run(Path::new("."), &[&["estimate"], arguments].concat());
    assert_eq!(found.code, Some(2), "{arguments:?}\n{}", found.stdout);
    assert!(found.stderr.contains(expected), "{arguments:?}\n{}", found.stderr);
}

#[test]
fn what_is_not_declared_whole_is_refused_with_what_is_missing() {
    check_refused(&[], "give --model, --calls-per-day");
    check_refused(&["--model", "gpt-4o", "--calls-per-day", "5"], "how many tokens");
    let base = ["--model", "gpt-4o", "--input-tokens", "100", "--output-tokens", "10"];
    check_refused(&base, "give one of calls_per_day");
    let with = |more: &[&'static str]| [&base[..], &["--calls-per-day", "5"], more].concat();
    check_refused(&with(&["--arrival", "often"]), "even, poisson and bursts");
    check_refused(&with(&["--shared-prompt", "200"]), "longer than the shortest input");
    check_refused(&with(&["--hours", "25"]), "hours must lie between 1 and 24");
    check_refused(&with(&["--days", "0"]), "days must lie between");
    check_refused(&with(&["--month-days", "x"]), "--month-days");
    check_refused(&with(&["--claim", "cahce 4%"]), "did you mean `cache`?");
    check_refused(&with(&["--best", "--guard", "speed"]), "quality, latency and privacy");
}
