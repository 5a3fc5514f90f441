//! Holds the sources to `ARCHITECTURE.md`: who may import whom, and what may be used where.
//!
//! The table of rooms is read from that document; this file only knows how to compare. It uses
//! nothing of the library, so that it builds and runs in a moment.

mod support;
mod tidy;

use std::collections::{BTreeMap, BTreeSet};

use support::bans;
use support::files::{self, TextFile};
use support::lexer::{self, Production};
use support::paths::{self, NamedPath};
use support::table::{self, Rooms};

/// The file in which the program begins; it may know only the top of the house.
const PROGRAM: &str = "src/main.rs";
/// The room at the top of the house.
const TOP: &str = "cli";

/// One import from room to room, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Import {
    from: String,
    to: String,
    place: String,
}

/// The production code of every file; files that hold only tests are left out.
fn production_code(files: &[TextFile]) -> Vec<(String, Production)> {
    let read: Vec<_> =
        files.iter().map(|file| (file.path.clone(), lexer::production(&file.text))).collect();
    let test_modules: BTreeSet<Vec<String>> = read
        .iter()
        .flat_map(|(path, code)| {
            let parent = paths::module_of(path);
            code.test_modules.iter().map(move |name| [&parent, std::slice::from_ref(name)].concat())
        })
        .collect();
    let test_files: BTreeSet<String> = read
        .iter()
        .flat_map(|(path, code)| code.test_files.iter().map(|name| paths::beside(path, name)))
        .collect();
    let is_test = |path: &str| {
        let module = paths::module_of(path);
        test_files.contains(path)
            || (1..=module.len()).any(|length| test_modules.contains(&module[..length]))
    };
    read.into_iter().filter(|(path, _)| !is_test(path)).collect()
}

/// Every import between rooms, and every path that leaves the rooms.
fn imports(code: &[(String, Production)], rooms: &Rooms) -> (Vec<Import>, Vec<String>) {
    let (mut imports, mut faults) = (Vec::new(), Vec::new());
    for (path, production) in code {
        let module = paths::module_of(path);
        for named in paths::paths(&production.tokens) {
            let Some(target) = paths::resolve(&named, &module) else { continue };
            let place = format!("{path}:{}", named.line);
            let from = module.first().map_or(path.as_str(), String::as_str);
            match target.first() {
                Some(to) if to == from => {}
                Some(to) if rooms.contains_key(to) => {
                    imports.push(Import { from: from.to_owned(), to: to.clone(), place });
                }
                _ => faults.push(format!("{place}: `{}` names no room", shown(&named))),
            }
        }
    }
    (imports, faults)
}

fn shown(path: &NamedPath) -> String {
    path.parts.join("::")
}

/// What is wrong with one import, if anything is.
fn fault(import: &Import, rooms: &Rooms) -> Option<String> {
    let Import { from, to, place } = import;
    if from == PROGRAM {
        return (to != TOP).then(|| format!("{place}: the program may know only `{TOP}`"));
    }
    let (Some(above), Some(below)) = (rooms.get(from), rooms.get(to)) else {
        return Some(format!("{place}: `{from}` has no row in ARCHITECTURE.md"));
    };
    if above.may_import.contains(to) {
        return None;
    }
    let reason = match below.floor.cmp(&above.floor) {
        std::cmp::Ordering::Greater => "which stands higher",
        std::cmp::Ordering::Equal => "which stands on the same floor",
        std::cmp::Ordering::Less => "which its row does not allow",
    };
    Some(format!("{place}: `{from}` imports `{to}`, {reason}"))
}

/// The rooms that import themselves by way of others, if there are any.
fn circle(imports: &[Import]) -> Option<String> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for import in imports {
        known.entry(&import.from).or_default().insert(&import.to);
    }
    let reaches_itself = |room: &&str| {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next = vec![*room];
        while let Some(from) = next.pop() {
            let targets = known.get(from).into_iter().flatten();
            next.extend(targets.filter(|to| reached.insert(to)));
        }
        reached.contains(room)
    };
    let circle: Vec<_> = known.keys().copied().filter(reaches_itself).collect();
    (!circle.is_empty()).then(|| circle.join(", "))
}

/// The modules that a root file declares, and whether it does anything else.
fn check_library_root(text: &str, rooms: &Rooms) -> Vec<String> {
    let tokens = lexer::production(text).tokens;
    let words: Vec<_> = tokens.iter().map(|token| token.text.as_str()).collect();
    let mut faults = Vec::new();
    let mut declared = BTreeSet::new();
    for declaration in words.split(|word| *word == ";").filter(|words| !words.is_empty()) {
        match declaration {
            ["pub", "mod", name] => drop(declared.insert((*name).to_owned())),
            ["pub", "use", "library", ..] => {}
            other => faults.push(format!(
                "src/lib.rs: `{}`: the root only declares rooms, as `pub mod name;`, and re-exports `library`",
                other.join(" ")
            )),
        }
    }
    for name in rooms.keys().filter(|name| !declared.contains(*name)) {
        faults.push(format!("src/lib.rs: `{name}` has a row in ARCHITECTURE.md but is no module"));
    }
    for name in declared.iter().filter(|name| !rooms.contains_key(*name)) {
        faults.push(format!("src/lib.rs: `{name}` has no row in ARCHITECTURE.md"));
    }
    faults
}

/// Everything that is wrong with imports in these files.
fn import_faults(files: &[TextFile], rooms: &Rooms) -> Vec<String> {
    let (imports, mut faults) = imports(&production_code(files), rooms);
    faults.extend(imports.iter().filter_map(|import| fault(import, rooms)));
    faults.extend(circle(&imports).map(|rooms| format!("a circle of imports: {rooms}")));
    faults
}

fn rooms() -> Rooms {
    table::parse(&files::read("ARCHITECTURE.md").text)
        .unwrap_or_else(|error| panic!("ARCHITECTURE.md: {error}"))
}

/// Fails with one line for each fault.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n  {}", faults.len(), faults.join("\n  "));
}

#[test]
fn rooms_import_only_what_their_row_allows() {
    assert_none(&import_faults(&files::below("src", ".rs"), &rooms()));
}

#[test]
fn every_room_has_a_row_and_every_row_a_room() {
    assert_none(&check_library_root(&files::read("src/lib.rs").text, &rooms()));
}

#[test]
fn the_sources_use_nothing_outside_its_place() {
    assert_none(&bans::faults(&production_code(&files::below("src", ".rs"))));
}

#[test]
fn no_dependency_speaks_to_a_network() {
    assert_none(&bans::network_dependencies(&files::read("Cargo.toml").text));
}

/// Guards against a reader that sees nothing and therefore finds nothing wrong.
#[test]
fn the_reader_sees_the_imports_that_are_there() {
    let sources = files::below("src", ".rs");
    let (imports, _) = imports(&production_code(&sources), &rooms());
    let sees = |place: &str| {
        imports.iter().any(|import| {
            import.from == "usage" && import.to == "units" && import.place.starts_with(place)
        })
    };
    assert!(sees("src/usage/calls.rs:"), "{imports:?}");
    assert!(sees("src/usage/filter.rs:"), "{imports:?}");
    let from_main = imports.iter().any(|import| import.from == PROGRAM);
    assert!(from_main || !files::read(PROGRAM).text.contains("llmcost::"), "{imports:?}");
}

mod small_houses {
    //! The rules, tried on houses small enough to see through.

    use super::*;

    const HOUSE: &str = "\
        | floor | room | may import | holds |\n\
        |---|---|---|---|\n\
        | 0 | `units` | nothing | Units. |\n\
        | 0 | `diagnostics` | nothing | Diagnostics. |\n\
        | 1 | `sources` | `units`, `diagnostics` | Sources. |\n\
        | 1 | `pricing` | `units` | Prices. |\n\
        | 2 | `cli` | `units`, `sources`, `pricing` | The program. |\n";

    fn check(path: &str, text: &str, expected: &[&str]) {
        let rooms = table::parse(HOUSE).expect("a good table");
        assert_eq!(import_faults(&[TextFile::new(path, text)], &rooms), expected, "{text}");
    }

    #[test]
    fn downward_imports_pass() {
        check("src/sources/mod.rs", "use crate::{diagnostics::A, units::B};", &[]);
        check("src/sources/a.rs", "use super::b; use crate::sources::c;", &[]);
        check("src/main.rs", "fn main() { llmcost::cli::run() }", &[]);
    }

    #[test]
    fn upward_imports_fail_with_their_line() {
        check(
            "src/units/usd.rs",
            "\nuse crate::{\n    units::Usd,\n    cli::run,\n};",
            &["src/units/usd.rs:4: `units` imports `cli`, which stands higher"],
        );
        check(
            "src/units/usd.rs",
            "use super::super::sources::{a, b};",
            &[
                "src/units/usd.rs:1: `units` imports `sources`, which stands higher",
                "src/units/usd.rs:1: `units` imports `sources`, which stands higher",
            ],
        );
        check(
            "src/pricing/a/b.rs",
            "fn f() { super::super::super::cli::run() }",
            &["src/pricing/a/b.rs:1: `pricing` imports `cli`, which stands higher"],
        );
    }

    #[test]
    fn neighbours_and_rooms_outside_the_row_fail() {
        check(
            "src/pricing/cost.rs",
            "fn f(a: &crate::sources::A) {}",
            &["src/pricing/cost.rs:1: `pricing` imports `sources`, which stands on the same floor"],
        );
        check(
            "src/units/usd.rs",
            "use crate::diagnostics::Code;",
            &["src/units/usd.rs:1: `units` imports `diagnostics`, which stands on the same floor"],
        );
        check(
            "src/cli/mod.rs",
            "use crate::diagnostics::Code;",
            &["src/cli/mod.rs:1: `cli` imports `diagnostics`, which its row does not allow"],
        );
        check(
            "src/main.rs",
            "use llmcost::units::Usd;",
            &["src/main.rs:1: the program may know only `cli`"],
        );
    }

    #[test]
    fn the_root_of_the_crate_is_no_way_around() {
        check("src/units/a.rs", "use crate as c;", &["src/units/a.rs:1: `crate` names no room"]);
        check("src/units/a.rs", "use crate::*;", &["src/units/a.rs:1: `crate::*` names no room"]);
        check(
            "src/units/a.rs",
            "use super::super as c;",
            &["src/units/a.rs:1: `super::super` names no room"],
        );
        check(
            "src/attic/mod.rs",
            "use crate::units::A;",
            &["src/attic/mod.rs:1: `attic` has no row in ARCHITECTURE.md"],
        );
    }

    #[test]
    fn tests_may_import_what_they_like() {
        check("src/units/a.rs", "#[cfg(test)] mod tests { use crate::cli::run; }", &[]);
        let files = [
            TextFile::new("src/units/mod.rs", "#[cfg(test)] mod cases; mod usd;"),
            TextFile::new("src/units/cases.rs", "use crate::cli;"),
            TextFile::new("src/units/share.rs", "#[cfg(test)] #[path = \"more.rs\"] mod tests;"),
            TextFile::new("src/units/more.rs", "use crate::cli;"),
            TextFile::new("src/units/usd.rs", "use crate::cli;"),
        ];
        let rooms = table::parse(HOUSE).expect("a good table");
        let faults = import_faults(&files, &rooms);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("src/units/usd.rs:1:"), "{faults:?}");
    }

    #[test]
    fn circles_are_found() {
        let import = |from: &str, to: &str| Import {
            from: from.to_owned(),
            to: to.to_owned(),
            place: String::new(),
        };
        assert_eq!(circle(&[import("a", "b"), import("b", "c"), import("a", "c")]), None);
        let round = [import("a", "b"), import("b", "c"), import("c", "b"), import("c", "d")];
        assert_eq!(circle(&round).as_deref(), Some("b, c"));
    }

    #[test]
    fn the_root_declares_the_rooms_and_nothing_else() {
        let rooms = table::parse(HOUSE).expect("a good table");
        let good = "//! a\npub mod cli; pub mod diagnostics; pub mod pricing; pub mod sources;\n\
                    pub mod units;";
        assert_eq!(check_library_root(good, &rooms), Vec::<String>::new());
        let more = format!("{good} pub use units::Usd; pub mod attic;");
        let faults = check_library_root(&more, &rooms);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert_eq!(check_library_root("pub mod units;", &rooms).len(), 4);
    }
}
