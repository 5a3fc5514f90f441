//! Who may read what is written, while it is written and afterwards.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::support::{folder_with, llmcost, skipped};

/// Runs the program under the most open mask there is.
fn with_open_mask(folder: &Path, words: &[&str]) {
    let program = llmcost(folder).get_program().to_owned();
    let mut shell = Command::new("/bin/sh");
    shell.current_dir(folder).stdin(Stdio::null()).args(["-c", "umask 000; exec \"$0\" \"$@\""]);
    let output = shell.arg(program).args(words).output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

const LOG: &str = "{\"model\":\"gpt-4o\",\"input_tokens\":9,\"output_tokens\":1}\n";

#[test]
fn a_private_report_stays_private_and_a_new_one_has_the_rights_of_any_file() {
    let folder = folder_with("usage.jsonl", LOG);
    let private = folder.path().join("private.json");
    fs::write(&private, "old").expect("writes");
    fs::set_permissions(&private, Permissions::from_mode(0o600)).expect("closes");
    with_open_mask(folder.path(), &["analyze", "usage.jsonl", "-o", "private.json"]);
    assert_eq!(mode(&private), 0o600);
    assert!(fs::read_to_string(&private).expect("reads").starts_with('{'));
    with_open_mask(folder.path(), &["analyze", "usage.jsonl", "-o", "new.json"]);
    assert_eq!(mode(&folder.path().join("new.json")), 0o666);
}

/// What a run opens for writing: the file beside its report and nothing else, and that is the user's
/// alone until it has the rights of what it replaces.
#[test]
fn nothing_is_written_but_the_report_and_never_more_open_than_that() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        return skipped("strace is not installed");
    }
    let folder = folder_with("usage.jsonl", LOG);
    fs::write(folder.path().join("r.html"), "old").expect("writes");
    fs::set_permissions(folder.path().join("r.html"), Permissions::from_mode(0o640))
        .expect("closes");
    let program = llmcost(folder.path()).get_program().to_owned();
    let script = "umask 000; exec strace -f -qq -e trace=openat,open,creat,mkdir,mkdirat -o trace \
                  \"$0\" simulate usage.jsonl --cache replay --batch 0.5 -o r.html";
    let mut shell = Command::new("/bin/sh");
    shell.current_dir(folder.path()).stdin(Stdio::null()).args(["-c", script]).arg(program);
    let output = shell.output().expect("a shell");
    let trace = fs::read_to_string(folder.path().join("trace")).unwrap_or_default();
    if trace.is_empty() {
        return skipped("strace may not trace here");
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let is_write = |line: &&str| {
        ["O_WRONLY", "O_RDWR", "O_CREAT", "mkdir", "creat("].iter().any(|one| line.contains(one))
    };
    let written: Vec<&str> = trace.lines().filter(is_write).collect();
    assert_eq!(written.len(), 1, "{written:#?}");
    assert!(written[0].contains(".part\"") && written[0].contains("0600"), "{written:#?}");
    assert_eq!(mode(&folder.path().join("r.html")), 0o640);
}
