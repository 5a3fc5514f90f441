//! Which files, folders or pipes a run reads.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::anyhow;

use crate::diagnostics::did_you_mean;
use crate::sources::{Input, NoInput, discover};

use super::failure::{Failure, note, warn};
use super::settings::Settings;

/// The sample month, for `--demo`.
static DEMO: &[u8] = include_bytes!("../../fixtures/usage.jsonl.gz");

/// Looked for, in this order, when no input is named.
pub(super) const USUAL_FILES: [&str; 6] = [
    "usage.jsonl",
    "usage.csv",
    "usage.jsonl.gz",
    "usage.csv.gz",
    "usage.jsonl.zst",
    "usage.csv.zst",
];

/// What the settings name; without names what is usual.
pub(super) fn inputs(settings: &Settings) -> Result<Vec<Input>, Failure> {
    if settings.demo {
        return Ok(vec![Input::Embedded("sample month", DEMO)]);
    }
    if !settings.files.is_empty() {
        let mut inputs = Vec::new();
        for argument in &settings.files {
            match discover(argument) {
                Ok(found) => {
                    inputs.extend(found.inputs);
                    if found.others > 0 && !settings.quiet {
                        note_others(argument, found.others);
                    }
                }
                // One missing file among others is reported with what the others say.
                Err(NoInput::NotFound(name)) if settings.files.len() > 1 => {
                    inputs.push(Input::File(name.into()));
                }
                Err(error) => return Err(missing(error)),
            }
        }
        return Ok(inputs);
    }
    if !std::io::stdin().is_terminal() && stdin_is_a_pipe() {
        return Ok(vec![Input::Stdin]);
    }
    let usual = USUAL_FILES.into_iter().find(|name| Path::new(name).is_file());
    usual.map(|name| vec![Input::File(name.into())]).ok_or_else(|| {
        Failure::input(anyhow!("no log to read"))
            .hint(format!(
                "name a file, a folder, a pattern or - for standard input; without any, \
                 `inputs` of llmcost.toml, a pipe, or {} in this folder is read",
                USUAL_FILES.join(" or ")
            ))
            .hint("`--demo` shows the report on a sample month")
    })
}

/// What to do about an argument that names no log.
pub(super) fn missing(error: NoInput) -> Failure {
    let hint = match &error {
        NoInput::NotFound(name) => match beside(Path::new(name)) {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => {
                "name a file, a folder, a pattern in quotes, or - for standard input; without a \
                     log, --demo shows a sample month"
                    .to_owned()
            }
        },
        NoInput::NoMatch(_) => {
            "`**` stands for any folders; a folder alone is searched to the bottom".to_owned()
        }
        NoInput::BadPattern(..) => "write it like 'logs/**/*.jsonl', in quotes".to_owned(),
        NoInput::EmptyFolder(_) => "a file that is named itself may have any ending".to_owned(),
    };
    Failure::input(error).hint(hint)
}

/// The file beside one that is not there, of nearly the same name.
fn beside(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    let wanted = path.file_name()?.to_str()?;
    let similar = did_you_mean(wanted, names.iter().map(String::as_str))?;
    Some(folder.map_or(similar.to_owned(), |folder| folder.join(similar).display().to_string()))
}

/// A report must not take the place of the log it is about.
///
/// # Errors
/// When the file is one of the inputs, by whatever path.
pub(super) fn keep_log(inputs: &[Input], output: &Path) -> Result<(), Failure> {
    let Ok(output_file) = output.canonicalize() else { return Ok(()) };
    let is_it = |input: &Input| {
        let Input::File(path) = input else { return false };
        path.canonicalize().is_ok_and(|path| path == output_file)
    };
    // Something to write into, such as /dev/null, holds no log.
    if output_file.is_file() && inputs.iter().any(is_it) {
        return Err(Failure::usage(anyhow!(
            "{} is the log itself: what is written would take its place",
            output.display()
        ))
        .hint("name another file; `llmcost convert` alone may replace what it reads"));
    }
    Ok(())
}

/// The bytes of all inputs as they are stored; nothing where one of them is no file.
pub(super) fn stored_bytes(inputs: &[Input]) -> Option<u64> {
    let size = |input: &Input| match input {
        // A file that is not there has nothing to read.
        Input::File(path) => match std::fs::metadata(path) {
            Ok(about) if about.is_file() => Some(about.len()),
            Ok(_) => None,
            Err(_) => Some(0),
        },
        Input::Stdin | Input::Embedded(..) => None,
    };
    inputs.iter().map(size).sum()
}

/// Says how many files of a folder were passed over for their names.
fn note_others(folder: &str, others: usize) {
    let text = if others == 1 {
        format!("1 other file in {folder} was not looked at: by its name it is no log")
    } else {
        format!(
            "{others} other files in {folder} were not looked at: by their names they are no logs"
        )
    };
    note(&text);
}

/// A file that is named twice, by whatever path or pattern, is read once: its calls happened once.
pub(super) fn without_repeats(inputs: Vec<Input>) -> Vec<Input> {
    let mut seen = HashSet::new();
    let is_new = |input: &Input| {
        let Input::File(path) = input else { return true };
        let Ok(path) = path.canonicalize() else { return true };
        let new = seen.insert(path);
        if !new {
            warn(&format!("{} is named more than once and read once", input.name()));
        }
        new
    };
    let mut inputs = inputs;
    inputs.retain(is_new);
    inputs
}

/// Whether something is written to standard input: a program started by another one often has a
/// standard input that is neither a terminal nor a pipe.
#[cfg(unix)]
fn stdin_is_a_pipe() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let file = std::io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from);
    let kind = file.and_then(|file| file.metadata()).map(|metadata| metadata.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_file() || kind.is_socket())
}

#[cfg(not(unix))]
fn stdin_is_a_pipe() -> bool {
    true
}
