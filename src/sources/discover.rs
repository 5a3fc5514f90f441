//! Which inputs a command line names: files, patterns, folders, standard input.

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

/// What an argument names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The inputs, in a fixed order.
    pub inputs: Vec<Input>,
    /// Files of a folder that were not looked at: by their names they are no logs.
    pub others: usize,
}

impl From<Input> for Found {
    fn from(input: Input) -> Self {
        Self { inputs: vec![input], others: 0 }
    }
}

/// Files that a folder is searched for; each may also be compressed, or a turn of a rotated log.
const ENDINGS: [&str; 7] = [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".log", ".parquet"];
const COMPRESSED: [&str; 2] = [".gz", ".zst"];

/// The inputs an argument names. Folders are searched to the bottom; one that cannot be searched is
/// an input that cannot be read.
///
/// # Errors
/// When it names none.
pub fn discover(argument: &str) -> Result<Found, NoInput> {
    if argument == "-" {
        return Ok(Input::Stdin.into());
    }
    let path = Path::new(argument);
    if path.is_dir() {
        let (mut files, mut others) = (Vec::new(), 0);
        search(path, &mut files, &mut others);
        files.sort();
        if files.is_empty() {
            return Err(NoInput::EmptyFolder(argument.to_owned()));
        }
        return Ok(Found { inputs: files.into_iter().map(Input::File).collect(), others });
    }
    // A file whose name looks like a pattern is that file.
    if path.exists() {
        return Ok(Input::File(path.to_owned()).into());
    }
    if !argument.contains(['*', '?', '[']) {
        return Err(NoInput::NotFound(argument.to_owned()));
    }
    let matches = glob::glob(argument)
        .map_err(|error| NoInput::BadPattern(argument.to_owned(), error.to_string()))?;
    let files: Vec<_> = matches.flatten().filter(|path| path.is_file()).map(Input::File).collect();
    if files.is_empty() {
        return Err(NoInput::NoMatch(argument.to_owned()));
    }
    Ok(Found { inputs: files, others: 0 })
}

fn search(folder: &Path, files: &mut Vec<PathBuf>, others: &mut usize) {
    let Ok(entries) = fs::read_dir(folder) else {
        // Opening it will say why.
        files.push(folder.to_owned());
        return;
    };
    let entries: Vec<_> = entries.flatten().collect();
    let name = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let names: Vec<String> = entries.iter().map(name).collect();
    if let Some(sessions) = sessions_in(folder) {
        let databases = names.iter().filter(|name| is_database(name)).map(|name| folder.join(name));
        let databases: Vec<PathBuf> = databases.collect();
        if !(sessions.is_empty() && databases.is_empty()) {
            for sessions in &sessions {
                search(sessions, files, others);
            }
            files.extend(databases);
            return;
        }
    }
    for (entry, name) in entries.iter().zip(&names) {
        let path = entry.path();
        // Links to folders are not followed: they may lead in circles.
        let kind = entry.file_type().ok();
        if kind.is_some_and(|kind| kind.is_dir()) {
            search(&path, files, others);
        } else if !(kind.is_some_and(|kind| kind.is_file()) || path.is_file()) {
            // A socket, a link to a folder, a link to nothing.
        } else if !(could_be_log(name) || is_database(name)) {
            *others += 1;
        } else if !is_beside(name, &names) {
            files.push(path);
        }
    }
}

/// The folders to search instead of one that a program keeps; nothing for any other.
fn sessions_in(folder: &Path) -> Option<Vec<PathBuf>> {
    // The name of `.` is that of the folder it stands for.
    let whole = folder.canonicalize().ok();
    let sessions = whole.as_deref().and_then(sessions_below)?;
    let folders = sessions.iter().map(|inner| folder.join(inner));
    Some(folders.filter(|inner| inner.is_dir()).collect())
}

fn could_be_log(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let unpacked = COMPRESSED.iter().find_map(|ending| name.strip_suffix(ending));
    // What a compressed file without another ending holds, its first bytes will tell.
    if unpacked.is_some_and(|plain| !plain.is_empty() && !plain.contains('.')) {
        return true;
    }
    let plain = unpacked.unwrap_or(&name);
    let turn = plain
        .rsplit_once('.')
        .filter(|(_, turn)| !turn.is_empty() && turn.bytes().all(|byte| byte.is_ascii_digit()));
    let plain = turn.map_or(plain, |(log, _)| log);
    ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(argument: &str) -> Result<Vec<String>, NoInput> {
        let inputs = discover(argument)?.inputs;
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

    /// Only the first of them was read once.
    #[test]
    fn turns_of_a_rotated_log_are_logs_and_other_files_are_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "usage.jsonl",
            "usage.jsonl.1",
            "usage.jsonl.2.gz",
            "000000.gz",
            "dump.sql.gz",
            "notes.txt",
            "read.1",
        ] {
            fs::write(folder.path().join(name), "{}").expect("writes");
        }
        let found = discover(folder.path().to_str().expect("text")).expect("logs");
        assert_eq!((found.inputs.len(), found.others), (4, 3), "{found:?}");
    }

    #[test]
    fn a_folder_called_storage_is_opencodes_only_below_opencode() {
        let folder = tempfile::tempdir().expect("a folder");
        let storage = folder.path().join("storage");
        fs::create_dir_all(storage.join("message")).expect("creates");
        fs::write(storage.join("usage.jsonl"), "{}").expect("writes");
        fs::write(storage.join("message/other.json"), "{}").expect("writes");
        let found = names(storage.to_str().expect("text")).expect("logs");
        assert_eq!(found, ["other.json", "usage.jsonl"]);
    }

    /// It was passed over without a word.
    #[cfg(unix)]
    #[test]
    fn a_folder_that_may_not_be_searched_is_an_input_that_cannot_be_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let closed = folder.path().join("closed");
        fs::create_dir(&closed).expect("creates");
        fs::write(closed.join("b.jsonl"), "{}").expect("writes");
        fs::write(folder.path().join("a.jsonl"), "{}").expect("writes");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0)).expect("closes");
        // Nothing is closed to an administrator.
        let expected = if fs::read_dir(&closed).is_ok() { "b.jsonl" } else { "closed" };
        let found = names(folder.path().to_str().expect("text"));
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("opens");
        assert_eq!(found, Ok(vec!["a.jsonl".to_owned(), expected.to_owned()]));
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
