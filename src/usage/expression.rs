//! SQL expressions evaluated over columns, a column at a time.

use std::ops::{BitAnd, BitOr, Not};

use polars::prelude::{
    BooleanChunked, ChunkCompareEq, ChunkCompareIneq, DataType, IntoSeries, NamedFrom, Series,
};
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

/// What an expression may consist of, for messages.
const SUPPORTED: &str = "columns, numbers, 'texts', comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, \
                         IS NULL, +, -, * and parentheses";

/// Finds the column of a name.
pub(super) type Lookup<'a> = dyn Fn(&str) -> Result<Series, String> + 'a;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expr, String> {
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, text).tokenize().map_err(|error| error.to_string())?;
    refuse_what_takes_forever(&tokens)?;
    refuse_deep_negation(&tokens)?;
    let parser = Parser::new(&dialect).try_with_sql(text);
    let mut parser = parser.map_err(|error| error.to_string())?;
    let expression = parser.parse_expr().map_err(|error| error.to_string())?;
    match &parser.peek_token().token {
        Token::EOF => Ok(expression),
        rest => Err(format!("expected its end, found `{rest}`")),
    }
}

/// Refuses what the parser tries in more and more ways until it finds that it is wrong: each further dot
/// of a name doubles them, and so does each of some words that open something. None of it is supported,
/// but the dots, and no column has so many.
fn refuse_what_takes_forever(tokens: &[Token]) -> Result<(), String> {
    const PARTS_MAX: usize = 8;
    const WORDS_MAX: usize = 2;
    let mut tokens =
        tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).peekable();
    let (mut parts, mut opening) = (1, 0);
    while let Some(token) = tokens.next() {
        match token {
            Token::LBracket | Token::LBrace | Token::Colon | Token::DoubleColon => {
                return Err(format!("`{token}` is not supported; it may use {SUPPORTED}"));
            }
            Token::Period => parts += 1,
            Token::Word(word) => {
                let is_call = parts > 1 && tokens.peek() == Some(&&Token::LParen);
                if is_call {
                    return Err(format!("`{word}(` is not supported; it may use {SUPPORTED}"));
                }
                opening += usize::from(OPENING.contains(&word.keyword));
                if tokens.peek() != Some(&&Token::Period) {
                    parts = 1;
                }
            }
            // `m.1.2` is dots and numbers.
            Token::Number(..) => {}
            _ if tokens.peek() != Some(&&Token::Period) => parts = 1,
            _ => {}
        }
        if parts > PARTS_MAX {
            return Err(format!(
                "a name has at most {PARTS_MAX} parts with dots between them; a longer one is written in \
                 double quotes"
            ));
        }
        if opening > WORDS_MAX {
            return Err(format!("`{token}` is not supported; it may use {SUPPORTED}"));
        }
    }
    Ok(())
}

/// Refuses `NOT (NOT (…` beyond all need: where the innermost one is wrong, the parser reads each of
/// them a second time, as a name.
fn refuse_deep_negation(tokens: &[Token]) -> Result<(), String> {
    const DEPTH_MAX: usize = 10;
    let (mut depth, mut outer) = (0, Vec::new());
    for token in tokens {
        match token {
            Token::LParen => outer.push(depth),
            Token::RParen => depth = outer.pop().unwrap_or_default(),
            Token::Word(word) => match word.keyword {
                Keyword::NOT => depth += 1,
                Keyword::AND | Keyword::OR => depth = outer.last().copied().unwrap_or_default(),
                _ => {}
            },
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} times NOT, one inside the other"));
        }
    }
    Ok(())
}

/// Words behind which the parser tries more than one reading.
const OPENING: [Keyword; 8] = [
    Keyword::ARRAY,
    Keyword::CASE,
    Keyword::CAST,
    Keyword::CONVERT,
    Keyword::EXTRACT,
    Keyword::INTERVAL,
    Keyword::SAFE_CAST,
    Keyword::TRY_CAST,
];

/// The value of an expression: one entry a row, or a single one for all rows.
pub(super) fn evaluate(expression: &Expr, lookup: &Lookup<'_>) -> Result<Series, String> {
    let value = |part: &Expr| evaluate(part, lookup);
    match expression {
        Expr::Nested(inner) => value(inner),
        Expr::Identifier(name) => lookup(&name.value),
        Expr::CompoundIdentifier(names) => {
            let path: Vec<_> = names.iter().map(|name| name.value.as_str()).collect();
            lookup(&path.join("."))
        }
        Expr::Value(literal) => constant(&literal.value),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => negated(&value(expr)?, true),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
            let zero = Series::new("".into(), [0i64]);
            (&zero - &value(expr)?).map_err(reason)
        }
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => value(expr),
        Expr::BinaryOp { left, op, right } => binary(&value(left)?, op, &value(right)?),
        Expr::IsNull(inner) => Ok(value(inner)?.is_null().into_series()),
        Expr::IsNotNull(inner) => Ok(value(inner)?.is_not_null().into_series()),
        Expr::InList { expr, list, negated: not } => {
            let tested = value(expr)?;
            let first = BooleanChunked::new("".into(), [false]).into_series();
            let found = list.iter().try_fold(first, |found, item| {
                either(&found, &compare(&tested, &BinaryOperator::Eq, &value(item)?)?)
            })?;
            negated(&found, *not)
        }
        Expr::Between { expr, negated: not, low, high } => {
            let tested = value(expr)?;
            let above = compare(&tested, &BinaryOperator::GtEq, &value(low)?)?;
            let below = compare(&tested, &BinaryOperator::LtEq, &value(high)?)?;
            negated(&both(&above, &below)?, *not)
        }
        Expr::Like { negated: not, expr, pattern, escape_char: None, any: false } => {
            negated(&like(&value(expr)?, &value(pattern)?, false)?, *not)
        }
        Expr::ILike { negated: not, expr, pattern, escape_char: None, any: false } => {
            negated(&like(&value(expr)?, &value(pattern)?, true)?, *not)
        }
        other => Err(format!("`{other}` is not supported; it may use {SUPPORTED}")),
    }
}

fn constant(value: &Value) -> Result<Series, String> {
    match value {
        Value::SingleQuotedString(text) => Ok(Series::new("".into(), [text.as_str()])),
        Value::Boolean(truth) => Ok(Series::new("".into(), [*truth])),
        Value::Null => Ok(Series::new_null("".into(), 1)),
        Value::Number(digits, _) => match digits.parse::<i64>() {
            Ok(number) => Ok(Series::new("".into(), [number])),
            Err(_) => as_number(&Series::new("".into(), [digits.as_str()])),
        },
        other => Err(format!("`{other}` is not supported; it may use {SUPPORTED}")),
    }
}

fn binary(left: &Series, operator: &BinaryOperator, right: &Series) -> Result<Series, String> {
    match operator {
        BinaryOperator::And => both(left, right),
        BinaryOperator::Or => either(left, right),
        BinaryOperator::Plus => (left + right).map_err(reason),
        BinaryOperator::Minus => (left - right).map_err(reason),
        BinaryOperator::Multiply => (left * right).map_err(reason),
        _ => compare(left, operator, right),
    }
}

/// A text compared with a number is read as one: columns that only this log has are text.
fn compare(left: &Series, operator: &BinaryOperator, right: &Series) -> Result<Series, String> {
    let mixed = |one: &Series, other: &Series| one.dtype().is_string() && is_number(other);
    for (text, number) in [(left, right), (right, left)] {
        // In the run over no rows, an empty column of numbers meets a constant of one entry.
        let dry_run = number.is_empty() && text.len() == 1;
        if mixed(text, number) && dry_run && as_number(text)?.null_count() == 1 {
            return Err("it compares a number with a text".to_owned());
        }
    }
    let left_number = if mixed(left, right) { Some(as_number(left)?) } else { None };
    let right_number = if mixed(right, left) { Some(as_number(right)?) } else { None };
    let (left, right) =
        (left_number.as_ref().unwrap_or(left), right_number.as_ref().unwrap_or(right));
    let answer = match operator {
        BinaryOperator::Eq => left.equal(right),
        BinaryOperator::NotEq => left.not_equal(right),
        BinaryOperator::Lt => left.lt(right),
        BinaryOperator::LtEq => left.lt_eq(right),
        BinaryOperator::Gt => left.gt(right),
        BinaryOperator::GtEq => left.gt_eq(right),
        other => return Err(format!("`{other}` is not supported; it may use {SUPPORTED}")),
    };
    answer.map(IntoSeries::into_series).map_err(reason)
}

fn is_number(series: &Series) -> bool {
    series.dtype().is_primitive_numeric()
}

/// What does not read as a number becomes NULL.
fn as_number(series: &Series) -> Result<Series, String> {
    series.cast(&DataType::Float64).map_err(reason)
}

fn both(left: &Series, right: &Series) -> Result<Series, String> {
    Ok(condition(left)?.bitand(condition(right)?).into_series())
}

fn either(left: &Series, right: &Series) -> Result<Series, String> {
    Ok(condition(left)?.bitor(condition(right)?).into_series())
}

fn negated(series: &Series, not: bool) -> Result<Series, String> {
    let answer = condition(series)?;
    Ok(if not { answer.not().into_series() } else { series.clone() })
}

/// The truth values of a condition.
pub(super) fn condition(series: &Series) -> Result<&BooleanChunked, String> {
    series.bool().map_err(|_| "it is not a condition (true or false)".to_owned())
}

fn like(texts: &Series, pattern: &Series, ignore_case: bool) -> Result<Series, String> {
    let texts = texts.str().map_err(|_| "LIKE compares texts".to_owned())?;
    let patterns = pattern.str().map_err(|_| "LIKE needs a 'pattern'".to_owned())?;
    if patterns.len() == 1 {
        // As most are: a text of the expression, which holds for every row.
        let pattern = patterns.get(0).ok_or("LIKE needs a 'pattern'")?;
        let pattern = folded(pattern, ignore_case);
        let matched = |text: &str| matches_pattern(&folded(text, ignore_case), &pattern);
        let answers: BooleanChunked = texts.iter().map(|text| text.map(matched)).collect();
        return Ok(answers.into_series());
    }
    let matched = |(text, pattern): (Option<&str>, Option<&str>)| {
        let (text, pattern) = (folded(text?, ignore_case), folded(pattern?, ignore_case));
        Some(matches_pattern(&text, &pattern))
    };
    let answers: BooleanChunked = if texts.len() == 1 {
        patterns.iter().map(|pattern| matched((texts.get(0), pattern))).collect()
    } else {
        texts.iter().zip(patterns.iter()).map(matched).collect()
    };
    Ok(answers.into_series())
}

fn folded(text: &str, ignore_case: bool) -> Vec<char> {
    if ignore_case { text.to_lowercase().chars().collect() } else { text.chars().collect() }
}

/// `%` stands for any text, `_` for one character.
fn matches_pattern(text: &[char], pattern: &[char]) -> bool {
    let (mut at, mut wanted) = (0, 0);
    // Where to resume when the text after the last `%` turns out not to match.
    let mut resume = None;
    while at < text.len() {
        match pattern.get(wanted) {
            Some('%') => {
                resume = Some((at, wanted + 1));
                wanted += 1;
            }
            Some(character) if *character == '_' || *character == text[at] => {
                at += 1;
                wanted += 1;
            }
            _ => match resume {
                Some((start, after)) => {
                    resume = Some((start + 1, after));
                    (at, wanted) = (start + 1, after);
                }
                None => return false,
            },
        }
    }
    pattern[wanted..].iter().all(|character| *character == '%')
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn reason(error: polars::prelude::PolarsError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// A column of text that a dry run can stand on.
pub(super) fn no_texts() -> Series {
    Series::new_empty("".into(), &DataType::String)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_sql() {
        for (text, pattern, expected) in [
            ("search", "s%", true),
            ("search", "%arc%", true),
            ("search", "_earch", true),
            ("search", "earch", false),
            ("aab", "%ab", true),
            ("", "%", true),
            ("a", "", false),
        ] {
            let text: Vec<_> = text.chars().collect();
            let pattern: Vec<_> = pattern.chars().collect();
            assert_eq!(matches_pattern(&text, &pattern), expected, "{text:?} {pattern:?}");
        }
    }

    #[test]
    fn what_follows_an_expression_is_an_error() {
        assert!(parse("a = 1 b").is_err());
        assert!(parse("a =").is_err());
        assert!(parse("a = 1; DROP TABLE calls").is_err());
    }
}
