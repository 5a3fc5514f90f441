//! No command opens a socket. `tests/network/run.sh` does the same for every command in every form.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::support::{folder_with, llmcost, project, skipped};

/// One form of most commands.
const COMMANDS: [&str; 12] = [
    "analyze fixtures/formats/llmcost/usage.jsonl --deep",
    "analyze fixtures/formats/llmcost/usage.jsonl --format html",
    "simulate fixtures/formats/llmcost/usage.jsonl --cache replay --semantic-cache=0.3",
    "check fixtures/formats/llmcost/usage.jsonl --max-cost 5",
    "estimate --model gpt-4o --calls-per-day 10 --input-tokens 9 --output-tokens 9",
    "backtest fixtures/formats/llmcost/usage.jsonl",
    "prices show gpt-4o",
    "convert fixtures/formats/llmcost/usage.jsonl --format jsonl",
    "rollup fixtures/formats/llmcost/usage.jsonl --format csv",
    "formats guess fixtures/formats/llmcost/usage.jsonl",
    "config show",
    "explain check",
];

/// What a run asked of the network, a call a line; nothing where it cannot be traced.
fn calls_of(folder: &Path, words: &[&str]) -> Option<String> {
    let kept = tempfile::tempdir().expect("a folder");
    let trace = kept.path().join("trace");
    let program = llmcost(folder).get_program().to_owned();
    let mut traced = Command::new("strace");
    traced.current_dir(folder).stdin(Stdio::null()).env("COLUMNS", "100");
    traced.args(["-f", "-e", "trace=network", "-o"]).arg(&trace).arg(program).args(words);
    traced.output().ok()?;
    let text = fs::read_to_string(trace).ok().filter(|text| text.contains("exited with"))?;
    let is_call = |line: &&str| !line.contains("+++") && !line.contains("---");
    Some(text.lines().filter(is_call).collect::<Vec<_>>().join("\n"))
}

#[test]
fn no_command_opens_a_socket_but_with_the_flag_that_says_so() {
    let log = "{\"time\":1790000000000,\"model\":\"gpt-4o\",\"input_tokens\":9,\"output_tokens\":1,\
               \"prompt\":\"hello there\"}\n";
    let folder = folder_with("usage.jsonl", log);
    let asked = "simulate usage.jsonl --semantic-cache --embed-endpoint http://127.0.0.1:9 \
                 --embed-model m";
    let words: Vec<&str> = asked.split_whitespace().collect();
    let Some(calls) = calls_of(folder.path(), &words) else {
        return skipped("strace is not installed, or may not trace here");
    };
    assert!(calls.contains("socket("), "a trace shows the one connection there is: {calls}");
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(calls_of(project(), &words).as_deref(), Some(""), "{command}");
    }
}
