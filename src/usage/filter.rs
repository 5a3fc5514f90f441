//! SQL expressions over the columns of the record: `--where`, and the scope of rules.

use std::cell::RefCell;
use std::fmt;

use polars::prelude::{NamedFrom, Series};
use sqlparser::ast::Expr;

use crate::units::{TokenClass, Tokens};

use super::call::{Call, Status};
use super::calls::Calls;
use super::expression::{condition, evaluate, no_texts, parse};
use super::turns;

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

/// A column by its name, and its value for a call.
type Named<T> = (&'static str, fn(&Call) -> Option<T>);

/// The columns of numbers, besides the dimensions; everything else is text.
const NUMBERS: [Named<i64>; 18] = [
    ("input_tokens", |call| count(call.tokens[TokenClass::Input])),
    ("cache_read_tokens", |call| count(call.cache_read())),
    ("cache_write_5m_tokens", |call| count(call.tokens[TokenClass::CacheWrite5m])),
    ("cache_write_1h_tokens", |call| count(call.tokens[TokenClass::CacheWrite1h])),
    ("total_input_tokens", |call| count(call.input_total())),
    ("output_tokens", |call| count(call.output_total())),
    ("reasoning_tokens", |call| count(call.tokens[TokenClass::Reasoning])),
    ("audio_input_tokens", |call| count(call.tokens[TokenClass::AudioInput])),
    ("audio_output_tokens", |call| count(call.tokens[TokenClass::AudioOutput])),
    ("image_output_tokens", |call| count(call.tokens[TokenClass::ImageOutput])),
    ("image_input_tokens", |call| count(call.tokens[TokenClass::ImageInput])),
    ("searches", |call| Some(i64::from(call.searches))),
    ("file_searches", |call| Some(i64::from(call.file_searches))),
    ("calls", |call| i64::try_from(call.calls).ok()),
    ("http_status", |call| match call.status {
        Status::Error(code) if code > 0 => Some(i64::from(code)),
        _ => None,
    }),
    ("max_tokens", |call| call.max_tokens.map(i64::from)),
    ("attempt", |call| (call.attempt > 0).then(|| i64::from(call.attempt))),
    ("latency_ms", |call| call.latency_ms.map(i64::from)),
];

/// The columns of text that are not dimensions.
const TEXTS: [Named<String>; 5] = [
    ("time", |call| call.time.known().map(super::Instant::to_iso)),
    ("service_tier", |call| Some(call.service_tier.name().to_owned())),
    ("status", |call| Some(call.status.name().to_owned())),
    ("finish_reason", |call| Some(call.finish_reason.name().to_owned())),
    ("cost_usd", |call| call.logged_cost.map(|cost| cost.to_string())),
];

fn count(tokens: Tokens) -> Option<i64> {
    i64::try_from(tokens.get()).ok()
}

impl Filter {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is not a SQL expression, or not a condition.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let fail = |reason| FilterError { expression: text.to_owned(), reason };
        let expression = parse(text).map_err(fail)?;
        // A run over no rows tells the columns and finds what does not fit together.
        let seen = RefCell::new(Vec::new());
        let answer = evaluate(&expression, &|name| {
            seen.borrow_mut().push(name.to_owned());
            Ok(if is_number(name) {
                Series::new(name.into(), [0i64; 0])
            } else if name == turns::FIRST_TURN {
                Series::new(name.into(), [false; 0])
            } else {
                no_texts()
            })
        });
        answer.and_then(|answer| condition(&answer).map(|_| ())).map_err(fail)?;
        let mut columns = seen.into_inner();
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
        let needed = self.columns.iter().map(|name| turns::made_from(name).unwrap_or(name));
        needed.filter(|name| !is_number(name) && !is_text(name))
    }

    /// A column that only the whole log tells, if there is one: it cannot select what is read.
    pub fn takes_whole_log(&self) -> Option<&str> {
        self.columns.iter().map(String::as_str).find(|name| turns::takes_whole_log(name))
    }

    /// A column that differs from call to call, if there is one: it cannot select rows of a roll-up.
    fn of_single_calls(&self) -> Option<&str> {
        const SHARED: [&str; 4] = ["http_status", "service_tier", "status", "finish_reason"];
        let is_single = |name: &&str| {
            let is_built_in = is_number(name) || is_text(name) || *name == turns::FIRST_TURN;
            (is_built_in && !SHARED.contains(name)) || turns::takes_whole_log(name)
        };
        self.columns.iter().map(String::as_str).find(is_single)
    }

    /// Whether the condition holds, one answer a row; NULL does not hold.
    ///
    /// # Errors
    /// When a column is not there, or the calls are those of a roll-up and a column differs from call
    /// to call.
    pub fn matches(&self, calls: &Calls) -> Result<Vec<bool>, FilterError> {
        let fail = |reason| FilterError { expression: self.text.clone(), reason };
        if let Some(name) = self.of_single_calls().filter(|_| calls.has_rolled()) {
            return Err(fail(format!(
                "`{name}` differs from call to call, and the rows of a roll-up sum up several; select \
                 by names that a row shares, or select when rolling up"
            )));
        }
        let answer = evaluate(&self.expression, &|name| {
            column(calls, name).ok_or_else(|| format!("there is no column `{name}`"))
        });
        let answer = answer.map_err(fail)?;
        let answer = condition(&answer).map_err(fail)?;
        // An expression without columns gives one answer for all rows.
        if answer.len() == 1 && calls.len() != 1 {
            return Ok(vec![answer.get(0).unwrap_or(false); calls.len()]);
        }
        Ok(answer.iter().map(|holds| holds.unwrap_or(false)).collect())
    }
}

fn is_number(name: &str) -> bool {
    turns::is_number(name) || NUMBERS.iter().any(|(known, _)| *known == name)
}

fn is_text(name: &str) -> bool {
    TEXTS.iter().any(|(known, _)| *known == name)
}

fn column(calls: &Calls, name: &str) -> Option<Series> {
    let rows = 0..calls.len();
    if let Some((_, value)) = NUMBERS.iter().find(|(known, _)| *known == name) {
        let values: Vec<_> = rows.map(|row| value(&calls.call(row))).collect();
        return Some(Series::new(name.into(), values));
    }
    if let Some((_, value)) = TEXTS.iter().find(|(known, _)| *known == name) {
        let values: Vec<_> = rows.map(|row| value(&calls.call(row))).collect();
        return Some(Series::new(name.into(), values));
    }
    // A log may have a column of its own by that name.
    let Some(place) = calls.dimensions.position(name) else { return turns::column(calls, name) };
    let names = rows.map(|row| Some(calls.name(place, row)).filter(|name| !name.is_empty()));
    Some(Series::new(name.into(), names.collect::<Vec<_>>()))
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
        check("'shop' LIKE 's%'", Ok(&[true, true, true]));
        check("team IN ('ads', 'web')", Ok(&[false, false, true]));
        check("input_tokens BETWEEN 15 AND 2 * 10", Ok(&[false, true, false]));
        check("NOT (team = 'ads')", Ok(&[true, false, false]));
        check("input_tokens > 10.5 AND input_tokens < 25", Ok(&[false, true, false]));
        check("1 = 1", Ok(&[true, true, true]));
    }

    /// The value of the first row was the pattern of all of them, and a table without rows ended the run.
    #[test]
    fn a_pattern_that_is_a_column_is_that_of_each_row() {
        check("team LIKE team", Ok(&[true, false, true]));
        check("'ads' LIKE team", Ok(&[false, false, true]));
        check("team ILIKE team AND input_tokens > 15", Ok(&[false, false, true]));
        let filter = Filter::parse("team LIKE team").expect("a condition");
        assert_eq!(filter.matches(&Calls::new(calls().dimensions.emptied())), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        check("tema = 'ads'", Err("no column `tema`"));
        check("input_tokens > 'many'", Err("a number with a text"));
        check("input_tokens +", Err("Expected"));
        check("lower(team) = 'ads'", Err("not supported"));
        check("input_tokens + 1", Err("not a condition"));
    }

    #[test]
    fn columns_of_the_log_compare_as_numbers_with_numbers() {
        let mut calls = Calls::new(Dimensions::new(["difficulty"]));
        for difficulty in ["0.25", "0.9", "hard"] {
            let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
            let place = calls.dimensions.position("difficulty").expect("asked for");
            symbols[place] = calls.dimensions[place].intern(difficulty);
            calls.push(&Call::default(), &symbols);
        }
        let filter = Filter::parse("difficulty < 0.5").expect("parses");
        assert_eq!(filter.matches(&calls), Ok(vec![true, false, false]));
    }

    #[test]
    fn a_call_has_columns_through_its_conversation() {
        let mut calls = Calls::new(Dimensions::new(["conversation", "prompt"]));
        for (conversation, prompt) in [("a", "hi"), ("b", ""), ("a", "why?"), ("", "x")] {
            let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
            for (name, text) in [("conversation", conversation), ("prompt", prompt)] {
                let place = calls.dimensions.position(name).expect("asked for");
                symbols[place] = calls.dimensions[place].intern(text);
            }
            calls.push(&Call::default(), &symbols);
        }
        for (expression, expected) in [
            ("first_turn", [true, true, false, false]),
            ("first_turn IS NULL OR first_turn", [true, true, false, true]),
            ("NOT first_turn", [false, false, true, false]),
            ("turn = 2", [false, false, true, false]),
            ("session_calls > 1", [true, false, true, false]),
            ("prompt_chars < 3", [true, false, false, true]),
        ] {
            let filter = Filter::parse(expression).expect("parses");
            assert_eq!(filter.matches(&calls).as_deref(), Ok(&expected[..]), "{expression}");
        }
        let filter = Filter::parse("turn > 1 AND prompt_chars < 9").expect("parses");
        assert_eq!(filter.dimensions().collect::<Vec<_>>(), ["prompt", "conversation"]);
        assert_eq!(filter.takes_whole_log(), Some("turn"));
    }

    #[test]
    fn only_unknown_columns_are_asked_of_the_log() {
        let filter = Filter::parse("team = 'a' AND output_tokens > 5").expect("parses");
        assert_eq!(filter.dimensions().collect::<Vec<_>>(), ["team"]);
    }
}
