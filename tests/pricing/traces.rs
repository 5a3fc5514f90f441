//! Real logs that say what each call cost: what we calculate is what they say.

use std::collections::BTreeMap;
use std::io::Read;

use llmcost::pricing::{PriceBook, cost};
use llmcost::units::{TokenClass, Tokens, Usd};
use llmcost::usage::{Call, Instant};
use serde::Deserialize;

use super::oracle::{amount, is_same, shared};

#[derive(Debug, Deserialize)]
struct TracedCall {
    ts: i64,
    provider: String,
    model: String,
    uncached: u64,
    read: u64,
    out: u64,
    #[serde(rename = "cost_logged")]
    stated: serde_json::Number,
}

fn calls(file: &str) -> Option<Vec<TracedCall>> {
    let packed = std::fs::File::open(shared(file)?).expect("opens");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("unpacks");
    let calls = text.lines().map(|line| serde_json::from_str(line).expect("a call"));
    Some(calls.collect())
}

fn priced(book: &PriceBook, logged: &TracedCall, model: &str, time: Instant) -> Usd {
    let mut call = Call { time, ..Call::default() };
    call.tokens[TokenClass::Input] = Tokens::new(logged.uncached);
    call.tokens[TokenClass::CacheRead] = Tokens::new(logged.read);
    call.tokens[TokenClass::Output] = Tokens::new(logged.out);
    let id = book.find(&logged.provider, model).expect("known");
    cost(&call, book.card(id, &call, call.time, "").expect("a card")).expect("priced")
}

/// 64 calls of V4 Flash in June 2026 were logged, by the tool that made them, at the prices that
/// `deepseek-chat` had in April and V4 Flash never: the provider's page of that time has half.
#[test]
fn deepseek_calls_cost_what_their_log_says() {
    let Some(calls) = calls("traces/calls/deepseek__mini-swe-agent.jsonl.gz") else { return };
    let book = PriceBook::embedded();
    let mut equal = BTreeMap::<&str, (u64, u64)>::new();
    let april = Instant::parse("2026-04-10").expect("a day");
    for logged in &calls {
        let own = Instant::from_millis(logged.ts * 1_000);
        let stated = amount(&logged.stated.to_string());
        let sums = equal.entry(&logged.model).or_default();
        sums.0 += u64::from(is_same(priced(&book, logged, &logged.model, own), stated));
        sums.1 += u64::from(is_same(priced(&book, logged, "deepseek-chat", april), stated));
    }
    assert_eq!(calls.len(), 16_275);
    let expected = [
        ("deepseek-chat", (15_556, 15_556)),
        ("deepseek-reasoner", (655, 655)),
        ("deepseek-v4-flash", (0, 64)),
    ];
    assert_eq!(equal, BTreeMap::from(expected));
}
