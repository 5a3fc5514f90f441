//! The replay against the published reference, and against a simulator that forgets nothing.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::pricing::PriceBook;
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::{Call, Calls, Dimensions, Instant, Symbol, column};

use super::super::facts::Facts;
use super::super::technique::Scenario;
use super::lineage::Lineage;
use super::policy::Marks;
use super::rules::ReplayRules;
use super::store::{Cache, Prompt, Store};

/// Prices, read once.
static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

/// Seconds, tokens of the prompt, and its blocks of 512 tokens.
type Request = (i64, u64, Vec<u32>);

fn log(requests: &[Request]) -> Calls {
    let mut calls = Calls::new(Dimensions::new(["<prompt_blocks>"]));
    for (seconds, input, blocks) in requests {
        let mut call = Call { time: Instant::from_millis(seconds * 1_000), ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(*input);
        let mut symbols = [Symbol::EMPTY; column::FIXED.len() + 1];
        symbols[column::FIXED.len()] =
            calls.dimensions[column::FIXED.len()].intern(&format!("{blocks:?}"));
        calls.push(&call, &symbols);
    }
    calls
}

/// Tokens read in all, with entries that live so many seconds.
fn read(requests: &[Request], lifetime: i64) -> u64 {
    let calls = log(requests);
    let facts = Facts::new(&calls, &BOOK);
    let model = BOOK.find("anthropic", "claude-sonnet-4-6").expect("a known model");
    let (lineage, rules) =
        (Lineage::of(&facts, None, Scenario::Expected), ReplayRules::reference(lifetime * 1_000));
    let mut store = Store::default();
    let visit = |(row, request): (usize, &Request)| {
        let prompt = Prompt {
            row,
            cache: Cache { model, place: Symbol::EMPTY, workspace: Symbol::EMPTY, machine: 0 },
            marks: Marks::ALL,
            input: Tokens::new(request.1),
            stable: None,
            ratio: Factor::ONE,
            likelihood: Rate::ONE,
        };
        let mut found = Vec::new();
        store.visit(&prompt, &lineage, &rules, &mut found).expect("every call has a time");
        assert_eq!(found.len(), 1, "nothing is uncertain here");
        found[0].read.get()
    };
    let total = requests.iter().enumerate().map(visit).sum();
    let repeated = lineage.repeated(&facts, Some(lifetime * 1_000)).expect("there are blocks");
    assert_eq!(total, repeated.1.get());
    total
}

/// The same from first principles: a block is there if any earlier request within the lifetime had
/// it, and so on up to the last use.
fn brute_force(requests: &[Request], lifetime: i64) -> u64 {
    let mut total = 0;
    for (place, (now, input, blocks)) in requests.iter().enumerate() {
        let last_use = |block: &u32| {
            let earlier = requests[..place].iter().rev();
            earlier.filter(|(_, _, others)| others.contains(block)).map(|(at, _, _)| *at).next()
        };
        let alive = |block: &&u32| last_use(block).is_some_and(|at| now - at <= lifetime);
        let run = blocks.iter().take_while(alive).count() as u64;
        total += (run * 512).min(*input);
    }
    total
}

fn check(requests: &[(i64, u64, &[u32])], lifetime: i64, expected: u64) {
    let requests: Vec<Request> = requests
        .iter()
        .map(|(seconds, input, blocks)| (*seconds, *input, blocks.to_vec()))
        .collect();
    assert_eq!(read(&requests, lifetime), expected);
    assert_eq!(brute_force(&requests, lifetime), expected);
}

#[test]
fn blocks_are_read_as_the_published_reference_reads_them() {
    let requests: &[(i64, u64, &[u32])] = &[
        (0, 1_000, &[1, 2]),
        (100, 1_500, &[1, 2, 3]),
        (400, 1_500, &[1, 2, 3]),
        (401, 600, &[1, 9]),
        (9_999, 600, &[1, 9]),
    ];
    check(requests, 1_000_000, 1_024 + 1_500 + 512 + 600);
    check(requests, 300, 1_024 + 1_500 + 512);
    check(requests, 299, 1_024 + 512);
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let one = (0_i64..200, 1_usize..5, 0_u32..3, 1_u64..512);
    proptest::collection::vec(one, 1..=12).prop_map(|steps| {
        let mut now = 0;
        let request = |(wait, count, family, last): (i64, usize, u32, u64)| {
            now += wait;
            let blocks: Vec<u32> = (0..).take(count).map(|place| family * 100 + place).collect();
            (now, (count as u64 - 1) * 512 + last, blocks)
        };
        steps.into_iter().map(request).collect()
    })
}

proptest! {
    #[test]
    fn a_replay_agrees_with_brute_force(requests in requests(), lifetime in 0_i64..400) {
        prop_assert_eq!(read(&requests, lifetime), brute_force(&requests, lifetime));
    }

    #[test]
    fn longer_lives_never_read_less(requests in requests(), lifetime in 0_i64..400) {
        prop_assert!(read(&requests, lifetime) <= read(&requests, lifetime + 50));
    }
}
