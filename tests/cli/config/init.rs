//! `llmcost init`: the file works at once, says what it found, and is not written over.

use crate::support::{folder_with, project, run};

const CALL: &str =
    r#"{"model":"gpt-4o","time":"2026-10-01","team":"a","input_tokens":1000,"output_tokens":10}"#;

#[test]
fn a_file_for_a_known_log_works_at_once() {
    let folder = folder_with("calls.jsonl", CALL);
    let written = run(folder.path(), &["init"]);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert_eq!(written.stdout, "wrote llmcost.toml\n");
    for part in ["calls.jsonl: the log is read as `llmcost`", "llmcost analyze --by team,model"] {
        assert!(written.stderr.contains(part), "{}", written.stderr);
    }
    let report = run(folder.path(), &["analyze", "--by", "team"]);
    assert_eq!((report.code, report.stderr.as_str()), (Some(0), ""), "{}", report.stdout);
    assert!(report.stdout.contains("1 call"), "{}", report.stdout);
}

#[test]
fn a_file_for_a_log_of_an_unknown_shape_has_the_mapping() {
    for name in ["abrechnung.csv", "gateway.jsonl"] {
        let log = std::fs::read(project().join("fixtures/guess").join(name)).expect("reads");
        let folder = folder_with(name, log);
        let written = run(folder.path(), &["init", name]);
        assert_eq!(written.code, Some(0), "{}", written.stderr);
        assert!(written.stderr.contains("see [[source]] below"), "{}", written.stderr);
        let report = run(folder.path(), &["analyze"]);
        assert_eq!(report.code, Some(0), "{}", report.stderr);
        assert!(report.stdout.contains("4 calls"), "{}", report.stdout);
    }
}

#[test]
fn a_file_that_is_there_stays_unless_forced() {
    let folder = folder_with("usage.jsonl", CALL);
    let path = folder.path().join("llmcost.toml");
    std::fs::write(&path, "top = 3\n").expect("writes");
    let refused = run(folder.path(), &["init"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(&path).expect("reads"), "top = 3\n");
    let printed = run(folder.path(), &["init", "--print"]);
    assert!(printed.stdout.contains("inputs = [\"usage.jsonl\"]"), "{}", printed.stdout);
    assert_eq!(std::fs::read_to_string(&path).expect("reads"), "top = 3\n");
    assert_eq!(run(folder.path(), &["init", "--force"]).code, Some(0));
    let text = std::fs::read_to_string(&path).expect("reads");
    assert_eq!(text, printed.stdout);
}

#[test]
fn what_is_no_log_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = run(folder.path(), &["init"]);
    assert_eq!(none.code, Some(3));
    assert!(none.stderr.contains("llmcost init ~/.claude/projects"), "{}", none.stderr);
    for name in ["a.jsonl", "b.jsonl"] {
        std::fs::write(folder.path().join(name), CALL).expect("writes");
    }
    let several = run(folder.path(), &["init"]);
    assert_eq!(several.code, Some(3));
    assert!(several.stderr.contains("llmcost init ."), "{}", several.stderr);
    assert_eq!(run(folder.path(), &["init", "."]).code, Some(0));
    let missing = run(folder.path(), &["init", "--print", "a.json"]);
    assert!(missing.stderr.contains("did you mean `a.jsonl`?"), "{}", missing.stderr);
    std::fs::write(folder.path().join("words.csv"), "colour,size\nred,5\n").expect("writes");
    let unknown = run(folder.path(), &["init", "--print", "words.csv"]);
    assert_eq!(unknown.code, Some(3), "{}", unknown.stdout);
    assert!(unknown.stderr.contains("llmcost formats guess words.csv"), "{}", unknown.stderr);
}
