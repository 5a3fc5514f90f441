//! What went wrong once, each under the name of what was wrong.

use crate::techniques::Evidence;
use crate::units::{Excess, TokenClass, Tokens, Usd};
use crate::usage::{Call, Calls, Instant, ServiceTier, Status, Symbol, column};

use super::Plan;
use super::claims::{assumes, check, warns};
use super::samples::{HAIKU, Log, SONNET, call, equal_calls, texts};

/// A call that failed without usage, as logs of rate limits have them.
fn failed() -> Call {
    Call { status: Status::Error(429), ..call(0, 0) }
}

#[test]
fn a_failed_call_without_usage_does_not_hide_the_shared_prompt() {
    let log = Log::new().with(1_000, [SONNET, "", ""], &call(8_000, 0)).with(
        1,
        [SONNET, "", ""],
        &failed(),
    );
    check(&log.run("[prompt_caching]\nhit = \"0.95\""), "24", "3.78");
}

#[test]
fn a_failed_turn_without_usage_does_not_break_the_conversation() {
    let turns = |between: &[Call]| {
        let mut log = Log::new();
        log.push([SONNET, "chat", "a"], &call(4_000, 500));
        for call in between {
            log.push([SONNET, "chat", "a"], call);
        }
        log.push([SONNET, "chat", "a"], &call(4_600, 500));
        log.run("[prompt_caching]\nhit = 1").projected
    };
    assert_eq!(turns(&[failed()]), turns(&[]));
}

#[test]
fn failed_calls_without_an_answer_do_not_make_answers_short() {
    let plan = "[concise_output]\nrate = \"0.5\"";
    let log = Log::new().with(10, [SONNET, "", ""], &call(0, 1_000)).with(
        11,
        [SONNET, "", ""],
        &failed(),
    );
    check(&log.run(plan), "0.15", "0.075");
}

#[test]
fn a_first_turn_writes_what_the_second_reads() {
    let mut log = Log::new();
    log.push([SONNET, "chat", "a"], &call(4_000, 500));
    log.push([SONNET, "chat", "a"], &call(4_600, 500));
    log.push([SONNET, "chat", "b"], &call(100, 500));
    let outcome = log.run("[prompt_caching]\nhit = 1");
    // No start is shared by all, yet 4,000 tokens are written before they are read, and 600 more.
    check(&outcome, "0.0486", "0.04125");
    // At the low end the lone short turn stays below the minimum and still writes nothing.
    assert_eq!(outcome.low, outcome.projected);
}

#[test]
fn nothing_beyond_the_counters_is_credited_to_calls_that_are_cached_already() {
    let mut warm = call(4_000, 0);
    warm.tokens[TokenClass::CacheRead] = Tokens::new(2_000);
    let outcome = equal_calls(SONNET, 10, &warm, "[prompt_caching]\nhit = 1");
    assert_eq!(outcome.projected, outcome.baseline);
    assumes(&outcome, "rung 1; nothing more is credited to these calls): 20,000 tokens");
    let plan = "[prompt_caching]\nhit = 1\ncacheable = 5000";
    // Only the 3,000 tokens beyond the 2,000 that are read already.
    check(&equal_calls(SONNET, 10, &warm, plan), "0.126", "0.045");
}

#[test]
fn the_low_end_never_lies_above_the_high_end() {
    // At 1.5 tokens for one the prompt does not fit and stays; at 0.7 it falls below the minimum.
    for input in [1_000_u64, 60_000, 150_000] {
        for (from, to) in [(SONNET, "gpt-4o"), ("gpt-4o", HAIKU), ("gpt-5-mini", SONNET)] {
            let mut warm = call(100, 200);
            warm.tokens[TokenClass::CacheRead] = Tokens::new(input);
            let outcome =
                equal_calls(from, 2, &warm, &format!("[model_tiering]\nshare = 1\nto = \"{to}\""));
            assert!(outcome.high <= outcome.projected && outcome.projected <= outcome.low);
            for one in &outcome.techniques {
                assert!(one.low <= one.standalone && one.standalone <= one.high, "{one:?}");
            }
        }
    }
}

#[test]
fn a_classifier_is_paid_for_calls_that_are_on_the_target_already() {
    let mut row = call(0, 0);
    row.calls = 1_000_000;
    let plan = format!(
        "[model_tiering]\nshare = 1\nto = \"{HAIKU}\"\n\
         classifier = {{ model = \"{HAIKU}\", input_tokens = 100, output_tokens = 5 }}"
    );
    check(&equal_calls(HAIKU, 1, &row, &plan), "0", "125");
}

#[test]
fn an_extra_call_is_priced_without_the_place_of_the_logged_one() {
    let mut log = Log::new();
    log.push([SONNET, "", ""], &call(1_000_000, 0));
    let geo = log.0.dimensions[column::GEO].intern("us");
    let mut placed = Calls::new(log.0.dimensions.clone());
    let mut symbols = vec![Symbol::EMPTY; placed.dimensions.len()];
    symbols[column::MODEL] = log.0.symbol(column::MODEL, 0);
    symbols[column::GEO] = geo;
    placed.push(&log.0.call(0), &symbols);
    let plan = format!(
        "[model_tiering]\nshare = 1\nto = \"{HAIKU}\"\n\
         classifier = {{ model = \"gpt-4o\", input_tokens = 1000000, output_tokens = 0 }}"
    );
    let with = Log(placed).run(&plan);
    let without = log.run(&plan.replace("classifier", "# classifier"));
    let placed_price = with.projected - Usd::parse("2.5", Excess::Reject).expect("an amount");
    // The call itself may be dearer at its place; the extra call costs its list price of $2.50.
    assert!(placed_price >= without.projected, "{} {}", with.projected, without.projected);
}

#[test]
fn a_maximum_that_is_not_reached_changes_no_share() {
    let plan = format!("[model_tiering]\nshare = \"0.4\"\nto = \"{HAIKU}\"\n");
    let one = call(1_000, 200);
    let free = equal_calls(SONNET, 1_000, &one, &plan);
    let limited = equal_calls(SONNET, 1_000, &one, &format!("{plan}max_share = \"0.5\""));
    assert_eq!(limited.projected, free.projected);
    let limited = equal_calls(SONNET, 1_000, &one, &format!("{plan}max_share = \"0.2\""));
    check(&limited, "6", "5.2");
    assert_eq!(limited.techniques[0].evidence, Evidence::Assumed);
}

#[test]
fn calls_on_the_target_count_neither_for_nor_against_the_maximum() {
    let log = Log::new().with(500, [SONNET, "", ""], &call(1_000, 200)).with(
        500,
        [HAIKU, "", ""],
        &call(1_000, 200),
    );
    let outcome =
        log.run(&format!("[model_tiering]\nshare = 1\nto = \"{HAIKU}\"\nmax_share = \"0.5\""));
    // 250 of the 500 calls that could move do: 1.50 dollars become 0.50.
    check(&outcome, "4", "3");
    assumes(&outcome, "500 of 1,000 calls match; 500 more are on the target already");
    assumes(&outcome, "at most 50 % of the matching calls move: 250 of 500 stay");
    assert_eq!(outcome.techniques[0].evidence, Evidence::Assumed);
}

#[test]
fn moving_cheap_calls_up_is_told() {
    let outcome =
        equal_calls(HAIKU, 10, &call(1_000, 200), "[model_tiering]\nshare = 1\nto = \"gpt-4o\"");
    warns(&outcome, "10 calls of claude-haiku-4-5 cost more on gpt-4o");
    assumes(&outcome, "one token of claude-haiku-4-5 counts as");
}

#[test]
fn before_and_after_by_columns_no_log_has() {
    let time = Instant::from_millis(1_780_272_000_000);
    let log = Log::new().with(2, [SONNET, "", ""], &Call { time, ..call(1_000, 0) }).with(
        1,
        [SONNET, "", ""],
        &failed(),
    );
    for (column, keys) in [
        ("day", ["2026-06-01", ""]),
        ("month", ["2026-06", ""]),
        ("hour", ["00", ""]),
        ("service_tier", ["standard", ""]),
        ("status", ["unknown", "error"]),
        ("finish_reason", ["unknown", ""]),
    ] {
        let text = format!("group_by = [\"{column}\"]\n[provider_discount]\nrate = \"50%\"");
        let plan = Plan::parse("plan.toml", &text).expect("a plan");
        assert_eq!(plan.dimensions(), [""; 0]);
        let outcome = log.run(&text);
        check(&outcome, "0.006", "0.003");
        let found = outcome.groups.iter().map(|group| group.key[0].as_str());
        let expected = keys.into_iter().take(outcome.groups.len());
        assert!(found.eq(expected), "{column}: {:?}", outcome.groups);
    }
}

#[test]
fn the_saving_on_short_prompts_and_answers_is_not_rounded_away() {
    // A quarter of 61 tokens is 15.25; half of 3 is 1.5.
    let plan = "[concise_output]\nrate = \"0.25\"";
    check(&equal_calls(SONNET, 100, &call(0, 61), plan), "0.0915", "0.068625");
    let plan = "[context_trimming]\nrate = \"0.5\"";
    check(&equal_calls(SONNET, 100, &call(3, 0), plan), "0.0009", "0.00045");
}

#[test]
fn turns_that_feed_the_next_are_not_batched_only_because_a_plan_names_them() {
    let mut log = Log::new();
    for minute in 0..3 {
        let time = Instant::from_millis(1_790_000_000_000 + minute * 60_000);
        log.push([SONNET, "chat", "a"], &Call { time, ..call(100_000, 0) });
        log.push([SONNET, "chat", ""], &Call { time, ..call(100_000, 0) });
    }
    // Six calls of 30 cents: two turns feed the next one, which feeds none.
    let outcome = log.run("[batch]");
    check(&outcome, "1.8", "1.2");
    warns(&outcome, "batch: 2 calls in scope stay: their answer feeds a later call");
    check(&log.run("[batch]\nshare = \"0.5\""), "1.8", "1.5");
    check(&log.run("[batch]\nfeeds = \"ignore\""), "1.8", "0.9");
    let auto = "[batch]\npolicy = \"auto\"\nfeeds = \"ignore\"";
    assert!(Plan::parse("plan.toml", auto).is_err());
}

#[test]
fn a_cache_that_saves_nothing_in_a_batch_is_told() {
    let call = Call { service_tier: ServiceTier::Batch, ..call(8_000, 0) };
    let outcome = equal_calls("gpt-4o", 10, &call, "[prompt_caching]\nhit = 1");
    assert_eq!(outcome.projected, outcome.baseline);
    warns(&outcome, "10 calls of gpt-4o save nothing by caching");
}

#[test]
fn cached_input_is_found_in_a_batch_at_best_effort() {
    let mut warm = call(0, 0);
    warm.tokens[TokenClass::CacheRead] = Tokens::new(1_000_000);
    let run = |plan: &str| equal_calls(SONNET, 1, &warm, plan);
    // A million tokens: 30 cents read; in a batch 15 cents read, or 1.875 dollars written again.
    let outcome = run("[batch]");
    check(&outcome, "0.3", "0.75375");
    assert_eq!(texts([outcome.low, outcome.high]), ["1.3575", "0.1845"]);
    check(&run("[batch]\ncache_hit = 1"), "0.3", "0.15");
}

#[test]
fn a_batch_takes_what_the_log_says_can_wait() {
    let log = Log::new().with(10, [SONNET, "nightly_report", ""], &call(1_000, 0)).with(
        10,
        [SONNET, "chat", ""],
        &call(1_000, 0),
    );
    let outcome = log.run("[batch]\npolicy = \"auto\"");
    check(&outcome, "0.06", "0.045");
    assert_eq!(outcome.techniques[0].evidence, Evidence::Replayed);
    assert_eq!(outcome.techniques[0].evidence_note, "10 of 20 calls can wait, by the log");
    let table = &outcome.exhibits[0];
    assert_eq!((table.name, table.rows.len()), ("batch_eligibility", 2));
}

#[test]
fn attempts_that_are_left_out_keep_no_cache_warm() {
    // A prompt of 100,000 tokens at 0:00, repeated at 0:50 although it was answered, and another
    // call at 5:30: within 5 minutes of the repeat, and not of the first.
    let mut log = Log::new();
    for (second, request, retry_of) in [(0, 1, 0), (50, 2, 1), (330, 3, 0)] {
        let time = Instant::from_millis(1_780_272_000_000 + second * 1_000);
        let status = Status::Ok;
        let one = Call { time, status, request, retry_of, ..call(100_000, 0) };
        log.push([SONNET, "chat", ""], &one);
    }
    check(&log.run("[retry_hygiene]"), "0.9", "0.6");
    check(&log.run("[prompt_caching]\npolicy = \"replay\""), "0.9", "0.435");
    let both = log.run("[retry_hygiene]\n[prompt_caching]\npolicy = \"replay\"");
    check(&both, "0.9", "0.75");
    assert_eq!(texts(both.techniques.iter().map(|one| one.last_in)), ["-0.315", "-0.15"]);
}

#[test]
fn failures_that_nobody_bills_are_told() {
    let mut log = Log::new();
    for (request, retry_of) in [(1, 0), (2, 1), (3, 1)] {
        let status = Status::Error(400);
        log.push([SONNET, "chat", ""], &Call { status, request, retry_of, ..call(0, 0) });
    }
    let outcome = log.run("[retry_hygiene]");
    check(&outcome, "0", "0");
    warns(&outcome, "no failure in this log is billed");
    warns(&outcome, "2 retries for 1 first attempts");
    let names: Vec<_> = outcome.exhibits.iter().map(|table| table.name).collect();
    assert_eq!(names, ["avoidable_attempts", "failure_billing"]);
}

/// Prompts of 5,000 tokens a minute apart: 15 cents for ten.
fn every_minute(count: i64, calls: u64) -> Log {
    let mut log = Log::new();
    for minute in 0..count {
        let time = Instant::from_millis(1_780_272_000_000 + minute * 60_000);
        let one = Call { time, calls, ..call(5_000 * calls, 0) };
        log.push([SONNET, "chat", ""], &one);
    }
    log
}

#[test]
fn rows_that_sum_up_calls_are_not_left_out_of_a_replay_without_a_word() {
    let plan = "[prompt_caching]\npolicy = \"replay\"";
    let sums = every_minute(3, 10).run(plan);
    check(&sums, "0.45", "0.45");
    assert_eq!(sums.techniques[0].evidence, Evidence::Refused);
    assert!(sums.techniques[0].evidence_note.contains("all rows sum up several calls"));
    let mut log = every_minute(5, 1);
    let time = Instant::from_millis(1_780_272_000_000);
    log.push([SONNET, "chat", ""], &Call { time, calls: 100, ..call(500_000, 0) });
    let mixed = log.run(plan);
    warns(&mixed, "100 calls are not replayed");
    let table = mixed.exhibits.iter().find(|table| table.name == "cache_policies");
    let notes = &table.expect("policies are compared").notes;
    assert!(notes.iter().any(|note| note.contains("100 calls are not replayed")), "{notes:?}");
}

#[test]
fn a_batch_does_not_find_everything_in_the_cache() {
    let log = every_minute(10, 1);
    let outcome = log.run("[batch]\n[prompt_caching]\npolicy = \"replay\"");
    // Half a cent and more is written at first and by 35 % of the nine others, who else read.
    check(&outcome, "0.15", "0.04329375");
    assumes(&outcome, "find 65 % of what is in the cache then (30 % to 98 %)");
    let alone = log.run("[prompt_caching]\npolicy = \"replay\"");
    check(&alone, "0.15", "0.03225");
    let mut told = alone.techniques.iter().flat_map(|technique| &technique.assumptions);
    assert!(!told.any(|assumption| assumption.contains("in a batch")));
}

#[test]
fn a_read_of_half_a_call_is_not_a_second_write() {
    let mut log = Log::new();
    for (turn, input) in [(0, 2_000), (1, 2_600), (2, 3_200)] {
        let time = Instant::from_millis(1_780_272_000_000 + turn * 10_000);
        log.push([SONNET, "chat", "a"], &Call { time, ..call(input, 200) });
    }
    let plan = "[semantic_cache]\nrate = \"0.5\"\n\
                [prompt_caching]\npolicy = \"auto_last\"\nmin_tokens = 1000";
    check(&log.run(plan), "0.0324", "0.014295");
}

#[test]
fn a_likelihood_for_automatic_caches_is_not_ignored_without_a_word() {
    let plan = "[prompt_caching]\npolicy = \"replay\"\nhit_prob = \"0.1\"";
    warns(&every_minute(3, 1).run(plan), "`hit_prob` (--cache-hit-prob) changes nothing");
}

#[test]
fn a_breakpoint_at_the_end_finds_prompts_that_are_the_same() {
    for policy in ["auto_last", "system_only"] {
        let plan = format!("[prompt_caching]\npolicy = \"{policy}\"");
        check(&every_minute(10, 1).run(&plan), "0.15", "0.03225");
    }
}
