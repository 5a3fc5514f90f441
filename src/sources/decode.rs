//! The values of a record to a call: numbers read, inclusive counts split, names found.

use crate::diagnostics::Code;
use crate::units::Usd;
use crate::usage::{Counting, Fingerprint, FinishReason, Instant, ServiceTier, Status};

use super::counts::counts;
use super::field::Field;
use super::format::{Convention, Draft, Format, Identity, Refusal, Remark};
use super::quoting::quoted;
use super::values::{Raw, Values};

/// Reads one record into an empty `draft`; a draft is large, and copying it would be felt.
///
/// # Errors
/// When the record cannot be used, with the reason.
pub(super) fn decode<'a>(
    values: &Values<'a>,
    format: &Format,
    convention: Convention,
    draft: &mut Draft<'a>,
    remarks: &mut Vec<Remark>,
) -> Result<(), Refusal> {
    names(values, format, draft);
    outcome(values, draft);
    counts(values, convention, draft, remarks)?;
    details(values, draft, remarks);
    time_and_cost(values, draft, remarks);
    (format.refine)(values, draft)?;
    if !draft.remarks.is_empty() {
        remarks.append(&mut draft.remarks);
    }
    if draft.call.service_tier == ServiceTier::Unknown {
        let tier = values.text(Field::ServiceTier);
        let text = format!("the service tier `{}` is not known", quoted(&tier));
        remarks.push((Code::UnknownTier, text));
    }
    let told = |code| remarks.iter().any(|(known, _)| *known == code);
    if draft.model.is_empty() && !told(Code::MissingModel) {
        remarks.push((Code::MissingModel, "the record names no model".to_owned()));
    }
    Ok(())
}

/// What is said of sums whose calls nobody has counted.
pub(super) const UNCOUNTED: &str = "the row sums up calls, but not how many; it counts as one";

/// Says so where a record stands for several calls. Whether the rows of a pivoted sum say how many
/// is only known when all of them are there.
pub(super) fn tell_of_sums(format: &Format, draft: &Draft<'_>, remarks: &mut Vec<Remark>) {
    if draft.call.is_rolled() {
        return;
    }
    let calls = std::iter::once(&draft.call).chain(draft.parts.iter().map(|(_, call)| call));
    let summed: u64 = calls.map(|call| call.calls).filter(|calls| *calls > 1).sum();
    if summed > 1 {
        let text = format!("the row sums up {summed} calls");
        remarks.push((Code::AggregatedRow, text));
    } else if draft.call.counting != Counting::Known && format.identity != Identity::Pivot {
        remarks.push((Code::AggregatedRow, UNCOUNTED.to_owned()));
    }
}

fn names<'a>(values: &Values<'a>, format: &Format, draft: &mut Draft<'a>) {
    draft.provider = values.text(Field::Provider);
    if draft.provider.is_empty() {
        draft.provider = format.provider.into();
    }
    draft.request_model = values.text(Field::RequestModel);
    draft.model = values.text(Field::Model);
    if draft.model.is_empty() {
        draft.model = draft.request_model.clone();
    }
    if draft.request_model.is_empty()
        && values.raw(Field::OuterModel.slot()) != values.raw(Field::Model.slot())
    {
        draft.request_model = values.text(Field::OuterModel);
    }
    draft.call_type = values.text(Field::CallType);
    let geo = values.text(Field::Geo);
    if !matches!(&*geo, "global" | "not_available") {
        draft.geo = geo;
    }
    draft.call.request = fingerprint(values, Field::RequestId);
    draft.call.retry_of = fingerprint(values, Field::RetryOf);
}

/// Equal ids have equal fingerprints, in every file and thread.
pub(super) fn fingerprint<'a>(values: &impl Raw<'a>, field: Field) -> Fingerprint {
    let text = values.text(field);
    if text.is_empty() { 0 } else { super::duplicates::hash(0, text.as_bytes()) }
}

fn outcome(values: &Values<'_>, draft: &mut Draft<'_>) {
    let call = &mut draft.call;
    call.service_tier = ServiceTier::parse(&values.text(Field::ServiceTier));
    if values.text(Field::Speed) == "fast" {
        call.service_tier = ServiceTier::Fast;
    }
    if values.truth(Field::Batch) == Some(true) {
        call.service_tier = ServiceTier::Batch;
    }
    call.finish_reason = FinishReason::parse(&values.text(Field::FinishReason));
    call.status = status(values);
}

fn status(values: &Values<'_>) -> Status {
    let code = |field| values.text(field).parse::<u16>().ok().filter(|code| *code >= 100);
    let http = code(Field::HttpStatus).or_else(|| code(Field::Status));
    if let Some(code) = http {
        return if code >= 400 { Status::Error(code) } else { Status::Ok };
    }
    if values.has(Field::Error) && values.truth(Field::Error) != Some(false) {
        return Status::Error(0);
    }
    if !values.has(Field::Status) {
        return Status::Unknown;
    }
    let text = values.text(Field::Status);
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
    if is(OK_WORDS) {
        Status::Ok
    } else if is(ERROR_WORDS) {
        Status::Error(0)
    } else {
        Status::Unknown
    }
}

/// These, as a status, say that a call was answered.
pub(super) const OK_WORDS: &[&str] = &[
    "ok",
    "success",
    "succeeded",
    "successful",
    "completed",
    "complete",
    "done",
    "finished",
    "true",
    "t",
    "yes",
    "1",
];

/// Only these say that a call failed; any other word may be a state such as `queued`.
pub(super) const ERROR_WORDS: &[&str] = &[
    "error",
    "errored",
    "failed",
    "failure",
    "fail",
    "exception",
    "false",
    "f",
    "no",
    "0",
    "timeout",
    "timed_out",
    "timedout",
    "cancelled",
    "canceled",
    "aborted",
    "expired",
    "rejected",
    "rate_limited",
    "rate_limit",
    "rate_limit_error",
    "rate_limit_exceeded",
    "throttled",
    "overloaded",
    "overloaded_error",
    "unavailable",
    "server_error",
    "api_error",
    "bad_request",
    "invalid_request",
    "invalid_request_error",
];

/// What changes no token; if it cannot be used, the record can.
fn details(values: &Values<'_>, draft: &mut Draft<'_>, remarks: &mut Vec<Remark>) {
    let call = &mut draft.call;
    let mut left_out = |field: Field, name: &str| {
        let text = values.text(field);
        let text = format!("`{}` is no {name}; it was left out", quoted(&text));
        remarks.push((Code::OutOfRange, text));
    };
    match values.count(Field::Attempt).map(|count| u16::try_from(count.unwrap_or(0))) {
        Ok(Ok(attempt)) => call.attempt = attempt,
        _ => left_out(Field::Attempt, "number of an attempt"),
    }
    match values.count(Field::MaxTokens).map(|count| count.map(u32::try_from)) {
        Ok(None) => {}
        Ok(Some(Ok(limit))) => call.max_tokens = Some(limit),
        _ => left_out(Field::MaxTokens, "limit of output tokens"),
    }
    // Latency is measured, often with a fraction; only its milliseconds matter.
    let latency = values.text(Field::LatencyMs);
    call.latency_ms = latency.split('.').next().and_then(|whole| whole.parse().ok());
    if call.latency_ms.is_none() && !latency.is_empty() {
        left_out(Field::LatencyMs, "latency in milliseconds");
    }
}

/// No single row costs more than a billion dollars.
pub(super) const COST_MAX: Usd = Usd::from_atto(1_000_000_000 * 1_000_000_000_000_000_000);

/// The units of money in logs: how many decimals of them the smallest part of a dollar is. That of
/// the first one is the user's to say.
const MONEY: [(Field, Option<u32>); 3] =
    [(Field::CostUsd, None), (Field::CostCents, Some(16)), (Field::CostTicks, Some(8))];

/// The milliseconds to the end of a call; nothing where an end is missing or lies before the start.
fn latency(start: Instant, end: Option<Instant>) -> Option<u32> {
    let lasted = end?.known()?.millis().checked_sub(start.known()?.millis())?;
    u32::try_from(lasted).ok()
}

fn time_and_cost(values: &Values<'_>, draft: &mut Draft<'_>, remarks: &mut Vec<Remark>) {
    let writing = values.writing();
    let time = values.text(Field::Time);
    if time.is_empty() {
        remarks.push((Code::MissingTime, "the record has no time".to_owned()));
    } else if let Some(time) = writing.time(&time) {
        draft.call.time = time;
    } else {
        let text = format!("`{}` is no time that is understood", quoted(&time));
        remarks.push((Code::BadTime, text));
    }
    if draft.call.latency_ms.is_none() && values.has(Field::EndTime) {
        draft.call.latency_ms =
            latency(draft.call.time, writing.time(&values.text(Field::EndTime)));
    }
    for (field, decimals) in MONEY.into_iter().filter(|(field, _)| values.has(*field)) {
        let cost = values.text(field);
        // A plan's own usage has no amount of its own.
        if cost != "Included" && draft.call.logged_cost.is_none() {
            let decimals = decimals.unwrap_or(writing.decimals_of_cost());
            let amount = writing.dollars(&cost, decimals);
            // No call costs less than nothing.
            draft.call.logged_cost = amount.filter(|cost| (Usd::ZERO..=COST_MAX).contains(cost));
            if draft.call.logged_cost.is_none() {
                let text = format!("`{}` is no amount of dollars", quoted(&cost));
                remarks.push((Code::BadCost, text));
            }
        }
    }
}
