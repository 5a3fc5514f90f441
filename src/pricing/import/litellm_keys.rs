//! What the keys of a LiteLLM entry mean: a class of tokens, a lane, a length of prompts.

use crate::units::TokenClass;
use crate::usage::ServiceTier;

use super::draft::class_named;
use super::left_out::LeftOutReason;

/// Keys with dollars for a token, and the class they price.
const CLASSES: [(&str, &str); 13] = [
    ("cache_creation_input_token_cost", "cache_write_5m"),
    ("cache_creation_input_token_cost_above_1hr", "cache_write_1h"),
    ("cache_read_input_audio_token_cost", "audio_cache_read"),
    ("cache_read_input_token_cost", "cache_read"),
    ("input_cost_per_audio_token", "audio_input"),
    ("input_cost_per_image_token", "image_input"),
    ("input_cost_per_token", "input"),
    // The older spelling of what is read from a cache.
    ("input_cost_per_token_cache_hit", "cache_read"),
    ("output_cost_per_audio_token", "audio_output"),
    ("output_cost_per_image_token", "image_output"),
    ("output_cost_per_reasoning_token", "reasoning"),
    ("output_cost_per_token", "output"),
    // Creating a cache of sound; no log tells it from another one.
    ("cache_creation_input_audio_token_cost", ""),
];

/// Ends of keys, and the lane whose prices they state.
const LANES: [(&str, ServiceTier); 5] = [
    ("_batches", ServiceTier::Batch),
    ("_flex", ServiceTier::Flex),
    ("_priority", ServiceTier::Priority),
    ("_fast", ServiceTier::Fast),
    ("_ultrafast", ServiceTier::Ultrafast),
];

/// Parts of keys that price something else than tokens.
const UNITS: [&str; 15] = [
    "per_1k_calls",
    "per_1k_tokens",
    "per_audio_per_second",
    "per_character",
    "per_credit",
    "per_gb",
    "per_image",
    "per_page",
    "per_pixel",
    "per_query",
    "per_request",
    "per_second",
    "per_session",
    "per_text_message",
    "per_unit",
];

/// Parts of keys that are about prices at all; the others are about what a model can do.
const PRICES: [&str; 5] = ["cost", "price", "pricing", "multiplier", "free_requests"];

/// What a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenKey {
    pub(super) class: TokenClass,
    pub(super) lane: ServiceTier,
    /// Only for prompts of more tokens.
    pub(super) above: Option<u64>,
}

/// The class, lane and length that a key prices; the reason where it cannot be said here; nothing
/// where it is not about prices.
pub(super) fn meaning(key: &str) -> Option<Result<TokenKey, LeftOutReason>> {
    if !PRICES.iter().any(|part| key.contains(part)) {
        return None;
    }
    let lane = LANES.iter().find_map(|(end, lane)| Some((key.strip_suffix(end)?, *lane)));
    let (rest, lane) = lane.unwrap_or((key, ServiceTier::Standard));
    let (rest, above) = without_length(rest);
    let known = CLASSES.iter().find(|(name, _)| *name == rest);
    Some(match known {
        Some((_, class)) => match class_named(class) {
            Some(class) => Ok(TokenKey { class, lane, above }),
            None => Err(LeftOutReason::NoClass),
        },
        None => Err(reason(rest)),
    })
}

/// A key without `_above_200k_tokens`, and the tokens it named.
fn without_length(key: &str) -> (&str, Option<u64>) {
    let parts = key.strip_suffix("k_tokens").and_then(|rest| rest.rsplit_once("_above_"));
    let parts = parts.and_then(|(rest, tokens)| Some((rest, tokens.parse::<u64>().ok()?)));
    parts.map_or((key, None), |(rest, thousands)| (rest, thousands.checked_mul(1000)))
}

fn reason(key: &str) -> LeftOutReason {
    let goes_on =
        |(name, _): &(&str, &str)| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    if key.contains("uplift_multiplier") {
        LeftOutReason::ByPlace
    } else if key.contains("free_requests") {
        LeftOutReason::FreeAllowance
    } else if key.starts_with("explicit_") {
        LeftOutReason::UnknownCondition
    } else if CLASSES.iter().any(goes_on) {
        LeftOutReason::UnknownLane
    } else if key.contains("image_token") || key.contains("video_token") || key.contains("dbu") {
        LeftOutReason::NoClass
    } else if UNITS.iter().any(|unit| key.contains(unit)) {
        LeftOutReason::OtherUnit
    } else if key.contains("token") {
        LeftOutReason::NoClass
    } else {
        LeftOutReason::UnknownKey
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, class: TokenClass, lane: ServiceTier, above: Option<u64>) {
        assert_eq!(meaning(key), Some(Ok(TokenKey { class, lane, above })), "{key}");
    }

    fn check_left_out(key: &str, reason: LeftOutReason) {
        assert_eq!(meaning(key), Some(Err(reason)), "{key}");
    }

    #[test]
    fn a_key_names_class_lane_and_length() {
        use ServiceTier::{Batch, Standard, Ultrafast};
        use TokenClass::{CacheRead, CacheWrite1h, CacheWrite5m, Input, Output};
        check("input_cost_per_token", Input, Standard, None);
        check("output_cost_per_token_batches", Output, Batch, None);
        check("cache_creation_input_token_cost", CacheWrite5m, Standard, None);
        check("cache_creation_input_token_cost_above_1hr", CacheWrite1h, Standard, None);
        let long_write = "cache_creation_input_token_cost_above_1hr_above_200k_tokens";
        check(long_write, CacheWrite1h, Standard, Some(200_000));
        let fast_read = "cache_read_input_token_cost_above_272k_tokens_ultrafast";
        check(fast_read, CacheRead, Ultrafast, Some(272_000));
        check("input_cost_per_token_cache_hit", CacheRead, Standard, None);
    }

    #[test]
    fn what_cannot_be_said_has_a_reason() {
        check_left_out("input_cost_per_token_balanced", LeftOutReason::UnknownLane);
        check_left_out(
            "input_cost_per_token_above_272k_tokens_decisions",
            LeftOutReason::UnknownLane,
        );
        check_left_out("input_cost_per_video_token", LeftOutReason::NoClass);
        check_left_out(
            "input_cost_per_video_per_second_above_8s_interval",
            LeftOutReason::OtherUnit,
        );
        check_left_out("output_cost_per_image_1024", LeftOutReason::OtherUnit);
        check_left_out("regional_processing_uplift_multiplier_eu", LeftOutReason::ByPlace);
        check_left_out("search_free_requests", LeftOutReason::FreeAllowance);
        check_left_out("price_of_fame", LeftOutReason::UnknownKey);
        assert_eq!(meaning("supports_vision"), None);
    }
}
