//! Roll-ups that llmcost writes, or a query of `llmcost sql`: rows that sum up calls which bill alike.
//!
//! Unlike other sums a row says which sizes its prompts have, so that it is priced as exactly as its
//! calls. Rows of the same names add up: a roll-up has no copies.

use crate::diagnostics::{Code, Severity};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen};
use crate::sources::quoting::quoted;
use crate::sources::values::Values;
use crate::usage::{Call, Counting, Instant, Rolled};

/// No log has more records.
const RECORDS_MAX: u64 = 1_000_000_000_000;

/// The version of the columns.
const VERSION: &str = "1";

/// Sums of calls that are alike, as `llmcost rollup` writes them.
pub(in crate::sources) static ROLLUP: Format = Format {
    name: "rollup",
    summary: "sums of calls that bill alike, from `llmcost rollup` or a query of `llmcost sql`",
    provider: "",
    recognises: |record| is_rollup(|name| record.get(name).is_some()),
    recognises_columns: |columns| is_rollup(|name| columns.iter().any(|column| column == name)),
    fields: &[
        ("rollup", Field::RecordType),
        ("first_time", Field::Time),
        ("last_time", Field::EndTime),
        ("provider", Field::Provider),
        ("model", Field::Model),
        ("request_model", Field::RequestModel),
        ("call_type", Field::CallType),
        ("geo", Field::Geo),
        ("service_tier", Field::ServiceTier),
        ("status", Field::Status),
        ("finish_reason", Field::FinishReason),
        ("counting", Field::Counting),
        ("calls", Field::Calls),
        ("requests", Field::Requests),
        ("lot", Field::MaxTokens),
        ("prompt_min", Field::PromptMin),
        ("prompt_max", Field::PromptMax),
        ("input_tokens", Field::Input),
        ("cache_read_tokens", Field::CacheRead),
        ("cache_write_5m_tokens", Field::CacheWrite5m),
        ("cache_write_1h_tokens", Field::CacheWrite1h),
        ("audio_input_tokens", Field::AudioInput),
        ("audio_cache_read_tokens", Field::AudioCacheRead),
        ("image_input_tokens", Field::ImageInput),
        ("output_tokens", Field::Output),
        ("reasoning_tokens", Field::Reasoning),
        ("audio_output_tokens", Field::AudioOutput),
        ("image_output_tokens", Field::ImageOutput),
        ("searches", Field::Searches),
        ("file_searches", Field::FileSearches),
        ("cost_usd", Field::CostUsd),
        ("left_out", Field::Amount),
        ("reason", Field::Metric),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention { settled: true, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |_| Screen::WithoutTokens,
    session: None,
    refine,
};

/// Whether the columns are those of a roll-up.
pub(in crate::sources) fn is_rollup(has: impl Fn(&str) -> bool) -> bool {
    ["rollup", "first_time", "prompt_from", "prompt_max", "calls"].into_iter().all(has)
}

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let version = values.text(Field::RecordType);
    if version != VERSION {
        let text = format!(
            "a roll-up of version `{version}`; this llmcost reads version {VERSION}: make it again, \
             or take the llmcost that wrote it"
        );
        return Err((Code::BadNumber, text));
    }
    if values.has(Field::Amount) {
        return Err(left_out(values, draft));
    }
    draft.last_time = last_time(values, &draft.call)?;
    // What lies between the first call and the last is no time that one of them took.
    draft.call.latency_ms = None;
    let counting = values.text(Field::Counting);
    if counting.is_empty() {
        roll(values, draft)
    } else if counting == "summed" {
        // A row that summed up calls before it was rolled up is no more than that.
        Ok(())
    } else if let Some(known) = Counting::named(&counting) {
        draft.call.counting = known;
        Ok(())
    } else {
        let text = format!("counting says `{}`, which no roll-up says", quoted(&counting));
        Err((Code::BadNumber, text))
    }
}

fn roll(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let size = |field, name: &str| {
        let size = values.count(field).ok().flatten();
        size.map(|size| u32::try_from(size).unwrap_or(u32::MAX)).ok_or_else(|| {
            (Code::BadNumber, format!("a row of a roll-up says its `{name}`, a whole number"))
        })
    };
    let [prompt_min, prompt_max] =
        [size(Field::PromptMin, "prompt_min")?, size(Field::PromptMax, "prompt_max")?];
    let call = &mut draft.call;
    let mean = call.input_total().get() / call.calls.max(1);
    // Sizes beyond 32 bits are all as large as can be.
    let most = if prompt_max == u32::MAX { u64::MAX } else { u64::from(prompt_max) };
    if !(u64::from(prompt_min)..=most).contains(&mean) {
        let text = format!(
            "the mean prompt of {mean} tokens is not between the smallest and the largest one"
        );
        return Err((Code::BadNumber, text));
    }
    let requests = values.count(Field::Requests).ok().flatten();
    let lot = call.max_tokens.take();
    call.counting = Counting::Rolled;
    draft.rolled = Some(Rolled { prompt_min, prompt_max, requests, lot });
    Ok(())
}

/// When the latest call of a row was; nothing where their times are missing.
fn last_time(values: &Values<'_>, call: &Call) -> Result<Option<Instant>, Refusal> {
    let Some(first) = call.time.known() else { return Ok(None) };
    let last = values.writing().time(&values.text(Field::EndTime));
    let last = last.filter(|last| *last >= first).ok_or_else(|| {
        let text = "a row of a roll-up says its `last_time`, not before its `first_time`";
        (Code::BadNumber, text.to_owned())
    })?;
    Ok(Some(last))
}

/// The row that says what was not rolled up: it is skipped, as those records were.
fn left_out(values: &Values<'_>, draft: &mut Draft<'_>) -> Refusal {
    let (count, reason) = (values.text(Field::Amount), values.text(Field::Metric));
    let is_meant = |code: &Code| code.name() == reason && code.severity() == Severity::Skipped;
    let code = Code::ALL.into_iter().find(is_meant).unwrap_or(Code::MissingUsage);
    let Some(records) = count.parse::<u64>().ok().filter(|count| (1..=RECORDS_MAX).contains(count))
    else {
        let text = format!("left_out says `{}`, which is no number of records", quoted(&count));
        return (code, text);
    };
    draft.more_left_out = records - 1;
    let told = if records == 1 { "record of the log was" } else { "records of the log were" };
    (code, format!("{count} {told} left out when it was rolled up: {}", quoted(&reason)))
}
