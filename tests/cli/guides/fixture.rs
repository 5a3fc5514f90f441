//! One figure of a guide: what it declares, and how what the program says is compared with it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::support::{decimal, number, rows};
use crate::support::{parse, shared};

/// Half a cent, unless a fixture says otherwise.
pub(super) const MONEY: &str = "0.005";

/// For parts of a whole.
pub(super) const RATIO: &str = "0.00005";

/// Every figure of the guides, where they are there.
pub(super) fn fixtures() -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(shared("claims.json")?).expect("reads");
    Some(serde_json::from_str(&text).expect("JSON"))
}

/// One fixture: what it declares and what should come out.
pub(super) struct Fixture<'a> {
    pub(super) id: &'a str,
    pub(super) input: &'a Value,
    pub(super) expected: &'a Value,
    tolerance: Option<i128>,
}

impl<'a> Fixture<'a> {
    pub(super) fn new(fixture: &'a Value) -> Self {
        Self {
            id: fixture["id"].as_str().expect("an id"),
            input: &fixture["in"],
            expected: fixture.get("own").or(fixture.get("real")).expect("figures"),
            tolerance: fixture.get("tol").map(number_of_power),
        }
    }

    pub(super) fn float(&self, key: &str) -> f64 {
        self.input[key].as_f64().unwrap_or_else(|| panic!("{}: no {key}", self.id))
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.input[key].to_string()
    }

    pub(super) fn texts<const COUNT: usize>(&self, keys: [&str; COUNT]) -> [String; COUNT] {
        keys.map(|key| self.text(key))
    }

    /// A list of the declaration.
    pub(super) fn list<T: DeserializeOwned>(&self, key: &str) -> T {
        let list = serde_json::from_value(self.input[key].clone());
        list.unwrap_or_else(|error| panic!("{} {key}: {error}", self.id))
    }

    /// Compares what the program says with what the fixture expects, where it expects it.
    pub(super) fn check(&self, key: &str, found: i128, tolerance: &str) {
        let Some(expected) = self.expected.get(key) else { return };
        self.check_value(key, found, expected, tolerance);
    }

    pub(super) fn check_value(&self, key: &str, found: i128, expected: &Value, tolerance: &str) {
        let tolerance = self.tolerance.unwrap_or_else(|| parse(tolerance));
        let difference = (found - number(expected)).abs();
        assert!(difference <= tolerance, "{} {key}: {found} for {expected}", self.id);
    }

    pub(super) fn check_cost(&self, report: &Value, row: usize) {
        let cost = &rows(report, "workload_cost")[row];
        let per_call = number(&cost["per_thousand_calls_usd"]) / 1_000;
        self.check("per_call", per_call, MONEY);
        self.check("day", number(&cost["per_day_usd"]), MONEY);
        self.check("month", number(&cost["per_month_usd"]), MONEY);
    }
}

/// A tolerance such as `1e-9`.
fn number_of_power(value: &Value) -> i128 {
    parse(&decimal(value.as_f64().expect("a number")))
}
