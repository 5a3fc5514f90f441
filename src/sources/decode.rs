//! The values of a record to a call: numbers read, inclusive counts split, names found.

use crate::diagnostics::Code;
use crate::units::{Excess, TokenClass, Tokens, Usd};
use crate::usage::{Fingerprint, FinishReason, Instant, ServiceTier, Status};

use super::field::Field;
use super::format::{Convention, Draft, Format, Refusal};
use super::values::{BadValue, Values};

/// A remark on a record that was used all the same.
pub(super) type Remark = (Code, String);

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
    counts(values, convention, draft)?;
    time_and_cost(values, draft, remarks);
    (format.refine)(values, draft)?;
    if draft.model.is_empty() {
        remarks.push((Code::MissingModel, "the record names no model".to_owned()));
    }
    if draft.call.calls > 1 {
        let text = format!("the row sums up {} calls", draft.call.calls);
        remarks.push((Code::AggregatedRow, text));
    }
    Ok(())
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
fn fingerprint(values: &Values<'_>, field: Field) -> Fingerprint {
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
    let text = values.text(Field::Status);
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
    if is(&["", "unknown"]) {
        Status::Unknown
    } else if is(&["ok", "success", "succeeded", "completed", "true", "t", "1"]) {
        Status::Ok
    } else {
        Status::Error(0)
    }
}

/// A count, or why it is none.
fn count(values: &Values<'_>, field: Field) -> Result<Tokens, Refusal> {
    number(values, field).map(|count| Tokens::new(count.unwrap_or(0)))
}

fn number(values: &Values<'_>, field: Field) -> Result<Option<u64>, Refusal> {
    values.count(field).map_err(|bad| {
        let name = field.own_name().unwrap_or("count");
        let raw = values.raw(field.slot());
        let raw: String = raw.chars().take(40).collect();
        match bad {
            BadValue::NotANumber => {
                (Code::BadNumber, format!("{name} should be a whole number, found {raw}"))
            }
            BadValue::Negative => (Code::NegativeCount, format!("{name} is below zero: {raw}")),
            BadValue::Implausible => {
                (Code::ImplausibleCount, format!("{name} is larger than a trillion: {raw}"))
            }
        }
    })
}

fn counts(
    values: &Values<'_>,
    convention: Convention,
    draft: &mut Draft<'_>,
) -> Result<(), Refusal> {
    let counted = values.has(Field::Input) || values.has(Field::Output);
    if !counted && !matches!(draft.call.status, Status::Error(_)) {
        let text = if values.has(Field::Total) {
            "only a total of tokens: input and output have different prices"
        } else {
            "no token counts in the record"
        };
        return Err((Code::MissingUsage, text.to_owned()));
    }
    input_counts(values, convention, draft)?;
    output_counts(values, convention, draft)?;
    let small = |field| number(values, field).map(|count| count.unwrap_or(0));
    let call = &mut draft.call;
    call.searches = u32::try_from(small(Field::Searches)?).unwrap_or(u32::MAX);
    call.calls = number(values, Field::Calls)?.unwrap_or(1);
    call.attempt = u16::try_from(small(Field::Attempt)?).unwrap_or(u16::MAX);
    call.max_tokens = number(values, Field::MaxTokens)?.and_then(|limit| limit.try_into().ok());
    // Latency is measured, often with a fraction; only its milliseconds matter.
    let latency = values.text(Field::LatencyMs);
    call.latency_ms = latency.split('.').next().and_then(|whole| whole.parse().ok());
    Ok(())
}

fn input_counts(
    values: &Values<'_>,
    convention: Convention,
    draft: &mut Draft<'_>,
) -> Result<(), Refusal> {
    let read = count(values, Field::CacheRead)?;
    let short = count(values, Field::CacheWrite5m)?;
    let long = count(values, Field::CacheWrite1h)?;
    // A sum without its parts, or with parts that miss some of it, is of the default lifetime.
    let split = short + long;
    let unsplit = count(values, Field::CacheWrite)?.saturating_sub(split);
    let (audio, image) = (count(values, Field::AudioInput)?, count(values, Field::ImageInput)?);
    let mut input = count(values, Field::Input)?;
    if convention.input_includes_cache {
        let cached = read + split + unsplit;
        input = input.checked_sub(cached).ok_or_else(|| {
            let text =
                format!("{cached} tokens read from or written to the cache, but {input} of input");
            (Code::CacheExceedsInput, text)
        })?;
    }
    let metered = audio + image;
    input = input.checked_sub(metered).ok_or_else(|| {
        let text = format!("{metered} audio and image tokens, but {input} of uncached input");
        (Code::CacheExceedsInput, text)
    })?;
    let tokens = &mut draft.call.tokens;
    tokens[TokenClass::Input] = input + count(values, Field::ToolInput)?;
    tokens[TokenClass::CacheRead] = read;
    tokens[TokenClass::CacheWrite5m] = short + unsplit;
    tokens[TokenClass::CacheWrite1h] = long;
    tokens[TokenClass::AudioInput] = audio;
    tokens[TokenClass::ImageInput] = image;
    Ok(())
}

fn output_counts(
    values: &Values<'_>,
    convention: Convention,
    draft: &mut Draft<'_>,
) -> Result<(), Refusal> {
    let (reasoning, audio) = (count(values, Field::Reasoning)?, count(values, Field::AudioOutput)?);
    let mut output = count(values, Field::Output)?;
    if convention.output_includes_reasoning {
        output = output.checked_sub(reasoning).ok_or_else(|| {
            let text = format!("{reasoning} reasoning tokens, but {output} of output");
            (Code::ReasoningExceedsOutput, text)
        })?;
    }
    output = output.checked_sub(audio).ok_or_else(|| {
        (Code::ReasoningExceedsOutput, format!("{audio} audio tokens, but {output} of output"))
    })?;
    let tokens = &mut draft.call.tokens;
    tokens[TokenClass::Output] = output;
    tokens[TokenClass::Reasoning] = reasoning;
    tokens[TokenClass::AudioOutput] = audio;
    Ok(())
}

fn time_and_cost(values: &Values<'_>, draft: &mut Draft<'_>, remarks: &mut Vec<Remark>) {
    let time = values.text(Field::Time);
    if time.is_empty() {
        remarks.push((Code::MissingTime, "the record has no time".to_owned()));
    } else if let Ok(time) = Instant::parse(&time) {
        draft.call.time = time;
    } else {
        let shown: String = time.chars().take(40).collect();
        remarks.push((Code::BadTime, format!("`{shown}` is no time that is understood")));
    }
    let cost = values.text(Field::CostUsd);
    if !cost.is_empty() {
        let plain = cost.trim().trim_start_matches('$');
        draft.call.logged_cost = Usd::parse(plain, Excess::Round).ok();
        if draft.call.logged_cost.is_none() {
            let shown: String = cost.chars().take(40).collect();
            remarks.push((Code::BadCost, format!("`{shown}` is no amount of dollars")));
        }
    }
    if draft.call.service_tier == ServiceTier::Unknown {
        let tier = values.text(Field::ServiceTier);
        remarks.push((Code::UnknownTier, format!("the service tier `{tier}` is not known")));
    }
}
