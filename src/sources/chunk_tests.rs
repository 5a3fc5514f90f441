//! Where a file is cut into chunks changes nothing, for the fixtures of every format.

use std::path::Path;

use super::chunk::Limits;
use super::reader::read_within;
use super::tests::{Quiet, options, read_all};
use super::*;
use crate::units::TokenClass;
use crate::usage::{Calls, column};

type Content = Vec<(String, [u64; TokenClass::ALL.len()])>;

/// Calls in a fixed order: model and tokens.
fn content(calls: &Calls) -> Content {
    let row = |row| {
        let tokens = calls.call(row).tokens;
        (
            calls.name(column::MODEL, row).to_owned(),
            TokenClass::ALL.map(|class| tokens[class].get()),
        )
    };
    let mut found: Vec<_> = (0..calls.len()).map(row).collect();
    found.sort();
    found
}

#[test]
fn where_files_are_cut_changes_nothing() {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    for folder in std::fs::read_dir(formats).expect("fixtures") {
        let folder = folder.expect("reads").path();
        let mut inputs = discover(folder.to_str().expect("text")).expect("logs").inputs;
        inputs.retain(|input| !input.name().ends_with("expected.json"));
        let (calls, reading) = read_all(&inputs, &options());
        let mut found = Calls::new(options().dimensions);
        let sink = &mut |batch: &Calls| found.append(batch);
        let limits = Limits { chunk: 64, ..Limits::default() };
        let again = read_within(limits, &inputs, &options(), &Quiet, sink);
        assert_eq!(content(&found), content(&calls), "{}", folder.display());
        assert_eq!(again.total(), reading.total(), "{}", folder.display());
    }
}
