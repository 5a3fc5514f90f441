//! What may be used only in its own place, or nowhere: files, the clock, floats, networks.

use super::lexer::{Production, Token};
use super::paths::{self, NamedPath};

/// Names that are allowed in a few places only.
struct Ban {
    /// `a::b` is a path (also as `use a::{b}` or `use a::*`), `a!` a macro, `.a` a method, `a*` any
    /// name that begins so, `a` a name.
    names: &'static [&'static str],
    /// The part of `src/` that is watched; all of it when empty.
    within: &'static str,
    /// Folders and files below `src/` where they may be used.
    allowed: &'static [&'static str],
    /// Why, completing "… is not allowed here: ".
    reason: &'static str,
}

const BANS: [Ban; 18] = [
    Ban {
        names: &["polars*"],
        within: "",
        allowed: &["usage/"],
        reason: "one room knows the query engine, so that a change of engine stays in one room",
    },
    Ban {
        names: &["parquet"],
        within: "",
        allowed: &["sources/parquet_file/", "render/records_parquet.rs"],
        reason: "Parquet is rows of JSON to everything behind the door, and a table at the end",
    },
    Ban {
        names: &["rusqlite*"],
        within: "",
        allowed: &["sources/database.rs"],
        reason: "a database is rows of JSON to everything behind the door",
    },
    Ban {
        names: &["clap*", "indicatif", "anyhow"],
        within: "",
        allowed: &["cli/"],
        reason: "flags, progress and untyped errors belong to the edge of the program",
    },
    Ban {
        names: &["comfy_table"],
        within: "",
        allowed: &["render/"],
        reason: "how a table looks is for the renderer to say",
    },
    Ban {
        names: &["std::fs", "glob::glob", "glob::glob_with"],
        within: "",
        allowed: &["cli/", "sources/open.rs", "sources/discover.rs"],
        reason: "the rooms work on bytes they are given; files are opened in two places",
    },
    Ban {
        names: &[".exists", ".is_file", ".is_dir", ".canonicalize", ".metadata", ".read_dir"],
        within: "",
        // There it is what a Parquet file says of itself.
        allowed: &["cli/", "sources/open.rs", "sources/discover.rs", "sources/parquet_file/"],
        reason: "this asks the file system, as opening a file does",
    },
    Ban {
        names: &["io::stdin"],
        within: "",
        allowed: &["cli/", "sources/open.rs", "sources/discover.rs"],
        reason: "standard input is opened where files are",
    },
    Ban {
        names: &["print!", "println!", "eprint!", "eprintln!", "dbg!", "io::stdout", "io::stderr"],
        within: "",
        allowed: &["cli/"],
        reason: "only the edge of the program speaks to the reader",
    },
    Ban {
        names: &["std::env"],
        within: "",
        allowed: &["cli/", "main.rs"],
        reason: "output depends on inputs, tables and flags only",
    },
    Ban {
        names: &["std::process", "process::exit", "process::abort"],
        within: "",
        allowed: &["cli/", "main.rs"],
        reason: "only the edge of the program ends it",
    },
    Ban {
        names: &[
            "SystemTime",
            "std::time::SystemTime",
            "std::time::Instant",
            "Instant::now",
            "Utc::now",
            "Local::now",
            "thread::sleep",
        ],
        within: "",
        allowed: &["cli/"],
        reason: "the same input gives the same bytes on any day",
    },
    Ban {
        names: &["rand", "fastrand", "getrandom"],
        within: "",
        allowed: &[],
        reason: "the same input gives the same bytes on any run",
    },
    Ban {
        names: &[".cost_of", "TokenPrice::cost_of"],
        within: "",
        allowed: &["pricing/cost.rs"],
        reason: "tokens meet prices in one function",
    },
    Ban {
        names: &["f64", "f32"],
        within: "",
        allowed: &[
            // A share is for display and never comes back into money or tokens.
            "units/share.rs",
            // Bars are scaled and shares rounded where they are drawn.
            "render/",
            // Numbers without quotes arrive as floats and are refused, with the line corrected.
            "pricing/schema.rs",
            "techniques/settings.rs",
            // Columns of doubles are written as their shortest decimals, and not computed with.
            "sources/parquet_file/cell.rs",
        ],
        reason: "money, tokens, rates and factors are exact integers",
    },
    Ban {
        names: &[
            "std::net",
            "core::net",
            "unix::net",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "UnixStream",
            "reqwest",
            "hyper*",
            "ureq",
            "curl*",
            "isahc",
            "tokio*",
            "socket2",
            "tungstenite",
        ],
        within: "",
        // Vectors of questions, where `--embed-endpoint` was typed.
        allowed: &["cli/embed_endpoint.rs"],
        reason: "nothing opens a network connection unless the user typed where to",
    },
    Ban {
        names: &["std::io", "std::path", "std::time", "chrono*", "serde*", "csv", "toml"],
        within: "units/",
        allowed: &[],
        reason: "`units` knows no file, time or format",
    },
    Ban {
        names: &["macro_export", "include!", "#path"],
        within: "",
        allowed: &[],
        reason: "it would carry code past the reader of imports",
    },
];

/// Crates that speak to a network, or bring an engine that does.
const NETWORK_CRATES: [&str; 18] = [
    "async-std",
    "attohttpc",
    "awc",
    "curl",
    "hyper",
    "isahc",
    "minreq",
    "native-tls",
    "object_store",
    "openssl",
    "quinn",
    "reqwest",
    "rustls",
    "socket2",
    "surf",
    "tokio",
    "tungstenite",
    "ureq",
];

/// Every use of something outside its place, as `file:line: …`.
pub(crate) fn faults(code: &[(String, Production)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, production) in code {
        let file = path.strip_prefix("src/").unwrap_or(path);
        let paths = paths::paths(&production.tokens);
        let applies = |ban: &&Ban| {
            file.starts_with(ban.within) && !ban.allowed.iter().any(|place| file.starts_with(place))
        };
        for ban in BANS.iter().filter(applies) {
            for name in ban.names {
                let lines = lines_with(name, &production.tokens, &paths);
                faults.extend(lines.into_iter().map(|line| {
                    format!("{path}:{line}: `{name}` is not allowed here: {}", ban.reason)
                }));
            }
        }
    }
    faults
}

/// The lines on which a banned name stands, each once.
fn lines_with(name: &str, tokens: &[Token], paths: &[NamedPath]) -> Vec<usize> {
    let words = |wanted: &dyn Fn(&str) -> bool, before: &str, after: &str| -> Vec<usize> {
        let at = |place: Option<usize>| place.and_then(|place| tokens.get(place));
        let fits = |token: Option<&Token>, sign: &str| {
            sign.is_empty() || token.is_some_and(|token| token.text == sign)
        };
        (0..tokens.len())
            .filter(|place| wanted(&tokens[*place].text))
            .filter(|place| fits(at(place.checked_sub(1)), before))
            .filter(|place| fits(at(Some(place + 1)), after))
            .map(|place| tokens[place].line)
            .collect()
    };
    let mut lines = if name.contains("::") {
        let parts: Vec<_> = name.split("::").collect();
        paths.iter().filter(|path| leads_through(path, &parts)).map(|path| path.line).collect()
    } else if let Some(macro_name) = name.strip_suffix('!') {
        words(&|text| text == macro_name, "", "!")
    } else if let Some(method) = name.strip_prefix('.') {
        words(&|text| text == method, ".", "(")
    } else if let Some(attribute) = name.strip_prefix('#') {
        words(&|text| text == attribute, "[", "=")
    } else if let Some(start) = name.strip_suffix('*') {
        words(&|text| text.starts_with(start), "", "")
    } else {
        words(&|text| text == name, "", "")
    };
    if name == "f64" {
        lines.extend(tokens.iter().filter(|token| token.is_float()).map(|token| token.line));
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Whether a path goes through these parts, or brings the last of them in with a glob.
fn leads_through(path: &NamedPath, parts: &[&str]) -> bool {
    let last = parts.len() - 1;
    path.parts.windows(parts.len()).any(|window| {
        window[..last].iter().zip(parts).all(|(part, wanted)| part == wanted)
            && (window[last] == parts[last] || window[last] == "*")
    })
}

/// The dependencies that speak to a network, as `Cargo.toml:line: …`.
pub(crate) fn network_dependencies(manifest: &str) -> Vec<String> {
    let mut is_dependency_table = false;
    let mut faults = Vec::new();
    for (line, text) in (1..).zip(manifest.lines()) {
        if let Some(header) = text.trim().strip_prefix('[') {
            is_dependency_table = header.contains("dependencies");
        }
        let names_one = NETWORK_CRATES.iter().any(|name| {
            let header = format!("dependencies.{name}]");
            let key = text.split(['=', '.', ' ']).next().unwrap_or_default();
            key.trim_matches('"') == *name && is_dependency_table
                || text.contains(&header)
                || is_dependency_table && text.contains(&format!("package = \"{name}\""))
        });
        if names_one {
            faults.push(format!("Cargo.toml:{line}: `{}` speaks to a network", text.trim()));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::lexer::production;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let faults = faults(&[(path.to_owned(), production(text))]);
        let starts: Vec<_> =
            faults.iter().map(|fault| fault.split(" is ").next().unwrap_or_default()).collect();
        assert_eq!(starts, expected, "{text}");
    }

    /// Every name of every ban is caught in the plainest text that has it.
    #[test]
    fn every_ban_catches_its_own_names() {
        for ban in &BANS {
            for name in ban.names {
                let text = match name.split_at(name.len() - 1) {
                    (stem, "!") => format!("fn f() {{ {stem}!(a) }}"),
                    (stem, "*") => format!("use {stem}_core::a;"),
                    _ if name.starts_with('.') => format!("fn f() {{ a{name}() }}"),
                    _ if name.starts_with('#') => "#[path = \"a.rs\"] mod a;".to_owned(),
                    _ => format!("use {name};"),
                };
                let path = format!("src/{}elsewhere.rs", ban.within);
                let faults = faults(&[(path, production(&text))]);
                let expected = format!("`{name}`");
                assert!(faults.iter().any(|fault| fault.contains(&expected)), "{name}: {text}");
            }
        }
    }

    #[test]
    fn groups_globs_and_full_paths_are_caught() {
        check(
            "src/report/a.rs",
            "\nuse std::{\n  fmt,\n  fs,\n};",
            &["src/report/a.rs:4: `std::fs`"],
        );
        check("src/report/a.rs", "use std::env::*;", &["src/report/a.rs:1: `std::env`"]);
        check(
            "src/report/a.rs",
            "use std::io::*;",
            &[
                "src/report/a.rs:1: `io::stdin`",
                "src/report/a.rs:1: `io::stdout`",
                "src/report/a.rs:1: `io::stderr`",
            ],
        );
        check("src/gate/a.rs", "fn f() { ::std::env::var(x) }", &["src/gate/a.rs:1: `std::env`"]);
        check("src/gate/a.rs", "const A: X = X(0.5);", &["src/gate/a.rs:1: `f64`"]);
        check("src/gate/a.rs", "fn f(a: &[f32]) {}", &["src/gate/a.rs:1: `f32`"]);
    }

    #[test]
    fn the_allowed_places_are_open_and_only_they() {
        check("src/sources/open.rs", "use std::fs::File;", &[]);
        check("src/sources/otel.rs", "use std::fs::File;", &["src/sources/otel.rs:1: `std::fs`"]);
        check("src/usage/filter.rs", "use polars::prelude::Expr;", &[]);
        check("src/cli/mod.rs", "fn f() { println!(\"a\"); std::process::exit(1) }", &[]);
        check("src/render/mod.rs", "fn f(a: f64) -> f64 { a * 0.5 }", &[]);
        check("src/units/share.rs", "pub struct Share(f64);", &[]);
        check("src/units/usd.rs", "use std::{fmt, iter::Sum};", &[]);
    }

    #[test]
    fn texts_comments_and_tests_are_free() {
        check("src/report/a.rs", "// std::fs\nfn f() { g(\"println!(0.5)\") }", &[]);
        check("src/report/a.rs", "#[cfg(test)] mod tests { use std::fs; }", &[]);
        check("src/report/a.rs", "use std::time::Duration; use std::io::Write;", &[]);
    }

    #[test]
    fn network_crates_are_seen_in_every_way_to_write_them() {
        let check = |manifest: &str, count: usize| {
            assert_eq!(network_dependencies(manifest).len(), count, "{manifest}");
        };
        check("[dependencies]\nreqwest = \"1\"", 1);
        check("[target.'cfg(unix)'.dependencies]\ntokio = { version = \"1\" }", 1);
        check("[dependencies.ureq]\nversion = \"3\"", 1);
        check("[dependencies]\nweb = { package = \"ureq\", version = \"3\" }", 1);
        check("[dev-dependencies]\ntokio.version = \"1\"", 1);
        check("[dependencies]\nserde = \"1\"\n[features]\ntokio = []", 0);
    }
}
