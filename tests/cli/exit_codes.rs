//! Every exit code of the table once, and the streams that messages go to.

use super::support::{finish, folder_with, llmcost, run, run_with_input};

const CALL: &str =
    r#"{"model":"gpt-4o","time":"2026-10-01","input_tokens":1000,"output_tokens":10}"#;

fn check(contents: &str, arguments: &[&str], code: i32, message: &str) {
    let folder = folder_with("usage.jsonl", contents);
    let run = run(folder.path(), arguments);
    assert_eq!(run.code, Some(code), "{arguments:?}\n{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(message), "{arguments:?}\n{}", run.stderr);
}

#[test]
fn a_delivered_report_is_0() {
    check(CALL, &["analyze"], 0, "");
    check(CALL, &["simulate", "--discount", "0.1"], 0, "");
    check(CALL, &["plan", "--example"], 0, "");
    check(CALL, &["explain"], 0, "");
    check(CALL, &["--help"], 0, "");
    check(CALL, &["--version"], 0, "");
}

#[test]
fn a_reader_that_closes_the_pipe_has_seen_enough() {
    let folder = folder_with("usage.jsonl", CALL);
    let script = format!(
        "'{}' analyze --top 0 | true; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_llmcost")
    );
    let mut bash = std::process::Command::new("bash");
    let run = finish(bash.args(["-c", &script]).current_dir(folder.path()));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

/// Errors of a pipe came back as errors of the table that was written into it.
#[test]
fn a_reader_that_reads_one_line_has_seen_enough_of_every_format() {
    for arguments in [
        "analyze --format csv --by day,product,model",
        "analyze --by day,product,model --top 0",
        "analyze --json --by day,product,model",
        "simulate --discount 10% --format csv --by day,product,model",
        "convert --format jsonl",
        "convert --format csv",
        "convert --format parquet",
        "convert --format focus",
    ] {
        let script = format!(
            "'{}' {arguments} --demo -q | head -1 > /dev/null; exit ${{PIPESTATUS[0]}}",
            env!("CARGO_BIN_EXE_llmcost")
        );
        let mut bash = std::process::Command::new("bash");
        let run = finish(bash.args(["-c", &script]));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments}");
    }
}

#[test]
fn a_wrong_flag_plan_or_configuration_is_2() {
    check(CALL, &["analyse"], 2, "similar subcommand exists: 'analyze'");
    check(CALL, &["analyze", "--formt", "json"], 2, "--format");
    check(CALL, &["analyze", "--by", "modle"], 2, "did you mean `model`?");
    check(CALL, &["analyze", "--where", "modle = 'a'"], 2, "did you mean `model`?");
    check(CALL, &["analyze", "--where", "input_tokens >"], 2, "cannot use the expression");
    check(CALL, &["analyze", "--since", "yesterday"], 2, "write it as 2026-10-31");
    check(CALL, &["analyze", "--timezone", "Berlin"], 2, "Europe/Berlin");
    check(CALL, &["analyze", "--source-format", "openai-chta"], 2, "did you mean `openai-chat`?");
    check(CALL, &["analyze", "--map", "inptu_tokens=x"], 2, "did you mean `input_tokens`?");
    check(CALL, &["analyze", "-o", "report.xyz"], 2, "report.json, report.csv");
    check(CALL, &["simulate"], 2, "no technique to simulate");
    check(CALL, &["simulate", "--cache-hit", "95"], 2, "rate");
    check(CALL, &["simulate", "--tier", "0.5=claude-haiku-45"], 2, "claude-haiku-4-5");
    check(CALL, &["explain", "bacth"], 2, "did you mean `batch`?");
}

#[test]
fn a_typo_in_a_plan_names_file_line_and_what_was_meant() {
    let folder = folder_with("usage.jsonl", CALL);
    for (plan, parts) in [
        ("\n[bacth]\n", ["plan.toml:2", "did you mean `batch`?"]),
        ("[prompt_caching]\nhti = \"0.9\"\n", ["plan.toml:2", "did you mean `hit`?"]),
        ("[prompt_caching]\nhit = 0.9\n", ["plan.toml:2", "hit = \"0.9\""]),
    ] {
        std::fs::write(folder.path().join("plan.toml"), plan).expect("writes");
        let run = run(folder.path(), &["simulate", "--plan", "plan.toml"]);
        assert_eq!(run.code, Some(2), "{plan}");
        for part in parts {
            assert!(run.stderr.contains(part), "{plan}\n{}", run.stderr);
        }
    }
}

#[test]
fn nothing_readable_is_3() {
    check("", &["analyze"], 3, "no usable record");
    check("not json\n", &["analyze"], 3, "neither JSON nor a table");
    check(CALL, &["analyze", "missing.jsonl"], 3, "no such file or folder");
    check(CALL, &["analyze", "*.csv"], 3, "no file matches");
    let empty = tempfile::tempdir().expect("a folder");
    let run = run(empty.path(), &["analyze"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("--demo") && run.stderr.contains("usage.jsonl"), "{}", run.stderr);
}

#[test]
fn a_skipped_record_is_3_only_with_strict() {
    let contents = format!("{CALL}\n{{\"cut\n");
    check(&contents, &["analyze"], 0, "");
    check(&contents, &["analyze", "--strict"], 3, "invalid-json");
    check(CALL, &["analyze", "usage.jsonl", "missing.jsonl"], 0, "missing.jsonl");
    check(CALL, &["analyze", "usage.jsonl", "missing.jsonl", "--strict"], 3, "missing.jsonl");
}

#[test]
fn unpriced_usage_is_4_only_with_strict() {
    let contents = CALL.replace("gpt-4o", "claude-4-sonnet-20260515");
    check(&contents, &["analyze"], 0, "");
    check(&contents, &["analyze", "--strict"], 4, "has no price");
    check(&contents, &["simulate", "--discount", "0.1", "--strict"], 4, "has no price");
}

#[test]
fn an_invalid_price_table_is_4() {
    let folder = folder_with("usage.jsonl", CALL);
    std::fs::write(folder.path().join("prices.toml"), "nonsense = 1\n").expect("writes");
    let run = run(folder.path(), &["analyze", "--prices", "prices.toml"]);
    assert_eq!(run.code, Some(4));
    assert!(run.stderr.contains("prices.toml:1"), "{}", run.stderr);
}

#[test]
fn a_report_that_cannot_be_written_is_5() {
    check(CALL, &["analyze", "-o", "no/such/folder/report.json"], 5, "report.json");
}

#[test]
fn the_report_goes_to_stdout_and_nothing_else_does() {
    let folder = folder_with("usage.jsonl", CALL);
    let piped = run_with_input(folder.path(), &["analyze", "-", "--json"], CALL.as_bytes());
    assert_eq!((piped.code, piped.stderr.as_str()), (Some(0), ""));
    let named = run(folder.path(), &["analyze", "-", "--json"]);
    assert_eq!(named.code, Some(3), "standard input is empty");
    assert_eq!(named.stdout, "");
}

#[test]
fn the_ending_of_the_file_tells_the_format_and_flags_win_over_the_environment() {
    let folder = folder_with("usage.jsonl", CALL);
    let run = run(folder.path(), &["analyze", "-o", "report.json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report = std::fs::read_to_string(folder.path().join("report.json")).expect("written");
    assert!(report.starts_with('{'), "{report}");
    let mut command = llmcost(folder.path());
    let run = finish(command.args(["analyze", "--json"]).env("LLMCOST_FORMAT", "csv"));
    assert!(run.stdout.starts_with('{'), "{}", run.stdout);
    let mut command = llmcost(folder.path());
    let run =
        finish(command.arg("analyze").env("LLMCOST_FORMAT", "markdown").env("LLMCOST_STRICT", "1"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("| --"), "{}", run.stdout);
}

#[test]
fn the_sample_month_is_part_of_the_program() {
    let empty = tempfile::tempdir().expect("a folder");
    for arguments in [&["analyze", "--demo"][..], &["simulate", "--demo", "--cache-hit", "0.9"]] {
        let run = run(empty.path(), arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains("20,000 calls"), "{}", run.stdout);
    }
}
