//! JSON records by the layout of an earlier record: the fast way through a log.
//!
//! Records of one log mostly have the same keys in the same order. A layout keeps the bytes
//! between the values of such a record. Another record matches when every one of those bytes is
//! there and every value between them is a valid scalar; then its values are known without
//! parsing. Nothing is guessed: whatever differs goes through [`super::walk`], which decides.

use std::ops::Range;

use super::paths::{NodeId, Paths, Target};
use super::values::Values;

/// How many layouts of one chunk are kept; logs that mix call shapes have a handful.
const LAYOUTS_MAX: usize = 8;

/// After this many records in a row without a match, only one in [`RETRY_EVERY`] is learnt:
/// free-form records would otherwise be scanned twice for nothing.
const PATIENCE: u32 = 32;
const RETRY_EVERY: u32 = 16;

/// The layouts met so far in a chunk, the last used first.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    known: Vec<Layout>,
    misses: u32,
}

impl Layouts {
    /// Fills `values` if the record has a known layout. Otherwise says no; `values` may then hold
    /// part of the record.
    pub(super) fn read<'a>(&mut self, record: &'a str, values: &mut Values<'a>) -> bool {
        for place in 0..self.known.len() {
            if self.known[place].read(record, values).is_some() {
                self.known[..=place].rotate_right(1);
                self.misses = 0;
                return true;
            }
            values.clear();
        }
        self.misses = self.misses.saturating_add(1);
        false
    }

    /// Keeps the layout of a record that [`super::walk`] found valid.
    pub(super) fn learn(&mut self, record: &str, paths: &Paths) {
        if self.misses > PATIENCE && !self.misses.is_multiple_of(RETRY_EVERY) {
            return;
        }
        if let Some(layout) = Learner::layout_of(record, paths) {
            self.known.truncate(LAYOUTS_MAX - 1);
            self.known.insert(0, layout);
        }
    }
}

/// The bytes between the values of a record, and where each value goes.
#[derive(Debug, Default)]
struct Layout {
    literals: Vec<u8>,
    targets: Vec<Target>,
    gaps: Vec<Gap>,
    /// Where the literal after the last value starts.
    tail: usize,
}

/// A literal and the value after it.
#[derive(Debug)]
struct Gap {
    literal: Range<usize>,
    targets: Range<usize>,
}

impl Layout {
    fn read<'a>(&self, record: &'a str, values: &mut Values<'a>) -> Option<()> {
        let bytes = record.as_bytes();
        let mut at = 0;
        for gap in &self.gaps {
            let literal = &self.literals[gap.literal.clone()];
            if !bytes[at..].starts_with(literal) {
                return None;
            }
            at += literal.len();
            let end = scalar_end(bytes, at)?;
            for target in &self.targets[gap.targets.clone()] {
                values.set(target.slot, target.rank, &record[at..end]);
            }
            at = end;
        }
        (bytes[at..] == self.literals[self.tail..]).then_some(())
    }
}

/// The end of the scalar that starts at `at`, or nothing when there is no valid one.
fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' => string_end(bytes, at + 1),
        b'-' | b'0'..=b'9' => number_end(bytes, at),
        b't' => word_end(bytes, at, b"true"),
        b'f' => word_end(bytes, at, b"false"),
        b'n' => word_end(bytes, at, b"null"),
        _ => None,
    }
}

fn word_end(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes[at..].starts_with(word).then_some(at + word.len())
}

fn number_end(bytes: &[u8], start: usize) -> Option<usize> {
    let digits = |from: usize| {
        let count = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        from + count
    };
    let first = start + usize::from(bytes[start] == b'-');
    let mut at = digits(first);
    // JSON knows no empty number and no leading zero.
    if at == first || (bytes[first] == b'0' && at > first + 1) {
        return None;
    }
    if bytes.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        if end == at + 1 {
            return None;
        }
        at = end;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits((at + 1 + sign).min(bytes.len()));
        if end == at + 1 + sign {
            return None;
        }
        at = end;
    }
    Some(at)
}

/// The place after the closing quote of a string whose text starts at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += plain_length(&bytes[at..]);
        match *bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at = escape_end(bytes, at + 1)?,
            _ => return None, // a control character
        }
    }
}

fn escape_end(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
        b'u' => {
            let digits = bytes.get(at + 1..at + 5)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(at + 5)
        }
        _ => None,
    }
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// How many bytes come before the first quote, backslash or control character, eight at a time.
fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().expect("chunks of eight"));
        let found = zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5c)) | controls(word);
        if found != 0 {
            // The lowest mark is exact; a borrow can only set false marks above a true one.
            return length + (found.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    length + words.remainder().iter().take_while(|byte| !special(byte)).count()
}

const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

const fn controls(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word & HIGHS
}

/// Takes the layout of a record that is known to be valid JSON.
struct Learner<'r, 'p> {
    bytes: &'r [u8],
    paths: &'p Paths,
    at: usize,
    /// Where the literal before the next value starts in the record.
    literal: usize,
    layout: Layout,
}

impl<'r> Learner<'r, '_> {
    /// Nothing when a wanted value is no scalar, or a key has escapes: such records go the slow
    /// way.
    fn layout_of(record: &'r str, paths: &Paths) -> Option<Layout> {
        let bytes = record.as_bytes();
        let mut learner =
            Learner { bytes, paths, at: 0, literal: 0, layout: Layout::default() };
        learner.value(Some(Paths::ROOT))?;
        let mut layout = learner.layout;
        layout.tail = layout.literals.len();
        layout.literals.extend_from_slice(&bytes[learner.literal..]);
        Some(layout)
    }

    fn value(&mut self, node: Option<NodeId>) -> Option<()> {
        self.skip_space();
        match *self.bytes.get(self.at)? {
            b'{' => self.object(node),
            b'[' => self.list(node),
            _ => self.scalar(node),
        }
    }

    fn object(&mut self, node: Option<NodeId>) -> Option<()> {
        let wanted = |node| node != Paths::ROOT && !self.paths.has_children(node);
        if node.is_some_and(wanted) && !self.paths.targets(node?).is_empty() {
            return None;
        }
        self.at += 1;
        loop {
            self.skip_space();
            match *self.bytes.get(self.at)? {
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                _ => {
                    let key = self.key()?;
                    let child = node.and_then(|node| self.paths.child(node, key));
                    self.value(child)?;
                }
            }
        }
    }

    fn key(&mut self) -> Option<&'r str> {
        let end = string_end(self.bytes, self.at + 1)?;
        let key = &self.bytes[self.at + 1..end - 1];
        if key.contains(&b'\\') {
            return None;
        }
        self.at = end;
        self.skip_space();
        self.at += 1; // the colon
        std::str::from_utf8(key).ok()
    }

    fn list(&mut self, node: Option<NodeId>) -> Option<()> {
        if node.is_some_and(|node| !self.paths.targets(node).is_empty()) {
            return None;
        }
        self.at += 1;
        loop {
            self.skip_space();
            match *self.bytes.get(self.at)? {
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                _ => self.value(None)?,
            }
        }
    }

    fn scalar(&mut self, node: Option<NodeId>) -> Option<()> {
        let end = scalar_end(self.bytes, self.at)?;
        let (literals, targets) = (&mut self.layout.literals, &mut self.layout.targets);
        let (literal, first) = (literals.len(), targets.len());
        literals.extend_from_slice(&self.bytes[self.literal..self.at]);
        targets.extend(node.into_iter().flat_map(|node| self.paths.targets(node)));
        let gap = Gap { literal: literal..literals.len(), targets: first..targets.len() };
        self.layout.gaps.push(gap);
        self.at = end;
        self.literal = end;
        Some(())
    }

    fn skip_space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
