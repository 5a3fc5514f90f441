//! Money in answers that nobody could use: failures, repeats, cut, refused and empty answers.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Attempts, Avoidable, RetryPolicy};
use crate::units::TokenClass;
use crate::usage::{Call, FinishReason, Row, Status, Symbol, column};

use super::super::tally::CallsAndCost;
use super::bill::{Bill, Route};

/// Why an answer was of no use. A call counts under the first reason that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waste {
    /// Sent again although the request had been answered.
    RepeatedAnswer,
    /// Sent again after a failure that repeating cannot cure.
    HopelessRetry,
    /// Sent again after too many attempts.
    TooManyAttempts,
    /// Sent again too long after the first failure.
    LateRetry,
    /// Failed, and was billed.
    Failed,
    /// Refused, or stopped by a filter.
    Refused,
    /// Cut at the output limit.
    CutOff,
    /// Answered with nothing.
    Empty,
}

impl Waste {
    /// The reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::RepeatedAnswer => "repeated although answered",
            Self::HopelessRetry => "retry of a failure that stays",
            Self::TooManyAttempts => "more than 5 attempts",
            Self::LateRetry => "retry over 30 s late",
            Self::Failed => "failed and billed",
            Self::Refused => "refused or filtered",
            Self::CutOff => "cut at the output limit",
            Self::Empty => "empty answer",
        }
    }

    /// Whether a sound retry policy would not have made the call.
    pub const fn is_retry(self) -> bool {
        matches!(
            self,
            Self::RepeatedAnswer | Self::HopelessRetry | Self::TooManyAttempts | Self::LateRetry
        )
    }
}

impl From<Avoidable> for Waste {
    fn from(reason: Avoidable) -> Self {
        match reason {
            Avoidable::Repeated => Self::RepeatedAnswer,
            Avoidable::NotRetryable => Self::HopelessRetry,
            Avoidable::TooMany => Self::TooManyAttempts,
            Avoidable::TooLate => Self::LateRetry,
        }
    }
}

/// What was wasted, by reason and route, and what the log cannot tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wasted {
    rows: BTreeMap<(Waste, Route), CallsAndCost>,
    /// Attempts that the log links to an earlier one.
    pub(super) linked: u64,
    /// Calls whose log says how they ended.
    pub(super) with_status: u64,
    /// Calls whose log says why the model stopped.
    pub(super) with_reason: u64,
}

impl Wasted {
    /// The waste of a log.
    pub(super) fn of(bill: &Bill<'_>) -> Self {
        let attempts = Attempts::follow(&bill.facts, RetryPolicy::default());
        let avoidable: HashMap<Row, Avoidable> = attempts.avoidable.into_iter().collect();
        let answering = answering_models(bill);
        let mut found = Self { linked: attempts.linked, ..Self::default() };
        for row in bill.rows.iter().copied() {
            let call = bill.call(row);
            found.with_status += if call.status == Status::Unknown { 0 } else { call.calls };
            let has_reason = call.finish_reason != FinishReason::Unknown;
            found.with_reason += if has_reason { call.calls } else { 0 };
            let answers = answering.contains(&bill.facts.calls.symbol(column::MODEL, row));
            let reason = avoidable.get(&row).copied().map(Waste::from);
            let Some(waste) = reason.or_else(|| waste_of(&call, answers)) else { continue };
            let sum = found.rows.entry((waste, bill.route(row))).or_default();
            sum.add(call.calls, bill.paid(row));
        }
        // What failed and was not billed is no waste of money.
        found.rows.retain(|_, sum| !sum.cost.is_zero());
        found
    }

    /// What one reason cost over all routes.
    pub(super) fn total(&self, wanted: impl Fn(Waste) -> bool) -> CallsAndCost {
        let mut total = CallsAndCost::default();
        for (_, sum) in self.rows.iter().filter(|((waste, _), _)| wanted(*waste)) {
            total.merge(*sum);
        }
        total
    }

    /// The waste by reason, model and call type, dearest first.
    pub(super) fn exhibit(&self, bill: &Bill<'_>) -> Exhibit {
        let mut sheet = Exhibit::new(
            "waste",
            "Money in answers of no use",
            &[
                ("reason", "reason"),
                ("model", "model"),
                ("call_type", "call type"),
                ("cost_usd", "cost"),
                ("bill_share", "of the bill"),
                ("calls", "calls"),
            ],
        );
        let whole = bill.total().atto();
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_cached_key(|((waste, route), sum)| {
            (Reverse(sum.cost), *waste, bill.names(*route))
        });
        for ((waste, route), sum) in rows {
            let [model, call_type] = bill.names(*route);
            sheet.push([
                Cell::text(waste.words()),
                Cell::text(model),
                Cell::text(call_type),
                Cell::usd_or_missing(sum.known_cost()),
                Cell::share_of(sum.cost.atto(), whole),
                Cell::Count(sum.calls),
            ]);
        }
        sheet.notes = self.notes();
        sheet
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = vec![
            "a call counts once, under the first reason that it has; an answer that was cut or \
             refused may still have been of use, so this is the most that can be waste"
                .to_owned(),
        ];
        if self.linked == 0 {
            notes.push(
                "cannot tell repeated attempts: the log links none (columns `retry_of`, or \
                 `attempt` with `request_id`)"
                    .to_owned(),
            );
        }
        if self.with_status == 0 {
            notes.push("cannot tell failures: no call of the log has a status".to_owned());
        }
        if self.with_reason == 0 {
            notes.push(
                "cannot tell cut and refused answers: no call of the log has a finish reason"
                    .to_owned(),
            );
        }
        notes
    }
}

/// The models that answered with tokens at all: others make embeddings, or nobody counted.
fn answering_models(bill: &Bill<'_>) -> HashSet<Symbol> {
    let answered = bill.rows.iter().filter(|row| !bill.call(**row).output_total().is_zero());
    answered.map(|row| bill.facts.calls.symbol(column::MODEL, *row)).collect()
}

/// The reason that a call shows by itself.
fn waste_of(call: &Call, answers: bool) -> Option<Waste> {
    if matches!(call.status, Status::Error(_)) || call.finish_reason == FinishReason::Error {
        return Some(Waste::Failed);
    }
    match call.finish_reason {
        FinishReason::Refusal => return Some(Waste::Refused),
        FinishReason::Length => return Some(Waste::CutOff),
        _ => {}
    }
    let has_input = !call.tokens[TokenClass::Input].is_zero() || !call.cache_read().is_zero();
    let is_empty = call.is_single() && call.output_total().is_zero() && has_input;
    (answers && is_empty).then_some(Waste::Empty)
}
