//! Token counts of a record: read, checked against its total, taken apart.

use crate::diagnostics::Code;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Counting, Status};

use super::field::Field;
use super::format::{Convention, Draft, Refusal, Remark};
use super::quoting::quoted;
use super::values::{BadValue, Values};

/// A count, or why it is none. Most counts of most records are not there.
#[inline]
pub(super) fn count(values: &Values<'_>, field: Field) -> Result<Tokens, Refusal> {
    if !values.has(field) {
        return Ok(Tokens::ZERO);
    }
    number(values, field).map(|count| Tokens::new(count.unwrap_or(0)))
}

fn number(values: &Values<'_>, field: Field) -> Result<Option<u64>, Refusal> {
    values.count(field).map_err(|bad| {
        let name = field.own_name().unwrap_or("count");
        let raw = quoted(values.raw(field.slot()));
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

/// Reads the counts of a record and takes apart those that include others.
///
/// # Errors
/// When the record has none, or they cannot be.
pub(super) fn counts(
    values: &Values<'_>,
    convention: Convention,
    draft: &mut Draft<'_>,
    remarks: &mut Vec<Remark>,
) -> Result<(), Refusal> {
    let counted = values.has(Field::Input) || values.has(Field::Output) || values.has(Field::Parts);
    let expected = !draft.without_tokens && !matches!(draft.call.status, Status::Error(_));
    if !counted && expected {
        let text = if values.has(Field::Total) {
            "only a total of tokens: input and output have different prices"
        } else {
            "no token counts in the record"
        };
        return Err((Code::MissingUsage, text.to_owned()));
    }
    let (convention, hidden) = settled_accounting(values, convention, remarks)?;
    input_counts(values, convention, draft, remarks)?;
    output_counts(values, convention, draft)?;
    missing_side(values, draft, remarks)?;
    if !hidden.is_zero() {
        draft.call.tokens[TokenClass::Reasoning] += hidden;
        let text = format!(
            "the total has {hidden} tokens more than input and output; they are counted as reasoning"
        );
        remarks.push((Code::InconsistentCounts, text));
    }
    draft.call.searches = searches(values, Field::Searches, remarks)?;
    draft.call.file_searches = searches(values, Field::FileSearches, remarks)?;
    // Exports that do not count calls, once llmcost has written them down, say so in words.
    let uncounted = values.has(Field::Calls).then(|| Counting::named(&values.text(Field::Calls)));
    if let Some(counting) = uncounted.flatten() {
        draft.call.counting = counting;
        return Ok(());
    }
    draft.call.calls = number(values, Field::Calls)?.unwrap_or(1);
    if draft.call.calls == 0 {
        draft.call.calls = 1;
        let text = "the row says it stands for no call; it is counted as one".to_owned();
        remarks.push((Code::OutOfRange, text));
    }
    Ok(())
}

/// A record that counts one side and not the other: where it has a total, the rest of that is the
/// other side. Otherwise nothing is known, and that is said, unless such calls answer with nothing
/// that is counted.
fn missing_side(
    values: &Values<'_>,
    draft: &mut Draft<'_>,
    remarks: &mut Vec<Remark>,
) -> Result<(), Refusal> {
    let (side, class) = match (values.has(Field::Input), values.has(Field::Output)) {
        (true, true) | (false, false) => return Ok(()),
        (false, true) => ("input", TokenClass::Input),
        (true, false) => ("output", TokenClass::Output),
    };
    let is_failed = matches!(draft.call.status, Status::Error(_));
    if draft.without_tokens || is_failed {
        return Ok(());
    }
    let known: Tokens = draft.call.tokens.iter().map(|(_, count)| *count).sum();
    let beyond = count(values, Field::Total)?.saturating_sub(known);
    let text = if !beyond.is_zero() {
        draft.call.tokens[class] += beyond;
        format!("the record counts no {side}; {beyond} tokens of its total are read as {side}")
    } else if side == "output" && (values.has(Field::Total) || has_no_answer(&draft.model)) {
        return Ok(());
    } else {
        format!("the record counts no {side}; it is read as none")
    };
    remarks.push((Code::InconsistentCounts, text));
    Ok(())
}

/// Whether the answers of a model are no tokens, by its name.
fn has_no_answer(model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    ["embed", "rerank", "moderation", "ranker", "voyage", "guard"]
        .iter()
        .any(|word| model.contains(word))
}

fn searches(values: &Values<'_>, field: Field, remarks: &mut Vec<Remark>) -> Result<u32, Refusal> {
    if !values.has(field) {
        return Ok(0);
    }
    let count = number(values, field)?.unwrap_or(0);
    Ok(u32::try_from(count).unwrap_or_else(|_| {
        remarks.push((Code::OutOfRange, format!("{count} searches; {} are counted", u32::MAX)));
        u32::MAX
    }))
}

/// What the counts of this record include, and tokens that only its total has. Says where that is
/// not what the format usually includes.
fn settled_accounting(
    values: &Values<'_>,
    usual: Convention,
    remarks: &mut Vec<Remark>,
) -> Result<(Convention, Tokens), Refusal> {
    let (found, hidden) = accounting(values, usual)?;
    if found.input_includes_cache != usual.input_includes_cache {
        let side = if found.input_includes_cache { "inside" } else { "beside" };
        let text = format!("the total shows that cached tokens are {side} the input; read so");
        remarks.push((Code::InconsistentCounts, text));
    }
    let shown = beside(values, found)?;
    if shown.input_includes_cache != found.input_includes_cache {
        let text = "more cached tokens than input; they are read as beside it".to_owned();
        remarks.push((Code::InconsistentCounts, text));
    }
    if shown.output_includes_reasoning != found.output_includes_reasoning {
        let text = "more reasoning than output; it is read as beside it".to_owned();
        remarks.push((Code::InconsistentCounts, text));
    }
    Ok((shown, hidden))
}

/// What more of a part than there is of the whole shows: the part is beside it.
fn beside(values: &Values<'_>, usual: Convention) -> Result<Convention, Refusal> {
    let mut found = usual;
    if usual.settled {
        return Ok(found);
    }
    let exceeds = |part: Tokens, whole: Field| -> Result<bool, Refusal> {
        Ok(values.has(whole) && part > count(values, whole)?)
    };
    if usual.input_includes_cache && exceeds(cached(values)?, Field::Input)? {
        found.input_includes_cache = false;
    }
    if usual.output_includes_reasoning && exceeds(count(values, Field::Reasoning)?, Field::Output)?
    {
        found.output_includes_reasoning = false;
    }
    Ok(found)
}

/// All tokens read from or written to the cache.
pub(super) fn cached(values: &Values<'_>) -> Result<Tokens, Refusal> {
    let parts = count(values, Field::CacheWrite5m)? + count(values, Field::CacheWrite1h)?;
    let written = count(values, Field::CacheWrite)?.max(parts);
    Ok(count(values, Field::CacheRead)? + written)
}

/// What the counts of this record include: the format's convention, unless the record's own total
/// shows otherwise; and tokens that only the total has.
///
/// xAI counts reasoning apart from output, Gemini's `OpenAI` endpoint shows it in the total alone;
/// in recorded responses the totals always add up one way.
fn accounting(
    values: &Values<'_>,
    convention: Convention,
) -> Result<(Convention, Tokens), Refusal> {
    let unchanged = (convention, Tokens::ZERO);
    if !values.has(Field::Total) || !convention.output_includes_reasoning || convention.settled {
        return Ok(unchanged);
    }
    let [total, input, output, reasoning] =
        [Field::Total, Field::Input, Field::Output, Field::Reasoning]
            .map(|field| count(values, field));
    let (total, input, output, reasoning) = (total?, input?, output?, reasoning?);
    let mut found = convention;
    found.output_includes_reasoning = reasoning <= output;
    if !values.has(Field::Input) || !values.has(Field::Output) {
        return Ok((found, Tokens::ZERO));
    }
    let cached = cached(values)?;
    let sum = input + output;
    let apart = |more: Tokens| !more.is_zero() && total == sum + more;
    if total == sum {
        found.input_includes_cache |= !cached.is_zero() && cached <= input;
    } else if apart(cached) {
        found.input_includes_cache = false;
    } else if apart(reasoning) {
        found.output_includes_reasoning = false;
    } else if apart(cached + reasoning) {
        found.input_includes_cache &= cached.is_zero();
        found.output_includes_reasoning = false;
    } else if convention.input_includes_cache && reasoning.is_zero() {
        return Ok((found, total.saturating_sub(sum)));
    }
    Ok((found, Tokens::ZERO))
}

fn input_counts(
    values: &Values<'_>,
    convention: Convention,
    draft: &mut Draft<'_>,
    remarks: &mut Vec<Remark>,
) -> Result<(), Refusal> {
    let read = count(values, Field::CacheRead)?;
    let short = count(values, Field::CacheWrite5m)?;
    let long = count(values, Field::CacheWrite1h)?;
    // A sum without its parts, or with parts that miss some of it, is of the default lifetime.
    let split = short + long;
    let written = count(values, Field::CacheWrite)?;
    let unsplit = written.saturating_sub(split);
    if values.has(Field::CacheWrite) && written < split {
        let text = format!("{written} tokens written to the cache in all, but {split} by lifetime");
        remarks.push((Code::InconsistentCounts, text));
    }
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
    let heard = count(values, Field::AudioCacheRead)?;
    let text_read = read.checked_sub(heard).ok_or_else(|| {
        (Code::CacheExceedsInput, format!("{heard} cached audio tokens, but {read} cached tokens"))
    })?;
    let metered = if convention.includes_media { audio + image } else { Tokens::ZERO };
    input = input.checked_sub(metered).ok_or_else(|| {
        let text = format!("{metered} audio and image tokens, but {input} of uncached input");
        (Code::CacheExceedsInput, text)
    })?;
    let tokens = &mut draft.call.tokens;
    tokens[TokenClass::Input] = input + count(values, Field::ToolInput)?;
    tokens[TokenClass::CacheRead] = text_read;
    tokens[TokenClass::AudioCacheRead] = heard;
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
    let image = count(values, Field::ImageOutput)?;
    let mut output = count(values, Field::Output)?;
    if convention.output_includes_reasoning {
        output = output.checked_sub(reasoning).ok_or_else(|| {
            let text = format!("{reasoning} reasoning tokens, but {output} of output");
            (Code::ReasoningExceedsOutput, text)
        })?;
    }
    let metered = if convention.includes_media { audio + image } else { Tokens::ZERO };
    output = output.checked_sub(metered).ok_or_else(|| {
        let text = format!("{metered} audio and image tokens, but {output} of output");
        (Code::ReasoningExceedsOutput, text)
    })?;
    let tokens = &mut draft.call.tokens;
    tokens[TokenClass::Output] = output;
    tokens[TokenClass::Reasoning] = reasoning;
    tokens[TokenClass::AudioOutput] = audio;
    tokens[TokenClass::ImageOutput] = image;
    Ok(())
}

/// Settles row by row what the counts of a format include that were first read as if none did:
/// the total of the row shows it, or the counts themselves; `usual` decides where neither does.
///
/// Records of programs that take usage from many sources follow whichever source they had.
pub(super) fn settle(
    values: &Values<'_>,
    usual: Convention,
    draft: &mut Draft<'_>,
) -> Result<(), Refusal> {
    let tokens = &mut draft.call.tokens;
    let cached = tokens[TokenClass::CacheRead]
        + tokens[TokenClass::CacheWrite5m]
        + tokens[TokenClass::CacheWrite1h];
    let reasoning = tokens[TokenClass::Reasoning];
    let (input, output) = (count(values, Field::Input)?, count(values, Field::Output)?);
    let fits = |(cache_inside, reasoning_inside): &(bool, bool)| {
        (!cache_inside || cached <= tokens[TokenClass::Input])
            && (!reasoning_inside || reasoning <= tokens[TokenClass::Output])
    };
    let sum = |(cache_inside, reasoning_inside): &(bool, bool)| {
        let apart = |inside: bool, count: Tokens| if inside { Tokens::ZERO } else { count };
        input + output + apart(*cache_inside, cached) + apart(*reasoning_inside, reasoning)
    };
    let total = count(values, Field::Total)?;
    let usual_way = (usual.input_includes_cache, usual.output_includes_reasoning);
    let ways = [usual_way, (true, true), (false, true), (true, false), (false, false)];
    let possible = || ways.iter().filter(|way| fits(way));
    let shown = possible().find(|way| sum(way) == total);
    let way = shown.or_else(|| possible().next()).expect("nothing inside always fits");
    let hidden = total.saturating_sub(sum(way));
    if way.0 {
        tokens[TokenClass::Input] = tokens[TokenClass::Input].saturating_sub(cached);
    }
    if way.1 {
        tokens[TokenClass::Output] = tokens[TokenClass::Output].saturating_sub(reasoning);
    }
    let complete = values.has(Field::Input) && values.has(Field::Output);
    if complete && !hidden.is_zero() {
        let counted = usual == Convention::INCLUSIVE && reasoning.is_zero();
        let how = if counted { "they are counted as reasoning" } else { "they are left out" };
        if counted {
            tokens[TokenClass::Reasoning] += hidden;
        }
        let text = format!("the total has {hidden} tokens more than the counts; {how}");
        draft.remarks.push((Code::InconsistentCounts, text));
    }
    if way.0 && total.is_zero() && !cached.is_zero() && draft.model.contains("claude") {
        let text = format!(
            "nothing shows whether the {cached} cached tokens are inside the {input} of input or \
             beside it, as Anthropic counts them; read as inside"
        );
        draft.remarks.push((Code::InconsistentCounts, text));
    }
    Ok(())
}
