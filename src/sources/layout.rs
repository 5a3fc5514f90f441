//! JSON records by the layout of earlier records: the fast way through a log.
//!
//! Records of one log mostly have the same keys in the same order, some of them now and then left
//! out. What is kept is, for the place of each value in a record, the texts that may follow it up
//! to the next value: `,"output_tokens":`. A record matches when it is a chain of such texts with
//! a valid scalar between any two; then its values are known without parsing. The place of a
//! value says which lists and objects are open around it, so a text that closed and opened them
//! rightly once does so in every record. Whatever differs goes through [`super::walk`], which
//! decides.

use std::ops::Range;

use hashbrown::HashMap;

use super::paths::{NodeId, Paths, Target};
use super::roles::Role;
use super::scan::{Text, Texts, number, plain_end};
use super::track::Track;
use super::values::Values;

/// Bounds on what is kept of a chunk with free-form records.
const PLACES_MAX: usize = 1024;
const TEXTS_MAX: usize = 48;

/// After this many records in a row without a match, only one in [`RETRY_EVERY`] is learnt:
/// free-form records would otherwise be scanned twice for nothing.
const PATIENCE: u32 = 64;
const RETRY_EVERY: u32 = 16;

/// The place before the first value of a record.
pub(super) const START: usize = 0;

/// The layouts met so far.
#[derive(Debug)]
pub(super) struct Layouts {
    pub(super) places: Vec<After>,
    /// The place of a value by its path through the record: keys and list positions.
    by_path: HashMap<Box<[u8]>, usize>,
    pub(super) texts: Texts,
    pub(super) targets: Vec<Target>,
    misses: u32,
    /// The way that most records go.
    pub(super) track: Track,
    /// Whether there was no room for one.
    is_full: bool,
    /// By slot, what becomes of a value on the short way; empty where there is none.
    roles: Vec<Role>,
}

/// What may follow a value: the start of another one, or the end of the record. The likeliest
/// comes first.
#[derive(Debug, Default)]
pub(super) struct After {
    pub(super) next: Vec<Step>,
    pub(super) ends: Vec<Text>,
}

/// A text between two values, and where the second one goes.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) text: Text,
    pub(super) targets: Range<usize>,
    pub(super) place: usize,
    /// What becomes of the value on the short way, and its slot if it has just one.
    pub(super) role: Role,
    pub(super) slot: u8,
}

impl Default for Layouts {
    fn default() -> Self {
        Self::with_roles(Vec::new())
    }
}

impl Layouts {
    /// No layouts yet, of records whose values have these roles on the short way.
    pub(super) fn with_roles(roles: Vec<Role>) -> Self {
        Self {
            places: vec![After::default()],
            by_path: HashMap::new(),
            texts: Texts::default(),
            targets: Vec::new(),
            misses: 0,
            track: Track::default(),
            is_full: false,
            roles,
        }
    }

    /// Whether there was no room for all, or most records matched none: in another file, others may
    /// be worth more.
    pub(super) const fn is_full(&self) -> bool {
        self.is_full || self.misses > PATIENCE
    }

    /// Gives the values of the record that `text` begins with to `values`, if it has a known layout,
    /// and says where it ends: at the end of its line or of the text. Otherwise answers nothing;
    /// `values` may then have part of the record.
    pub(super) fn read<'a>(&mut self, text: &'a str, values: &mut Values<'a>) -> Option<usize> {
        let bytes = text.as_bytes();
        let (mut place, mut at) = (START, 0);
        loop {
            let Some((found, start, end)) = self.next_value(place, bytes, at) else {
                return self.end(place, bytes, at);
            };
            let next = &self.places[place].next[found];
            for target in &self.targets[next.targets.clone()] {
                values.set(target.slot, target.rank, &text[start..end]);
            }
            let following = next.place;
            self.move_up(place, found);
            (place, at) = (following, end);
        }
    }

    /// Moves a text up by one, so that what is frequent is found first.
    #[inline]
    pub(super) fn move_up(&mut self, place: usize, found: usize) {
        if found > 0 {
            self.places[place].next.swap(found, found - 1);
            self.track.is_stale = true;
        }
    }

    /// Which of the texts after `place` stands at `at`, and where the value behind it is.
    fn next_value(&self, place: usize, bytes: &[u8], at: usize) -> Option<(usize, usize, usize)> {
        self.places[place].next.iter().enumerate().find_map(|(found, next)| {
            if !self.texts.stands(&next.text, bytes, at) {
                return None;
            }
            let start = at + next.text.len();
            scalar_end(bytes, start).map(|end| (found, start, end))
        })
    }

    /// Where a record ends whose last value is at `place`. No text between values and no value has a
    /// line end, so nothing of the next line was taken for a part of it.
    #[inline]
    pub(super) fn end(&mut self, place: usize, bytes: &[u8], at: usize) -> Option<usize> {
        for text in &self.places[place].ends {
            let end = at + text.len();
            let is_line = bytes.get(end).is_none_or(|byte| *byte == b'\n');
            if is_line && self.texts.stands(text, bytes, at) {
                self.misses = 0;
                return Some(end);
            }
        }
        None
    }

    /// A record went along the track: there are layouts after all.
    #[inline]
    pub(super) fn matched(&mut self) {
        self.misses = 0;
    }

    /// Keeps the layout of a record that [`super::walk`] found valid.
    pub(super) fn learn(&mut self, record: &str, paths: &Paths) {
        // Counted here, once a record: whoever looks for its layout may have looked twice.
        self.misses = self.misses.saturating_add(1);
        if self.misses > PATIENCE && !self.misses.is_multiple_of(RETRY_EVERY) {
            return;
        }
        let Some(values) = Learner::values_of(record, paths) else { return };
        self.track.is_stale = true;
        let (mut place, mut at) = (START, 0);
        for value in &values {
            let Some(next) = self.place_of(&value.path) else { return };
            self.add(place, &record.as_bytes()[at..value.start], value, next, paths);
            (place, at) = (next, value.end);
        }
        let end = &record.as_bytes()[at..];
        let ends = &self.places[place].ends;
        if ends.len() < TEXTS_MAX && !ends.iter().any(|text| self.texts.is(text, end)) {
            let text = self.texts.keep(end);
            self.places[place].ends.extend(text);
        }
    }

    fn place_of(&mut self, path: &[u8]) -> Option<usize> {
        if let Some(place) = self.by_path.get(path) {
            return Some(*place);
        }
        if self.places.len() == PLACES_MAX {
            self.is_full = true;
            return None;
        }
        self.places.push(After::default());
        self.by_path.insert(path.into(), self.places.len() - 1);
        Some(self.places.len() - 1)
    }

    fn add(&mut self, place: usize, text: &[u8], value: &Value, next: usize, paths: &Paths) {
        let known = |known: &Step| known.place == next && self.texts.is(&known.text, text);
        let texts = &self.places[place].next;
        if texts.len() == TEXTS_MAX {
            self.is_full = true;
            return;
        }
        if texts.iter().any(known) {
            return;
        }
        let first = self.targets.len();
        self.targets.extend(value.node.into_iter().flat_map(|node| paths.targets(node)));
        let targets = first..self.targets.len();
        let (role, slot) = Role::among(&self.targets[targets.clone()], &self.roles);
        let step =
            self.texts.keep(text).map(|text| Step { text, targets, place: next, role, slot });
        self.places[place].next.extend(step);
    }
}

/// The end of the scalar that starts at `at`, or nothing when there is no valid one.
pub(super) fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
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
    // A digit or a letter behind it makes it something else, or longer.
    if let Some((_, end)) = number(bytes, start)
        && matches!(bytes.get(end), Some(b',' | b'}'))
    {
        return Some(end);
    }
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
#[inline]
pub(super) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let at = plain_end(bytes, at);
    if bytes.get(at) == Some(&b'"') { Some(at + 1) } else { escaped_end(bytes, at) }
}

/// As [`string_end`], of a string with escapes, at the first of which this begins.
#[inline(never)]
fn escaped_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at = plain_end(bytes, escape_end(bytes, at + 1)?),
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

/// A scalar of a record: its path, where it stands, and the node of the record's tree if it is
/// wanted.
struct Value {
    path: Vec<u8>,
    node: Option<NodeId>,
    start: usize,
    end: usize,
}

/// Finds the scalars of a record that is known to be valid JSON.
struct Learner<'r, 'p> {
    bytes: &'r [u8],
    paths: &'p Paths,
    at: usize,
    depth: usize,
    path: Vec<u8>,
    values: Vec<Value>,
}

/// Records nested deeper than this are not learnt: each level takes a piece of the stack.
const DEPTH_MAX: usize = 128;

/// Stand before a key and before a list position in a path; neither occurs in valid UTF-8.
const KEY: u8 = 0xfe;
const POSITION: u8 = 0xff;

impl<'r> Learner<'r, '_> {
    /// Nothing when a wanted value is no scalar, or a key has escapes: such records go the slow
    /// way.
    fn values_of(record: &'r str, paths: &Paths) -> Option<Vec<Value>> {
        let bytes = record.as_bytes();
        let mut learner =
            Learner { bytes, paths, at: 0, depth: 0, path: Vec::new(), values: Vec::new() };
        learner.value(Some(Paths::ROOT))?;
        Some(learner.values)
    }

    fn value(&mut self, node: Option<NodeId>) -> Option<()> {
        self.skip_space();
        if self.depth == DEPTH_MAX {
            return None;
        }
        self.depth += 1;
        match *self.bytes.get(self.at)? {
            b'{' => self.object(node),
            b'[' => self.list(node),
            _ => self.scalar(node),
        }?;
        self.depth -= 1;
        Some(())
    }

    fn object(&mut self, node: Option<NodeId>) -> Option<()> {
        let is_leaf = |node| node != Paths::ROOT && !self.paths.has_children(node);
        if node.is_some_and(is_leaf) && !self.paths.targets(node?).is_empty() {
            return None;
        }
        self.at += 1;
        let depth = self.path.len();
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
                    self.path.push(KEY);
                    self.path.extend_from_slice(key.as_bytes());
                    let child = node.and_then(|node| self.paths.child(node, key));
                    self.value(child)?;
                    self.path.truncate(depth);
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
        let depth = self.path.len();
        let mut position = 0u32;
        loop {
            self.skip_space();
            match *self.bytes.get(self.at)? {
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                _ => {
                    self.path.push(POSITION);
                    self.path.extend_from_slice(&position.to_le_bytes());
                    self.value(None)?;
                    self.path.truncate(depth);
                    position += 1;
                }
            }
        }
    }

    fn scalar(&mut self, node: Option<NodeId>) -> Option<()> {
        let end = scalar_end(self.bytes, self.at)?;
        self.values.push(Value { path: self.path.clone(), node, start: self.at, end });
        self.at = end;
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
