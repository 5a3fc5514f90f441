//! What a release ships, packed by the script that packs it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::support::{finish, project};

/// A program that runs the real one: an archive of it is small.
fn stand_in(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("llmcost");
    let text = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_llmcost"));
    fs::write(&path, text).expect("writes");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may run");
    path
}

fn pack(program: &Path, out: &Path) -> Vec<u8> {
    let mut script = Command::new("bash");
    let script = script.arg(project().join("packaging/package.sh")).arg(program);
    let packed = finish(script.arg("some-target").arg(out));
    assert_eq!(packed.code, Some(0), "{}", packed.stderr);
    let name = concat!("llmcost-", env!("CARGO_PKG_VERSION"), "-some-target.tar.gz");
    let sum = fs::read_to_string(out.join(format!("{name}.sha256"))).expect("a checksum");
    assert!(sum.ends_with(&format!("  {name}\n")), "{sum}");
    fs::read(out.join(name)).expect("an archive")
}

#[test]
fn an_archive_has_the_program_its_manual_and_completions_and_is_the_same_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = stand_in(folder.path());
    let outs = ["one", "two"].map(|name| folder.path().join(name));
    let archives = outs.each_ref().map(|out| pack(&program, out));
    assert_eq!(archives[0], archives[1]);
    let mut list = Command::new("tar");
    list.arg("tzf").arg(outs[0].join(concat!(
        "llmcost-",
        env!("CARGO_PKG_VERSION"),
        "-some-target.tar.gz"
    )));
    let list = finish(&mut list).stdout;
    for part in [
        "/llmcost\n",
        "/LICENSE-MIT\n",
        "/completions/llmcost.bash\n",
        "/completions/_llmcost\n",
        "/completions/llmcost.fish\n",
        "/man/llmcost.1\n",
        "/man/llmcost-simulate.1\n",
    ] {
        assert!(list.contains(part), "{part} in\n{list}");
    }
}
