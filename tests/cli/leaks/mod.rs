//! What a log has that must not come out: prompts, keys, commands to a terminal. Each test looks for it
//! in everything that runs leave behind.

mod escapes;
#[cfg(unix)]
mod files;
mod masks;
mod prompts;
#[cfg(target_os = "linux")]
mod sockets;

use std::fs;
use std::path::Path;

use super::support::{finish, llmcost};

/// What a run left: its streams, and every file of the folder it wrote to.
struct Left {
    /// What was typed.
    command: String,
    code: Option<i32>,
    /// The name of each stream and file, and its bytes as text.
    texts: Vec<(String, String)>,
}

impl Left {
    /// The first place that has a text.
    fn place_of(&self, text: &str) -> Option<&str> {
        self.texts.iter().find(|(_, found)| found.contains(text)).map(|(name, _)| name.as_str())
    }

    fn stream(&self, name: &str) -> &str {
        let text = self.texts.iter().find(|(known, _)| known == name);
        text.map_or("", |(_, text)| text)
    }
}

/// Runs the program in a folder; `OUT` in what is typed is a folder for what it writes.
fn leave(folder: &Path, words: &[&str]) -> Left {
    let out = tempfile::tempdir().expect("a folder");
    let place = out.path().to_str().expect("text");
    let typed: Vec<String> = words.iter().map(|word| word.replace("OUT", place)).collect();
    let run = finish(llmcost(folder).args(&typed));
    let mut texts = vec![("stdout".to_owned(), run.stdout), ("stderr".to_owned(), run.stderr)];
    for entry in fs::read_dir(out.path()).expect("a folder") {
        let path = entry.expect("a file").path();
        let bytes = fs::read(&path).expect("reads");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        texts.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Left { command: words.join(" "), code: run.code, texts }
}
