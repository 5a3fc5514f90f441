//! Tests of tiering: cascades, conversations, the cautious rule; each against a count of its own.

use crate::units::Usd;
use crate::usage::{Call, Instant};

use super::Outcome;
use super::claims::{assumes, check, warns};
use super::samples::{HAIKU, Log, SONNET, call, equal_calls};

const DAY: i64 = 86_400_000;

fn at(millis: i64, input: u64, output: u64) -> Call {
    Call { time: Instant::from_millis(1_790_000_000_000 + millis), ..call(input, output) }
}

fn cascade(accept: &str) -> String {
    format!(
        "[model_tiering]\nto = \"{HAIKU}\"\nwhere = \"output_tokens = 200\"\nmode = \"cascade\"\n\
         accept = \"{accept}\"\n"
    )
}

/// A call costs 0.6 cents on Sonnet and 0.2 on Haiku.
#[test]
fn a_cascade_pays_the_try_the_judge_and_what_is_not_accepted() {
    let one = call(1_000, 200);
    // 0.2 + 0.3 x 0.6 cents.
    check(&equal_calls(SONNET, 1_000, &one, &cascade("0.7")), "6", "3.8");
    let judge = format!("judge = {{ model = \"{HAIKU}\", input_tokens = 400, output_tokens = 5 }}");
    // The judge costs 0.0425 cents.
    let judged = equal_calls(SONNET, 1_000, &one, &format!("{}{judge}", cascade("0.7")));
    check(&judged, "6", "4.225");
    assumes(&judged, "it pays where more than 40.4 % are");
    assumes(&judged, "quality: unmeasured");
    // At exactly that share nothing is won: 2.425 of 6.
    let none = equal_calls(SONNET, 1_000, &one, &cascade("0.333333333"));
    assert!(none.projected >= none.baseline, "{none:?}");
    let all = equal_calls(SONNET, 1_000, &one, &cascade("1"));
    check(&all, "6", "2");
}

/// Calls that fix what the prompts of a call type share, long before and of no concern.
fn anchored() -> Log {
    let log = Log::new();
    let log = log.with(2, [SONNET, "chat", ""], &at(-9 * DAY, 5_000, 1));
    log.with(2, [HAIKU, "chat", ""], &at(-9 * DAY, 5_000, 1))
}

/// Every way in which the answers to a few calls may be accepted or not, each a log of its own.
#[test]
fn a_cascade_before_a_replayed_cache_is_the_mean_over_every_outcome() {
    const REPLAY: &str = "[prompt_caching]\npolicy = \"replay\"\n";
    for times in [[0, 60_000, 120_000], [0, 250_000, 500_000], [0, 400_000, 450_000]] {
        let mut log = anchored();
        for time in times {
            log.push([SONNET, "chat", ""], &at(time, 5_000, 200));
        }
        let found = log.run(&format!("{}{REPLAY}", cascade("0.5")));
        let mut sum = Usd::ZERO;
        for outcome in 0..1 << times.len() {
            let mut log = anchored();
            for (place, time) in times.into_iter().enumerate() {
                log.push([HAIKU, "chat", ""], &at(time, 5_000, 200));
                if outcome & (1 << place) != 0 {
                    log.push([SONNET, "chat", ""], &at(time, 5_000, 200));
                }
            }
            sum += log.run(REPLAY).projected;
        }
        let mean = Usd::from_atto(sum.atto() / (1 << times.len()));
        assert_eq!(found.projected, mean, "{times:?}");
    }
}

/// Two conversations: one begins with a short answer, the other with a long one.
fn conversations() -> Log {
    let mut log = Log::new();
    for (place, (conversation, output)) in
        (0_i64..).zip([("a", 100), ("b", 1_000), ("a", 1_000), ("b", 100), ("b", 100)])
    {
        log.push([SONNET, "chat", conversation], &at(place * 1_000, 1_000, output));
    }
    log
}

fn moved(log: &Log, more: &str) -> (u64, Outcome) {
    let plan = format!("[model_tiering]\nto = \"{HAIKU}\"\n{more}");
    let outcome = log.run(&plan);
    (outcome.techniques[0].calls_touched, outcome)
}

#[test]
fn a_conversation_goes_one_way() {
    let short = "where = \"output_tokens <= 150\"\n";
    let (calls, _) = moved(&conversations(), short);
    assert_eq!(calls, 3);
    let (calls, outcome) = moved(&conversations(), &format!("{short}per = \"session\""));
    assert_eq!(calls, 2, "the conversation that begins with a short answer");
    assumes(&outcome, "whole conversations go where their first call goes");
    let (calls, _) = moved(&conversations(), &format!("{short}per = \"majority\""));
    assert_eq!(calls, 5, "both have as many short answers as long ones, or more");
}

#[test]
fn a_share_of_conversations_moves_whole() {
    let mut log = Log::new();
    for place in 0..40_i64 {
        let name = format!("c{}", place % 10);
        log.push([SONNET, "chat", &name], &at(place * 1_000, 1_000, 200));
    }
    let (calls, outcome) = moved(&log, "share = \"0.3\"\nper = \"session\"");
    assert_eq!(calls, 12, "three of ten conversations with four calls each");
    // 28 x 0.6 + 12 x 0.2 cents.
    check(&outcome, "0.24", "0.192");
}

#[test]
fn a_model_alone_takes_half_of_the_plainly_simple_calls() {
    let mut log = Log::new();
    for (place, (conversation, input, output)) in (0_i64..).zip([
        ("a", 1_000, 100),
        ("b", 1_000, 100),
        ("", 1_000, 100),
        ("c", 1_000, 100),
        ("a", 1_000, 100),
        ("d", 4_001, 100),
        ("e", 1_000, 151),
    ]) {
        log.push([SONNET, "chat", conversation], &at(place * 1_000, input, output));
    }
    let mut tool = at(9_000, 1_000, 100);
    tool.finish_reason = crate::usage::FinishReason::ToolUse;
    log.push([SONNET, "chat", "f"], &tool);
    let (calls, outcome) = moved(&log, "");
    assert_eq!(calls, 4);
    // Half of four calls at 0.45 cents each, which cost a third on Haiku.
    assert_eq!((outcome.baseline - outcome.projected).to_string(), "0.006");
    assumes(&outcome, "no rule was given: calls without tools");
    assumes(&outcome, "2 of 4 stay");
    assumes(&outcome, "gone when 66.7 % of the moved calls");
    let (_, all) = moved(&log, "max_share = 1");
    assert_eq!((all.baseline - all.projected).to_string(), "0.012");
}

#[test]
fn a_rule_is_not_limited_unless_it_says_so() {
    let log = Log::new().with(100, [SONNET, "tag", ""], &call(1_000, 100));
    let plan = format!("[[model_tiering.rule]]\nto = \"{HAIKU}\"\ncall_types = [\"tag\"]");
    check(&log.run(&plan), "0.45", "0.15");
}

#[test]
fn calls_that_cost_more_where_they_go_are_told_and_not_hidden() {
    let outcome = equal_calls(
        HAIKU,
        10,
        &call(1_000, 200),
        &format!("[model_tiering]\nshare = 1\nto = \"{SONNET}\""),
    );
    warns(&outcome, "10 calls of claude-haiku-4-5 cost more on claude-sonnet-4-6");
    assumes(&outcome, "there is no saving to lose");
}
