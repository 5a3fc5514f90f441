//! Logs that do not fit into memory are refused with what to do about it.

use super::support::{Run, finish, llmcost, project};

fn with_memory(size: &str, arguments: &[&str]) -> Run {
    finish(llmcost(project()).args(arguments).env("LLMCOST_MEMORY", size))
}

#[test]
fn a_log_that_does_not_fit_is_refused_before_memory_is_gone() {
    for arguments in [
        &["simulate", "fixtures/usage.jsonl", "--cache-hit", "0.9"][..],
        &["backtest", "fixtures/usage.jsonl"],
        &["check", "fixtures/usage.jsonl", "--max-cost", "1"],
    ] {
        let run = with_memory("10K", arguments);
        assert_eq!(run.code, Some(3), "{arguments:?}: {}", run.stderr);
        for part in ["calls: ", "1 MiB are free", "--since", "llmcost rollup", "LLMCOST_MEMORY"] {
            assert!(run.stderr.contains(part), "{arguments:?}: {part}: {}", run.stderr);
        }
    }
}

#[test]
fn sums_of_a_log_need_no_room_for_its_calls() {
    let run = with_memory("10K", &["analyze", "fixtures/usage.jsonl"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn what_is_no_size_is_refused() {
    let run = with_memory("much", &["simulate", "fixtures/usage.jsonl", "--cache-hit", "0.9"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("LLMCOST_MEMORY: `much` is no size"), "{}", run.stderr);
}

#[test]
fn enough_memory_changes_nothing() {
    let arguments = ["simulate", "fixtures/usage.jsonl", "--cache-hit", "0.9", "--json"];
    let run = with_memory("4G", &arguments);
    let usual = finish(llmcost(project()).args(arguments));
    assert_eq!((run.code, run.stdout), (usual.code, usual.stdout));
}
