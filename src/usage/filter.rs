//! SQL expressions over the columns of the record: `--where`, and the scope of rules.

use std::fmt;

use polars::prelude::{Column, DataFrame, Expr, IntoLazy, NamedFrom, Series};
use polars::sql::sql_expr;

use crate::units::{TokenClass, Tokens};

use super::call::{Call, Status};
use super::calls::Calls;

/// A condition on calls, such as `call_type = 'chat' AND input_tokens > 4000`.
///
/// A missing value is NULL, as in SQL: it equals nothing, not even another NULL.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    expression: Expr,
    columns: Vec<String>,
}

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// The expression as typed.
    pub expression: String,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot use the expression `{}`: {}", self.expression, self.reason)
    }
}

impl std::error::Error for FilterError {}

/// The columns of numbers, besides the dimensions; everything else is text.
const NUMBERS: [(&str, fn(&Call) -> Option<u64>); 16] = [
    ("input_tokens", |call| count(call.tokens[TokenClass::Input])),
    ("cache_read_tokens", |call| count(call.cache_read())),
    ("cache_write_5m_tokens", |call| count(call.tokens[TokenClass::CacheWrite5m])),
    ("cache_write_1h_tokens", |call| count(call.tokens[TokenClass::CacheWrite1h])),
    ("total_input_tokens", |call| count(call.input_total())),
    ("output_tokens", |call| count(call.output_total())),
    ("reasoning_tokens", |call| count(call.tokens[TokenClass::Reasoning])),
    ("audio_input_tokens", |call| count(call.tokens[TokenClass::AudioInput])),
    ("audio_output_tokens", |call| count(call.tokens[TokenClass::AudioOutput])),
    ("image_input_tokens", |call| count(call.tokens[TokenClass::ImageInput])),
    ("searches", |call| Some(u64::from(call.searches))),
    ("calls", |call| Some(call.calls)),
    ("http_status", |call| match call.status {
        Status::Error(code) if code > 0 => Some(u64::from(code)),
        _ => None,
    }),
    ("max_tokens", |call| call.max_tokens.map(u64::from)),
    ("attempt", |call| (call.attempt > 0).then(|| u64::from(call.attempt))),
    ("latency_ms", |call| call.latency_ms.map(u64::from)),
];

/// The columns of text that are not dimensions.
const TEXTS: [(&str, fn(&Call) -> Option<String>); 5] = [
    ("time", |call| call.time.known().map(super::Instant::to_iso)),
    ("service_tier", |call| Some(call.service_tier.name().to_owned())),
    ("status", |call| Some(call.status.name().to_owned())),
    ("finish_reason", |call| Some(call.finish_reason.name().to_owned())),
    ("cost_usd", |call| call.logged_cost.map(|cost| cost.to_string())),
];

fn count(tokens: Tokens) -> Option<u64> {
    Some(tokens.get())
}

impl Filter {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is not a SQL expression.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let expression = sql_expr(text).map_err(|error| FilterError {
            expression: text.to_owned(),
            reason: first_line(&error.to_string()),
        })?;
        let mut columns: Vec<String> =
            expression.clone().meta().root_names().iter().map(ToString::to_string).collect();
        columns.sort_unstable();
        columns.dedup();
        Ok(Self { text: text.to_owned(), expression, columns })
    }

    /// The expression as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The dimensions the expression needs beyond the built-in columns.
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str).filter(|name| !is_built_in(name))
    }

    /// Whether the condition holds, one answer a row.
    ///
    /// # Errors
    /// When a column is not there, or the expression is not a condition.
    pub fn matches(&self, calls: &Calls) -> Result<Vec<bool>, FilterError> {
        let fail = |reason: String| FilterError { expression: self.text.clone(), reason };
        let columns = self.columns.iter().map(|name| {
            column(calls, name).ok_or_else(|| fail(format!("there is no column `{name}`")))
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let frame = DataFrame::new(calls.len(), columns);
        let answer = frame
            .and_then(|frame| {
                frame.lazy().select([self.expression.clone().alias("keep")]).collect()
            })
            .map_err(|error| fail(first_line(&error.to_string())))?;
        let keep = answer.column("keep").and_then(|column| column.bool().cloned());
        let keep = keep.map_err(|_| fail("it is not a condition (true or false)".to_owned()))?;
        // An expression without columns gives one answer for all rows.
        if keep.len() == 1 && calls.len() != 1 {
            return Ok(vec![keep.get(0).unwrap_or(false); calls.len()]);
        }
        Ok(keep.iter().map(|answer| answer.unwrap_or(false)).collect())
    }
}

/// Whether every table has this column.
fn is_built_in(name: &str) -> bool {
    NUMBERS.iter().any(|(known, _)| *known == name) || TEXTS.iter().any(|(known, _)| *known == name)
}

fn column(calls: &Calls, name: &str) -> Option<Column> {
    let rows = 0..calls.len();
    if let Some((_, value)) = NUMBERS.iter().find(|(known, _)| *known == name) {
        let values: Vec<_> = rows.map(|row| value(&calls.call(row))).collect();
        return Some(Series::new(name.into(), values).into());
    }
    if let Some((_, value)) = TEXTS.iter().find(|(known, _)| *known == name) {
        let values: Vec<_> = rows.map(|row| value(&calls.call(row))).collect();
        return Some(Series::new(name.into(), values).into());
    }
    let place = calls.dimensions.position(name)?;
    let names = rows.map(|row| Some(calls.name(place, row)).filter(|name| !name.is_empty()));
    Some(Series::new(name.into(), names.collect::<Vec<_>>()).into())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{Dimensions, Symbol};

    fn calls() -> Calls {
        let mut calls = Calls::new(Dimensions::new(["team"]));
        for (team, input) in [("search", 10), ("", 20), ("ads", 30)] {
            let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
            let place = calls.dimensions.position("team").expect("asked for");
            symbols[place] = calls.dimensions[place].intern(team);
            let mut call = Call::default();
            call.tokens[TokenClass::Input] = Tokens::new(input);
            calls.push(&call, &symbols);
        }
        calls
    }

    fn check(expression: &str, expected: Result<&[bool], &str>) {
        let answer = Filter::parse(expression).and_then(|filter| filter.matches(&calls()));
        match (answer, expected) {
            (Ok(answer), Ok(expected)) => assert_eq!(answer, expected, "{expression}"),
            (Err(error), Err(part)) => assert!(error.reason.contains(part), "{error}"),
            (answer, expected) => panic!("{expression}: {answer:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn conditions_select_rows() {
        check("input_tokens >= 20", Ok(&[false, true, true]));
        check("team = 'ads' OR input_tokens < 15", Ok(&[true, false, true]));
        check("team IS NULL", Ok(&[false, true, false]));
        check("team LIKE 's%'", Ok(&[true, false, false]));
        check("1 = 1", Ok(&[true, true, true]));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        check("tema = 'ads'", Err("no column `tema`"));
        check("input_tokens +", Err(""));
        check("input_tokens + 1", Err("not a condition"));
    }

    #[test]
    fn only_unknown_columns_are_asked_of_the_log() {
        let filter = Filter::parse("team = 'a' AND output_tokens > 5").expect("parses");
        assert_eq!(filter.dimensions().collect::<Vec<_>>(), ["team"]);
    }
}
