//! Tokens → the paths they name, with grouped and nested `use` trees written out.

use super::lexer::{Token, starts};

/// A path as the code names it: `["crate", "units", "Usd"]`; `*` stands for a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedPath {
    /// Its parts, from the left.
    pub(crate) parts: Vec<String>,
    /// The line of its last part, from 1.
    pub(crate) line: usize,
    /// The inline modules around it, from the outside.
    pub(crate) inside: Vec<String>,
}

/// Every path of at least two parts, and every `use`, in the order of the file.
pub(crate) fn paths(tokens: &[Token]) -> Vec<NamedPath> {
    let mut found = Vec::new();
    let mut modules: Vec<(String, usize)> = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    while at < tokens.len() {
        let inside: Vec<_> = modules.iter().map(|(name, _)| name.clone()).collect();
        match tokens[at].text.as_str() {
            // `impl Trait + use<'a>` captures a lifetime and imports nothing.
            "use" if !starts(tokens, at + 1, &["<"]) => {
                at = use_tree(tokens, at + 1, &[], &inside, &mut found);
                continue;
            }
            "mod" if starts(tokens, at + 2, &["{"]) => {
                modules.push((tokens[at + 1].text.clone(), depth));
            }
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                modules.retain(|(_, opened)| *opened < depth);
            }
            _ if tokens[at].is_word() && starts(tokens, at + 1, &["::"]) => {
                at = inline_path(tokens, at, inside, &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path from an expression or a type and returns the place after it.
fn inline_path(
    tokens: &[Token],
    start: usize,
    inside: Vec<String>,
    found: &mut Vec<NamedPath>,
) -> usize {
    let mut parts = vec![tokens[start].text.clone()];
    let mut at = start;
    while starts(tokens, at + 1, &["::"]) && tokens.get(at + 2).is_some_and(Token::is_word) {
        at += 2;
        parts.push(tokens[at].text.clone());
    }
    if parts.len() > 1 {
        found.push(NamedPath { parts, line: tokens[at].line, inside });
    }
    at + 1
}

/// Reads one tree of a `use` and returns the place after it.
fn use_tree(
    tokens: &[Token],
    start: usize,
    prefix: &[String],
    inside: &[String],
    found: &mut Vec<NamedPath>,
) -> usize {
    let mut parts = prefix.to_vec();
    let mut at = start;
    let mut line = tokens.get(start).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while at < tokens.len() && !["}", ";"].contains(&tokens[at].text.as_str()) {
                    at = use_tree(tokens, at, &parts, inside, found);
                    if starts(tokens, at, &[","]) {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            // The new name says nothing about what is imported.
            "as" => at += 2,
            // In a macro the root of the crate is `$crate`.
            "::" | "$" => at += 1,
            text => {
                parts.push(text.to_owned());
                line = token.line;
                at += 1;
            }
        }
    }
    found.push(NamedPath { parts, line, inside: inside.to_vec() });
    at
}

/// The module a file is: `src/usage/filter.rs` is `["usage", "filter"]`, the roots are `[]`.
pub(crate) fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    match inner {
        "lib" | "main" => Vec::new(),
        _ => inner.split('/').map(ToOwned::to_owned).collect(),
    }
}

/// The file named `name` beside another.
pub(crate) fn beside(path: &str, name: &str) -> String {
    path.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

/// What a path leads to inside this crate, counted from its root; nothing for other crates and for
/// names that are looked up nearby.
pub(crate) fn resolve(path: &NamedPath, module: &[String]) -> Option<Vec<String>> {
    let mut base: Vec<String> = match path.parts.first()?.as_str() {
        "crate" | "llmcost" => Vec::new(),
        "self" | "super" => module.iter().chain(&path.inside).cloned().collect(),
        _ => return None,
    };
    for (place, part) in path.parts.iter().enumerate() {
        match part.as_str() {
            "super" => drop(base.pop()),
            "self" => {}
            "crate" | "llmcost" if place == 0 => {}
            _ => base.push(part.clone()),
        }
    }
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::lexer::production;

    fn check(text: &str, expected: &[&str]) {
        let paths = paths(&production(text).tokens);
        let texts: Vec<_> = paths.iter().map(|path| path.parts.join("::")).collect();
        assert_eq!(texts, expected, "{text}");
    }

    fn check_resolved(file: &str, text: &str, expected: &[&str]) {
        let paths = paths(&production(text).tokens);
        let module = module_of(file);
        let texts: Vec<_> = paths.iter().filter_map(|path| resolve(path, &module)).collect();
        let texts: Vec<_> = texts.iter().map(|parts| parts.join("::")).collect();
        assert_eq!(texts, expected, "{file}: {text}");
    }

    #[test]
    fn use_trees_are_written_out() {
        check("use crate::units::Usd;", &["crate::units::Usd"]);
        check("pub use crate::units::Usd as Money;", &["crate::units::Usd"]);
        check("use ::std::fs;", &["std::fs"]);
        check("use crate::usage::*;", &["crate::usage::*"]);
        check(
            "use crate::{\n    units::{Tokens, Usd},\n    usage::{self, Call as Row},\n};",
            &[
                "crate::units::Tokens",
                "crate::units::Usd",
                "crate::usage::self",
                "crate::usage::Call",
            ],
        );
        check("use {std::fs, crate::cli};", &["std::fs", "crate::cli"]);
    }

    #[test]
    fn paths_in_expressions_and_types_are_seen() {
        check("fn f(a: crate::usage::Call) -> u8 { 1 }", &["crate::usage::Call"]);
        check("let a = <crate::cli::A as B>::c();", &["crate::cli::A"]);
        check("let a = Vec::<u8>::new();", &[]);
        check("let a = ::std::env::var(b);", &["std::env::var"]);
        check("pub(in crate::usage) fn f() {}", &["crate::usage"]);
        check("fn f() -> impl Sized + use<'a> { a::b }", &["a::b"]);
        check("// crate::cli\n/* crate::cli */ \"crate::cli\"", &[]);
        check("#[cfg(test)] mod tests { use crate::cli; }", &[]);
    }

    #[test]
    fn super_climbs_out_of_files_folders_and_inline_modules() {
        check_resolved("src/usage/filter.rs", "use super::call::Call;", &["usage::call::Call"]);
        check_resolved("src/usage/filter.rs", "use super::super::cli::A;", &["cli::A"]);
        check_resolved("src/usage/mod.rs", "use super::cli::A;", &["cli::A"]);
        check_resolved("src/usage/mod.rs", "use self::call::A;", &["usage::call::A"]);
        check_resolved("src/usage/a.rs", "use super::{super::cli, b};", &["cli", "usage::b"]);
        check_resolved("src/usage/a.rs", "mod b { use super::super::super::cli; }", &["cli"]);
        check_resolved("src/usage/a.rs", "mod b { fn c() {} } use super::d;", &["usage::d"]);
        check_resolved("src/main.rs", "llmcost::cli::run()", &["cli::run"]);
        check_resolved("src/a/b.rs", "use crate::{self as root}; use std::fs;", &[""]);
    }

    #[test]
    fn a_path_knows_its_line() {
        let text = "use crate::{\n    units::Usd,\n    cli::run,\n};";
        let lines: Vec<_> = paths(&production(text).tokens).iter().map(|path| path.line).collect();
        assert_eq!(lines, [2, 3]);
    }
}
