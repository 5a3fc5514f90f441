//! Pages that are made from what the program itself says.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use super::support::{project, run};

/// Set to write the pages instead of comparing them.
const WRITE: &str = "LLMCOST_WRITE_DOCS";

/// The parts of `llmcost explain` that have a page each.
const PARTS: [&str; 2] = ["Techniques:", "Apart from savings:"];

/// What `llmcost explain` prints.
fn explained(arguments: &[&str]) -> String {
    let found = run(project(), &[&["explain"], arguments].concat());
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    found.stdout
}

/// The topics under some headings, each with its line.
fn topics() -> Vec<(String, String)> {
    let list = explained(&[]);
    let mut found = Vec::new();
    let mut is_wanted = false;
    for line in list.lines() {
        if !line.starts_with(' ') {
            is_wanted = PARTS.contains(&line.trim());
        } else if let Some((name, summary)) = line.trim().split_once(' ').filter(|_| is_wanted) {
            found.push((name.to_owned(), summary.trim().to_owned()));
        }
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "whoever changes a page asks for it here")]
fn check(name: &str, expected: &str) {
    let path: PathBuf = project().join("docs/techniques").join(name);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, expected).expect("writes the page");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == expected,
        "docs/techniques/{name} is not what `llmcost explain` says; write it anew with \
         {WRITE}=1 cargo test --release --test cli docs"
    );
}

#[test]
fn every_technique_has_a_page_that_says_what_explain_says() {
    let topics = topics();
    assert!(topics.len() > 13, "{topics:?}");
    let mut index =
        "# Techniques\n\nOne page each, as `llmcost explain` prints them.\n\n".to_owned();
    for (name, summary) in &topics {
        let page = explained(&[name.as_str()]);
        assert!(page.starts_with("# "), "{name}: {page}");
        check(&format!("{name}.md"), &page);
        let _ = writeln!(index, "- [{name}]({name}.md): {summary}");
    }
    check("README.md", &index);
}
