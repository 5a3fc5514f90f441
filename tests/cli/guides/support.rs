//! A guide's own prices as a price table, and the command that declares a guide's calls.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, atto, folder_with, json, parse, run};

/// One model of a guide: prices of a million tokens, what a write and a read of the cache cost as
/// multiples of input, and the least that is cached.
pub(super) struct Priced {
    pub(super) input: f64,
    pub(super) output: f64,
    pub(super) write: f64,
    pub(super) read: f64,
    pub(super) min: u64,
}

impl Priced {
    pub(super) const fn plain(input: f64, output: f64) -> Self {
        Self { input, output, write: 1.25, read: 0.1, min: 1 }
    }
}

/// A decimal of a fixture as the program reads it: nine places are enough for every rate.
pub(super) fn decimal(number: f64) -> String {
    format!("{number:.9}")
}

/// A price table with the models `m0`, `m1`, ….
pub(super) fn table(models: &[Priced]) -> String {
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

/// Calls as they are declared: the model, and each call's tokens.
#[derive(Clone, Copy)]
pub(super) struct Declared<'a> {
    pub(super) model: &'a str,
    pub(super) calls_per_day: &'a str,
    pub(super) input: &'a str,
    pub(super) output: &'a str,
}

impl<'a> Declared<'a> {
    /// Calls of the first model of a guide.
    pub(super) const fn of_guide(calls_per_day: &'a str, input: &'a str, output: &'a str) -> Self {
        Self { model: "m0", calls_per_day, input, output }
    }

    /// What is typed after `estimate`.
    fn arguments(self, more: &[&'a str]) -> Vec<&'a str> {
        let own = [
            ["--model", self.model],
            ["--calls-per-day", self.calls_per_day],
            ["--input-tokens", self.input],
            ["--output-tokens", self.output],
        ];
        [own.as_flattened(), more].concat()
    }

    /// The JSON report at a guide's own prices.
    pub(super) fn at(self, models: &[Priced], more: &[&'a str]) -> Value {
        estimate_in(&folder_with("guide.toml", table(models)), &self.arguments(more))
    }

    /// The JSON report at list prices.
    pub(super) fn at_list_prices(self, more: &[&'a str]) -> Value {
        json(Path::new("."), &[&["estimate"], &self.arguments(more)[..]].concat())
    }

    /// What is printed at list prices.
    pub(super) fn run(self, more: &[&'a str]) -> Run {
        estimate(&self.arguments(more))
    }
}

/// What `estimate` prints at list prices.
pub(super) fn estimate(arguments: &[&str]) -> Run {
    run(Path::new("."), &[&["estimate"], arguments].concat())
}

/// The JSON report of `estimate` at the prices of `guide.toml` in this folder.
pub(super) fn estimate_in(folder: &TempDir, arguments: &[&str]) -> Value {
    json(folder.path(), &[&["estimate", "--prices", "guide.toml"], arguments].concat())
}

/// The rows of a table of a report.
pub(super) fn rows<'a>(report: &'a Value, name: &str) -> &'a Vec<Value> {
    let exhibits = report["exhibits"].as_array().expect("a list");
    let found = exhibits.iter().find(|exhibit| exhibit["name"] == name);
    found.and_then(|exhibit| exhibit["rows"].as_array()).unwrap_or_else(|| panic!("no {name}"))
}

/// A number of a fixture or a report in 10⁻¹⁸.
pub(super) fn number(value: &Value) -> i128 {
    if value.is_string() { atto(value) } else { parse(&value.to_string()) }
}
