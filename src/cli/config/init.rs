//! `llmcost init`: a commented `llmcost.toml` for the log there is.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::anyhow;
use clap::Args;

use crate::render::visible;
use crate::sources::{
    Field, Guess, Input, ReadOptions, Role, discover, guess, preview, quoted_for_shell,
};

use super::super::exit_status::ExitStatus;
use super::super::failure::{Failure, say};
use super::super::inputs::{USUAL_FILES, missing};
use super::super::output::deliver;
use super::PROJECT_FILE;
use super::keys::{Form, SETTINGS, Setting};

/// Of a folder, so many files are looked at until one is known.
const LOOKS_MAX: usize = 20;

/// More columns than this are named nowhere.
const COLUMNS_MAX: usize = 8;

/// How wide comments are.
const WIDTH: usize = 90;

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  llmcost init usage.jsonl
  llmcost init ~/.claude/projects
  llmcost init --print";

/// `llmcost init`.
#[derive(Debug, Args)]
pub(in crate::cli) struct InitArgs {
    /// The log, or a folder of logs; without it, the one in this folder.
    #[arg(value_name = "LOG")]
    log: Option<String>,
    /// Write over the llmcost.toml that is there.
    #[arg(long)]
    force: bool,
    /// Print the file instead of writing it.
    #[arg(long, conflicts_with = "force")]
    print: bool,
}

/// The log that was found.
struct Log {
    /// As it was named.
    name: String,
    /// What its first records are.
    guess: Guess,
    /// Columns that could group a report.
    columns: Vec<String>,
    /// Columns inside others, which need a name of their own: name and path.
    paths: Vec<(String, String)>,
}

pub(in crate::cli) fn run(args: InitArgs) -> Result<ExitStatus, Failure> {
    let path = Path::new(PROJECT_FILE);
    if path.exists() && !args.force && !args.print {
        return Err(Failure::usage(anyhow!("{PROJECT_FILE} is already here"))
            .hint("--force writes over it, --print shows what would be written"));
    }
    let log = found(args.log)?;
    let text = text(&log);
    if args.print {
        // Names of columns are the log's, and this may be a terminal.
        let shown: Vec<String> = text.split('\n').map(visible).collect();
        deliver(None, |out| out.write_all(shown.join("\n").as_bytes()))?;
    } else {
        deliver(Some(path), |out| out.write_all(text.as_bytes()))?;
        deliver(None, |out| out.write_all(format!("wrote {PROJECT_FILE}\n").as_bytes()))?;
    }
    tell(&log, args.print);
    Ok(ExitStatus::Delivered)
}

/// The log that was named, or the one in this folder.
fn found(named: Option<String>) -> Result<Log, Failure> {
    let name = match named {
        Some(name) => name,
        None => usual()?,
    };
    let inputs = discover(&name).map_err(missing)?.inputs;
    let mut known: Option<(Input, Guess)> = None;
    let mut first_error = None;
    for input in inputs.into_iter().take(LOOKS_MAX) {
        match guess(&input, &[]) {
            Ok(found) if found.fits.is_some() => {
                known = Some((input, found));
                break;
            }
            Ok(found) => known = known.or(Some((input, found))),
            Err(error) => {
                first_error.get_or_insert_with(|| anyhow!("cannot read {}: {error}", input.name()));
            }
        }
    }
    let Some((input, guess)) = known else {
        let error = first_error.unwrap_or_else(|| anyhow!("there is no log in {name}"));
        return Err(Failure::input(error).hint("`llmcost formats` lists what can be read"));
    };
    if guess.fits.is_none() && guess.proposal.is_none() {
        return Err(unreadable(&guess));
    }
    let (columns, paths) = columns(&input, &guess);
    Ok(Log { name, guess, columns, paths })
}

fn unreadable(guess: &Guess) -> Failure {
    let file = quoted_for_shell(&guess.file);
    let failure =
        Failure::input(anyhow!("{}: no known format, and no mapping can be told", guess.file));
    if let Some(inside) = &guess.inside {
        let line = inside.command(&guess.file, "");
        return failure.hint(format!("its records are inside others; try {line}"));
    }
    failure
        .hint(format!("no column looks like {}", guess.missing.join(" or ")))
        .hint(format!("`llmcost formats guess {file}` shows what is there"))
}

/// The one log in this folder.
fn usual() -> Result<String, Failure> {
    if let Some(name) = USUAL_FILES.into_iter().find(|name| Path::new(name).is_file()) {
        return Ok(name.to_owned());
    }
    let entries = fs::read_dir(".").into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_log = |name: &String| {
        let plain = name.trim_end_matches(".gz").trim_end_matches(".zst");
        [".jsonl", ".ndjson", ".csv", ".parquet"].iter().any(|ending| plain.ends_with(ending))
    };
    let mut names: Vec<String> = names.filter(is_log).collect();
    names.sort();
    match &names[..] {
        [one] => Ok(one.clone()),
        [] => Err(Failure::input(anyhow!("no log in this folder"))
            .hint("name a log or a folder of logs: llmcost init ~/.claude/projects")
            .hint("`llmcost analyze --demo` shows the report on a sample month")),
        several => Err(Failure::input(anyhow!("several files here could be the log"))
            .hint(format!("name one: llmcost init {}", quoted_for_shell(&several[0])))
            .hint("or the folder, where all of them are: llmcost init .")),
    }
}

/// The columns by which a report on the log could be grouped.
fn columns(input: &Input, guess: &Guess) -> (Vec<String>, Vec<(String, String)>) {
    let mut columns: Vec<String> = if guess.fits.is_some() {
        preview(input, &ReadOptions::default()).map(|seen| seen.columns).unwrap_or_default()
    } else {
        let free = guess.findings.iter().filter(|one| one.role == Role::Nothing);
        // A sample is kept back where it could be text of a prompt.
        let named = free.filter(|one| one.kind == "text" && !one.sample.is_empty());
        named.map(|one| one.path.clone()).collect()
    };
    // A field has a meaning of its own, and could be the text of prompts.
    columns.retain(|name| Field::named(name).is_none());
    columns.retain(|name| name.chars().all(|one| one.is_alphanumeric() || "_-.".contains(one)));
    columns.truncate(COLUMNS_MAX);
    let (inside, columns): (Vec<String>, Vec<String>) =
        columns.into_iter().partition(|name| name.contains('.'));
    let own_name = |path: String| {
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        (name, path)
    };
    (columns, inside.into_iter().map(own_name).collect())
}

/// The file.
fn text(log: &Log) -> String {
    let mut text = format!(
        "# Settings of llmcost for this folder and those below it. Flags and environment variables\n\
         # win; `llmcost config show` says what is in force, `llmcost explain config` what each key\n\
         # means.\n\
         \n\
         # The logs to read when none are named; {}.\n\
         inputs = [{}]\n",
        known_as(log),
        quoted(&log.name)
    );
    // Keys of tables come after those of none.
    for one in SETTINGS.iter().filter(|one| !is_table(one) && one.key != "inputs") {
        commented(one, log, &mut text);
    }
    text.push_str("\n# The settings of `llmcost check`.\n# [gate]\n");
    for one in SETTINGS.iter().filter(|one| one.key.starts_with("gate.")) {
        commented(one, log, &mut text);
    }
    for one in SETTINGS.iter().filter(|one| matches!(one.form, Form::Tables)) {
        if let (Some(proposal), "source") = (&log.guess.proposal, one.key) {
            text.push_str("\n# How this log is read; `llmcost formats guess` says why.\n");
            text.extend(log.guess.doubts.iter().map(|doubt| format!("# To be checked: {doubt}\n")));
            text.push_str(&proposal.block(&log.guess.source_name()));
            continue;
        }
        comment(one.meaning, &mut text);
        if one.key == "contract" {
            let _ = write!(text, "# [[{}]]\n# {}\n", one.key, one.example);
        }
    }
    text
}

fn is_table(one: &Setting) -> bool {
    one.key.contains('.') || matches!(one.form, Form::Tables)
}

/// A setting to take the comment sign off, with what this log has where that is known.
fn commented(one: &Setting, log: &Log, text: &mut String) {
    let name = one.key.rsplit('.').next().unwrap_or_default();
    let mut meaning = one.meaning.to_owned();
    if !one.default.is_empty() {
        let _ = write!(meaning, " Without it: {}.", one.default);
    }
    let mut example = one.example.to_owned();
    match one.key {
        "by" if !log.columns.is_empty() => {
            let _ = write!(meaning, " This log also has {}.", log.columns.join(", "));
            example = format!("[{}, \"model\"]", quoted(&log.columns[0]));
        }
        "dimensions" if !log.paths.is_empty() => {
            let pairs = log.paths.iter().map(|(name, path)| format!("{name} = {}", quoted(path)));
            example = format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "));
        }
        _ => {}
    }
    comment(&meaning, text);
    let _ = writeln!(text, "# {name} = {example}");
}

/// A sentence as lines of comment, after a blank line.
fn comment(sentence: &str, text: &mut String) {
    text.push('\n');
    let mut line = String::from("#");
    for word in sentence.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(text, "{line}");
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn known_as(log: &Log) -> String {
    match (&log.guess.fits, &log.guess.proposal) {
        (Some(format), _) => format!("the log is read as `{format}`"),
        (None, Some(_)) => "the log is of no known format: see [[source]] below".to_owned(),
        (None, None) => "the log is of no known format".to_owned(),
    }
}

/// Says what was found, and what to run next.
fn tell(log: &Log, is_printed: bool) {
    let mut lines = vec![format!("{}: {}", log.name, known_as(log))];
    lines.extend(log.guess.doubts.iter().map(|doubt| format!("to be checked: {doubt}")));
    if log.guess.proposal.as_ref().is_some_and(|proposal| proposal.without_model) {
        lines.push("no column names a model: put the model in place of MODEL".to_owned());
    }
    if !is_printed {
        let by = log.columns.first().map(|name| format!(" --by {name},model"));
        lines.push("next:".to_owned());
        lines.push(format!("  llmcost analyze{}", by.unwrap_or_default()));
        lines.push("  llmcost simulate --cache-hit 0.9 --batch 0.2".to_owned());
        lines.push("  llmcost config show".to_owned());
    }
    say(&lines.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(guess: Guess) -> Log {
        let paths = vec![("team".to_owned(), "metadata.team".to_owned())];
        Log { name: "a \"b\".jsonl".to_owned(), guess, columns: vec!["user".to_owned()], paths }
    }

    /// Takes the comment signs off the lines that are settings.
    fn switched_on(text: &str) -> String {
        let is_setting = |line: &str| line.contains(" = ") || line.starts_with('[');
        let lines = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(setting) if is_setting(setting) && !setting.starts_with(char::is_uppercase) => {
                setting
            }
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_key_is_in_the_file_and_works_when_it_is_switched_on() {
        let text = text(&log(Guess { fits: Some("llmcost".to_owned()), ..Guess::default() }));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(PROJECT_FILE);
        for (contents, count) in [(text.clone(), 1), (switched_on(&text), SETTINGS.len() - 1)] {
            fs::write(&path, &contents).expect("writes");
            let file = super::super::read::read(&path, super::super::Level::Project);
            let file = file.unwrap_or_else(|failure| panic!("{failure:?}\n{contents}"));
            assert_eq!(file.said.len(), count, "{:?}\n{contents}", file.said.keys());
        }
    }

    #[test]
    fn the_file_names_what_the_log_has() {
        let text = text(&log(Guess { fits: Some("llmcost".to_owned()), ..Guess::default() }));
        assert!(text.contains("inputs = ['a \"b\".jsonl']"), "{text}");
        assert!(text.contains("This log also has user."), "{text}");
        assert!(text.contains("# dimensions = { team = \"metadata.team\" }"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
    }
}
