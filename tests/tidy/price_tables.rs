//! Prices are quoted, and each says from which page it is and when somebody looked.
//!
//! The loader refuses such tables too; this reads them without it, for the reader of a price.

use toml::{Table, Value};

use crate::support::files::TextFile;

/// The keys whose values count or number something and may be written without quotes; any other number is a
/// price or a factor, and those are exact only as text.
const COUNTS: [&str; 11] = [
    "above",
    "at_least",
    "context_window",
    "granularity",
    "lookback_blocks",
    "max_age_seconds",
    "max_breakpoints",
    "min_tokens",
    "requests_per_minute",
    "seconds",
    "status",
];

/// The lists whose entries state a fact of a provider and therefore name their source.
const FACTS: [&str; 5] = ["period", "cache_policy", "schedule", "unbilled", "alias"];

/// What is wrong with a table, as `file: place in the table: …`.
pub(super) fn faults(file: &TextFile) -> Vec<String> {
    let table: Table = match file.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![format!("{}: {error}", file.path)],
    };
    let mut faults = Vec::new();
    check(&Value::Table(table), "", "", &mut faults);
    faults.into_iter().map(|fault| format!("{}: {fault}", file.path)).collect()
}

fn check(value: &Value, place: &str, key: &str, faults: &mut Vec<String>) {
    match value {
        Value::Float(number) => faults.push(format!("{place} = {number} is not quoted")),
        Value::Integer(number) if !COUNTS.contains(&key) => {
            faults.push(format!("{place} = {number} is not quoted"));
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                let place = format!("{place}[{index}]");
                if FACTS.contains(&key) {
                    check_origin(value, &place, faults);
                }
                check(value, &place, key, faults);
            }
        }
        Value::Table(table) => {
            for (key, value) in table {
                let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                check(value, &place, key, faults);
            }
            if place.starts_with("model[") && place.ends_with(']') && table.contains_key("id") {
                check_periods(table, place, faults);
            }
        }
        _ => {}
    }
}

fn check_periods(model: &Table, place: &str, faults: &mut Vec<String>) {
    let periods = model.get("period").and_then(Value::as_array);
    if periods.is_none_or(Vec::is_empty) {
        faults.push(format!("{place} has no period"));
    }
}

fn check_origin(fact: &Value, place: &str, faults: &mut Vec<String>) {
    let text = |key: &str| fact.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("source").trim().is_empty() {
        faults.push(format!("{place} has no source"));
    }
    if !is_day(text("checked_on")) {
        faults.push(format!("{place} has no day in checked_on"));
    }
}

/// Whether a text has the form of a day, `2026-11-10`.
fn is_day(text: &str) -> bool {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    form == "0000-00-00"
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[cache_policy]]
        granularity = 1
        lifetimes = [{ class = "cache_write_5m", seconds = 300 }]
        source = "https://provider.example/caching"
        checked_on = "2026-11-10"

        [[model]]
        id = "a"
        places = { b = "1.1" }

        [[model.period]]
        source = "https://provider.example/prices"
        checked_on = "2026-11-10"
        prices = { input = "3", output = "15" }
        bands = [{ above = 200000, prices = { input = "6", output = "22.5" } }]
    "#;

    /// A good table with one text replaced.
    fn check_fault(from: &str, to: &str, expected: &str) {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        let faults = faults(&TextFile::new("a.toml", &text));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{faults:?}");
    }

    #[test]
    fn a_good_table_passes() {
        assert_eq!(faults(&TextFile::new("a.toml", GOOD)), Vec::<String>::new());
    }

    #[test]
    fn bare_numbers_are_found_at_any_depth() {
        check_fault("input = \"3\"", "input = 3", "model[0].period[0].prices.input = 3");
        check_fault("input = \"6\"", "input = 6.5", "bands[0].prices.input = 6.5");
        check_fault("\"1.1\"", "1.1", "model[0].places.b = 1.1");
    }

    #[test]
    fn facts_without_an_origin_are_found() {
        check_fault("source = \"https://provider.example/prices\"", "", "period[0] has no source");
        check_fault("source = \"https://provider.example/caching\"", "", "cache_policy[0] has no");
        check_fault("checked_on = \"2026-11-10\"", "checked_on = \"soon\"", "has no day");
        check_fault("[[model.period]]", "[model.prices]", "model[0] has no period");
        check_fault("[[model]]", "[[model", "a.toml: ");
    }
}
