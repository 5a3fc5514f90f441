//! Whatever a file holds, reading it ends, and every line of it is in the account once.

#![no_main]

use std::io::Write;
use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use llmcost::sources::{Input, Progress, ReadOptions, read};

struct Quiet;

impl Progress for Quiet {
    fn advance(&self, _: u64) {}
}

fuzz_target!(|bytes: &[u8]| {
    let path: PathBuf = std::env::temp_dir().join(format!("llmcost-fuzz-{}", std::process::id()));
    let mut file = std::fs::File::create(&path).expect("a place for files");
    file.write_all(bytes).expect("room for a small file");
    drop(file);
    let mut calls = 0;
    let mut sink = |table: &llmcost::Calls| calls += table.len() as u64;
    let reading = read(&[Input::File(path.clone())], &ReadOptions::default(), &Quiet, &mut sink);
    for file in &reading.files {
        assert!(file.lines.balance(), "{:?}", file.lines);
    }
    std::fs::remove_file(path).expect("the file that was written");
});
