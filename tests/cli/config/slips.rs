//! What is wrong with a configuration is told with its file, its line, and what was meant.

use crate::support::{folder_with, run};

const CALL: &str = r#"{"model":"gpt-4o","input_tokens":1000,"output_tokens":10}"#;

/// Every part of the message that a wrong file leads to.
fn check(config: &str, parts: &[&str]) {
    let folder = folder_with("usage.jsonl", CALL);
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    for command in ["analyze", "formats", "check"] {
        let run = run(folder.path(), &[command]);
        assert_eq!(run.code, Some(2), "{command}\n{config}\n{}", run.stdout);
        for part in parts {
            assert!(run.stderr.contains(part), "{config}\n{}\n{part}", run.stderr);
        }
    }
}

#[test]
fn unknown_keys_are_told_with_what_was_meant() {
    check("\ninptus = []\n", &["llmcost.toml:2: there is no setting `inptus`", "`inputs`?"]);
    check("[gate]\nthreshhold = 1\n", &["llmcost.toml:2", "in [gate]", "`threshold`?"]);
    check("[gtae]\nthreshold = 1\n", &["llmcost.toml:1", "did you mean `gate`?"]);
    check("threshold = \"5%\"\n", &["llmcost.toml:1", "it stands under [gate]"]);
    check("[gate]\nby = \"team\"\n", &["llmcost.toml:2", "put `by` above [gate]"]);
    check("[prompt_caching]\nhit = \"1\"\n", &["llmcost.toml:1", "[plan.prompt_caching]"]);
    check("[[contract]]\ndiscunt = \"5%\"\n", &["llmcost.toml:2", "did you mean `discount`?"]);
    check("[[source]]\nnmae = \"x\"\n", &["llmcost.toml:2", "did you mean `name`?"]);
    check("zzzzz = 1\n", &["llmcost.toml:1", "there are inputs", "llmcost explain config"]);
}

#[test]
fn wrong_values_are_told_with_what_is_expected_and_an_example() {
    check("top = \"ten\"\n", &["llmcost.toml:1: `top` takes a whole number", "top = 20"]);
    check("top = -1\n", &["llmcost.toml:1: `top` takes a whole number, not -1"]);
    check("by = 5\n", &["llmcost.toml:1: `by` takes a list of texts, not 5", "by = ["]);
    check("by = [5]\n", &["llmcost.toml:1: `by` takes a list of texts, not 5"]);
    check("format = \"jsn\"\n", &["llmcost.toml:1: `format` cannot be `jsn`", "`json`?"]);
    check("color = \"x\"\n", &["llmcost.toml:1", "it is one of auto, always, never"]);
    check("strict = \"yes\"\n", &["llmcost.toml:1: `strict` takes true or false"]);
    check("map = \"x\"\n", &["llmcost.toml:1: `map` takes a table", "map = {"]);
    check("gate = 5\n", &["llmcost.toml:1: `gate` is a table", "write [gate]"]);
    check("plan = 5\n", &["llmcost.toml:1: `plan` takes a file"]);
    check("[source]\nname = \"x\"\n", &["llmcost.toml:1", "write [[source]] instead of [source]"]);
    check("by = [\n", &["llmcost.toml:", "llmcost explain config"]);
}

/// A message that does not say who asked for a value sends people to the wrong place.
#[test]
fn values_of_a_file_are_not_blamed_on_flags() {
    let folder = folder_with("usage.jsonl", CALL);
    for (config, part) in [
        ("timezone = \"Berlin\"\n", "llmcost.toml:1: timezone: `Berlin` is no time zone"),
        ("as_of = \"soon\"\n", "llmcost.toml:1: as_of: `soon` is no day"),
        ("threads = 9000\n", "llmcost.toml:1: threads: 9000 is no number of threads"),
        ("map = { inptu_tokens = \"x\" }\n", "llmcost.toml:1: map: there is no field"),
        ("dimensions = { model = \"x\" }\n", "llmcost.toml:1: dimensions: `model` is a field"),
        ("dimensions = { day = \"x\" }\n", "llmcost.toml:1: dimensions: every log has a column"),
    ] {
        std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
        let run = run(folder.path(), &["analyze"]);
        assert_eq!(run.code, Some(2), "{config}\n{}", run.stderr);
        assert!(run.stderr.contains(part), "{config}\n{}", run.stderr);
        assert!(run.stderr.contains("hint: "), "{config}\n{}", run.stderr);
    }
}
