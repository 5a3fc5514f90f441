//! Help, "did you mean" wherever a name can be mistyped, completions and manuals.

use std::io::Write;
use std::process::{Command, Stdio};

use super::support::{folder_with, project, run};

const CALL: &str = r#"{"model":"gpt-4o","time":"2026-10-01","call_type":"chat","team":"a","input_tokens":1000,"output_tokens":10}"#;

#[test]
fn the_bare_name_says_what_one_starts_with() {
    let told = run(project(), &[]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""));
    for command in ["analyze", "simulate", "check", "estimate", "init"] {
        assert!(told.stderr.contains(&format!("  llmcost {command} ")), "{}", told.stderr);
    }
    assert!(told.stderr.lines().count() <= 24, "{}", told.stderr);
}

#[test]
fn short_help_is_shorter_and_both_have_examples() {
    for command in ["analyze", "simulate", "check", "estimate", "backtest", "convert"] {
        let [short, long] = ["-h", "--help"].map(|flag| run(project(), &[command, flag]));
        assert_eq!((short.code, long.code), (Some(0), Some(0)));
        assert!(short.stdout.lines().count() * 2 < long.stdout.lines().count(), "{command}");
        for text in [&short.stdout, &long.stdout] {
            assert!(text.contains(&format!("  llmcost {command} ")), "{text}");
        }
        for heading in ["\nReading:", "\nReport:", "\nRun:"] {
            let reads = command != "estimate" || heading != "\nReading:";
            assert!(!reads || long.stdout.contains(heading), "{command}{heading}");
        }
    }
}

/// Wherever a name is typed, a slip is answered with the name that was meant.
#[test]
fn slips_are_answered_with_what_was_meant() {
    let folder = folder_with("usage.jsonl", CALL);
    for (typed, meant) in [
        ("anlyze", "'analyze'"),
        ("prices lst", "'list'"),
        ("formats gues", "'guess'"),
        ("config shwo", "'show'"),
        ("analyze --form json", "'--format'"),
        ("analyze --format jsn", "'json'"),
        ("completions fsh", "'fish'"),
        ("analyze --by tema", "`team`"),
        ("analyze --where modle='x'", "`model`"),
        ("convert --format csv --columns tema", "`team`"),
        ("check --max-cost 5 --unit case --case tema", "`team`"),
        ("backtest --chain tema", "`team`"),
        ("analyze --show chcklist", "`checklist`"),
        ("analyze --source-format openai-chta", "`openai-chat`"),
        ("analyze --source-format claude", "claude-code, "),
        ("analyze --map inptu_tokens=x", "`input_tokens`"),
        ("analyze --map input_tokens=input_tokns", "`input_tokens`"),
        ("analyze --timezone Europe/Berln", "`Europe/Berlin`"),
        ("analyze --timezone berlin", "`Europe/Berlin`"),
        ("analyze --provider antropic", "`anthropic`"),
        ("analyze usgae.jsonl", "`usage.jsonl`"),
        ("formats guess usgae.jsonl", "`usage.jsonl`"),
        ("simulate --cache relpay", "`replay`"),
        ("simulate --semantic-cache --semantic-level lexcal", "`lexical`"),
        ("simulate --tier preset:dificulty", "`difficulty`"),
        ("simulate --tier claude-haiku-45", "`claude-haiku-4-5`"),
        ("simulate --trim turn=5", "`turns`"),
        ("simulate --spend-cap tema=5/day", "`team`"),
        ("simulate --spend-cap team=5/dya", "`day`"),
        ("simulate --self-host gpu_huor=1", "`gpu_hour`"),
        ("simulate --fine-tune mdoel=gpt-4o", "`model`"),
        ("simulate --batch caht", "`chat`"),
        ("simulate --discount 1% --best --guard qualty", "`quality`"),
        ("simulate --discount 1% --show rate_and_usge", "`rate_and_usage`"),
        ("simulate --claim cahce=40%", "`cache`"),
        (
            "estimate --model gpt-4oo --calls-per-day 1 --input-tokens 1 --output-tokens 1",
            "`gpt-4o`",
        ),
        (
            "estimate --model gpt-4o --provider opnai --calls-per-day 1 --input-tokens 1 --output-tokens 1",
            "`openai`",
        ),
        (
            "estimate --model gpt-4o --calls-per-day 1 --input-tokens 1 --output-tokens 1 --arrival posson",
            "`poisson`",
        ),
        ("prices show claude-sonet-4-6", "`claude-sonnet-4-6`"),
        ("prices show gpt-4o --provider opnai", "`openai`"),
        ("prices list --provider antrophic", "`anthropic`"),
        ("prices list --sort inptu", "'input'"),
        ("explain bacth", "`batch`"),
        ("explain cache", "cache_use"),
        ("explain gpt-4o", "llmcost prices show gpt-4o"),
    ] {
        let arguments: Vec<&str> = typed.split(' ').collect();
        let told = run(folder.path(), &arguments);
        // A mapping that finds nothing and a call type that no call has are remarks.
        let is_remark = typed.contains("input_tokns") || typed.contains("--batch");
        assert_eq!(told.code, Some(if is_remark { 0 } else { told.code.unwrap_or(0).max(2) }));
        let text = format!("{}{}", told.stdout, told.stderr);
        assert!(text.contains(meant), "{typed}\n{text}");
    }
}

/// An error without what to do about it leaves its reader alone.
#[test]
fn errors_have_a_hint() {
    let folder = folder_with("usage.jsonl", CALL);
    std::fs::write(folder.path().join("empty.jsonl"), "").expect("writes");
    std::fs::create_dir(folder.path().join("bare")).expect("creates");
    for typed in [
        "analyze missing.csv",
        "analyze bare",
        "analyze empty.jsonl",
        "analyze --where x=",
        "analyze --since never",
        "analyze --since 2026-10-05 --until 2026-10-01",
        "analyze --config none.toml",
        "analyze --prices none.toml",
        "analyze -o none/report.json",
        "analyze --show nothing",
        "simulate --plan none.toml",
        "simulate --tier none.toml",
        "check",
        "check --baseline none.json",
        "check --threshold x --max-cost 1",
        "prices check none.toml",
        "prices list --model zzzzzz",
        "init missing.csv",
    ] {
        let arguments: Vec<&str> = typed.split(' ').collect();
        let told = run(folder.path(), &arguments);
        assert!(told.code.is_some_and(|code| code >= 2), "{typed}\n{}", told.stdout);
        assert!(told.stderr.contains("  hint: "), "{typed}\n{}", told.stderr);
        assert!(!told.stderr.contains(":0:"), "{typed}\n{}", told.stderr);
    }
    let numbers = run(folder.path(), &["analyze", "--top", "many"]);
    assert!(numbers.stderr.contains("expected a whole number"), "{}", numbers.stderr);
}

#[test]
fn exit_codes_are_explained() {
    let all = run(project(), &["explain", "exit-codes"]).stdout;
    for code in ["0", "1", "2", "3", "4", "5", "6", "101"] {
        let page = run(project(), &["explain", code]).stdout;
        assert!(page.starts_with(&format!("# Exit code {code}\n")), "{page}");
        assert!(all.contains(page.trim()), "{code}");
    }
    assert_eq!(run(project(), &["explain", "exit", "code", "3"]).code, Some(0));
}

#[test]
fn completions_are_scripts_that_their_shell_reads() {
    for (shell, part) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef llmcost"),
        ("fish", "complete -c llmcost"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = run(project(), &["completions", shell]);
        assert_eq!(script.code, Some(0), "{}", script.stderr);
        for word in [part, "analyze", "semantic-threshold", "save-baseline"] {
            assert!(script.stdout.contains(word), "{shell}: {word}");
        }
    }
    let script = run(project(), &["completions", "bash"]).stdout;
    let mut bash = Command::new("bash");
    let mut bash = bash.arg("-n").stdin(Stdio::piped()).spawn().expect("bash starts");
    bash.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("writes");
    assert!(bash.wait().expect("bash ends").success());
}

#[test]
fn the_manual_is_one_page_or_one_a_command() {
    let whole = run(project(), &["man"]);
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
    assert!(whole.stdout.contains(".SH \"LLMCOST PRICES LIST\""), "a section a command");
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(folder.path(), &["man", "-o", "pages"]).code, Some(0));
    let pages = std::fs::read_dir(folder.path().join("pages")).expect("reads").count();
    assert_eq!(pages, whole.stdout.matches("\n.SH \"LLMCOST ").count() + 1);
    let page = std::fs::read_to_string(folder.path().join("pages/llmcost-analyze.1"));
    let page = page.expect("reads");
    for part in [".SH EXAMPLES", "LLMCOST_BY", ".SH QUESTIONS"] {
        assert!(page.to_uppercase().contains(part), "{part}\n{page}");
    }
    assert!(!page.contains(env!("CARGO_MANIFEST_DIR")), "a manual knows no machine");
}
