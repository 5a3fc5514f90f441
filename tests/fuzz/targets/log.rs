//! What the targets share: a file is read, and every line of it must be in the account once.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use llmcost::Calls;
use llmcost::sources::{Input, Progress, ReadOptions, Reading, read};

struct Quiet;

impl Progress for Quiet {
    fn advance(&self, _: u64) {}
}

/// Does something with a file of these bytes: what it is, its first bytes tell.
pub(super) fn with_file<T>(bytes: &[u8], then: impl FnOnce(Input) -> T) -> T {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("llmcost-fuzz-{}-{number}", std::process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let mut file = std::fs::File::create(&path).expect("a place for files");
    file.write_all(bytes).expect("room for a small file");
    drop(file);
    let made = then(Input::File(path.clone()));
    std::fs::remove_file(path).expect("the file that was written");
    made
}

/// Reads a file; every line of it is in the account once.
pub(super) fn read_all(input: Input, options: &ReadOptions) -> (Calls, Reading) {
    let mut calls = Calls::new(options.dimensions.emptied());
    let reading = read(&[input], options, &Quiet, &mut |table| calls.append(table));
    for file in &reading.files {
        assert!(file.lines.balance(), "{:?}", file.lines);
    }
    (calls, reading)
}
