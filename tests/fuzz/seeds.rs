//! What the fuzzers begin with: the beginnings of fixtures, which are changed more often where they are
//! short.

use std::fs;
use std::path::{Path, PathBuf};

use llmcost::gate::Unit;

use super::targets::baseline::saved;

/// So much of a file.
const START: usize = 3_000;

const PLAN: &str = include_str!("../../src/simulation/example_plan.toml");

/// The files of the project below a folder, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn start_of(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).expect("a fixture");
    // A table or a database is none without its end.
    let is_text = std::str::from_utf8(&bytes[..bytes.len().min(200)]).is_ok();
    if is_text || bytes.len() > 10 * START {
        bytes.truncate(START);
    }
    bytes
}

/// Logs of every format.
pub(crate) fn logs() -> Vec<Vec<u8>> {
    let folders = ["fixtures/formats", "fixtures/parquet", "fixtures/guess", "fixtures/library"];
    let is_log = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        path.file_name().is_none_or(|name| name != "expected.json") && ending != "py"
    };
    let mut logs: Vec<_> = folders
        .iter()
        .flat_map(|folder| files(folder))
        .filter(is_log)
        .map(|path| start_of(&path))
        .collect();
    logs.push(include_bytes!("targets/plan_log.jsonl").to_vec());
    logs
}

/// Logs behind a line that maps them.
pub(crate) fn mappings() -> Vec<Vec<u8>> {
    let lines = [
        "model=Modell,input_tokens=ein,cache_read_tokens=davon,output_tokens=aus",
        "model=model,input_tokens=usage.prompt_tokens,output_tokens=usage.completion_tokens,time=created",
        "team=metadata.team,time=ts,cost_usd=cost,input_tokens=tokens_in",
    ];
    let logs = logs();
    let named = logs.iter().enumerate().map(|(place, log)| {
        [lines[place % lines.len()].as_bytes(), b"\n", log.as_slice()].concat()
    });
    let own = b"model=Modell,input_tokens=ein,output_tokens=aus\nModell,ein,aus,davon\ngpt-4o,1000,10,400\n";
    named.chain([own.to_vec()]).collect()
}

/// Price tables, and collections of prices.
pub(crate) fn price_tables() -> Vec<Vec<u8>> {
    let own = ["fixtures/prices", "fixtures/gate/prices"];
    let mut tables: Vec<_> =
        own.iter().flat_map(|folder| files(folder)).map(|path| whole(&path)).collect();
    // Of a table of the program, a few models: cut where one begins.
    for path in files("pricing") {
        let text = String::from_utf8(whole(&path)).expect("text");
        let end = text.match_indices("\n[[").map(|(at, _)| at).take_while(|at| *at < 4_000).last();
        tables.push(text.as_bytes()[..end.unwrap_or(text.len())].to_vec());
    }
    tables
}

fn whole(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file of the project")
}

/// The example, and each technique of it alone.
pub(crate) fn plans() -> Vec<Vec<u8>> {
    let mut plans = vec![PLAN.as_bytes().to_vec()];
    // What is a comment there is a setting here.
    let uncommented: Vec<&str> = PLAN.lines().map(|line| line.trim_start_matches("# ")).collect();
    let mut part = String::new();
    for line in uncommented {
        if line.starts_with('[') && !part.is_empty() {
            plans.push(std::mem::take(&mut part).into_bytes());
        }
        let is_code = line.starts_with('[') || line.contains(" = ");
        if is_code {
            part.push_str(line);
            part.push('\n');
        }
    }
    plans.push(part.into_bytes());
    plans
}

/// Baselines of a small log.
pub(crate) fn baselines() -> Vec<Vec<u8>> {
    let measures: [(Unit, &[&str]); 3] =
        [(Unit::Call, &[]), (Unit::Call, &["model"]), (Unit::Session, &["call_type"])];
    measures.map(|(unit, group_by)| saved(unit, group_by).into_bytes()).to_vec()
}

/// Numbers, times and conditions.
pub(crate) fn texts() -> Vec<Vec<u8>> {
    [
        "0.000003",
        "-12.5",
        "3e-05",
        "1.25E+2",
        "95%",
        "123456789012345678901234567890",
        "0.1",
        "2026-10-05T09:00:00Z",
        "2026-10-25T02:30:00.123456789+02:00",
        "2026-10-05 09:00:00",
        "2026-10-05",
        "1780272000",
        "1780272000000",
        "1780272000.123",
        "Oct 5, 2026, 9:00:00 AM",
        "call_type = 'chat' AND input_tokens > 4000",
        "model LIKE 'claude%' OR team IN ('a', 'b')",
        "NOT (output_tokens BETWEEN 1 AND 10) AND conversation IS NULL",
        "CASE WHEN input_tokens > 10 THEN 1 ELSE 0 END = 1",
        "hour >= 9 AND day < '2026-11-01'",
        "input_tokens * 2 - output_tokens / 3 > 5.5",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
