//! Attempts that no id links, and what they are expected to be.

use crate::pricing::PriceBook;
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::{Call, Calls, Dimensions, Instant, Status, Symbol};

use super::super::facts::Facts;
use super::attempts::{Attempts, Avoidable, Policy};
use super::expected_attempts;

const POLICY: Policy = Policy { max_attempts: 5, max_wait: 30_000, window: 90_000, statuses: None };

const COLUMNS: [&str; 5] = ["conversation", "api_key", "prompt_hash", "error_code", "retry_after"];

fn call(status: Status, second: i64, input: u64) -> Call {
    let time = Instant::from_millis(1_780_272_000_000 + second * 1_000);
    let mut call = Call { time, status, ..Call::default() };
    call.tokens[TokenClass::Input] = Tokens::new(input);
    call
}

/// How many calls are linked, and why which of them are avoidable.
fn follow(calls: &[(Call, &[(&str, &str)])]) -> (u64, Vec<(usize, Avoidable)>) {
    let mut log = Calls::new(Dimensions::new(COLUMNS));
    for (call, names) in calls {
        let mut symbols = vec![Symbol::EMPTY; log.dimensions.len()];
        for (name, value) in *names {
            let place = log.dimensions.position(name).expect("a column");
            symbols[place] = log.dimensions[place].intern(value);
        }
        log.push(call, &symbols);
    }
    let book = PriceBook::embedded();
    let found = Attempts::follow(&Facts::new(&log, &book), &POLICY);
    assert_eq!(found.linked, found.inferred, "no id links anything here");
    (found.linked, found.avoidable)
}

const PROMPT: &[(&str, &str)] = &[("api_key", "a"), ("prompt_hash", "1f")];
const TURN: &[(&str, &str)] = &[("conversation", "c")];

#[test]
fn the_same_prompt_soon_after_a_failure_is_another_attempt() {
    let failed = call(Status::Error(400), 0, 0);
    let again = |second| call(Status::Error(400), second, 0);
    let stays = vec![(1, Avoidable::NotRetryable)];
    assert_eq!(follow(&[(failed, PROMPT), (again(90), PROMPT)]), (1, stays));
    assert_eq!(follow(&[(failed, PROMPT), (again(91), PROMPT)]), (0, Vec::new()));
    let other_key: &[_] = &[("api_key", "b"), ("prompt_hash", "1f")];
    assert_eq!(follow(&[(failed, PROMPT), (again(5), other_key)]), (0, Vec::new()));
}

#[test]
fn the_same_prompt_within_a_minute_of_its_answer_is_a_double_submit() {
    let answered = call(Status::Ok, 0, 500);
    let again = |second| call(Status::Ok, second, 500);
    let repeated = vec![(1, Avoidable::Repeated)];
    assert_eq!(follow(&[(answered, PROMPT), (again(60), PROMPT)]), (1, repeated));
    assert_eq!(follow(&[(answered, PROMPT), (again(61), PROMPT)]), (0, Vec::new()));
}

#[test]
fn the_same_input_of_a_conversation_is_an_attempt_only_after_a_failure() {
    let failed = call(Status::Error(500), 0, 700);
    assert_eq!(follow(&[(failed, TURN), (call(Status::Ok, 9, 700), TURN)]), (1, Vec::new()));
    assert_eq!(follow(&[(failed, TURN), (call(Status::Ok, 9, 701), TURN)]), (0, Vec::new()));
    let answered = call(Status::Ok, 0, 700);
    assert_eq!(follow(&[(answered, TURN), (call(Status::Ok, 9, 700), TURN)]), (0, Vec::new()));
    // Calls that log no input say nothing.
    let silent = call(Status::Error(500), 0, 0);
    assert_eq!(follow(&[(silent, TURN), (call(Status::Ok, 9, 0), TURN)]), (0, Vec::new()));
}

#[test]
fn a_call_that_is_numbered_as_the_first_repeats_nothing() {
    let failed = call(Status::Error(400), 0, 0);
    let first = Call { attempt: 1, ..call(Status::Ok, 5, 0) };
    assert_eq!(follow(&[(failed, PROMPT), (first, PROMPT)]), (0, Vec::new()));
}

#[test]
fn a_used_up_quota_and_a_named_wait_are_read_from_the_log() {
    let busy = call(Status::Error(429), 0, 0);
    let quota: &[_] = &[("prompt_hash", "1f"), ("error_code", "insufficient_quota")];
    let again = call(Status::Error(429), 5, 0);
    assert_eq!(follow(&[(busy, quota), (again, quota)]).1, [(1, Avoidable::OutOfQuota)]);
    let wait: &[_] = &[("prompt_hash", "1f"), ("retry_after", "5.5")];
    assert_eq!(follow(&[(busy, wait), (again, wait)]).1, [(1, Avoidable::TooEarly)]);
    let in_time = call(Status::Error(429), 6, 0);
    assert_eq!(follow(&[(busy, wait), (in_time, wait)]).1, []);
}

#[test]
fn half_of_calls_failing_doubles_the_attempts() {
    let check = |rate: &str, expected: u64| {
        let attempts = expected_attempts(Rate::parse(rate).expect("a rate"), 5);
        let millionths = attempts.map(Factor::parts).map(|parts| (parts + 500) / 1_000);
        assert_eq!(millionths, Some(expected), "{rate}");
    };
    check("0", 1_000_000);
    check("0.518790064", 2_000_000);
    check("0.741270911", 3_000_000);
    check("1", 5_000_000);
}
