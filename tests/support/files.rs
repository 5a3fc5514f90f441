//! The files of the project, by their path from its root with `/` between the parts.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Folders that hold what tools made.
const GENERATED: [&str; 2] = [".git", "target"];

/// A text file of the project.
#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    /// Path from the root of the project: `src/units/usd.rs`.
    pub(crate) path: String,
    /// Its whole text.
    pub(crate) text: String,
}

impl TextFile {
    /// A file that exists only in a test.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The root of the project.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads one file that must be there.
pub(crate) fn read(path: &str) -> TextFile {
    let text = fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
    TextFile { path: path.to_owned(), text }
}

/// Every file below a folder whose name ends in `ending`, sorted by path; none when the folder is
/// not there.
pub(crate) fn below(folder: &str, ending: &str) -> Vec<TextFile> {
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    paths.retain(|path| path.ends_with(ending));
    paths.iter().map(|path| read(path)).collect()
}

/// Every text file under version control; where there is no version control, every text file.
pub(crate) fn tracked() -> Vec<TextFile> {
    let paths = listed_by_git().unwrap_or_else(|| {
        let mut paths = Vec::new();
        walk("", &mut paths);
        paths
    });
    // A binary fixture is no text, and a file removed but not yet committed is no file.
    let texts = paths.into_iter().filter_map(|path| {
        let text = fs::read_to_string(root().join(&path)).ok()?;
        Some(TextFile { path, text })
    });
    texts.collect()
}

fn listed_by_git() -> Option<Vec<String>> {
    let listing = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().ok()?;
    let names = String::from_utf8(listing.stdout).ok().filter(|_| listing.status.success())?;
    let paths: Vec<_> = names.split('\0').filter(|name| !name.is_empty()).collect();
    (!paths.is_empty()).then(|| paths.into_iter().map(ToOwned::to_owned).collect())
}

fn walk(folder: &str, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return };
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("a folder of the project can be listed"))
        .map(|entry| {
            let is_folder = entry.file_type().expect("an entry has a type").is_dir();
            (entry.file_name().to_string_lossy().into_owned(), is_folder)
        })
        .collect();
    names.sort_unstable();
    for (name, is_folder) in names {
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        match is_folder {
            true if GENERATED.contains(&name.as_str()) => {}
            true => walk(&path, paths),
            false => paths.push(path),
        }
    }
}
