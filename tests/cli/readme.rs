//! Every console block of the README runs, and shows what the README shows.

use super::support::{project, run};

/// A command of the README and the lines that it shows. A line `…` stands for any lines.
struct Shown {
    command: String,
    lines: Vec<String>,
}

fn shown() -> Vec<Shown> {
    let readme = std::fs::read_to_string(project().join("README.md")).expect("reads");
    let mut found: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            found.push(Shown { command: command.to_owned(), lines: Vec::new() });
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

#[test]
fn every_console_block_of_the_readme_runs_and_shows_what_it_says() {
    let blocks = shown();
    let ours = blocks.iter().filter(|shown| shown.command.starts_with("llmcost "));
    let mut count = 0;
    for Shown { command, lines } in ours {
        let words = words(command);
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let run = run(project(), &arguments);
        assert_eq!(run.code, Some(0), "{command}\n{}", run.stderr);
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
