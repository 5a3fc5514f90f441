//! A what-if says what a simulation of the same settings says.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::pricing::PriceBook;
use crate::units::{Rate, TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant, ServiceTier};

use super::samples::{HAIKU, Log, SONNET, call};
use super::what_if::{Choice, WhatIf};
use super::{Plan, simulate_on};

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

fn percent(parts: u64) -> Rate {
    Rate::of_counts(parts, 100).expect("a part of a hundred")
}

/// The plan that flags of the same settings make.
fn plan(what_if: &WhatIf, choice: &Choice) -> Plan {
    let mut text = String::new();
    if let Some((target, share)) = choice.tier {
        let to = &what_if.targets[target];
        let _ = writeln!(text, "[model_tiering]\nshare = \"{share}\"\nto = \"{to}\"");
    }
    if let Some(cap) = choice.cap {
        let _ = writeln!(text, "[output_cap]\ntokens = {}", what_if.caps[cap].get());
    }
    let rates = [
        ("batch", "share", choice.batch),
        ("prompt_caching", "hit", choice.cache_hit),
        ("provider_discount", "rate", choice.discount),
    ];
    for (table, key, rate) in rates {
        if let Some(rate) = rate {
            let _ = writeln!(text, "[{table}]\n{key} = \"{rate}\"");
        }
    }
    Plan::parse("plan.toml", &text).expect("a plan")
}

/// What both say of one choice.
fn both(log: &Log, what_if: &WhatIf, choice: &Choice) -> [Usd; 2] {
    let calls = log.0.sorted_by_time();
    let outcome = simulate_on(&calls, &BOOK, &plan(what_if, choice), NonZeroUsize::MIN);
    [what_if.bill(choice).expect("a known choice"), outcome.expect("runs").projected]
}

fn what_if(log: &Log) -> WhatIf {
    let calls = log.0.sorted_by_time();
    let found = WhatIf::of(&calls, &BOOK, NonZeroUsize::new(2).expect("two"), None);
    found.expect("small amounts").expect("calls with a price")
}

/// Calls of several models and types; `conversations` says how many of them go on.
fn logs(conversations: bool) -> impl Strategy<Value = Log> {
    let one = (
        (0_u64..9_000, 0_u64..4_000, 0_u64..3_000, 1_u64..3_000),
        (0_usize..3, 0_usize..3, any::<bool>(), 0_i64..4_000),
    );
    proptest::collection::vec(one, 1..16).prop_map(move |calls| {
        let mut log = Log::new();
        let (mut now, mut lengths) = (1_790_000_000_000, [0_u64; 3]);
        for ((input, read, written, output), (model, kind, is_batch, wait)) in calls {
            now += wait * 1_000;
            let mut one = call(input, output);
            if conversations {
                lengths[kind] += input + 200;
                one = call(lengths[kind], output);
                lengths[kind] += output;
            } else {
                one.tokens[TokenClass::CacheRead] = Tokens::new(read);
                one.tokens[TokenClass::CacheWrite5m] = Tokens::new(written);
                if is_batch && model == 0 {
                    one.service_tier = ServiceTier::Batch;
                }
            }
            one.time = Instant::from_millis(now);
            let model = [SONNET, HAIKU, "gpt-5.2"][model];
            let conversation = if conversations { ["a", "b", "c"][kind] } else { "" };
            log.push([model, ["chat", "report", ""][kind], conversation], &one);
        }
        log
    })
}

/// Settings as the page offers them.
fn choices() -> impl Strategy<Value = (usize, u64, usize, [Option<u64>; 3])> {
    let rate = || proptest::option::of(0_u64..=100);
    (0_usize..4, 0_u64..=10, 0_usize..7, [rate(), rate(), rate()])
}

fn choice(what_if: &WhatIf, picked: (usize, u64, usize, [Option<u64>; 3])) -> Choice {
    let (target, tenths, cap, [batch, cache_hit, discount]) = picked;
    // Stops are fifths where they are walked one by one.
    let tenths = if what_if.shares.len() > 2 { tenths / 2 * 2 } else { tenths };
    let share = percent(tenths * 10);
    Choice {
        tier: (target < what_if.targets.len() && tenths > 0).then_some((target, share)),
        cap: (cap < what_if.caps.len()).then_some(cap),
        batch: batch.map(percent),
        cache_hit: cache_hit.map(percent),
        discount: discount.map(percent),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// To the last of 18 digits.
    #[test]
    fn it_says_what_a_simulation_says(log in logs(false), picked in choices()) {
        let what_if = what_if(&log);
        let choice = choice(&what_if, picked);
        let [said, simulated] = both(&log, &what_if, &choice);
        prop_assert_eq!(said, simulated, "{:?}", choice);
    }

    /// Where cut answers shorten later prompts, shares of calls are averages rounded to billionths
    /// of a token: less than a millionth of a cent.
    #[test]
    fn it_says_so_where_cut_answers_shorten_prompts(log in logs(true), picked in choices()) {
        let what_if = what_if(&log);
        let choice = choice(&what_if, picked);
        let [said, simulated] = both(&log, &what_if, &choice);
        let apart = (said - simulated).max(simulated - said);
        prop_assert!(apart < Usd::from_atto(10_000_000_000), "{said} {simulated} {choice:?}");
    }
}

#[test]
fn settings_that_are_not_known_have_no_bill() {
    let log = Log::new().with(3, [SONNET, "chat", ""], &call(5_000, 400));
    let what_if = what_if(&log);
    let bill = |choice| what_if.bill(&choice);
    assert_eq!(bill(Choice::default()), Some(what_if.baseline));
    assert_eq!(bill(Choice { cap: Some(9), ..Choice::default() }), None);
    assert_eq!(bill(Choice { tier: Some((9, Rate::ONE)), ..Choice::default() }), None);
}

#[test]
fn a_log_without_a_price_has_no_what_if() {
    let log = Log::new().with(3, ["acme-large-2", "chat", ""], &call(5_000, 400));
    let found = WhatIf::of(&log.0.sorted_by_time(), &BOOK, NonZeroUsize::MIN, None);
    assert_eq!(found.expect("runs"), None);
}

/// The stops of a conversation in which a cap shortens later prompts: shares in fifths.
#[test]
fn shares_are_walked_one_by_one_where_caps_remember() {
    let turn = |input, output| Call {
        time: Instant::from_millis(input),
        ..call(input.unsigned_abs(), output)
    };
    let mut log = Log::new();
    for (input, output) in [(2_000, 900), (3_000, 500), (4_000, 100)] {
        log.push([SONNET, "chat", "one"], &turn(input, output));
    }
    assert_eq!(what_if(&log).shares, [0, 20, 40, 60, 80, 100].map(percent));
    let single = Log::new().with(3, [SONNET, "chat", ""], &call(5_000, 400));
    assert_eq!(what_if(&single).shares, [Rate::ZERO, Rate::ONE]);
}

/// The plan that reads a log for a what-if reads what every plan of the page reads.
#[test]
fn it_reads_the_columns_of_every_choice() {
    let log = Log::new().with(3, [SONNET, "chat", ""], &call(5_000, 400));
    let what_if = what_if(&log);
    let all = Choice {
        tier: Some((0, Rate::ONE)),
        cap: Some(0),
        batch: Some(Rate::ONE),
        cache_hit: Some(Rate::ONE),
        discount: Some(Rate::ZERO),
    };
    let reading = WhatIf::reading_plan();
    let asked = plan(&what_if, &all);
    assert_eq!((reading.dimensions(), reading.wishes()), (asked.dimensions(), asked.wishes()));
}
