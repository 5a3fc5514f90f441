//! Logs that fit no format: what is proposed works as it is pasted, and is kept under a name.

use serde_json::{Value, json};

use super::support::{Run, folder_with, json, project, run, run_with_input};

const GATEWAY: &str = include_str!("../../fixtures/guess/gateway.jsonl");
const OFFICE: &str = include_str!("../../fixtures/guess/abrechnung.csv");

/// The words of a line as a shell would have them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().expect("never empty").push(other),
        }
    }
    words
}

/// The command line and the block that a guess proposes.
fn proposed(guess: &Run) -> (Vec<String>, String) {
    assert_eq!(guess.code, Some(0), "{}", guess.stderr);
    let line = guess.stdout.lines().find(|line| line.starts_with("llmcost analyze "));
    let block = guess.stdout.find("[[source]]").expect("a block");
    (words(line.expect("a command")), guess.stdout[block..].to_owned())
}

/// Calls, tokens by class, and the logged cost, by whatever way the file is read.
fn totals(report: &Value) -> Value {
    let tokens = &report["totals"]["tokens"];
    let of = |class: &str| tokens[class].clone();
    json!({
        "calls": report["totals"]["calls"],
        "input": of("input"),
        "cache_read": of("cache_read"),
        "output": of("output"),
        "reasoning": of("reasoning"),
        "skipped": report["input"]["skipped"],
    })
}

fn check(name: &str, log: &str, expected: &Value) {
    let folder = folder_with(name, log);
    let root = folder.path();
    let guess = run(root, &["formats", "guess", name]);
    let (command, block) = proposed(&guess);
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    assert_eq!(&totals(&json(root, &arguments)), expected, "{command:?}");
    std::fs::write(root.join("llmcost.toml"), &block).expect("writes");
    let report = json(root, &["analyze", name]);
    assert_eq!(&totals(&report), expected, "{block}");
    let saved = name.split('.').next().expect("a stem");
    assert_eq!(report["input"]["by_file"][0]["format"], saved);
    // Now it fits.
    let again = run(root, &["formats", "guess", name]);
    assert!(again.stdout.contains(&format!("read as `{saved}`")), "{}", again.stdout);
}

#[test]
fn what_is_proposed_gives_the_totals_worked_out_by_hand() {
    // tokIn 1200 + 900 + 2400 + 60 with 1800 of it cached; tokOut 310 + 120 + 500 + 45.
    let gateway = json!({
        "calls": 4, "input": 2760, "cache_read": 1800, "output": 975, "reasoning": 90, "skipped": 0
    });
    check("gateway.jsonl", GATEWAY, &gateway);
    check("gateway.jsonl", &format!("[{}]", GATEWAY.trim_end().replace('\n', ",")), &gateway);
    // 1.204 + 950 + 12.500 + 300, and 88 + 120 + 1.040 + 75.
    let office = json!({
        "calls": 4, "input": 14954, "cache_read": 0, "output": 1323, "reasoning": 0, "skipped": 0
    });
    check("abrechnung.csv", OFFICE, &office);
}

#[test]
fn costs_and_times_are_read_in_their_units() {
    let folder = folder_with("gateway.jsonl", GATEWAY);
    let guess = run(folder.path(), &["formats", "guess", "gateway.jsonl"]);
    let (command, _) = proposed(&guess);
    let mut arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    arguments.extend(["--cost-mode", "logged", "--by", "day"]);
    let report = json(folder.path(), &arguments);
    // 1020 + 465 + 9100 + 855 millionths.
    assert_eq!(report["totals"]["cost_usd"], "0.01144");
    assert_eq!(report["groups"][0]["key"]["day"], "2026-10-03");
}

#[test]
fn compressed_logs_and_pipes_are_guessed_as_well() {
    let packed = gzip(GATEWAY.as_bytes());
    let folder = folder_with("gateway.jsonl.gz", packed);
    let guess = run(folder.path(), &["formats", "guess", "gateway.jsonl.gz"]);
    assert_eq!(proposed(&guess).0[2], "gateway.jsonl.gz");
    let piped = run_with_input(folder.path(), &["formats", "guess", "-"], GATEWAY.as_bytes());
    assert_eq!(piped.code, Some(0), "{}", piped.stderr);
    let piped = run_with_input(folder.path(), &["analyze", "-"], GATEWAY.as_bytes());
    assert_eq!(piped.code, Some(3));
    assert!(piped.stderr.contains("input_tokens=consumption.tokIn"), "{}", piped.stderr);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).expect("encodes");
    encoder.finish().expect("encodes")
}

#[test]
fn a_log_that_fits_nothing_gets_the_proposal_and_code_3() {
    let folder = folder_with("gateway.jsonl", GATEWAY);
    let failed = run(folder.path(), &["analyze", "gateway.jsonl"]);
    assert_eq!(failed.code, Some(3));
    assert!(failed.stderr.contains("--map time=meta.sentAt"), "{}", failed.stderr);
    assert!(failed.stderr.contains("`llmcost formats guess gateway.jsonl`"), "{}", failed.stderr);
    let words = project().join("fixtures/guess/words.csv");
    let nothing = run(folder.path(), &["formats", "guess", words.to_str().expect("text")]);
    assert_eq!(nothing.code, Some(3));
    assert!(nothing.stdout.contains("no column looks like input_tokens"), "{}", nothing.stdout);
    let known = project().join("fixtures/formats/homemade/usage.csv");
    let known = run(folder.path(), &["formats", "guess", known.to_str().expect("text")]);
    assert_eq!(known.code, Some(0));
    assert!(known.stdout.contains("read as `llmcost`"), "{}", known.stdout);
}

#[test]
fn no_prompt_is_printed() {
    for arguments in [&["formats", "guess", "g.jsonl"][..], &["analyze", "g.jsonl"]] {
        for form in [&[][..], &["--format", "json"], &["--format", "csv"]] {
            let folder = folder_with("g.jsonl", GATEWAY);
            let run = run(folder.path(), &[arguments, form].concat());
            let shown = run.stdout + &run.stderr;
            assert!(!shown.contains("lamp") && !shown.contains("manual"), "{shown}");
        }
    }
}

const MAP: &str = "map = { model = \"llm.name\", input_tokens = \"consumption.tokIn\", \
                   output_tokens = \"consumption.tokOut\" }\n";

fn with_config(config: &str) -> tempfile::TempDir {
    let folder = folder_with("gateway.jsonl", GATEWAY);
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    folder
}

#[test]
fn a_saved_source_has_constants_columns_and_a_name() {
    let more = "constants = { provider = \"acme\", product = \"desk\" }\n\
                columns = { team = \"meta.team\" }\n";
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{MAP}{more}"));
    let report =
        json(folder.path(), &["analyze", "gateway.jsonl", "--by", "provider,product,team"]);
    assert_eq!(
        report["groups"][0]["key"],
        json!({ "provider": "acme", "product": "desk", "team": "chat" })
    );
    assert_eq!(report["groups"].as_array().map(Vec::len), Some(2));
    // By name it reads what it would not take by itself.
    let other = "match = { files = \"other-*\" }\n";
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{MAP}{other}"));
    assert_eq!(run(folder.path(), &["analyze", "gateway.jsonl"]).code, Some(3));
    let report = json(folder.path(), &["analyze", "gateway.jsonl", "--source-format", "gw"]);
    assert_eq!(report["input"]["by_file"][0]["format"], "gw");
    assert_eq!(report["totals"]["calls"], 4);
}

#[test]
fn a_saved_source_goes_before_the_formats() {
    let log =
        "{\"model\":\"gpt-5-mini\",\"input_tokens\":5,\"output_tokens\":7,\"billed_in\":90}\n";
    let folder = folder_with("calls.jsonl", log);
    let map = "map = { model = \"model\", input_tokens = \"billed_in\", output_tokens = \
               \"output_tokens\" }\n";
    let config = format!("[[source]]\nname = \"billed\"\n{map}");
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    let report = json(folder.path(), &["analyze", "calls.jsonl"]);
    assert_eq!(report["totals"]["tokens"]["input"], 90);
    let own = json(folder.path(), &["analyze", "calls.jsonl", "--source-format", "llmcost"]);
    assert_eq!(own["totals"]["tokens"]["input"], 5);
}

#[test]
fn every_slip_in_a_saved_source_is_told() {
    let named = |rest: &str| format!("[[source]]\nname = \"gw\"\n{rest}");
    for (config, parts) in [
        (named(&MAP.replace("input_tokens", "inputtokens")), ["`inputtokens`", "`input_tokens`?"]),
        (named(&MAP.replace("model =", "cost_unit =")), ["`cost_unit`", "beside map"]),
        (named("map = { model = \"m\" }\n"), ["no `input_tokens`", "input_tokens = 0"]),
        (
            named("map = { input_tokens = \"i\", output_tokens = \"o\" }\n"),
            ["no `model`", "model = "],
        ),
        (named(&format!("{MAP}maps = 1\n")), ["maps", "unknown field"]),
        (named(&format!("{MAP}match = {{ file = \"x\" }}\n")), ["file", "unknown field"]),
        (named(&format!("{MAP}match = {{ files = \"a[\" }}\n")), ["a[", "pattern"]),
        (named(&format!("{MAP}cost_unit = \"euros\"\n")), ["cost_unit is usd or cents", "euros"]),
        (named(&format!("{MAP}input_includes_cache = \"yes\"\n")), ["true or false", "yes"]),
        (named(&format!("{MAP}constants = {{ model = \"x\" }}\n")), ["`model`", "both"]),
        (named(&format!("{MAP}constants = {{ time = \"x\" }}\n")), ["`time`", "same for all"]),
        (named(&format!("{MAP}columns = {{ time = \"x\" }}\n")), ["`time`", "under map"]),
        (named(&format!("{MAP}[[source]]\nname = \"gw\"\n{MAP}")), ["gw", "two of this name"]),
        (format!("[[source]]\nname = \"gemini\"\n{MAP}"), ["gemini", "name of a format"]),
        (format!("[[source]]\nname = \" \"\n{MAP}"), ["[[source]]", "empty name"]),
        (format!("[[source]]\n{MAP}"), ["name", "missing field"]),
    ] {
        let run = run(with_config(&config).path(), &["analyze", "gateway.jsonl"]);
        assert_eq!(run.code, Some(2), "{config}\n{}", run.stderr);
        for part in parts {
            assert!(run.stderr.contains(part), "{part}\n{config}\n{}", run.stderr);
        }
    }
}

#[test]
fn a_source_that_is_not_there_is_told() {
    let folder = with_config(&format!("[[source]]\nname = \"gateway\"\n{MAP}"));
    let arguments = ["analyze", "gateway.jsonl", "--source-format", "gatewya"];
    let run = run(folder.path(), &arguments);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("`gateway`"), "{}", run.stderr);
}
