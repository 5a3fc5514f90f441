//! Facts about the tables of those who sell models beside Anthropic, OpenAI and Google, each worked
//! out by hand from the published prices.

use llmcost::pricing::{PriceBook, Unpriced, cost};
use llmcost::units::{TokenClass, Tokens};
use llmcost::usage::{Call, Instant, ServiceTier};

use ServiceTier::{Batch, Flex, Priority, Standard};
use TokenClass::{CacheRead, CacheWrite5m, Input, Output};

/// Who is called, which model, when, in which lane and where.
type Case = (&'static str, &'static str, &'static str, ServiceTier, &'static str);

const NOW: &str = "2026-11-20T12:00:00Z";

fn priced(case: Case, tokens: &[(TokenClass, u64)]) -> Result<String, Unpriced> {
    let (provider, model, time, tier, geo) = case;
    let book = PriceBook::embedded();
    let mut call = Call { service_tier: tier, ..Call::default() };
    for (class, count) in tokens {
        call.tokens[*class] = Tokens::new(*count);
    }
    let id = book.find(provider, model)?;
    let card = book.card(id, &call, Instant::parse(time).expect("a time"), geo)?;
    cost(&call, card).map(|usd| usd.to_string())
}

fn check(case: Case, tokens: &[(TokenClass, u64)], expected: &str) {
    assert_eq!(priced(case, tokens).as_deref(), Ok(expected), "{case:?}");
}

fn check_unpriced(case: Case, expected: Unpriced) {
    assert_eq!(priced(case, &[(Input, 1)]), Err(expected), "{case:?}");
}

/// A million input tokens of a model of `DeepSeek` at some time.
fn check_deepseek(model: &'static str, time: &'static str, expected: &str) {
    check(("deepseek", model, time, Standard, ""), &[(Input, 1_000_000)], expected);
}

#[test]
fn deepseek_doubles_its_prices_in_the_working_hours_of_beijing() {
    // A Friday: the windows end before their last instant.
    check_deepseek("deepseek-flash", "2026-11-20T00:59:59Z", "0.15");
    check_deepseek("deepseek-flash", "2026-11-20T01:00:00Z", "0.3");
    check_deepseek("deepseek-flash", "2026-11-20T04:00:00Z", "0.15");
    check_deepseek("deepseek-flash", "2026-11-20T09:59:59Z", "0.3");
    check_deepseek("deepseek-flash", "2026-11-20T10:00:00Z", "0.15");
}

#[test]
fn deepseek_has_no_peak_at_weekends_and_on_public_holidays() {
    check_deepseek("deepseek-v4-pro", "2026-11-21T02:00:00Z", "0.66");
    check_deepseek("deepseek-v4-pro", "2026-10-01T02:00:00Z", "0.66");
    check_deepseek("deepseek-v4-pro", "2026-09-25T07:00:00Z", "0.66");
    check_deepseek("deepseek-v4-pro", "2026-10-08T02:00:00Z", "1.32");
    // The first weekend still had one.
    check_deepseek("deepseek-v4-pro", "2026-08-22T02:00:00Z", "1.32");
    check_deepseek("deepseek-v4-pro", "2026-08-23T02:00:00Z", "0.66");
}

#[test]
fn deepseek_changed_its_prices_at_a_midnight_of_beijing() {
    check_deepseek("deepseek-v4-pro", "2026-08-14T02:00:00Z", "0.435");
    check_deepseek("deepseek-v4-pro", "2026-08-16T15:59:59Z", "0.435");
    check_deepseek("deepseek-v4-pro", "2026-08-16T16:00:00Z", "0.66");
    check_deepseek("deepseek-v4-flash", "2026-09-09T07:00:00Z", "0.44");
    check_deepseek("deepseek-v4-flash", "2026-09-10T07:00:00Z", "0.3");
}

#[test]
fn an_old_name_of_deepseek_costs_what_it_meant_then() {
    check_deepseek("deepseek-chat", "2025-06-01T12:00:00Z", "0.27");
    check_deepseek("deepseek-chat", "2025-06-01T17:00:00Z", "0.135");
    check_deepseek("deepseek-reasoner", "2025-06-01T12:00:00Z", "0.55");
    check_deepseek("deepseek-reasoner", "2025-09-10T12:00:00Z", "0.56");
    check_deepseek("deepseek-chat", "2026-04-13T12:00:00Z", "0.28");
    check_deepseek("deepseek-chat", "2026-06-01T12:00:00Z", "0.14");
}

#[test]
fn what_nobody_confirmed_carries_its_doubt() {
    let doubt = |provider, model, tier| {
        let book = PriceBook::embedded();
        let call = Call { service_tier: tier, ..Call::default() };
        let id = book.find(provider, model).expect("known");
        let card = book.card(id, &call, Instant::parse(NOW).expect("a time"), "");
        card.expect("a card").doubt().is_some()
    };
    assert!(doubt("deepseek", "deepseek-chat", Standard));
    assert!(doubt("xai", "grok-4.7", Batch));
    assert!(!doubt("xai", "grok-4.7", Standard));
    assert!(doubt("together", "Qwen/Qwen3.7-Max", Standard));
    assert!(!doubt("mistral", "mistral-large-4", Batch));
}

#[test]
fn grok_doubles_from_two_hundred_thousand_tokens_on() {
    let at = |time| ("x_ai", "grok-4.3", time, Standard, "");
    check(at(NOW), &[(Input, 199_999)], "0.24999875");
    // The whole request, what was cached and what came out too: 0.25 + 0.04 + 0.005.
    let long = [(Input, 100_000), (CacheRead, 100_000), (Output, 1_000)];
    check(at(NOW), &long, "0.295");
    // 0.8 times that in a batch, 1.1 times in the United States.
    check(("xai", "xai/grok-4.3", NOW, Batch, ""), &long, "0.236");
    check(("xai", "grok-4.3", NOW, Standard, "us"), &long, "0.3245");
    check_unpriced(("xai", "grok-4.6", NOW, Batch, ""), Unpriced::NoPriceForTier);
}

#[test]
fn the_discounts_of_caches_and_batches_combine_as_each_seller_says() {
    let half = [(Input, 1_000_000), (CacheRead, 1_000_000)];
    // Groq: cached tokens bill the halved input price, 0.0375 twice.
    check(("groq", "groq/openai/gpt-oss-20b", NOW, Batch, ""), &half, "0.075");
    // Mistral halves both: 0.75 + 0.075; priority is 1.75 times both.
    check(("mistral", "mistral-medium-3-5", NOW, Batch, ""), &half, "0.825");
    check(("mistral_ai", "mistral-medium-3-5", NOW, Priority, ""), &half, "2.8875");
    // Bedrock does not cache in batches: 0.4 twice.
    check(("aws.bedrock", "us.amazon.nova-pro-v1:0", NOW, Batch, ""), &half, "0.8");
    check(("bedrock", "amazon.nova-pro-v1:0", NOW, Flex, ""), &half, "0.5");
    // Nobody here charges for a write: it is input.
    check(("deepseek", "deepseek-flash", NOW, Standard, ""), &[(CacheWrite5m, 1_000_000)], "0.15");
}

#[test]
fn places_multiply_where_the_seller_says_so() {
    let million = [(Input, 1_000_000)];
    check(("mistral", "mistral-large-2512", NOW, Standard, "eu"), &million, "0.55");
    check_unpriced(("mistral", "mistral-large-2512", NOW, Batch, "eu"), Unpriced::NoPriceForTier);
    check(("together", "zai-org/GLM-5.3", NOW, Standard, "ca"), &million, "1.75");
    check(("bedrock", "global.amazon.nova-2-lite-v1:0", NOW, Standard, ""), &million, "0.3");
    check(("bedrock", "eu.amazon.nova-2-lite-v1:0", NOW, Standard, ""), &million, "0.429");
    check(("", "bedrock/apac.amazon.nova-lite-v1:0", NOW, Standard, ""), &million, "0.063");
    let nowhere = ("bedrock", "eu.amazon.nova-premier-v1:0", NOW, Standard, "");
    check_unpriced(nowhere, Unpriced::UnknownModel);
    check(("azure", "us-datazone/gpt-5", NOW, Standard, ""), &million, "1.375");
    check(("azure", "eu-datazone/gpt-5", NOW, Standard, ""), &million, "1.375");
}

#[test]
fn a_moving_name_costs_what_it_meant_then() {
    let small = |time| ("mistral", "mistral/mistral-small-latest", time, Standard, "");
    check(small("2026-03-15T23:59:59Z"), &[(Input, 1_000_000)], "0.1");
    check(small("2026-03-16T00:00:00Z"), &[(Input, 1_000_000)], "0.15");
}

#[test]
fn a_model_of_several_resellers_needs_the_name_of_one() {
    let million = [(Input, 1_000_000)];
    check_unpriced(("", "openai/gpt-oss-120b", NOW, Standard, ""), Unpriced::SeveralSellers);
    check(("together_ai", "openai/gpt-oss-120b", NOW, Standard, ""), &million, "0.15");
    let routed = "fireworks_ai/accounts/fireworks/models/kimi-k3";
    check(("", routed, NOW, Standard, ""), &million, "3");
    check(("", "llama-3.3-70b-versatile", NOW, Standard, ""), &million, "0.59");
    // No id is found by its beginning.
    check_unpriced(("groq", "llama-3.3-70b", NOW, Standard, ""), Unpriced::UnknownModel);
}
