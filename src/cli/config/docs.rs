//! The page on configuration, for `llmcost explain config` and `docs/config.md`: made of the table
//! that the reader uses.

use std::fmt::Write;

use super::super::help;
use super::keys::{CONTRACT_KEYS, Form, SETTINGS, SOURCE_KEYS, Setting};

const START: &str = "\
# Configuration

What is said with every run can stand in a file.
`llmcost init LOG` writes a commented one, and `llmcost config show` says what is in force and where each value comes from.

## Where it is read from

What is said in a place further up wins, key by key:

1. a flag;
2. an environment variable, such as `LLMCOST_BY`;
3. the project's `llmcost.toml`: the file that `--config` or `LLMCOST_CONFIG` names, else the nearest in the current folder or a folder above it, as with Cargo;
4. the user's `llmcost/config.toml`, below `XDG_CONFIG_HOME` or `~/.config`;
5. the default.

Paths in a file are relative to that file.
When a file above the current folder counts, a note on stderr says so.
`LLMCOST_QUIET=0` and `LLMCOST_STRICT=0` take back what a file turned on; `--config /dev/null` leaves the project's file out.
A list or a table replaces the weaker one as a whole; saved mappings (`[[source]]`) of the project come before those of the user.
A key that does not exist is an error with file, line and the key that was probably meant.

## Keys
";

const END: &str = "
A plan can stand in the file itself: `[plan.prompt_caching]` with the settings of `llmcost plan --example`.
`dimensions` are read only where a run asks for them; `map` may name only fields, and columns that every run uses.
";

/// The page, in Markdown.
pub(in crate::cli) fn page() -> String {
    let mut text = START.to_owned();
    for one in SETTINGS {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n### `{}`\n\n{}\n", one.key, one.meaning);
        let _ = writeln!(text, "It takes {}.", taken(one));
        if !one.default.is_empty() {
            let _ = writeln!(text, "Default: {}.", one.default);
        }
        if let Some(flag) = flag(one) {
            let _ = writeln!(text, "{flag}");
        }
        let _ = write!(text, "\n```toml\n{}\n```\n", example(one));
    }
    text.push_str(END);
    text
}

fn taken(one: &Setting) -> String {
    match (one.form, one.key) {
        (Form::Tables, "contract") => format!("{}: {}", one.form.words(), CONTRACT_KEYS.join(", ")),
        (Form::Tables, _) => format!("{}: {}", one.form.words(), SOURCE_KEYS.join(", ")),
        (Form::Word(_), _) => format!("one of {}", one.form.words()),
        _ => one.form.words(),
    }
}

/// The flag and the environment variable that say the same.
fn flag(one: &Setting) -> Option<String> {
    let (command, name) = one.flag;
    if name.is_empty() {
        return None;
    }
    let variable = help::environment(command, name);
    Some(match variable {
        Some(variable) => format!("Flag: `--{name}`; environment: `{variable}`."),
        None => format!("Flag: `--{name}`."),
    })
}

/// The lines of a file that say it.
pub(super) fn example(one: &Setting) -> String {
    match (one.form, one.key.split_once('.')) {
        (Form::Tables, _) => format!("[[{}]]\n{}", one.key, one.example),
        (_, Some((section, name))) => format!("[{section}]\n{name} = {}", one.example),
        (_, None) => format!("{} = {}", one.key, one.example),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `llmcost explain config > docs/config.md` brings it up to date.
    #[test]
    fn the_page_of_the_documents_is_this_one() {
        assert_eq!(include_str!("../../../docs/config.md"), page());
    }

    #[test]
    fn every_flag_of_the_table_exists() {
        for one in SETTINGS.iter().filter(|one| !one.flag.1.is_empty()) {
            let (command, name) = one.flag;
            assert!(help::id_of(command, name).is_some(), "{}: {command} --{name}", one.key);
        }
    }
}
