//! Logs that nobody here wrote: totals by plain addition, costs as their owners logged them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::support::{atto, json, parse, project, shared};

/// Their names for what we call otherwise.
const MAP: &str = "time=ts,conversation=session,input_tokens=uncached,cache_write_5m_tokens=w5,\
                   cache_write_1h_tokens=w1h,cache_read_tokens=read,output_tokens=out,\
                   cost_usd=cost_logged,request_id=id";

fn records(path: &Path) -> Vec<Value> {
    let file = File::open(path).expect("opens");
    let reader: Box<dyn Read> = if path.extension().is_some_and(|ending| ending == "gz") {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let lines = BufReader::new(reader).lines().map(|line| line.expect("reads"));
    lines.map(|line| serde_json::from_str(&line).expect("JSON")).collect()
}

#[test]
fn totals_of_real_calls_are_those_of_plain_addition() {
    let Some(folder) = shared("traces/calls") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("reads").path())
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{files:?}");
    for path in files {
        let records = records(&path);
        let name = path.to_str().expect("text");
        let report = json(project(), &["analyze", name, "--map", MAP, "--quiet"]);
        let tokens = &report["totals"]["tokens"];
        for (ours, theirs) in [
            ("input", "uncached"),
            ("cache_read", "read"),
            ("cache_write_5m", "w5"),
            ("cache_write_1h", "w1h"),
            ("output", "out"),
        ] {
            let sum: u64 = records.iter().map(|record| record[theirs].as_u64().unwrap_or(0)).sum();
            assert_eq!(tokens[ours].as_u64(), Some(sum), "{ours} of {name}");
        }
        assert_eq!(report["totals"]["calls"].as_u64(), Some(records.len() as u64), "{name}");
    }
}

/// Their agent logs the list price of every call.
#[test]
fn pi_sessions_cost_what_they_logged_call_by_call() {
    for file in ["pi__before-compaction", "pi__compact", "pi__large-session"] {
        let Some(path) = shared(&format!("traces/calls/{file}.jsonl")) else { return };
        let mut logged: BTreeMap<String, i128> = BTreeMap::new();
        for record in records(&path) {
            let id = record["id"].as_str().expect("an id").to_owned();
            *logged.entry(id).or_default() += parse(&record["cost_logged"].to_string());
        }
        let name = path.to_str().expect("text");
        let by = ["analyze", name, "--map", MAP, "--by", "request_id", "--top", "0", "--quiet"];
        let report = json(project(), &[&by[..], &["--cost-mode", "calculate"]].concat());
        let groups = report["groups"].as_array().expect("a list");
        assert_eq!(groups.len(), logged.len());
        for group in groups {
            let id = group["key"]["request_id"].as_str().expect("an id");
            let difference = (atto(&group["cost_usd"]) - logged[id]).abs();
            assert!(difference < 1_000_000_000_000, "{id} of {file}: {difference}");
        }
    }
}

/// Expected totals as the reference gives them for its samples.
#[test]
fn claude_code_sessions_count_each_response_once() {
    let Some(folder) = shared("samples/claude-code") else { return };
    let check = |names: &[&str], calls: u64, tokens: [u64; 4]| {
        let paths: Vec<_> =
            names.iter().map(|name| folder.join(name).to_str().expect("text").to_owned()).collect();
        let mut arguments = vec!["analyze"];
        arguments.extend(paths.iter().map(String::as_str));
        let report = json(project(), &arguments);
        let totals = &report["totals"];
        let classes = ["input", "cache_write_5m", "cache_read", "output"];
        let found = classes.map(|class| totals["tokens"][class].as_u64().expect("a count"));
        assert_eq!((totals["calls"].as_u64(), found), (Some(calls), tokens), "{names:?}");
    };
    let (a, b) = ("resumed_copy_a_v2.0.2x_stripped.jsonl", "resumed_copy_b_v2.0.2x_stripped.jsonl");
    let streamed = "session_v2.0.76_streaming_duplicates.jsonl";
    check(&[streamed], 27, [220, 69_732, 1_723_157, 25_761]);
    check(&[a], 13, [26, 114_283, 358_924, 712]);
    check(&[b], 9, [16, 43_626, 256_416, 714]);
    check(&[a, b], 14, [28, 118_905, 358_924, 879]);
    check(&["toktrack_claude_sample.jsonl"], 3, [750, 10, 20, 325]);
    check(&["ccusage_chat_alpha.jsonl"], 3, [600, 75, 70, 250]);
}
