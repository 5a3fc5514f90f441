//! Policies against a simulator that forgets nothing, and what must hold under each of them.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::pricing::PriceBook;
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::{Call, Calls, Dimensions, Instant, Symbol, column};

use super::super::facts::Facts;
use super::super::scope::Selection;
use super::super::technique::{Effect, Rewrite, Scenario};
use super::lineage::Lineage;
use super::policy::Policy;
use super::prepare::Ground;
use super::rules::{Lifetime, Terms};
use super::standing::{Standing, scene};

/// Prices of one day, read once.
static BOOK: LazyLock<PriceBook> =
    LazyLock::new(|| PriceBook::embedded().pinned(Instant::from_millis(1_790_000_000_000)));

/// Seconds, tokens of the prompt, and what it is known by.
type Request = (i64, u64, String);

const FOLLOWED: [Policy; 5] =
    [Policy::Off, Policy::SystemOnly, Policy::AutoLast, Policy::Replay, Policy::Selective];

fn log(requests: &[Request], dimension: &str) -> Calls {
    typed_log(requests, dimension, |_| "")
}

/// The same with a call type for each row.
fn typed_log(
    requests: &[Request],
    dimension: &str,
    call_type: impl Fn(usize) -> &'static str,
) -> Calls {
    let mut calls = Calls::new(Dimensions::new([dimension]));
    let place = column::FIXED.len();
    for (row, (seconds, input, known_by)) in requests.iter().enumerate() {
        let mut call = Call { time: Instant::from_millis(seconds * 1_000), ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(*input);
        call.tokens[TokenClass::Output] = Tokens::new(50);
        let mut symbols = [Symbol::EMPTY; column::FIXED.len() + 1];
        let names = [
            (column::MODEL, "claude-sonnet-4-6"),
            (column::PROVIDER, "anthropic"),
            (column::CALL_TYPE, call_type(row)),
        ];
        for (place, name) in names.into_iter().chain([(place, known_by.as_str())]) {
            symbols[place] = calls.dimensions[place].intern(name);
        }
        calls.push(&call, &symbols);
    }
    calls
}

/// Compares all policies over a log; what comes in between is checked too.
fn with_ground<T>(calls: &Calls, check: impl FnOnce(&Ground<'_>) -> T) -> T {
    with_terms(calls, Terms::new(Some(0), Some(0)), check)
}

fn with_terms<T>(calls: &Calls, terms: Terms, check: impl FnOnce(&Ground<'_>) -> T) -> T {
    let facts = Facts::new(calls, &BOOK);
    let lineage = Lineage::of(&facts, None, Scenario::Expected);
    check(&Ground::new(&facts, Selection::default(), lineage, terms))
}

fn standing(ground: &Ground<'_>, policy: Policy, lifetime: Lifetime) -> Standing {
    let mut replay = ground.uniform(policy, lifetime);
    replay.decides_anew = true;
    ground.standing(Some(&replay)).expect("small amounts")
}

/// Tokens read and written.
fn tokens(ground: &Ground<'_>, policy: Policy, lifetime: Lifetime) -> [u64; 2] {
    let sums = standing(ground, policy, lifetime).whole;
    [sums.read().get(), sums.written().get()]
}

/// Blocks of 512 tokens: the first of a family are the same in all of its prompts.
fn blocks(family: u32, count: u64) -> Vec<u64> {
    (0..count).map(|place| u64::from(family) * 100 + place).collect()
}

/// The same from first principles. What was touched (written or read) within the lifetime can be
/// read, if it is the start of the prompt.
fn brute_force(requests: &[(i64, u64, Vec<u64>)], policy: Policy, lifetime: i64) -> [u64; 2] {
    let full = |input: u64| usize::try_from(input / 512).expect("few blocks");
    let shortest = requests.iter().map(|(_, input, _)| full(*input)).min().unwrap_or(0);
    let mut touched: Vec<(i64, &[u64])> = Vec::new();
    let [mut read, mut written] = [0; 2];
    for (now, input, blocks) in requests {
        let is_common = |count: &usize| {
            let others =
                requests.iter().filter(|(_, _, other)| other.starts_with(&blocks[..*count]));
            let others = others.count();
            others > 1 && others * 2 >= requests.len()
        };
        let full = full(*input);
        let shared = (1..=shortest.min(full)).take_while(is_common).count();
        let end = if policy == Policy::AutoLast { full } else { shared };
        let is_there = |count: &usize| {
            let mut known = touched.iter();
            known.any(|(at, known)| *known == &blocks[..*count] && now - at <= lifetime)
        };
        let found = (1..=end).rev().find(is_there).unwrap_or(0);
        read += 512 * found as u64;
        written += 512 * (end - found) as u64;
        touched.extend([found, end].map(|count| (*now, &blocks[..count])));
    }
    [read, written]
}

fn block_requests() -> impl Strategy<Value = Vec<(i64, u64, Vec<u64>)>> {
    let one = (0_i64..2_500, 1_u64..6, 0_u32..3, 1_u64..=512);
    proptest::collection::vec(one, 2..=12).prop_map(|steps| {
        let mut now = 1_790_000_000;
        let request = |(wait, count, family, last): (i64, u64, u32, u64)| {
            now += wait / 4;
            // A block that is not full is in no other prompt.
            let mut own = blocks(family, count);
            if last < 512
                && let Some(end) = own.last_mut()
            {
                *end = 10_000 + now.unsigned_abs() * 600 + last;
            }
            (now, (count - 1) * 512 + last, own)
        };
        steps.into_iter().map(request).collect()
    })
}

fn block_log(requests: &[(i64, u64, Vec<u64>)]) -> Calls {
    let request = |(at, input, blocks): &(i64, u64, Vec<u64>)| (*at, *input, format!("{blocks:?}"));
    log(&requests.iter().map(request).collect::<Vec<_>>(), "<prompt_blocks>")
}

/// Conversations that take turns; most prompts go on from the one before.
fn conversation_log() -> impl Strategy<Value = Calls> {
    let one = (0_i64..900, 0_usize..3, 0_u64..2_000, proptest::bool::weighted(0.9));
    proptest::collection::vec(one, 2..=14).prop_map(|steps| {
        let (mut now, mut lengths) = (1_790_000_000, [1_000_u64; 3]);
        let request = |(wait, place, more, goes_on): (i64, usize, u64, bool)| {
            now += wait;
            lengths[place] = if goes_on { lengths[place] + 50 + more } else { 900 + more };
            (now, lengths[place], format!("conversation {place}"))
        };
        let requests: Vec<Request> = steps.into_iter().map(request).collect();
        log(&requests, "conversation")
    })
}

/// What must hold whatever the log.
fn check_invariants(ground: &Ground<'_>) {
    let oracle = standing(ground, Policy::Oracle, Lifetime::Short).whole.cost;
    let off = standing(ground, Policy::Off, Lifetime::Short).whole.cost;
    assert!(oracle <= off);
    for policy in FOLLOWED {
        for lifetime in [Lifetime::Short, Lifetime::Long] {
            let cost = standing(ground, policy, lifetime).whole.cost;
            assert!(oracle <= cost, "{policy:?} {lifetime:?}: {cost:?} below {oracle:?}");
        }
    }
    for policy in [Policy::SystemOnly, Policy::Replay] {
        let [short, _] = tokens(ground, policy, Lifetime::Short);
        let [long, _] = tokens(ground, policy, Lifetime::Long);
        assert!(short <= long, "{policy:?}: {short} in five minutes, {long} in an hour");
    }
    for policy in FOLLOWED.into_iter().chain([Policy::Oracle, Policy::AsLogged]) {
        check_conservation(ground, policy);
    }
}

/// Every way a call may go has all of its input, and the ways together are the call.
fn check_conservation(ground: &Ground<'_>, policy: Policy) {
    let replay = ground.uniform(policy, Lifetime::Short);
    let mut memory = replay.memory().expect("a replay remembers");
    for (row, branch) in ground.rows.iter() {
        let mut out = Vec::new();
        let effect = replay.recall(&branch, &scene(ground.facts, row), &mut memory, &mut out);
        if effect == Effect::Changed {
            let weight: u64 = out.iter().map(|way| way.weight.parts()).sum();
            assert_eq!(weight, Rate::ONE.parts(), "{policy:?}");
        }
        for way in out {
            assert_eq!(way.call.input_total(), branch.call.input_total(), "{policy:?}");
            assert_eq!(way.call.output_total(), branch.call.output_total(), "{policy:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn breakpoints_agree_with_brute_force(requests in block_requests()) {
        with_ground(&block_log(&requests), |ground| {
            if ground.lineage.blocks.as_ref().is_none_or(|blocks| !blocks.have_size(512)) {
                // Too short to tell the size of blocks.
                return;
            }
            for policy in [Policy::AutoLast, Policy::SystemOnly] {
                for (lifetime, seconds) in [(Lifetime::Short, 300), (Lifetime::Long, 3_600)] {
                    let expected = brute_force(&requests, policy, seconds);
                    assert_eq!(tokens(ground, policy, lifetime), expected, "{policy:?}");
                }
            }
            check_invariants(ground);
        });
    }

    #[test]
    fn no_policy_beats_the_oracle_in_conversations(calls in conversation_log()) {
        with_ground(&calls, check_invariants);
    }

    /// However long an entry takes until it can be read, in bursts too.
    #[test]
    fn no_policy_beats_the_oracle_however_long_one_waits(
        calls in conversation_log(),
        requests in block_requests(),
        wait in 0_u64..400_000,
        haste in 1_i64..400,
    ) {
        let near = |(at, input, own): &(i64, u64, Vec<u64>)| {
            (1_790_000_000 + (at - 1_790_000_000) / haste, *input, own.clone())
        };
        let requests: Vec<_> = requests.iter().map(near).collect();
        for calls in [calls, block_log(&requests)] {
            for (min, wait) in [(None, wait), (Some(0), wait % 3_000)] {
                with_terms(&calls, Terms::new(min, Some(wait)), check_invariants);
            }
        }
    }

    /// Call types that share prompts may ask for other lifetimes.
    #[test]
    fn no_policy_beats_the_oracle_with_a_lifetime_for_each_call_type(
        requests in block_requests(),
        types in proptest::collection::vec(0_usize..2, 12),
        wait in 0_u64..3_000,
    ) {
        let known_by = |(at, input, own): &(i64, u64, Vec<u64>)| (*at, *input, format!("{own:?}"));
        let requests: Vec<Request> = requests.iter().map(known_by).collect();
        let calls =
            typed_log(&requests, "<prompt_blocks>", |row| ["chat", "review"][types[row]]);
        with_terms(&calls, Terms::new(Some(0), Some(wait)), |ground| {
            let lifetimes: Vec<_> = [Some(Lifetime::Short), Some(Lifetime::Long)]
                .into_iter()
                .cycle()
                .take(ground.lineage.route_count())
                .collect();
            let oracle = ground.replay(Policy::Oracle, lifetimes.clone());
            let oracle = ground.standing(Some(&oracle)).expect("small amounts").whole.cost;
            for policy in [Policy::Replay, Policy::AutoLast, Policy::SystemOnly] {
                let mut replay = ground.replay(policy, lifetimes.clone());
                replay.decides_anew = true;
                let cost = ground.standing(Some(&replay)).expect("small amounts").whole.cost;
                assert!(oracle <= cost, "{policy:?}: {cost:?} below {oracle:?}");
            }
        });
    }
}

/// Uses of one prompt at these minutes, and what the oracle pays for it, in hundredths of the
/// prompt: the least of `k` and `w + r (k - 1)` for each run, with the better lifetime.
#[test]
fn the_oracle_pays_for_runs_as_the_closed_form_says() {
    let check = |minutes: &[i64], expected: u64| {
        let request = |minute: &i64| (1_790_000_000 + minute * 60, 1_024, "[1, 2]".to_owned());
        let requests: Vec<Request> = minutes.iter().map(request).collect();
        with_ground(&log(&requests, "<prompt_blocks>"), |ground| {
            let sums = standing(ground, Policy::Oracle, Lifetime::Short).whole;
            let answers = minutes.len() as i128 * 50 * 15_000_000_000_000;
            let cost = sums.cost.to_usd().atto() - answers;
            assert_eq!(
                cost * 100 / (1_024 * 3_000_000_000_000),
                i128::from(expected),
                "{minutes:?}"
            );
        });
    };
    check(&[0], 100);
    check(&[0, 2], 135);
    check(&[0, 2, 4], 145);
    check(&[0, 30], 200);
    check(&[0, 30, 60], 220);
    check(&[0, 2, 90, 92], 270);
    check(&[0, 600, 1_200], 300);
}

/// Ten uses within the wait: one writes, nine are plain, and the next reads.
#[test]
fn the_oracle_waits_until_what_was_written_can_be_read() {
    let check = |seconds: &[i64], expected: i128| {
        let request = |second: &i64| (1_790_000_000 + second, 1_024, "[1, 2]".to_owned());
        let requests: Vec<Request> = seconds.iter().map(request).collect();
        let calls = log(&requests, "<prompt_blocks>");
        with_terms(&calls, Terms::new(Some(0), Some(2_000)), |ground| {
            let sums = standing(ground, Policy::Oracle, Lifetime::Short).whole;
            let answers = seconds.len() as i128 * 50 * 15_000_000_000_000;
            let cost = sums.cost.to_usd().atto() - answers;
            assert_eq!(cost * 100 / (1_024 * 3_000_000_000_000), expected, "{seconds:?}");
        });
    };
    check(&[0, 1], 200);
    check(&[0, 2], 135);
    check(&[0; 10], 1_000);
    check(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 60], 1_035);
    // It lives from the last use while it was written.
    check(&[0, 1, 301], 235);
    check(&[0, 1, 302], 300);
}

/// A long write of a longer prefix keeps alive what a short write began, and only the rest of it
/// pays for that: a policy came out cheaper than the oracle.
#[test]
fn the_oracle_knows_that_longer_prefixes_keep_shorter_ones_alive() {
    let requests =
        [(0, 513, "[100, 1]"), (3, 1_025, "[100, 101, 2]"), (304, 1_026, "[100, 101, 3]")];
    let requests = requests.map(|(at, input, own)| (1_790_000_000 + at, input, own.to_owned()));
    let calls = typed_log(&requests, "<prompt_blocks>", |row| ["review", "chat", "review"][row]);
    with_terms(&calls, Terms::new(Some(0), Some(2_737)), |ground| {
        let lifetimes = vec![Some(Lifetime::Short), Some(Lifetime::Long)];
        let mut replay = ground.replay(Policy::AutoLast, lifetimes.clone());
        replay.decides_anew = true;
        let followed = ground.standing(Some(&replay)).expect("small amounts").whole;
        assert_eq!([followed.read().get(), followed.written().get()], [1_536, 1_024]);
        let oracle = ground.replay(Policy::Oracle, lifetimes);
        let oracle = ground.standing(Some(&oracle)).expect("small amounts").whole;
        assert!(oracle.cost <= followed.cost, "{:?} below {:?}", followed.cost, oracle.cost);
    });
}
