//! Runs the real program on files, as a user does, and reads its JSON.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::world::Class;
use crate::world::log::Line;
use crate::world::plan::Setting;
use crate::world::table::Table;
use crate::write;

/// The program of this build, or another one that `LLMCOST_ORACLE_PROGRAM` names: a faster build, or an
/// older version.
#[expect(clippy::disallowed_methods, reason = "who looks for a difference says so here")]
fn program() -> OsString {
    let named = std::env::var_os("LLMCOST_ORACLE_PROGRAM");
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_llmcost").into())
}

/// A folder with the files of a world.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    pub(crate) fn new(table: &Table, lines: &[Line]) -> Self {
        let folder = Self { folder: tempfile::tempdir().expect("a folder") };
        folder.write("prices.toml", &write::table::text(table));
        folder.write("log.jsonl", &write::log::text(lines));
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("a file");
    }

    /// A plan beside them.
    pub(crate) fn plan(self, plan: &[Setting], group_by: &[&str]) -> Self {
        self.write("plan.toml", &write::plan::text(plan, group_by));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What the program says; a panic of the test with its words otherwise.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.try_run(arguments).unwrap_or_else(|(code, said)| {
            panic!("{arguments:?} ended with {code:?}: {said}\n{}", self.told())
        })
    }

    pub(crate) fn try_run(&self, arguments: &[&str]) -> Result<String, (Option<i32>, String)> {
        let mut command = Command::new(program());
        let output = command.current_dir(self.path()).env_clear().args(arguments).output();
        let output = output.expect("the program starts");
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout).expect("text"));
        }
        Err((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let common = ["--json", "--prices", "prices.toml", "--threads", "1"];
        let text = self.run(&[arguments, &common].concat());
        serde_json::from_str(&text).expect("JSON")
    }

    /// The report of a gate, which may fail.
    pub(crate) fn verdict(&self, arguments: &[&str]) -> Value {
        let common = ["--json", "--prices", "prices.toml", "--threads", "1"];
        let mut command = Command::new(program());
        command.current_dir(self.path()).env_clear().args(arguments).args(common);
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{said}\n{}", self.told());
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Its files, for somebody who looks for what went wrong.
    pub(crate) fn told(&self) -> String {
        let mut told = String::new();
        for name in ["prices.toml", "log.jsonl", "new.jsonl", "plan.toml"] {
            if let Ok(text) = fs::read_to_string(self.path().join(name)) {
                told.extend(["--- ", name, "\n", text.as_str()]);
            }
        }
        told
    }
}

/// A value as the text that figures are compared by.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

/// The exclusive classes of a report, whose `output` has reasoning, sound and images in it.
pub(crate) fn output_of(tokens: &crate::world::log::Counts) -> u64 {
    let sum = Class::ALL.into_iter().filter(|class| !class.is_input());
    sum.map(|class| tokens.get(&class).copied().unwrap_or(0)).sum()
}
