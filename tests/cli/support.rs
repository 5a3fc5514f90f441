//! Runs the program the same way everywhere: fixed width, no colour, no settings of the machine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program, in a folder of its own choosing.
pub(crate) fn llmcost(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmcost"));
    command.current_dir(folder).env_clear().env("COLUMNS", "100").stdin(Stdio::null());
    command
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    finish(llmcost(folder).args(arguments))
}

pub(crate) fn run_with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = llmcost(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("no panic").expect("the program reads its input");
    told(output)
}

pub(crate) fn finish(command: &mut Command) -> Run {
    told(command.output().expect("the program starts"))
}

fn told(output: std::process::Output) -> Run {
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// The JSON report of a run that must succeed.
pub(crate) fn json(folder: &Path, arguments: &[&str]) -> Value {
    let run = run(folder, &[arguments, &["--json"]].concat());
    assert_eq!(run.code, Some(0), "{arguments:?}\n{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// An exact amount of a JSON report, in 10⁻¹⁸ dollars.
pub(crate) fn atto(value: &Value) -> i128 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no decimal text"));
    parse(text)
}

pub(crate) fn parse(text: &str) -> i128 {
    llmcost::units::parse_decimal(text, 18, llmcost::units::Excess::Round).expect("a decimal")
}

/// A folder with one log in it.
pub(crate) fn folder_with(name: &str, contents: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), contents).expect("writes");
    folder
}

pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The reference material, where it is there: a folder beside the project, or the one named by
/// `LLMCOST_SHARED`. A test that uses it says so when it is not.
#[expect(clippy::disallowed_methods, reason = "where CI keeps it")]
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let named = std::env::var_os("LLMCOST_SHARED").map(PathBuf::from);
    let root = named.unwrap_or_else(|| project().join("../shared"));
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("{part} of the reference material is not here"));
    None
}

/// Says that a test could not do its work.
#[expect(clippy::print_stdout, reason = "a test that did nothing says so")]
pub(crate) fn skipped(why: &str) {
    println!("SKIPPED: {why}");
}
