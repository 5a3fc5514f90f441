//! The columns of a roll-up, and the value of each in a row.

use std::collections::BTreeSet;

use crate::insights::BAND_LIMITS;
use crate::pricing::PriceBook;
use crate::units::TokenClass;
use crate::usage::{Days, FinishReason, Instant, ServiceTier, Status};

use super::key::{Key, Logged, Turn};
use super::sums::{STEPS, Sums};

/// The columns, in order; those that were asked for follow.
pub const COLUMNS: [&str; 53] = [
    "rollup",
    "time",
    "time_to",
    "first_time",
    "last_time",
    "provider",
    "model",
    "request_model",
    "call_type",
    "geo",
    "service_tier",
    "status",
    "finish_reason",
    "counting",
    "turn",
    "feeds",
    "prompt_from",
    "prompt_to",
    "repeated_from",
    "calls",
    "requests",
    "lot",
    "prompt_min",
    "prompt_max",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "audio_input_tokens",
    "audio_cache_read_tokens",
    "image_input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "audio_output_tokens",
    "image_output_tokens",
    "searches",
    "file_searches",
    "cost_usd",
    "answers",
    "short_answers",
    "output_sizes",
    "prompt_sizes",
    "repeated_min",
    "repeated_tokens",
    "repeated_64_tokens",
    "repeated_128_tokens",
    "repeated_256_tokens",
    "gap_5m_calls",
    "gap_5m_tokens",
    "gap_1h_calls",
    "gap_1h_tokens",
    "left_out",
    "reason",
];

/// The names of the columns that hold names of the log, in order.
pub(super) const NAMES: [&str; 5] = ["provider", "model", "request_model", "call_type", "geo"];

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing, or nothing known.
    Absent,
    /// A count.
    Count(u64),
    /// An instant.
    Time(Instant),
    /// A text, or an exact amount of dollars.
    Text(String),
}

impl Value {
    fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Absent } else { Self::Text(text) }
    }

    const fn unless_zero(count: u64) -> Self {
        if count == 0 { Self::Absent } else { Self::Count(count) }
    }

    fn time(at: Instant) -> Self {
        at.known().map_or(Self::Absent, Self::Time)
    }
}

/// The last sizes of prompts of each class but the last, in tokens and in order: where a band of the
/// report ends, other prices begin or a cache begins to store prompts.
pub fn boundaries(book: &PriceBook) -> Vec<u64> {
    let mut limits: BTreeSet<u64> = book.prompt_limits();
    limits.extend(BAND_LIMITS);
    limits.into_iter().collect()
}

/// The first size of a class.
pub(super) fn class_from(boundaries: &[u64], class: usize) -> u64 {
    class.checked_sub(1).map_or(0, |before| boundaries[before] + 1)
}

/// The values of a row, in the order of the columns; `names` are those of its key.
pub(super) fn values(key: &Key, names: &[String], sums: &Sums, boundaries: &[u64]) -> Vec<Value> {
    let instant =
        |at: Option<i64>| at.map_or(Value::Absent, |at| Value::time(Instant::from_millis(at)));
    let (fixed, others) = names.split_at(NAMES.len());
    let name = |name: &String| Value::text(name.clone());
    let mut values = vec![
        Value::Count(1),
        instant(key.bucket.map(|(from, _)| from)),
        instant(key.bucket.map(|(_, to)| to)),
        Value::time(sums.first),
        Value::time(sums.last),
    ];
    values.extend(fixed.iter().map(name));
    values.extend(words(key));
    values.push(Value::Count(class_from(boundaries, key.class)));
    values.push(boundaries.get(key.class).map_or(Value::Absent, |last| Value::Count(*last)));
    let repeated = key.repeated.map(|class| class_from(boundaries, class));
    values.push(repeated.map_or(Value::Absent, Value::Count));
    values.push(Value::Count(sums.calls));
    values.push(sums.requests.map_or(Value::Absent, Value::Count));
    values.push(key.lot.map_or(Value::Absent, |lot| Value::Count(lot.into())));
    values.extend([sums.prompt_min, sums.prompt_max].map(Value::Count));
    values.extend(tokens(sums));
    let has_cost = key.logged != Logged::Nothing;
    values.push(if has_cost { Value::text(sums.cost.to_string()) } else { Value::Absent });
    values.extend(evidence(key, sums));
    values.extend([Value::Absent, Value::Absent]);
    values.extend(others.iter().map(name));
    values
}

/// The values of the row that says how many records were left out, and why.
pub(super) fn left_out(count: u64, reason: &str, others: usize) -> Vec<Value> {
    let value = |name: &str| match name {
        "rollup" => Value::Count(1),
        "left_out" => Value::Count(count),
        "reason" => Value::text(reason),
        _ => Value::Absent,
    };
    let absent = std::iter::repeat_n(Value::Absent, others);
    COLUMNS.into_iter().map(value).chain(absent).collect()
}

fn words(key: &Key) -> [Value; 6] {
    let tier = if key.service_tier == ServiceTier::Standard { "" } else { key.service_tier.name() };
    let finish = match key.finish_reason {
        FinishReason::Unknown => "",
        known => known.name(),
    };
    [
        Value::text(tier),
        match key.status {
            Status::Unknown => Value::Absent,
            Status::Error(code) if code > 0 => Value::text(code.to_string()),
            said => Value::text(said.name()),
        },
        Value::text(finish),
        Value::text(key.source.name()),
        Value::text(key.turn.name()),
        Value::unless_zero(u64::from(key.feeds)),
    ]
}

/// Counts as llmcost's own records have them: audio and images inside the sums of their side.
fn tokens(sums: &Sums) -> [Value; 13] {
    let of = |class: TokenClass| sums.tokens[class].get();
    let input = of(TokenClass::Input) + of(TokenClass::AudioInput) + of(TokenClass::ImageInput);
    let output = TokenClass::ALL.into_iter().filter(|class| !class.is_input()).map(of).sum();
    [
        Value::Count(input),
        Value::unless_zero(of(TokenClass::CacheRead) + of(TokenClass::AudioCacheRead)),
        Value::unless_zero(of(TokenClass::CacheWrite5m)),
        Value::unless_zero(of(TokenClass::CacheWrite1h)),
        Value::unless_zero(of(TokenClass::AudioInput)),
        Value::unless_zero(of(TokenClass::AudioCacheRead)),
        Value::unless_zero(of(TokenClass::ImageInput)),
        Value::Count(output),
        Value::unless_zero(of(TokenClass::Reasoning)),
        Value::unless_zero(of(TokenClass::AudioOutput)),
        Value::unless_zero(of(TokenClass::ImageOutput)),
        Value::unless_zero(sums.searches),
        Value::unless_zero(sums.file_searches),
    ]
}

/// What techniques at an assumed rate go by.
fn evidence(key: &Key, sums: &Sums) -> Vec<Value> {
    let mut values = vec![
        Value::unless_zero(sums.answers),
        Value::unless_zero(sums.short_answers),
        Value::text(sums.outputs.to_string()),
        Value::text(sums.prompts.to_string()),
    ];
    let follows = key.turn == Turn::Follows;
    let told = |count: u64| if follows { Value::Count(count) } else { Value::Absent };
    values.push(told(sums.repeated_min));
    debug_assert_eq!(sums.repeated.len(), 1 + STEPS.len());
    values.extend(sums.repeated.map(told));
    values.extend(sums.gaps.into_iter().flat_map(|(calls, tokens)| [calls, tokens]).map(told));
    values
}

/// The bucket of an instant: the day, or the hour of UTC.
pub(super) fn bucket_of(at: Instant, days: Days, by_hour: bool) -> Option<(i64, i64)> {
    const HOUR: i64 = 60 * 60 * 1000;
    let millis = at.known()?.millis();
    let (from, to) = if by_hour {
        let from = millis.div_euclid(HOUR) * HOUR;
        (from, from + HOUR)
    } else {
        let day = days.day_of(at)?;
        (days.start_of(day)?.millis(), days.start_of(day + 1)?.millis())
    };
    Some((from.max(FIRST), to.min(LAST)))
}

/// The first and the last instant whose year is written with four digits, in milliseconds: other texts
/// are no times.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket of the last hour there is ended in the year 10000, which no column takes.
    #[test]
    fn the_buckets_of_the_first_and_the_last_year_have_ends_that_can_be_written() {
        for zone in ["UTC", "Europe/Berlin", "America/New_York"] {
            let days = Days::of_zone(zone).expect("a zone");
            for text in ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
                let at = Instant::parse(text).expect("a time");
                for by_hour in [true, false] {
                    let (from, to) = bucket_of(at, days, by_hour).expect("a bucket");
                    assert!(from <= at.millis() && at.millis() < to, "{text} {zone} {by_hour}");
                    for end in [from, to].map(Instant::from_millis) {
                        assert_eq!(
                            Instant::parse(&end.to_iso()),
                            Ok(end),
                            "{text} {zone} {by_hour}"
                        );
                    }
                }
            }
        }
    }
}
