//! Which inputs a command line names: files, patterns, folders, standard input.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::stores::{is_beside, is_database, sessions_below};

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes that are part of the program, with a name for messages.
    Embedded(&'static str, &'static [u8]),
}

impl Input {
    /// The name for messages and reports.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
            Self::Embedded(name, _) => (*name).to_owned(),
        }
    }
}

/// An argument that names no input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoInput {
    /// There is no such file or folder.
    NotFound(String),
    /// The pattern matches nothing.
    NoMatch(String),
    /// The text is no valid pattern.
    BadPattern(String, String),
    /// The folder holds no file that could be a log.
    EmptyFolder(String),
}

impl fmt::Display for NoInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(name) => write!(f, "cannot read {name}: no such file or folder"),
            Self::NoMatch(pattern) => write!(f, "no file matches {pattern}"),
            Self::BadPattern(pattern, why) => write!(f, "{pattern} is not a pattern: {why}"),
            Self::EmptyFolder(name) => {
                write!(f, "no log in {name}: looked for {}", ENDINGS.join(", "))
            }
        }
    }
}

impl std::error::Error for NoInput {}

/// Files that a folder is searched for; each may also be compressed.
const ENDINGS: [&str; 7] = [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".log", ".parquet"];
const COMPRESSED: [&str; 2] = [".gz", ".zst"];

/// The inputs an argument names, in a fixed order. Folders are searched to the bottom.
///
/// # Errors
/// When it names none.
pub fn discover(argument: &str) -> Result<Vec<Input>, NoInput> {
    if argument == "-" {
        return Ok(vec![Input::Stdin]);
    }
    let path = Path::new(argument);
    if path.is_dir() {
        let mut files = Vec::new();
        search(path, &mut files);
        files.sort();
        if files.is_empty() {
            return Err(NoInput::EmptyFolder(argument.to_owned()));
        }
        return Ok(files.into_iter().map(Input::File).collect());
    }
    // A file whose name looks like a pattern is that file.
    if path.exists() {
        return Ok(vec![Input::File(path.to_owned())]);
    }
    if !argument.contains(['*', '?', '[']) {
        return Err(NoInput::NotFound(argument.to_owned()));
    }
    let matches = glob::glob(argument)
        .map_err(|error| NoInput::BadPattern(argument.to_owned(), error.to_string()))?;
    let files: Vec<_> = matches.flatten().filter(|path| path.is_file()).map(Input::File).collect();
    if files.is_empty() { Err(NoInput::NoMatch(argument.to_owned())) } else { Ok(files) }
}

fn search(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let entries: Vec<_> = entries.flatten().collect();
    let name = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let names: Vec<String> = entries.iter().map(name).collect();
    if let Some(sessions) = sessions_in(folder) {
        let databases = names.iter().filter(|name| is_database(name)).map(|name| folder.join(name));
        let databases: Vec<PathBuf> = databases.collect();
        if !(sessions.is_empty() && databases.is_empty()) {
            for sessions in &sessions {
                search(sessions, files);
            }
            files.extend(databases);
            return;
        }
    }
    for (entry, name) in entries.iter().zip(&names) {
        let path = entry.path();
        // Links to folders are not followed: they may lead in circles.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            search(&path, files);
        } else if path.is_file()
            && (could_be_log(name) || is_database(name))
            && !is_beside(name, &names)
        {
            files.push(path);
        }
    }
}

/// The folders to search instead of one that a program keeps; nothing for any other.
fn sessions_in(folder: &Path) -> Option<Vec<PathBuf>> {
    // The name of `.` is that of the folder it stands for.
    let whole = folder.canonicalize().ok();
    let name = whole.as_deref().and_then(Path::file_name).and_then(OsStr::to_str);
    let sessions = name.and_then(sessions_below)?;
    let folders = sessions.iter().map(|inner| folder.join(inner));
    Some(folders.filter(|inner| inner.is_dir()).collect())
}

fn could_be_log(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = COMPRESSED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(argument: &str) -> Result<Vec<String>, NoInput> {
        let inputs = discover(argument)?;
        let name = |input: &Input| match input {
            Input::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            Input::Stdin | Input::Embedded(..) => None,
        };
        Ok(inputs.iter().filter_map(name).collect())
    }

    #[test]
    fn of_a_programs_folder_only_its_sessions_are_logs() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            ".codex/auth.json",
            ".codex/history.jsonl",
            ".codex/sessions/2026/05/04/rollout-a.jsonl",
            ".codex/archived_sessions/rollout-b.jsonl",
            ".gemini/settings.json",
            ".gemini/tmp/1f/logs.json",
            ".gemini/tmp/1f/chats/session-c.json",
            "opencode/opencode.json",
            "opencode/opencode-1.db",
            "opencode/opencode-1.db-wal",
            "io.datasette.llm/keys.json",
            "io.datasette.llm/logs.db",
            "opencode/storage/message/s/msg_d.json",
            "opencode/storage/part/m/prt_e.json",
            "tasks/7/ui_messages.json",
            "tasks/7/api_conversation_history.json",
            "wires/wire.jsonl",
            "wires/context.jsonl",
            "x/context.jsonl",
            "x/sessions/y.jsonl",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("inside")).expect("creates");
            fs::write(path, "{}").expect("writes");
        }
        let found = names(folder.path().to_str().expect("text")).expect("logs");
        let expected = [
            "rollout-b.jsonl",
            "rollout-a.jsonl",
            "session-c.json",
            "logs.db",
            "opencode-1.db",
            "msg_d.json",
            "ui_messages.json",
            "wire.jsonl",
            "context.jsonl",
            "y.jsonl",
        ];
        assert_eq!(found, expected);
        let storage = folder.path().join("opencode/storage");
        assert_eq!(names(storage.to_str().expect("text")), Ok(vec!["msg_d.json".to_owned()]));
    }

    #[test]
    fn folders_and_patterns_name_their_logs_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        fs::create_dir(root.join("b")).expect("creates");
        for name in ["c.jsonl", "a.CSV.gz", "b/d.json", "notes.txt"] {
            fs::write(root.join(name), "{}").expect("writes");
        }
        let root = root.to_str().expect("text");
        assert_eq!(names(root), Ok(["a.CSV.gz", "d.json", "c.jsonl"].map(str::to_owned).to_vec()));
        let pattern = format!("{root}/*.jsonl");
        assert_eq!(names(&pattern), Ok(vec!["c.jsonl".to_owned()]));
        let missing = format!("{root}/none*");
        assert_eq!(names(&missing), Err(NoInput::NoMatch(missing.clone())));
        let missing = format!("{root}/none");
        assert_eq!(names(&missing), Err(NoInput::NotFound(missing.clone())));
    }
}
