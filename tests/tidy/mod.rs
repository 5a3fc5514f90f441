//! Holds the files to the habits of the house: size, first sentences, documents, price tables.

mod manifest;
mod price_tables;

use std::collections::BTreeSet;

use crate::assert_none;
use crate::support::files::{self, TextFile};
use crate::support::lexer;
use crate::support::paths::{beside, module_of};

/// A file with more production code than this has more than one matter.
const LINES_MAX: usize = 500;

/// Folders with Rust of this project.
const RUST_FOLDERS: [&str; 4] = ["src", "tests", "benches", "fuzz"];

fn rust_files() -> Vec<TextFile> {
    RUST_FOLDERS.iter().flat_map(|folder| files::below(folder, ".rs")).collect()
}

/// How many lines a file has before its tests.
fn production_lines(text: &str) -> usize {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let begins_tests =
        |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].trim_end().starts_with("mod ");
    lines.windows(2).position(begins_tests).unwrap_or(lines.len())
}

/// A first line of `//! Something.`: a sentence, which may go on in the next lines.
fn begins_with_a_sentence(text: &str) -> bool {
    let words: Vec<_> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let paragraph = words.split(|line| line.trim().is_empty()).next().unwrap_or_default();
    let first = paragraph.first().map_or("", |line| line.trim());
    let last = paragraph.last().map_or("", |line| line.trim());
    first.split_whitespace().count() > 2 && last.ends_with(['.', ':'])
}

/// Files that no `mod` leads to, and which are therefore never compiled.
fn unreachable_files(files: &[TextFile]) -> Vec<String> {
    let declared: BTreeSet<Vec<String>> = files
        .iter()
        .flat_map(|file| {
            let parent = module_of(&file.path);
            let production = lexer::production(&file.text);
            let words: Vec<_> = production.tokens.iter().map(|token| token.text.clone()).collect();
            let names = words.windows(3).filter(|window| window[0] == "mod" && window[2] == ";");
            let names: Vec<_> = names.map(|window| window[1].clone()).collect();
            names
                .into_iter()
                .chain(production.test_modules)
                .map(move |name| [parent.as_slice(), &[name]].concat())
        })
        .collect();
    let test_files: BTreeSet<String> = files
        .iter()
        .flat_map(|file| {
            let names = lexer::production(&file.text).test_files.into_iter();
            names.map(|name| beside(&file.path, &name))
        })
        .collect();
    let is_lost = |file: &&TextFile| {
        let module = module_of(&file.path);
        !module.is_empty() && !declared.contains(&module) && !test_files.contains(&file.path)
    };
    let lost = files.iter().filter(is_lost);
    lost.map(|file| format!("{}: no `mod` leads here", file.path)).collect()
}

/// Words that mean the work is not done.
fn unfinished(file: &TextFile) -> Vec<String> {
    // Put together here, so that this file does not find itself.
    let words = [["to", "do!"], ["unimple", "mented!"], ["FIX", "ME"], ["XX", "X"], ["dbg", "!("]];
    let words = words.map(|parts| parts.concat());
    find(file, &words, "is not finished")
}

/// Places on somebody's machine.
fn private_paths(file: &TextFile) -> Vec<String> {
    let folders = [["/ho", "me/"], ["/ro", "ot/"], ["/Us", "ers/"], ["C:\\", "Users"]];
    let folders = folders.map(|parts| parts.concat());
    find(file, &folders, "is a place on somebody's machine")
}

/// Each line with one of these texts, unless it only ends a longer word or path.
fn find(file: &TextFile, texts: &[String], complaint: &str) -> Vec<String> {
    let continues = |before: Option<char>| {
        before.is_some_and(|sign| sign.is_alphanumeric() || ['-', '_', '.', '}'].contains(&sign))
    };
    let stands_alone = |line: &str, text: &str| {
        line.match_indices(text).any(|(at, _)| !continues(line[..at].chars().next_back()))
    };
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for text in texts.iter().filter(|text| stands_alone(line, text)) {
            faults.push(format!("{}:{number}: `{text}` {complaint}", file.path));
        }
    }
    faults
}

/// Lines of a script that let cargo choose other versions than those of the lock file.
fn unlocked(file: &TextFile) -> Vec<String> {
    let building = ["build", "test", "clippy", "doc", "run", "install", "tree", "deny", "bench"];
    let builds = |line: &str| {
        let is_comment = line.trim_start().starts_with('#');
        let is_building = |word: &&str| line.contains(&format!("cargo {word}"));
        !is_comment && building.iter().any(is_building)
    };
    let lines = (1..).zip(file.text.lines());
    let faults = lines.filter(|(_, line)| builds(line) && !line.contains("--locked"));
    faults.map(|(number, _)| format!("{}:{number}: without --locked", file.path)).collect()
}

/// Whether a changelog has a section for what comes next, with something to read in it.
fn has_unreleased_section(changelog: &str) -> bool {
    let mut lines = changelog.lines().skip_while(|line| !line.starts_with("## ["));
    lines.next() == Some("## [Unreleased]")
}

#[test]
fn every_file_begins_with_a_sentence() {
    let files = rust_files();
    let silent = files.iter().filter(|file| !begins_with_a_sentence(&file.text));
    let faults: Vec<_> =
        silent.map(|file| format!("{}:1: begin with a `//!` sentence", file.path)).collect();
    assert_none(&faults);
}

#[test]
#[expect(clippy::print_stdout, reason = "the median is for whoever runs this with --nocapture")]
fn no_file_is_long() {
    let files = files::below("src", ".rs");
    let mut sizes: Vec<_> =
        files.iter().map(|file| (production_lines(&file.text), &file.path)).collect();
    sizes.sort_unstable();
    let (median, _) = sizes[sizes.len() / 2];
    println!("{} files under src, median {median} production lines", sizes.len());
    let long = sizes.iter().filter(|(lines, _)| *lines > LINES_MAX);
    let faults: Vec<_> = long.map(|(lines, path)| format!("{path}: {lines} lines")).collect();
    assert_none(&faults);
}

#[test]
fn every_file_is_compiled() {
    assert_none(&unreachable_files(&files::below("src", ".rs")));
}

#[test]
fn nothing_is_left_unfinished() {
    assert_none(&rust_files().iter().flat_map(unfinished).collect::<Vec<_>>());
}

#[test]
fn no_text_names_a_place_on_somebodys_machine() {
    let tracked = files::tracked();
    assert!(tracked.iter().any(|file| file.path == "Cargo.toml"), "the listing misses Cargo.toml");
    assert_none(&tracked.iter().flat_map(private_paths).collect::<Vec<_>>());
}

#[test]
fn ci_and_releases_build_what_the_lock_file_says() {
    let is_script = |file: &&TextFile| {
        let folders = [".ci/", ".github/", "packaging/", "action.yml"];
        folders.iter().any(|folder| file.path.starts_with(folder)) && !file.path.contains(".md")
    };
    let tracked = files::tracked();
    let scripts: Vec<_> = tracked.iter().filter(is_script).collect();
    assert!(scripts.iter().any(|file| file.path == ".ci/run"), "the listing misses .ci/run");
    assert_none(&scripts.into_iter().flat_map(unlocked).collect::<Vec<_>>());
}

#[test]
fn the_changelog_has_a_section_for_what_comes_next() {
    assert!(has_unreleased_section(&files::read("CHANGELOG.md").text));
}

#[test]
fn every_dependency_says_why_it_is_there() {
    assert_none(&manifest::without_reason(&files::read("Cargo.toml").text));
}

#[test]
fn every_price_is_quoted_dated_and_has_a_source() {
    let tables = files::below("pricing", ".toml");
    assert!(!tables.is_empty(), "there is no price table below pricing/");
    assert_none(&tables.iter().flat_map(price_tables::faults).collect::<Vec<_>>());
}

mod small_files {
    //! The rules, tried on files small enough to see through.

    use super::*;

    #[test]
    fn a_sentence_has_words_and_an_end() {
        assert!(begins_with_a_sentence("//! Reads a log.\n"));
        assert!(begins_with_a_sentence("//! Reads a log\n//! to its end.\n\nuse a;"));
        assert!(begins_with_a_sentence("//! Reads a log.\n//!\n//! Not to its end\n"));
        assert!(!begins_with_a_sentence("//! placeholder\n"));
        assert!(!begins_with_a_sentence("//! Reads a log\n"));
        assert!(!begins_with_a_sentence("use a;\n//! Reads a log.\n"));
        assert!(!begins_with_a_sentence(""));
    }

    #[test]
    fn tests_do_not_count_as_production_lines() {
        assert_eq!(production_lines("a\nb\n#[cfg(test)]\nmod tests {\nc\n}"), 2);
        assert_eq!(production_lines("a\n#[cfg(test)]\nuse b;\nc"), 4);
    }

    #[test]
    fn a_build_without_the_lock_file_is_found() {
        let text = "# cargo build\ncargo test --locked\n  cargo build --release\ncargo fmt\n";
        let faults = unlocked(&TextFile::new("a.sh", text));
        assert_eq!(faults, ["a.sh:3: without --locked"]);
    }

    #[test]
    fn a_file_without_a_mod_is_found() {
        let file = TextFile::new;
        let files = [
            file("src/lib.rs", "pub mod a;"),
            file("src/a/mod.rs", "mod b; #[cfg(test)] mod cases; // mod lost;"),
            file("src/a/b.rs", "#[cfg(test)] #[path = \"b_tests.rs\"] mod tests;"),
            file("src/a/b_tests.rs", ""),
            file("src/a/cases.rs", ""),
            file("src/a/lost.rs", ""),
        ];
        assert_eq!(unreachable_files(&files), ["src/a/lost.rs: no `mod` leads here"]);
    }

    #[test]
    fn places_and_unfinished_work_are_found_with_their_line() {
        let home = ["/ho", "me/someone"].concat();
        let check = |text: String, count: usize| {
            let file = TextFile::new("a", &text);
            assert_eq!(private_paths(&file).len() + unfinished(&file).len(), count, "{text}");
        };
        check(format!("a\n\"{home}\""), 1);
        check(format!("https://example.com{home}"), 0);
        check(["x = to", "do!()"].concat(), 1);
        check(["// FIX", "ME later"].concat(), 1);
        check("the rest is plain".to_owned(), 0);
    }

    #[test]
    fn the_newest_section_is_the_unreleased_one() {
        assert!(has_unreleased_section("# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n"));
        assert!(!has_unreleased_section("# Changelog\n\n## [0.1.0]\n\n## [Unreleased]\n"));
        assert!(!has_unreleased_section("# Changelog\n"));
    }
}
