//! Small logs with figures worked out by hand.

use super::*;
use crate::simulation::samples::{HAIKU, Log, SONNET, call, texts};
use crate::usage::{Instant, column};

fn at(second: i64, input: u64, output: u64) -> Call {
    let time = Instant::from_millis(1_780_272_000_000 + second * 1_000);
    Call { time, ..call(input, output) }
}

fn run(log: &Log, withheld: Withheld) -> Result<WithheldResult, WithheldError> {
    withhold(&log.0.sorted_by_time(), &PriceBook::embedded(), withheld)
}

fn figures(line: &WithheldLine) -> (u64, u64, Vec<String>) {
    (line.calls, line.affected, texts([line.billed, line.predicted, line.simplest]))
}

/// Calls for the large model, some answered by the small one.
fn asked_for_sonnet(served: &[&str]) -> Log {
    let mut log = Log::new();
    let requested = log.0.dimensions[column::REQUEST_MODEL].intern(SONNET);
    for (second, model) in (0..).zip(served) {
        let mut symbols = vec![crate::usage::Symbol::EMPTY; log.0.dimensions.len()];
        symbols[column::MODEL] = log.0.dimensions[column::MODEL].intern(model);
        symbols[column::REQUEST_MODEL] = requested;
        log.0.push(&at(second, 1_000_000, 0), &symbols);
    }
    log
}

/// A million tokens cost $3 on the large model and $1 on the small one. The first half has three
/// calls of the large and one of the small: $2.50 a call are expected.
#[test]
fn models_answer_as_often_as_they_did_before() {
    let served = [SONNET, SONNET, HAIKU, SONNET, HAIKU, SONNET, SONNET, HAIKU];
    let found = run(&asked_for_sonnet(&served), Withheld::ServedModel).expect("comparable");
    assert_eq!(found.learned_from, 4);
    assert_eq!(figures(&found.total), (4, 2, ["8", "10", "12"].map(str::to_owned).to_vec()));
    assert_eq!(found.lines.len(), 1);
    assert_eq!(found.lines[0].name, SONNET);
}

#[test]
fn a_log_that_names_no_requested_model_is_refused() {
    let log = Log::new().with(4, [SONNET, "", ""], &at(0, 10, 10));
    assert_eq!(run(&log, Withheld::ServedModel), Err(WithheldError::NoRequestModel));
}

/// Answers of 300 and 500 tokens reach a cap of 200 and go on for 100 and 300, 200 on average. In
/// the second half one answer stops before the cap, one goes on for 100: predicted are 200 more
/// tokens, at $15 for a million.
#[test]
fn answers_go_on_as_far_as_they_did_before() {
    let mut log = Log::new();
    for (second, output) in [(0, 300), (1, 500), (2, 100), (3, 50), (4, 100), (5, 300)] {
        log.push([SONNET, "chat", ""], &at(second, 0, output));
    }
    let found = run(&log, Withheld::OutputBeyond(Tokens::new(200))).expect("comparable");
    let expected = ["0.00675", "0.00825", "0.00525"].map(str::to_owned).to_vec();
    assert_eq!(figures(&found.total), (3, 1, expected));
}

#[test]
fn what_another_call_type_teaches_is_used_where_nothing_closer_is_known() {
    let mut log = Log::new();
    for (second, call_type, output) in
        [(0, "chat", 500), (1, "chat", 10), (2, "report", 10), (3, "report", 300)]
    {
        log.push([SONNET, call_type, ""], &at(second, 0, output));
    }
    let found = run(&log, Withheld::OutputBeyond(Tokens::new(200))).expect("comparable");
    // 10 tokens, and 200 + 300 predicted where 300 were billed.
    let expected = ["0.00465", "0.00765", "0.00315"].map(str::to_owned).to_vec();
    assert_eq!(figures(&found.total), (2, 1, expected));
}

#[test]
fn the_second_half_teaches_nothing() {
    let served = [SONNET, SONNET, HAIKU, HAIKU];
    let found = run(&asked_for_sonnet(&served), Withheld::ServedModel).expect("comparable");
    assert_eq!(figures(&found.total).2, ["2", "6", "6"]);
}

#[test]
fn calls_without_a_time_are_left_out_and_counted() {
    let mut log = Log::new().with(2, [SONNET, "", ""], &at(0, 10, 10));
    log.push([SONNET, "", ""], &Call { calls: 1, ..call(10, 10) });
    log.push(["no-such-model", "", ""], &at(9, 10, 10));
    let found = run(&log, Withheld::OutputBeyond(Tokens::new(5))).expect("comparable");
    assert_eq!((found.learned_from, found.total.calls, found.left_out), (1, 1, 2));
}
