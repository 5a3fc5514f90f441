//! The values of one call as llmcost's own log format has them.

use std::borrow::Cow;

use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Calls, FinishReason, Row, ServiceTier, Status, column};

use super::records::{KeptValues, is_kept};

/// One value of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The log does not say.
    Absent,
    /// A whole number.
    Count(u64),
    /// A text, or an exact decimal amount.
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Absent } else { Self::Text(text) }
    }

    /// A count where zero is what is taken for granted.
    const fn unless_zero(count: u64) -> Self {
        if count == 0 { Self::Absent } else { Self::Count(count) }
    }
}

/// Where the names of a record stand in a table of calls.
pub(super) struct Places {
    pub(super) conversation: Option<usize>,
    pub(super) service_tier: Option<usize>,
    pub(super) request_id: Option<usize>,
    pub(super) retry_of: Option<usize>,
    pub(super) others: Vec<Option<usize>>,
}

/// Adds the names and counts of a call.
pub(super) fn names_and_counts<'a>(
    values: &mut Vec<Cell<'a>>,
    calls: &'a Calls,
    row: Row,
    call: &Call,
    places: &Places,
) {
    let name = |place| Cell::text(calls.name(place, row));
    let tier = match call.service_tier {
        ServiceTier::Standard => Cell::Absent,
        // Its own word, so that the reader's remark on it stays the same.
        ServiceTier::Unknown => match places.service_tier.map(name) {
            Some(Cell::Text(word))
                if ServiceTier::parse(&word) == ServiceTier::Unknown
                    && is_kept(&word, KeptValues::Labels) =>
            {
                Cell::Text(word)
            }
            _ => Cell::text(ServiceTier::Unknown.name()),
        },
        known => Cell::text(known.name()),
    };
    values.push(call.time.known().map_or(Cell::Absent, |time| Cell::text(time.to_iso())));
    values.extend(
        [column::PROVIDER, column::MODEL, column::REQUEST_MODEL, column::CALL_TYPE].map(name),
    );
    values.push(places.conversation.map_or(Cell::Absent, name));
    values.push(name(column::GEO));
    values.push(tier);
    values.push(match call.counting.name() {
        Some(word) => Cell::text(word),
        None if call.calls == 1 => Cell::Absent,
        None => Cell::Count(call.calls),
    });
    let tokens = |class: TokenClass| call.tokens[class];
    let part = |class: TokenClass| Cell::unless_zero(tokens(class).get());
    // Own logs count audio and images inside the sums of their side, uncached or cached.
    let input = tokens(TokenClass::Input) + tokens(TokenClass::AudioInput);
    let sums = [input + tokens(TokenClass::ImageInput), call.output_total()];
    // A call that failed before it used anything says nothing about tokens.
    let is_silent = matches!(call.status, Status::Error(_))
        && call.input_total() + call.output_total() == Tokens::ZERO;
    let [input, output] =
        sums.map(|sum| if is_silent { Cell::Absent } else { Cell::Count(sum.get()) });
    values.push(input);
    values.push(Cell::unless_zero(call.cache_read().get()));
    values.extend(
        [
            TokenClass::CacheWrite5m,
            TokenClass::CacheWrite1h,
            TokenClass::AudioInput,
            TokenClass::AudioCacheRead,
            TokenClass::ImageInput,
        ]
        .map(part),
    );
    values.push(output);
    values.extend(
        [TokenClass::Reasoning, TokenClass::AudioOutput, TokenClass::ImageOutput].map(part),
    );
}

/// Adds how a call ended.
pub(super) fn outcome(values: &mut Vec<Cell<'_>>, call: &Call) {
    let known = |count: Option<u32>| count.map_or(Cell::Absent, |count| Cell::Count(count.into()));
    values.push(Cell::unless_zero(call.searches.into()));
    values.push(Cell::unless_zero(call.file_searches.into()));
    values.push(match call.status {
        Status::Unknown => Cell::Absent,
        said => Cell::text(said.name()),
    });
    values.push(match call.status {
        Status::Error(code) => Cell::unless_zero(code.into()),
        Status::Unknown | Status::Ok => Cell::Absent,
    });
    values.push(match call.finish_reason {
        FinishReason::Unknown => Cell::Absent,
        said => Cell::text(said.name()),
    });
    values.push(known(call.max_tokens));
    values.push(Cell::unless_zero(call.attempt.into()));
    values.push(known(call.latency_ms));
    values.push(call.logged_cost.map_or(Cell::Absent, |cost| Cell::text(cost.to_string())));
}
