//! Two public price libraries agree on these calls; so do we. The calls are development material
//! beside the project, not part of it: without them the test says so and passes.

use std::path::PathBuf;

use llmcost::pricing::{PriceBook, cost};
use llmcost::units::{Excess, TokenClass, Tokens, Usd};
use llmcost::usage::{Call, Instant, ServiceTier};
use serde::Deserialize;

/// The providers whose tables are in the program.
const PROVIDERS: [&str; 20] = [
    "anthropic",
    "openai",
    "google",
    "bedrock",
    "azure",
    "mistral",
    "deepseek",
    "xai",
    "groq",
    "together",
    "fireworks",
    "cohere",
    "moonshot",
    "zai",
    "minimax",
    "alibaba",
    "perplexity",
    "voyage",
    "meta",
    "openrouter",
];

/// 10⁻¹² dollars in units of 10⁻¹⁸: what binary fractions in one library may be off.
const TOLERANCE: i128 = 1_000_000;

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    provider: String,
    model: String,
    timestamp: String,
    input_tokens: u64,
    output_tokens: u64,
    #[serde(default)]
    cache_read_tokens: u64,
    #[serde(default)]
    cache_write_5m_tokens: u64,
    #[serde(default)]
    cache_write_1h_tokens: u64,
    #[serde(default)]
    batch: bool,
    expected_usd: String,
}

#[expect(clippy::disallowed_methods, reason = "where CI keeps the reference material")]
fn shared() -> PathBuf {
    std::env::var_os("LLMCOST_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
}

fn call(row: &Row) -> Call {
    let mut call = Call {
        time: Instant::parse(&row.timestamp).expect("a time"),
        service_tier: if row.batch { ServiceTier::Batch } else { ServiceTier::Standard },
        ..Call::default()
    };
    for (class, count) in [
        (TokenClass::Input, row.input_tokens),
        (TokenClass::CacheRead, row.cache_read_tokens),
        (TokenClass::CacheWrite5m, row.cache_write_5m_tokens),
        (TokenClass::CacheWrite1h, row.cache_write_1h_tokens),
        (TokenClass::Output, row.output_tokens),
    ] {
        call.tokens[class] = Tokens::new(count);
    }
    call
}

/// The difference to what both libraries say, in words; nothing where there is none.
fn disagreement(book: &PriceBook, row: &Row) -> Option<String> {
    let call = call(row);
    let priced = book
        .find(&row.provider, &row.model)
        .and_then(|id| cost(&call, book.card(id, &call, call.time, "")?));
    let expected = Usd::parse(&row.expected_usd, Excess::Round).expect("an amount");
    match priced {
        Ok(usd) if (usd - expected).atto().abs() <= TOLERANCE => None,
        Ok(usd) => Some(format!("{}: {} costs {usd}, expected {expected}", row.id, row.model)),
        Err(reason) => Some(format!("{}: {} is unpriced: {reason}", row.id, row.model)),
    }
}

#[test]
fn calls_on_which_two_libraries_agree_cost_the_same() {
    let path = shared().join("oracle/agreed.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        skipped();
        return;
    };
    let book = PriceBook::embedded();
    let rows = text.lines().map(|line| serde_json::from_str::<Row>(line).expect("a row"));
    let rows: Vec<_> = rows.filter(|row| PROVIDERS.contains(&&*row.provider)).collect();
    let wrong: Vec<_> = rows.iter().filter_map(|row| disagreement(&book, row)).collect();
    assert_eq!(rows.len(), 1647);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn skipped() {
    eprintln!("skipped: the calls of the oracle are not here (set LLMCOST_SHARED)");
}
