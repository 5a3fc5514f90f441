//! What is read straight must be exactly what the text of the same rows says.

use std::num::NonZeroUsize;
use std::path::Path;

use bytes::Bytes;
use proptest::prelude::*;

use super::super::both_ways::{dimensions, parsed, plan_of, told_of};
use super::super::chunk::newlines;
use super::super::discover::Input;
use super::super::parse::{Assumed, Parsed};
use super::super::quick::Memory;
use super::super::quick::tests::{files_below, shared};
use super::super::reader::ReadOptions;
use super::super::reading::Lines as Count;
use super::super::tests::{options, read_all};
use super::made::{OWN, RESPONSES, plans, usual, write};
use super::*;
use crate::diagnostics::Ledger;

/// Everything that some parsed pieces say, as if they had been one.
fn told(pieces: Vec<Parsed>) -> String {
    let (mut said, mut before) = (Vec::new(), 0);
    let (mut lines, mut ledger) = (Count::default(), Ledger::default());
    for mut piece in pieces {
        piece.calls.shift_places(0, before);
        piece.ledger.shift_places(0, before);
        before += piece.newlines;
        lines.add(&piece.lines);
        said.extend((0..piece.calls.len()).map(|row| format!("{:?}", told_of(&piece, row))));
        ledger.append(std::mem::take(&mut piece.ledger));
    }
    format!("{lines:?}\n{before}\n{ledger:?}\n{}", said.join("\n"))
}

/// Reads a file both ways; answers how many rows were read straight, if any could be.
fn check(bytes: &Bytes, sizes: Sizes) -> Option<u64> {
    let table = Table::open_in(sizes, Store::Memory(bytes.clone()), Counted::nothing()).ok()?;
    let mut text = Vec::new();
    let cut_off = table.lines().read_to_end(&mut text).err().map(|error| error.to_string());
    let text = String::from_utf8(text).expect("JSON is text");
    let plan = plan_of(&text)?;
    // Without a turn to the plan there is no short way.
    let expected = told(vec![parsed(&text, &plan, &mut Memory::default())]);
    let mut memory = Memory::default();
    let mut pieces = Pieces::of(&table, &plan)?;
    let (mut found, mut failed) = (Vec::new(), None);
    while let (None, Some(piece)) = (&failed, pieces.next()) {
        let (parsed, failure) = piece.parse(&plan, &Assumed::default(), &dimensions(), &mut memory);
        found.extend(parsed);
        failed = failure;
    }
    assert_eq!(failed, cut_off, "{text}");
    let found = told(found);
    assert_eq!(found, expected, "{text}");
    Some(memory.quick.map_or(0, |quick| quick.taken))
}

#[test]
fn usual_rows_are_read_straight() {
    let sizes = Sizes { batch: 3, piece: 6 };
    assert_eq!(check(&write(&usual(OWN)), sizes), Some(25));
    assert_eq!(check(&write(&usual(RESPONSES)), sizes), Some(25));
}

/// A damaged page ends the rows where it ends them as text, for the same reason.
#[test]
fn damage_is_told_where_it_is() {
    let mut plan = usual(OWN);
    // Nobody reads a note, so nobody notices what became of it.
    plan.columns[8].0 = 1;
    let whole = write(&plan);
    let sizes = Sizes { batch: 3, piece: 6 };
    let mut failures = 0;
    for at in (4..whole.len()).step_by(7) {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 0x5a;
        let bytes = Bytes::from(bytes);
        let file = Table::open_in(sizes, Store::Memory(bytes.clone()), Counted::nothing());
        let Ok(table) = file else { continue };
        let is_cut_off = table.lines().read_to_end(&mut Vec::new()).is_err();
        failures += usize::from(is_cut_off);
        check(&bytes, sizes);
    }
    assert!(failures > 3, "{failures}");
}

/// Rows behind a failure may be read before it is known.
#[test]
fn nothing_comes_behind_a_failure() {
    let mut plan = usual(OWN);
    plan.columns[8].0 = 1;
    let whole = write(&plan);
    let rows_of = |bytes: &Bytes| {
        let table = Table::open(Store::Memory(bytes.clone()), Counted::nothing()).ok()?;
        let mut text = Vec::new();
        let is_cut_off = table.lines().read_to_end(&mut text).is_err();
        is_cut_off.then(|| newlines(&text))
    };
    let damaged = (4..whole.len()).step_by(3).map(|at| {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 0x5a;
        Bytes::from(bytes)
    });
    let mut checked = 0;
    for bytes in damaged.filter(|bytes| rows_of(bytes) == Some(10)).take(5) {
        let inputs = [Input::Embedded("damaged", Box::leak(bytes.to_vec().into_boxed_slice()))];
        for threads in [1, 4] {
            let threads = NonZeroUsize::new(threads).expect("some");
            let (_, reading) = read_all(&inputs, &ReadOptions { threads, ..options() });
            let cut_off: Vec<_> = reading.cut_off.iter().map(|(_, lines, _)| *lines).collect();
            assert_eq!((reading.total().lines, cut_off), (10, vec![10]));
            checked += 1;
        }
    }
    assert!(checked > 4, "{checked}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn what_is_read_straight_is_what_the_text_says(
        plan in prop_oneof![3 => plans(OWN), 1 => plans(RESPONSES)],
    ) {
        let (batch, piece) = plan.sizes;
        check(&write(&plan), Sizes { batch, piece });
    }
}

/// Fixtures always; samples of others where they are.
#[test]
fn real_files_say_the_same_straight() {
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut files);
    if let Some(shared) = shared() {
        for part in ["samples", "traces"] {
            files_below(&shared.join(part), &mut files);
        }
    }
    let (mut checked, mut taken) = (0, 0);
    for file in files {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        if STARTS.iter().any(|start| bytes.starts_with(start)) {
            let bytes = Bytes::from(bytes);
            for sizes in [Sizes::USUAL, Sizes { batch: 2, piece: 3 }] {
                let found = check(&bytes, sizes);
                checked += u64::from(found.is_some());
                taken += found.unwrap_or(0);
            }
        }
    }
    assert!(checked > 10 && taken > 20, "{checked} {taken}");
}
