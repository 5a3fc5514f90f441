//! The first step: the columns of the user's table, as llmcost reads them.

use crate::sources::Field;

use super::dialect::Dialect;
use super::expression::{Expr, Form, call, column, form, infix, text, when, whole};
use super::name::NameError;
use super::query::{From, Select, Step};
use super::request::{Request, Times};

/// The step.
pub(super) const LOG: &str = "log";

/// Fields that are names or words.
pub(super) const TEXTS: [Field; 15] = [
    Field::Provider,
    Field::Model,
    Field::RequestModel,
    Field::CallType,
    Field::Geo,
    Field::ServiceTier,
    Field::Batch,
    Field::Speed,
    Field::Status,
    Field::HttpStatus,
    Field::Error,
    Field::FinishReason,
    Field::RequestId,
    Field::Conversation,
    Field::Currency,
];

/// Fields that count something, besides the two that every log has.
pub(super) const COUNTS: [Field; 14] = [
    Field::CacheRead,
    Field::CacheWrite,
    Field::CacheWrite5m,
    Field::CacheWrite1h,
    Field::AudioInput,
    Field::AudioCacheRead,
    Field::ImageInput,
    Field::Reasoning,
    Field::AudioOutput,
    Field::ImageOutput,
    Field::Searches,
    Field::FileSearches,
    Field::Calls,
    Field::Attempt,
];

/// The name of the column that holds a field from this step on.
pub(super) fn name_of(field: Field) -> &'static str {
    match field {
        Field::Currency => "currency",
        _ => field.own_name().expect("each of these fields has a name of its own"),
    }
}

/// The step over the user's table.
///
/// # Errors
/// When a column cannot be named so in the dialect; with the name.
pub(super) fn log(request: &Request, dialect: &Dialect) -> Result<Step, (String, NameError)> {
    let columns = |field: Field| -> Result<Vec<Expr>, (String, NameError)> {
        let named = request.columns.of(field).iter();
        let source = |name: &String| {
            dialect.column(name).map(Expr::Source).map_err(|error| (name.clone(), error))
        };
        named.map(source).collect()
    };
    let mut selected: Vec<(String, Expr)> = Vec::new();
    selected.push(("time_ms".to_owned(), time(request, dialect, &columns(Field::Time)?)));
    for field in TEXTS {
        let places = columns(field)?;
        if !places.is_empty() {
            selected.push((name_of(field).to_owned(), words(&places)));
        }
    }
    for field in [Field::Input, Field::Output] {
        let counts = columns(field)?.into_iter().map(|place| form(Form::Whole, [place]));
        selected.push((name_of(field).to_owned(), first(counts.collect(), None)));
    }
    for field in COUNTS {
        let places = columns(field)?;
        if !places.is_empty() {
            let counts = places.into_iter().map(|place| form(Form::Whole, [place])).collect();
            selected.push((name_of(field).to_owned(), first(counts, Some(whole(0)))));
        }
    }
    for (field, value) in [(Field::LatencyMs, Form::Truncated), (Field::CostUsd, Form::Money)] {
        let places = columns(field)?;
        if !places.is_empty() {
            let parts = 10_i64.pow(18_u32.saturating_sub(request.columns.cost_decimals));
            let values = places.into_iter().map(|place| match value {
                Form::Money if parts > 1 => form(Form::MoneyInParts, [place, whole(parts)]),
                _ => form(value, [place]),
            });
            selected.push((name_of(field).to_owned(), first(values.collect(), None)));
        }
    }
    for (alias, (_, place)) in aliases(request).into_iter().zip(&request.by) {
        selected.push((alias, words(&[Expr::Source(place.clone())])));
    }
    Ok(Step {
        name: LOG,
        says: "The columns of the table, as llmcost reads them: texts that say nothing are empty."
            .to_owned(),
        select: Select {
            columns: selected,
            from: From::Table(request.table.clone()),
            condition: None,
            groups: Vec::new(),
        },
        is_used_twice: false,
    })
}

/// The first of several values that is there.
fn first(mut values: Vec<Expr>, or: Option<Expr>) -> Expr {
    values.extend(or);
    if values.len() == 1 { values.remove(0) } else { call("COALESCE", values) }
}

/// The first of several texts that says something, or an empty one.
fn words(places: &[Expr]) -> Expr {
    let said = places.iter().map(|place| {
        let text_of = form(Form::Text, [place.clone()]);
        ["", "None", "null"]
            .into_iter()
            .fold(text_of, |value, nothing| call("NULLIF", [value, text(nothing)]))
    });
    first(said.collect(), Some(text("")))
}

/// Milliseconds since 1970; no value where the log has no time.
fn time(request: &Request, dialect: &Dialect, places: &[Expr]) -> Expr {
    let read = |place: &Expr| match request.times {
        Times::Timestamps if dialect.has_mixed_times => when(
            [(is_text(place), form(Form::ReadMoment, [place.clone()]))],
            number(request, form(Form::Truncated, [milli(request, place)])),
        ),
        Times::Timestamps => form(Form::Moment, [place.clone()]),
        Times::Texts => form(Form::ReadMoment, [place.clone()]),
        Times::Numbers => number(request, form(Form::Truncated, [milli(request, place)])),
    };
    first(places.iter().map(read).collect(), None)
}

fn is_text(place: &Expr) -> Expr {
    call("TYPEOF", [place.clone()]).equals(text("text"))
}

/// Seconds may have a fraction, so they become milliseconds before anything is cut off.
fn milli(request: &Request, place: &Expr) -> Expr {
    match request.columns.time_unit.as_deref() {
        Some("s") => place.clone().times(whole(1000)),
        _ => place.clone(),
    }
}

/// A number since 1970 in milliseconds: in the unit that was stated, else by its size as in
/// `usage::clock`.
fn number(request: &Request, value: Expr) -> Expr {
    let per = |divisor: i64| form(Form::Quotient, [value.clone(), whole(divisor)]);
    match request.columns.time_unit.as_deref() {
        Some("s" | "ms") => value,
        Some("us") => per(1_000),
        Some("ns") => per(1_000_000),
        _ => when(
            [
                (value.clone().below(whole(100_000_000)), Expr::Null),
                (value.clone().below(whole(100_000_000_000)), value.clone().times(whole(1_000))),
                (value.clone().below(whole(100_000_000_000_000)), value.clone()),
                (value.clone().below(whole(100_000_000_000_000_000)), per(1_000)),
            ],
            per(1_000_000),
        ),
    }
}

/// Whether the id of a record tells no calls apart: a short one without the time of the day beside it.
/// Two such records with equal counts may be two calls.
pub(super) fn is_loose() -> Expr {
    let is_short = call("LENGTH", [column("request_id")]).below(whole(8));
    infix("AND", [is_short, column("time_ms").absent()])
}

/// The names of the columns that were asked for, until they are given out: theirs might be those of
/// the query's own.
pub(super) fn aliases(request: &Request) -> Vec<String> {
    (1..=request.by.len()).map(|number| format!("by_{number}")).collect()
}
