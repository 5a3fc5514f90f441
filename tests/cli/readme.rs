//! Every console block of the README runs, and shows what the README shows.

use std::fs;
use std::path::Path;

use super::support::{project, run};

/// A command of the README and the lines that it shows. A line `…` stands for any lines.
struct Shown {
    command: String,
    lines: Vec<String>,
    /// What `echo $?` says after it, where that is asked.
    code: i32,
}

fn shown() -> Vec<Shown> {
    let readme = std::fs::read_to_string(project().join("README.md")).expect("reads");
    let mut found: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            found.push(Shown { command: command.to_owned(), lines: Vec::new(), code: 0 });
        } else if let Some(asked) = found.pop_if(|last| inside && last.command == "echo $?") {
            assert!(asked.lines.is_empty(), "one number is shown");
            found.last_mut().expect("something ended").code = line.parse().expect("a number");
        } else if inside {
            found.last_mut().expect("a command comes first").lines.push(line.to_owned());
        }
    }
    found
}

/// The words of a command; quotes keep words together.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in command.chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().expect("never empty").push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn matches(lines: &[String], actual: &[&str]) -> bool {
    match lines.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..]))
        }
        Some((first, rest)) => actual
            .split_first()
            .is_some_and(|(line, others)| line.trim_end() == first && matches(rest, others)),
    }
}

/// What a command names of the fixtures, in a folder that it may write to.
fn provide(folder: &Path, arguments: &[&str]) {
    for name in arguments.iter().filter(|name| name.starts_with("fixtures/")) {
        let copy = folder.join(name);
        fs::create_dir_all(copy.parent().expect("a folder")).expect("creates");
        fs::copy(project().join(name), copy).expect("copies");
    }
}

#[test]
fn every_console_block_of_the_readme_runs_and_shows_what_it_says() {
    let blocks = shown();
    let ours = blocks.iter().filter(|shown| shown.command.starts_with("llmcost "));
    let folder = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for Shown { command, lines, code } in ours {
        let words = words(command);
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        provide(folder.path(), &arguments);
        let run = run(folder.path(), &arguments);
        assert_eq!(run.code, Some(*code), "{command}\n{}", run.stderr);
        let actual: Vec<_> = run.stdout.lines().collect();
        assert!(matches(lines, &actual), "$ {command}\nshows now:\n{}", run.stdout);
        count += 1;
    }
    assert!(count >= 3, "the README shows what the program does");
}

#[test]
fn the_two_commands_of_a_newcomer_are_in_the_readme() {
    let blocks = shown();
    for wanted in ["cargo run --release -- analyze fixtures/usage.jsonl", "cargo test --release"] {
        assert!(blocks.iter().any(|shown| shown.command == wanted), "{wanted}");
    }
}
