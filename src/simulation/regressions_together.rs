//! What went wrong once where techniques meet, each under the name of what was wrong.

use crate::usage::{Call, Instant, Status};

use super::Outcome;
use super::samples::{Log, SONNET, call};

/// Turn `number` of a conversation, a minute after the one before.
fn turn(number: i64, input: u64, output: u64) -> Call {
    let time = Instant::from_millis(1_790_000_000_000 + number * 60_000);
    Call { time, ..call(input, output) }
}

/// Ten turns that grow by 600 tokens, 400 of them the answer before.
fn talk(plan: &str) -> Outcome {
    let mut log = Log::new();
    for (number, input) in (0..10).zip((2_000..).step_by(600)) {
        log.push([SONNET, "", "talk"], &turn(number, input, 400));
    }
    log.run(plan)
}

/// A window of one turn sends 2,000, 2,600 and then 2,800 tokens. The answers that it left out
/// cannot get shorter once more: half of each answer saves its own $0.003 and no more.
#[test]
fn answers_that_a_window_left_out_are_not_taken_off_again() {
    let window = "[context_trimming]\nturns = 1\nredo_rate = 0\n";
    let alone = talk(window).projected;
    let both = talk(&format!("{window}[concise_output]\nrate = \"0.5\"")).projected;
    // 2,000 output tokens, at $15 a million; the second prompt is whole and holds 200 tokens less
    // of the first answer, at $3.
    let expected: i128 = 30_000_000_000_000_000 + 600_000_000_000_000;
    assert_eq!((alone - both).atto(), expected);
}

/// Six calls of $0.0045, of which three failed: those cost the same in a batch, the others half.
#[test]
fn a_failed_call_that_was_charged_is_not_free_in_a_batch() {
    let mut log = Log::new();
    for number in 0..6 {
        let status = if number < 3 { Status::Error(500) } else { Status::Ok };
        log.push([SONNET, "", ""], &Call { status, ..turn(number, 1_000, 100) });
    }
    let found = log.run("[batch]\nshare = 1");
    assert_eq!(found.baseline.to_string(), "0.027");
    assert_eq!(found.projected.to_string(), "0.02025");
}

/// Answers of 100 to 1,000 tokens become 70 to 700, and a cap of 300 leaves 2,500 tokens of them.
#[test]
fn a_cap_cuts_answers_that_are_concise_already() {
    let mut log = Log::new();
    for (number, output) in (0..10).zip((100..).step_by(100)) {
        log.push([SONNET, "", ""], &turn(number, 0, output));
    }
    let found = log.run("[output_cap]\ntokens = 300\n[concise_output]\nrate = \"0.3\"");
    // 70, 140, 210, 280 and six times 300.
    assert_eq!(found.projected.to_string(), "0.0375");
}

/// Neither "exact" nor a saving of nothing.
#[test]
fn rules_that_no_call_matches_are_refused() {
    let rules = "[[model_tiering.rule]]\nwhere = \"call_type = 'none'\"\nto = \"claude-haiku-4-5\"";
    let found = talk(rules);
    assert_eq!(found.techniques[0].evidence.name(), "refused");
}
