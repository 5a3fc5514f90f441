//! Holds the short way of reading to the long one; for tests and fuzzers.

use std::sync::Arc;

use crate::usage::{Call, Dimensions, Row};

use super::chunk::Chunk;
use super::detect::{Hint, detect};
use super::parse::{Assumed, Parsed, parse};
use super::plan::FilePlan;
use super::quick::Memory;
use super::session::SoFar;

pub(super) fn dimensions() -> Dimensions {
    Dimensions::new(["conversation", "team", "prompt", "speed", "http_status"])
}

pub(super) fn plan_of(text: &str) -> Option<Arc<FilePlan>> {
    let detection = detect(text.as_bytes(), true, Hint::default()).ok()?;
    let plan = FilePlan::new(&detection, &[], &dimensions());
    Some(Arc::new(plan.with_others(&detection.columns, &dimensions())))
}

pub(super) fn parsed(text: &str, plan: &FilePlan, memory: &mut Memory) -> Parsed {
    let bytes = text.as_bytes().to_vec();
    let chunk = Chunk { bytes: bytes.into(), inside_line: false, passed_over: None };
    parse(&chunk, true, plan, &Assumed::default(), &dimensions(), &mut SoFar::default(), memory)
}

/// Everything that a call says.
pub(super) fn told_of(
    parsed: &Parsed,
    row: Row,
) -> (Call, Vec<String>, Option<(u128, bool, bool)>) {
    let calls = &parsed.calls;
    let names = (0..calls.dimensions.len()).map(|place| calls.name(place, row).to_owned());
    let keys = parsed.keys.get(row);
    let keys = keys.map(|known| (known.key, known.counts_line, known.is_loose));
    (calls.call(row), names.collect(), keys)
}

/// Reads a text both ways; answers how many records went the short one, nothing where its format is not
/// known.
///
/// # Panics
/// Where the ways differ.
pub(super) fn check(text: &str) -> Option<u64> {
    let plan = plan_of(text)?;
    // Without a turn to the plan there is no short way.
    let long = parsed(text, &plan, &mut Memory::default());
    let mut memory = Memory::default();
    let mut taken = 0;
    // First without known words, then with them.
    for _ in 0..2 {
        memory.turn_to(&plan, true);
        let before = memory.quick.as_ref().map_or(0, |quick| quick.taken);
        let short = parsed(text, &plan, &mut memory);
        assert_eq!(short.calls.len(), long.calls.len(), "{text}");
        for row in 0..long.calls.len() {
            assert_eq!(told_of(&short, row), told_of(&long, row), "{text}");
        }
        assert_eq!(short.keys.len(), long.keys.len(), "{text}");
        assert_eq!(short.lines, long.lines, "{text}");
        assert_eq!(short.newlines, long.newlines, "{text}");
        assert_eq!(short.ledger, long.ledger, "{text}");
        taken = memory.quick.as_ref().map_or(0, |quick| quick.taken) - before;
    }
    Some(taken)
}
