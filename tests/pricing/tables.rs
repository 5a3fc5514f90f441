//! Facts about the tables in the program, each worked out by hand from the published prices.

use std::collections::BTreeSet;

use llmcost::pricing::{ModelId, PriceBook, Unpriced, cost};
use llmcost::units::{Factor, TokenClass, Tokens};
use llmcost::usage::{Call, FinishReason, Instant, ServiceTier, Status};

use ServiceTier::{Batch, Fast, Flex, Priority, Standard, Ultrafast};
use TokenClass::{
    AudioCacheRead, AudioInput, CacheRead, CacheWrite1h, CacheWrite5m, ImageOutput, Input, Output,
    Reasoning,
};

/// The day these facts were written down.
const NOW: &str = "2026-11-20T12:00:00Z";

/// Sellers of models of others: their ids need not be found without their name.
const RESELLERS: [&str; 5] = ["bedrock", "fireworks", "groq", "openrouter", "together"];

/// Where, when and in which lane a model is called.
struct Case {
    provider: &'static str,
    model: &'static str,
    time: &'static str,
    tier: ServiceTier,
    geo: &'static str,
}

/// A call now, in the standard lane, at the list price.
const fn case(model: &'static str) -> Case {
    Case { provider: "", model, time: NOW, tier: Standard, geo: "" }
}

fn priced(case: &Case, tokens: &[(TokenClass, u64)], searches: u32) -> Result<String, Unpriced> {
    let book = PriceBook::embedded();
    let mut call = Call { searches, service_tier: case.tier, ..Call::default() };
    for (class, count) in tokens {
        call.tokens[*class] = Tokens::new(*count);
    }
    let time = if case.time.is_empty() {
        Instant::MISSING
    } else {
        Instant::parse(case.time).expect("a time")
    };
    let id = book.find(case.provider, case.model)?;
    let card = book.card(id, &call, time, case.geo)?;
    cost(&call, card).map(|usd| usd.to_string())
}

fn check(case: &Case, tokens: &[(TokenClass, u64)], expected: &str) {
    assert_eq!(priced(case, tokens, 0).as_deref(), Ok(expected), "{} {}", case.model, case.time);
}

fn check_unpriced(case: &Case, tokens: &[(TokenClass, u64)], expected: Unpriced) {
    assert_eq!(priced(case, tokens, 0), Err(expected), "{} {}", case.model, case.time);
}

#[test]
fn every_row_of_the_tables_is_there_once_and_says_where_it_is_from() {
    let book = PriceBook::embedded();
    let mut ids = BTreeSet::new();
    for (id, model) in book.models() {
        for name in std::iter::once(&model.id).chain(&model.aliases) {
            assert!(
                ids.insert((&model.provider, name)),
                "{} {name} is there twice",
                model.provider
            );
            // What a reseller calls itself may mean another place than the list.
            let found = book.find(&model.provider, name).map(|found| book.model(found));
            let found = found.map(|found| (&found.provider, &found.id));
            assert_eq!(found, Ok((&model.provider, &model.id)), "{name}");
            if !RESELLERS.contains(&&*model.provider) {
                assert_eq!(book.find("", name), Ok(id), "{name}");
            }
        }
        for period in model.periods() {
            assert!(!period.source.is_empty(), "{}", model.id);
            assert_eq!(period.checked_on.len(), 10, "{}", model.id);
            assert!(period.list_card().price(Input).is_some(), "{}", model.id);
            assert!(period.list_card().price(Output).is_some(), "{}", model.id);
        }
    }
    assert_eq!(book.models().count(), 273);
    assert_eq!(book.sha256().len(), 64);
    assert_eq!(book.checked_on(), ("2026-11-10", "2026-11-22"));
}

#[test]
fn a_claude_call_bills_each_class_at_its_price() {
    // 3 + 0.30 + 3.75 + 6 + 15 + 15
    let tokens = [Input, CacheRead, CacheWrite5m, CacheWrite1h, Output, Reasoning];
    check(&case("claude-sonnet-4-6"), &tokens.map(|class| (class, 1_000_000)), "43.05");
    assert_eq!(priced(&case("claude-sonnet-4-6"), &[], 7).as_deref(), Ok("0.07"));
}

#[test]
fn claude_batches_halve_every_class() {
    let tokens = [(Input, 1_000), (CacheRead, 1_000), (CacheWrite1h, 1_000), (Output, 1_000)];
    // (1.5 + 0.15 + 3 + 7.5) / 1000
    check(&Case { tier: Batch, ..case("claude-sonnet-4-6") }, &tokens, "0.01215");
    // The search fee is not halved.
    let batch = Case { tier: Batch, ..case("claude-sonnet-4-6") };
    assert_eq!(priced(&batch, &[], 1).as_deref(), Ok("0.01"));
}

#[test]
fn openai_batches_follow_the_published_cached_prices() {
    let tokens = [(Input, 1_000_000), (CacheRead, 100_000)];
    // 0.625 + 0.00625: halved from GPT-5 on.
    check(&Case { tier: Batch, ..case("gpt-5") }, &tokens, "0.63125");
    // 1.25 + 0.013: the published price is rounded.
    check(
        &Case { tier: Batch, ..case("gpt-5.4") },
        &[(Input, 200_000), (CacheRead, 10_000)],
        "0.2513",
    );
    // 1.25 + 0.125: the standard cached price equals the batch input price.
    check(&Case { tier: Batch, ..case("gpt-4o") }, &tokens, "1.375");
}

#[test]
fn gemini_batches_keep_or_halve_the_cached_price_by_model() {
    let tokens = [(Input, 100_000), (CacheRead, 100_000), (AudioCacheRead, 100_000)];
    // 0.015 + 0.003 + 0.01: the cached prices stay.
    check(&Case { tier: Batch, ..case("gemini-2.5-flash") }, &tokens, "0.028");
    // 0.0375 + 0.00375 + 0.00375: halved.
    let flash = Case { tier: Batch, ..case("gemini-3.8-flash") };
    check(&flash, &tokens, "0.045");
    // On Vertex AI the cached price stays: 0.0375 + 0.0075 + 0.0075.
    check(&Case { provider: "vertex_ai", ..flash }, &tokens, "0.0525");
    // 0.015 + 0.002 + 0.002: rounded up by the provider.
    check(&Case { tier: Batch, ..case("gemini-3.5-flash-lite") }, &tokens, "0.019");
}

#[test]
fn fast_mode_has_prices_of_its_own() {
    let tokens = [(Input, 1_000_000), (CacheRead, 1_000_000), (Output, 1_000_000)];
    check(&Case { tier: Fast, ..case("claude-opus-5-5") }, &tokens, "48.4");
    let opus = |time| Case { tier: Fast, time, ..case("claude-opus-4-6") };
    check(&opus("2026-03-20T00:00:00Z"), &tokens, "183");
    // Since 2026-06-29 such requests run and bill as standard.
    check(&opus("2026-06-29T00:00:00Z"), &tokens, "30.5");
    check_unpriced(
        &Case { tier: Fast, ..case("claude-sonnet-4-6") },
        &[],
        Unpriced::NoPriceForTier,
    );
}

#[test]
fn openai_calls_one_lane_fast_and_priority() {
    let tokens = [(Input, 1_000_000), (Output, 1_000_000)];
    check(&Case { tier: Priority, ..case("gpt-4.1") }, &tokens, "17.5");
    check(&Case { tier: Fast, ..case("gpt-4.1") }, &tokens, "17.5");
    check(&Case { tier: Flex, ..case("o4-mini") }, &[(CacheRead, 1_000_000)], "0.138");
    check_unpriced(&Case { tier: Flex, ..case("gpt-4.1") }, &tokens, Unpriced::NoPriceForTier);
    let unknown = Case { tier: ServiceTier::Unknown, ..case("gpt-4.1") };
    check_unpriced(&unknown, &tokens, Unpriced::NoPriceForTier);
}

#[test]
fn ultrafast_is_three_times_the_price_until_march_2027_on_one_model() {
    let sol = |time| Case { tier: Ultrafast, time, ..case("gpt-6.2-sol") };
    let tokens = [(Input, 100_000), (Output, 100_000)];
    check(&sol("2027-02-28T23:59:59.999Z"), &tokens, "3.6");
    check(&sol("2027-03-01T00:00:00Z"), &tokens, "7.2");
    check(&Case { tier: Ultrafast, ..case("gpt-6-astra") }, &tokens, "36");
}

#[test]
fn long_prompts_reprice_the_whole_request_strictly_above_the_limit() {
    let output = (Output, 1_000);
    check(&case("gpt-5.5"), &[(Input, 272_000), output], "1.39");
    check(&case("gpt-5.5"), &[(Input, 272_001), output], "2.76501");
    // Cached tokens and cache writes count towards the limit.
    let haiku = [(Input, 1), (CacheRead, 50_000), (CacheWrite5m, 50_000)];
    check(&case("claude-haiku-5-5"), &haiku, "0.0337505");
    check(&case("claude-haiku-5-5"), &haiku[1..], "0.00675");
    // Output never selects the band.
    check(&case("claude-haiku-5-5"), &[(Input, 100_000), (Output, 64_000)], "0.042");
    check(&case("gemini-2.5-pro"), &[(Input, 200_001)], "0.5000025");
    check(&Case { tier: Batch, ..case("gemini-2.5-pro") }, &[(Input, 200_001)], "0.25000125");
    // GPT-5.4 runs long priority prompts at the standard long price.
    let priority = Case { tier: Priority, ..case("gpt-5.4") };
    check(&priority, &[(Input, 300_000), output], "1.5225");
    // No batch surcharge is published for this one.
    check(&Case { tier: Batch, ..case("gpt-5.5-pro") }, &[(Input, 300_000)], "4.5");
}

#[test]
fn the_long_context_premium_of_claude_ended_at_known_moments() {
    let long = [(Input, 200_001), (Output, 1_000)];
    let at = |model, time| Case { time, ..case(model) };
    check(&at("claude-opus-4-6", "2026-03-12T23:59:59.999Z"), &long, "2.03751");
    check(&at("claude-opus-4-6", "2026-03-13T00:00:00Z"), &long, "1.025005");
    check(&at("claude-sonnet-4-5", "2026-04-29T23:59:59Z"), &long, "1.222506");
    check(&at("claude-sonnet-4-5", "2026-04-30T00:00:00Z"), &long, "0.615003");
    check(&at("claude-sonnet-4", "2025-08-11T00:00:00Z"), &long, "0.615003");
    check(&at("claude-sonnet-4", "2025-08-12T00:00:00Z"), &long, "1.222506");
}

#[test]
fn prices_change_at_the_instant_and_not_a_moment_before() {
    let tokens = [(Input, 100_000), (CacheRead, 100_000), (Output, 100_000)];
    let changes = [
        ("o3", "2025-06-09T23:59:59.999Z", "5.25", "2025-06-10T00:00:00Z", "1.05"),
        ("gpt-5.6-luna", "2026-07-29T23:59:59.999Z", "0.71", "2026-07-30T00:00:00Z", "0.142"),
        ("gpt-5.6-terra", "2026-07-29T23:59:59.999Z", "1.775", "2026-07-30T00:00:00Z", "1.42"),
        ("gpt-5.6-sol", "2026-08-20T23:59:59.999Z", "3.55", "2026-08-21T00:00:00Z", "2.44"),
        ("claude-sonnet-5-5", "2026-10-06T23:59:59.999Z", "1.22", "2026-10-07T00:00:00Z", "1.21"),
        ("gemini-4-argon", "2026-11-30T23:59:59.999Z", "1.21", "2026-12-01T00:00:00Z", "2.42"),
        ("gemini-3.8-flash", "2026-12-31T23:59:59.999Z", "0.4575", "2027-01-01T00:00:00Z", "0.915"),
        ("claude-3-5-haiku", "2024-11-28T00:00:00Z", "0.61", "2025-03-03T00:00:00Z", "0.488"),
        ("glm-5.3-flash", "2026-09-09T15:59:59.999Z", "0.034", "2026-09-09T16:00:00Z", "0.068"),
    ];
    for (model, before, earlier, after, later) in changes {
        check(&Case { time: before, ..case(model) }, &tokens, earlier);
        check(&Case { time: after, ..case(model) }, &tokens, later);
    }
}

#[test]
fn a_call_without_a_time_pays_the_prices_in_force_not_scheduled_ones() {
    let tokens = [(Input, 1_000_000)];
    check(&Case { time: "", ..case("gemini-4-argon") }, &tokens, "2");
    check(&Case { time: "", ..case("o3") }, &tokens, "2");
    check(&Case { time: "", ..case("claude-haiku-4-5") }, &tokens, "1");
}

#[test]
fn a_place_multiplies_every_token_price() {
    let tokens = [(Input, 100_000), (CacheWrite5m, 100_000), (Output, 100_000)];
    let us = |model, tier| Case { geo: "us", tier, ..case(model) };
    // 1.1 * (0.3 + 0.375 + 1.5)
    check(&us("claude-sonnet-4-6", Standard), &tokens, "2.3925");
    check(&us("claude-sonnet-4-6", Batch), &tokens, "1.19625");
    check(&us("claude-opus-5", Fast), &tokens, "7.975");
    check(&Case { geo: "global", ..case("claude-sonnet-4-6") }, &tokens, "2.175");
    check(&Case { geo: "not_available", ..case("claude-sonnet-4-6") }, &tokens, "2.175");
    // Older models refuse the parameter, so no such price exists.
    check_unpriced(&us("claude-haiku-4-5", Standard), &tokens, Unpriced::NoPriceForGeo);
    check_unpriced(&Case { geo: "mars", ..case("gpt-5") }, &tokens, Unpriced::NoPriceForGeo);
    // OpenAI: 1.1 on models of 2026-03-05 and later, nothing on older ones.
    check(&Case { geo: "eu", ..case("gpt-5.4") }, &[(Input, 100_000)], "0.275");
    check(&Case { geo: "eu", ..case("gpt-5") }, &[(Input, 100_000)], "0.125");
}

#[test]
fn ranges_of_prompt_lengths_hold_their_upper_end() {
    let output = (Output, 1_000);
    check(&case("qwen3-max"), &[(Input, 32_000), output], "0.0444");
    check(&case("qwen3-max"), &[(Input, 32_001), output], "0.0888024");
    check(&case("qwen3-coder-plus"), &[(Input, 1_000), (CacheRead, 255_001)], "0.1590006");
    check(&case("minimax-m3"), &[(Input, 512_000)], "0.1536");
    check(&case("minimax-m3"), &[(Input, 512_001)], "0.3072006");
}

#[test]
fn batches_of_small_providers_cost_what_they_publish() {
    let batch = |model| Case { tier: Batch, ..case(model) };
    // 60 percent, cached tokens too: 0.36 + 0.06.
    check(&batch("kimi-k2.5"), &[(Input, 1_000_000), (CacheRead, 1_000_000)], "0.42");
    // 33 percent less.
    check(&batch("voyage-4"), &[(Input, 1_000_000)], "0.0402");
    // Half, and cached tokens without their discount.
    check(&batch("qwen-plus"), &[(Input, 500_000), (CacheRead, 500_000)], "0.2");
    for model in ["kimi-k3", "glm-5", "minimax-m3", "sonar", "command-a", "muse-spark-1.3"] {
        check_unpriced(&batch(model), &[], Unpriced::NoPriceForTier);
    }
}

#[test]
fn a_request_to_sonar_costs_its_fee_on_top() {
    // 1 + 1 + 0.005
    check(&case("sonar"), &[(Input, 1_000_000), (Output, 1_000_000)], "2.005");
    check(&case("sonar-deep-research"), &[(Reasoning, 1_000_000)], "3");
}

#[test]
fn a_name_that_moves_costs_what_it_meant() {
    let at = |model, time| Case { time, ..case(model) };
    let input = [(Input, 1_000_000)];
    check(&at("gemini-flash-latest", "2026-01-20T23:59:59Z"), &input, "0.3");
    check(&at("gemini-flash-latest", "2026-01-21T00:00:00Z"), &input, "0.5");
    check(&at("gemini-flash-latest", "2026-06-01T00:00:00Z"), &input, "1.5");
    check(&case("gemini-flash-latest"), &input, "0.75");
    check(&case("gemini-pro-latest"), &[(Input, 200_001)], "0.800004");
    check(&case("models/gemini-flash-lite-latest"), &input, "0.3");
}

#[test]
fn drawn_images_have_a_price_of_their_own() {
    let tokens = [(Output, 1_000_000), (ImageOutput, 1_000_000)];
    check(&case("gemini-3-pro-image-preview"), &tokens, "132");
}

/// Both libraries have it, and the table once did not.
#[test]
fn a_model_that_draws_has_a_batch_price() {
    let batch = Case { tier: Batch, ..case("gemini-3-pro-image-preview") };
    let tokens = [(Input, 1_000_000), (Output, 1_000_000), (ImageOutput, 1_000_000)];
    check(&batch, &tokens, "67");
}

#[test]
fn usage_of_failures_is_charged_where_the_provider_charges_it() {
    let book = PriceBook::embedded();
    let check = |provider, model, call: &Call, free: bool| {
        let id = book.find(provider, model).expect("a model");
        let card = book.card(id, call, Instant::MISSING, "").expect("a card");
        assert_eq!(card.is_unbilled(), free, "{provider} {model} {call:?}");
    };
    let failed = |status| Call { status: Status::Error(status), ..Call::default() };
    check("google", "gemini-3.8-flash", &failed(400), true);
    check("google", "gemini-3.8-flash", &failed(429), false);
    check("vertex_ai", "gemini-3.8-flash", &failed(429), true);
    check("openai", "gpt-5", &failed(400), false);
    check("azure", "gpt-5", &failed(429), true);
    check("azure", "gpt-5", &failed(408), false);
    check("openrouter", "openai/gpt-5", &failed(408), true);
    check("openrouter", "openai/gpt-oss-120b", &failed(408), true);
    let expired = Call { service_tier: Batch, ..failed(0) };
    check("openai", "gpt-5", &expired, true);
    check("anthropic", "claude-opus-5", &expired, true);
    let full = Call { service_tier: Flex, ..failed(429) };
    check("openai", "gpt-5", &full, true);
    let mut refused = Call { finish_reason: FinishReason::Refusal, ..Call::default() };
    check("anthropic", "claude-opus-5", &refused, true);
    check("bedrock", "us.anthropic.claude-opus-5", &refused, false);
    refused.tokens[Output] = Tokens::new(1);
    check("anthropic", "claude-opus-5", &refused, false);
    assert!(book.bills_as_logged("openrouter") && !book.bills_as_logged("openai"));
}

#[test]
fn a_free_variant_costs_nothing() {
    let free = |model| Case { provider: "openrouter", ..case(model) };
    let tokens = [(Input, 1_000_000), (Output, 1_000_000)];
    check(&free("google/gemma-2-9b-it:free"), &tokens, "0");
    check(&free("meta-llama/llama-3.1-70b-instruct:free"), &tokens, "0");
    // By the rule, where no row says so.
    check(&free("meta-llama/llama-3.3-70b-instruct:free"), &tokens, "0");
    check(&free("openrouter/openai/gpt-oss-120b:free"), &tokens, "0");
    check(&free("openai/gpt-oss-120b"), &tokens, "0.6");
}

#[test]
fn forms_of_other_clouds_bring_their_prices() {
    // Short enough for every context band; the expected figures are dollars per million.
    let book = PriceBook::embedded();
    for (provider, model, expected) in [
        ("", "anthropic/claude-sonnet-4.5", "3"),
        ("openrouter", "anthropic/claude-4.5-sonnet-20250929", "3"),
        ("", "openrouter/anthropic/claude-sonnet-4.6", "3"),
        ("", "claude-sonnet-4-6[1m]", "3"),
        ("aws.bedrock", "global.anthropic.claude-opus-4-5-20251101-v1:0", "5"),
        ("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1"),
        ("", "bedrock/converse/eu.anthropic.claude-sonnet-4-6", "3.3"),
        ("", "anthropic.claude-3-7-sonnet-20250219-v1:0", "3"),
        ("bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", "3"),
        ("", "vertex_ai/claude-haiku-4-5@20251001", "1"),
        ("", "azure/gpt-4o-2024-08-06", "2.5"),
        ("azure", "gpt-35-turbo", "0.5"),
        ("", "azure/us/gpt-5", "1.375"),
        ("", "azure/eu/gpt-6-sol", "2.4"),
        ("bedrock", "openai.gpt-5.6-luna", "0.22"),
        ("", "global.openai.gpt-6.1-sol", "2"),
        ("dashscope", "dashscope/qwen3.7-max", "2.5"),
        ("zhipuai", "GLM-5.1", "1.4"),
        ("moonshot_ai", "moonshot/kimi-k3", "3"),
        ("openrouter", "meta-llama/llama-3.1-70b-instruct", "0.72"),
        ("", "models/gemini-2.5-flash", "0.3"),
        ("", "google/gemini-2.5-flash", "0.3"),
        ("", "publishers/google/models/gemini-2.5-flash", "0.3"),
        ("", "projects/p/locations/us-central1/publishers/google/models/gemini-3.5-flash", "1.65"),
        ("", "projects/p/locations/global/publishers/google/models/gemini-3.5-flash", "1.5"),
    ] {
        let id = book.find(provider, model).unwrap_or_else(|reason| panic!("{model}: {reason}"));
        let card = book.card(id, &Call::default(), Instant::MISSING, "");
        let price = card.expect("a card").price(Input).expect("a price");
        assert_eq!(price.per_million(), expected, "{provider} {model}");
    }
}

#[test]
fn the_region_in_a_log_decides_on_vertex_but_not_on_bedrock() {
    let tokens = [(Input, 100_000)];
    let on = |provider, geo, model| Case { provider, geo, ..case(model) };
    check(&on("vertex_ai", "us-east5", "claude-sonnet-4-6"), &tokens, "0.33");
    check(&on("vertex_ai", "global", "claude-sonnet-4-6"), &tokens, "0.3");
    let global = "global.anthropic.claude-sonnet-4-6";
    check(&on("bedrock", "us-east-1", global), &tokens, "0.3");
    // Lanes with other prices there are not guessed.
    let priority = Case { tier: Priority, ..on("bedrock", "", "us.openai.gpt-6.1-sol") };
    check_unpriced(&priority, &tokens, Unpriced::NoPriceForTier);
}

#[test]
fn an_unknown_id_is_unpriced_and_never_guessed() {
    let book = PriceBook::embedded();
    for (provider, model) in [
        ("", "claude-4-sonnet-20260515"),
        ("anthropic", "claude-sonnet-4-6-preview"),
        ("", "gpt-4o-mini-something"),
        ("", "gpt"),
        ("", "GPT-4o"),
        ("", "gpt-5-nano-2026-05-24"),
        ("", "openai/openai/openai/openai/openai/openai/gpt-4o"),
    ] {
        assert_eq!(book.find(provider, model), Err(Unpriced::UnknownModel), "{provider} {model}");
    }
    assert_eq!(book.find("litellm", "gpt-4o"), Err(Unpriced::UnknownProvider));
    assert_eq!(book.find("google", "gpt-4o"), Err(Unpriced::OtherProvider));
    assert_eq!(book.find("openai", ""), Err(Unpriced::MissingModel));
}

#[test]
fn an_unknown_id_gets_a_suggestion_when_one_is_close() {
    let book = PriceBook::embedded();
    assert_eq!(book.suggest("claude-sonet-4-6"), Some("claude-sonnet-4-6"));
    assert_eq!(book.suggest("gpt-4o-minni"), Some("gpt-4o-mini"));
    assert_eq!(book.suggest("llama-3.1-70b-instruct"), None);
}

#[test]
fn classes_without_a_price_bill_by_the_written_rule_or_not_at_all() {
    // No cached price: cached tokens are input.
    check(&case("gpt-4"), &[(CacheRead, 1_000_000)], "30");
    // Writes are free before GPT-5.6, so they are input.
    check(&case("gpt-5.5"), &[(CacheWrite5m, 100_000)], "0.5");
    // One price for all modalities.
    check(&case("gemini-3.8-flash"), &[(AudioInput, 1_000_000)], "0.75");
    check(&case("gemini-2.5-flash"), &[(AudioInput, 1_000_000)], "1");
    let unpriced = Unpriced::NoPriceForClass(AudioInput);
    check_unpriced(&case("gpt-5"), &[(AudioInput, 1)], unpriced);
    // The 12-hour write came after the first prices of this model.
    let early = Case { time: "2026-08-01T00:00:00Z", ..case("gpt-5.6-sol") };
    check_unpriced(&early, &[(CacheWrite1h, 1)], Unpriced::NoPriceForClass(CacheWrite1h));
    assert_eq!(priced(&case("gpt-4"), &[], 1), Err(Unpriced::NoPriceForSearch));
}

fn id(model: &str) -> ModelId {
    PriceBook::embedded().find("", model).expect("a model")
}

#[test]
fn newer_claude_models_make_more_tokens_of_a_text() {
    let book = PriceBook::embedded();
    let factor = |text| Factor::parse(text).expect("a factor");
    let ratio = book.tokenizer_ratio(id("claude-haiku-4-5"), id("claude-opus-4-8"));
    assert_eq!([ratio.low, ratio.likely, ratio.high], ["1", "1.3", "1.47"].map(factor));
    let back = book.tokenizer_ratio(id("claude-opus-4-8"), id("claude-haiku-4-5"));
    assert_eq!(back.likely, factor("0.769230769"));
    let same = book.tokenizer_ratio(id("gpt-5"), id("gpt-4o"));
    assert_eq!(same.high, Factor::ONE);
    let unknown = book.tokenizer_ratio(id("gpt-5"), id("claude-opus-5"));
    assert!(unknown.low < unknown.likely && unknown.likely < unknown.high);
}

#[test]
fn the_shortest_cacheable_prompt_is_dated() {
    let book = PriceBook::embedded();
    let shortest = |model: &str, time: &str| {
        let model = book.model(id(model));
        let at = Instant::parse(time).expect("a time");
        model.cache_policy(at).and_then(|policy| policy.min_tokens).map(Tokens::get)
    };
    assert_eq!(shortest("claude-sonnet-4-6", "2026-03-01"), Some(2_048));
    assert_eq!(shortest("claude-sonnet-4-6", NOW), Some(1_024));
    assert_eq!(shortest("claude-opus-5-5", NOW), Some(512));
    assert_eq!(shortest("claude-haiku-4-5", NOW), Some(4_096));
    assert_eq!(shortest("gpt-5", NOW), Some(1_024));
    assert_eq!(shortest("gpt-4", NOW), None);
}

#[test]
fn a_table_of_the_user_wins_and_changes_the_fingerprint() {
    let ours = PriceBook::embedded();
    let table = r#"
[provider]
id = "anthropic"
[[model]]
id = "claude-haiku-4-5"
aliases = ["our-haiku"]
tokenizer = "claude-3"
places = { us = "1" }
[[model.period]]
source = "our contract"
checked_on = "2026-11-15"
prices = { input = "0.8", output = "4" }
"#;
    let tables = [("ours.toml".to_owned(), table.to_owned())];
    let theirs = PriceBook::with_overrides(&tables).expect("loads");
    assert_ne!(ours.sha256(), theirs.sha256());
    let id = theirs.find("", "us.anthropic.claude-haiku-4-5-20251001-v1:0").expect("known");
    // The alias of our row still means the model; the user's row has no Bedrock price.
    let card = |id, geo| {
        let at = Instant::parse(NOW).expect("a time");
        theirs.card(id, &Call::default(), at, geo)
    };
    assert_eq!(card(id, ""), Err(Unpriced::NoPriceForGeo));
    let id = theirs.find("", "our-haiku").expect("known");
    let price = card(id, "us").expect("a card").price(Input).expect("a price");
    assert_eq!(price.per_million(), "0.8");
    assert_eq!(theirs.models().count(), ours.models().count());
}

#[test]
fn an_error_in_a_table_of_the_user_names_the_line() {
    let table = "[provider]\nid = \"acme\"\nprice = 1\n".to_owned();
    let error = PriceBook::with_overrides(&[("acme.toml".to_owned(), table)]).expect_err("refused");
    assert_eq!((error.file.as_str(), error.line), ("acme.toml", 3));
}

#[test]
fn the_example_for_hand_editors_loads() {
    let text = include_str!("../../pricing/README.md");
    let start = text.rfind("```toml\n").expect("an example") + "```toml\n".len();
    let end = start + text[start..].find("```").expect("the end of the example");
    let tables = [("README.md".to_owned(), text[start..end].to_owned())];
    let book = PriceBook::with_overrides(&tables).expect("the example loads");
    let id = book.find("acme_cloud", "gateway/eu/models/acme-large-v1").expect("known");
    let at = Instant::parse("2026-05-01").expect("a time");
    let mut long = Call::default();
    long.tokens[Input] = Tokens::new(200_001);
    let card = book.card(id, &long, at, "").expect("a card");
    assert_eq!(card.price(Input).expect("a price").per_million(), "6.6");
}
