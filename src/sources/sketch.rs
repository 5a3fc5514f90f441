//! The format of a file whose first records all look like ones that were met before.
//!
//! What a file is says a tree of each of its first records ([`detect`]), which takes longer than to
//! read a small file. But most of what the trees are for depends on keys alone: the names of the
//! columns, and which formats and envelopes cannot be meant. So the keys of a record, in their order
//! and with what is inside what, are its shape, and what follows from a shape is kept. Only of one
//! record of a file, which tells its format, the tree is built. Whatever is doubtful, such as a
//! record that may be no JSON, is left to [`detect`].

use std::sync::Arc;

use hashbrown::HashMap;
use serde_json::Value;

use super::detect::{
    Detection, Hint, NAMES_MAX, RECORDS_MAX, Unknown, detect, is_flat, keys, object,
};
use super::detect::{start_of, whole_lines};
use super::foreign::container;
use super::formats::{FORMATS, first_that_may_recognise, is_signed, may_be_envelope};
use super::framing::Framing;
use super::scan::{number, plain_end};

/// So many are kept; then all are forgotten.
const SHAPES_MAX: usize = 500;

/// Larger ones are not kept: no other record will have them.
const SHAPE_BYTES_MAX: usize = 8 << 10;

/// Deeper records are left to the parser, which does not go much further either.
const DEPTH_MAX: u32 = 64;

/// Numbers of more characters may be beyond what the parser takes.
const NUMBER_MAX: usize = 17;

/// A key that the parser gives a meaning to begins so.
const PRIVATE: &[u8] = b"$serde_json";

/// Marks in a shape. No key has one of them: they would be escaped.
const INSIDE: u8 = b'\x01';
const OUTSIDE: u8 = b'\x02';
const VALUE: u8 = b'\x03';

/// What was learnt of the shapes of records.
#[derive(Debug, Default)]
pub(super) struct Sketches {
    numbers: HashMap<Box<[u8]>, usize>,
    shapes: Vec<Shape>,
    /// The columns of files, by the shapes of their records as they first come.
    columns: HashMap<Box<[usize]>, Arc<Vec<String>>>,
    /// The shape of the record that is looked at.
    shape: Vec<u8>,
    /// The shapes of the file that is looked at.
    found: Vec<usize>,
}

/// What follows from the keys of a record.
#[derive(Debug)]
struct Shape {
    /// The names of its columns.
    keys: Vec<String>,
    /// The first of all formats that may recognise such a record.
    first: usize,
    /// Whether it may be more than a record of one of the formats.
    is_special: bool,
}

impl Sketches {
    /// As [`detect`], with less to do where all was met before.
    ///
    /// # Errors
    /// As [`detect`].
    pub(super) fn detect(
        &mut self,
        sample: &[u8],
        complete: bool,
        hint: Hint,
    ) -> Result<Detection, Unknown> {
        let known = if hint.explains() { None } else { self.known(sample, complete) };
        known.map_or_else(|| detect(sample, complete, hint), Ok)
    }

    /// What [`detect`] would find; nothing where that is not certain.
    fn known(&mut self, sample: &[u8], complete: bool) -> Option<Detection> {
        if container(sample).is_some() {
            return None;
        }
        let sample = &sample[start_of(sample)..];
        if sample.first() != Some(&b'{') {
            return None;
        }
        let lines = whole_lines(sample, complete).filter(|line| !line.trim_ascii().is_empty());
        let lines = lines.take(RECORDS_MAX);
        if self.shapes.len() >= SHAPES_MAX || self.columns.len() >= SHAPES_MAX {
            *self = Self::default();
        }
        self.found.clear();
        let mut format = None;
        for line in lines {
            let (number, record) = self.number(line)?;
            if !self.found.contains(&number) {
                self.found.push(number);
            }
            if format.is_none() {
                let record = record.or_else(|| object(line))?;
                format = FORMATS.iter().position(|format| (format.recognises)(&record));
            }
            // Those before the one that tells the format are looked at again when it is known.
            let may_be_more = |number: &usize| {
                let shape = &self.shapes[*number];
                shape.is_special || format.is_some_and(|format| shape.first < format)
            };
            if self.found.iter().any(may_be_more) {
                return None;
            }
        }
        let format = format?;
        // Of a flat format, the names of the columns decide further.
        if is_flat(Some(FORMATS[format])) {
            return None;
        }
        let columns = self.columns()?;
        let (format, framing) = (FORMATS[format], Framing::Lines);
        Some(Detection { format, framing, columns, envelope: None, list: None })
    }

    /// The number of the shape of a record, which is learnt if it is new; then also its tree.
    fn number(&mut self, line: &[u8]) -> Option<(usize, Option<Value>)> {
        simdutf8::basic::from_utf8(line).ok()?;
        self.shape.clear();
        Outline { bytes: line, at: 0 }.record(&mut self.shape)?;
        if let Some(number) = self.numbers.get(&self.shape[..]) {
            return Some((*number, None));
        }
        if self.shape.len() > SHAPE_BYTES_MAX {
            return None;
        }
        let record = object(line)?;
        let has = |name: &str| record.get(name).is_some();
        let shape = Shape {
            first: first_that_may_recognise(&record),
            is_special: is_signed(has) || may_be_envelope(&record),
            keys: keys(std::slice::from_ref(&record)),
        };
        let number = self.shapes.len();
        self.shapes.push(shape);
        self.numbers.insert(self.shape.as_slice().into(), number);
        Some((number, Some(record)))
    }

    /// The columns of the file; nothing where they are too many.
    fn columns(&mut self) -> Option<Arc<Vec<String>>> {
        if let Some(columns) = self.columns.get(&self.found[..]) {
            return Some(Arc::clone(columns));
        }
        let (mut columns, mut seen) = (Vec::new(), hashbrown::HashSet::new());
        for number in &self.found {
            for key in &self.shapes[*number].keys {
                if seen.insert(key) {
                    columns.push(key.clone());
                }
            }
        }
        let columns = Arc::new(columns);
        if columns.len() >= NAMES_MAX {
            return None;
        }
        self.columns.insert(self.found.as_slice().into(), Arc::clone(&columns));
        Some(columns)
    }
}

/// The way through a record, which is text in UTF-8.
struct Outline<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Outline<'_> {
    /// Adds the shape of the record; nothing if it is no object, or one that the parser might see in
    /// another way.
    fn record(&mut self, shape: &mut Vec<u8>) -> Option<()> {
        if self.token()? != b'{' {
            return None;
        }
        self.object(Some(shape), 1)?;
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
        self.bytes[self.at..].iter().all(is_space).then_some(())
    }

    /// The byte at which something begins.
    fn token(&mut self) -> Option<u8> {
        while matches!(self.bytes.get(self.at)?, b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
        Some(self.bytes[self.at])
    }

    /// Whether such a byte comes next; then it is behind us.
    fn passes(&mut self, byte: u8) -> Option<bool> {
        let passes = self.token()? == byte;
        self.at += usize::from(passes);
        Some(passes)
    }

    /// The members of an object; inside of lists no shape is wanted.
    fn object(&mut self, mut shape: Option<&mut Vec<u8>>, depth: u32) -> Option<()> {
        self.at += 1;
        if self.passes(b'}')? {
            return Some(());
        }
        loop {
            if self.token()? != b'"' {
                return None;
            }
            let start = self.at + 1;
            let end = plain_end(self.bytes, start);
            let key = &self.bytes[start..end];
            if self.bytes.get(end) != Some(&b'"') || key.starts_with(PRIVATE) {
                return None;
            }
            self.at = end + 1;
            if !self.passes(b':')? {
                return None;
            }
            let first = self.token()?;
            if let Some(shape) = shape.as_deref_mut() {
                shape.extend_from_slice(key);
                shape.push(if first == b'{' { INSIDE } else { VALUE });
            }
            self.value(first, shape.as_deref_mut(), depth)?;
            if let Some(shape) = shape.as_deref_mut().filter(|_| first == b'{') {
                shape.push(OUTSIDE);
            }
            if !self.passes(b',')? {
                return self.passes(b'}')?.then_some(());
            }
        }
    }

    fn value(&mut self, first: u8, shape: Option<&mut Vec<u8>>, depth: u32) -> Option<()> {
        match first {
            b'"' => self.string(),
            b'{' | b'[' if depth == DEPTH_MAX => None,
            b'{' => self.object(shape, depth + 1),
            b'[' => self.list(depth + 1),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: u32) -> Option<()> {
        self.at += 1;
        if self.passes(b']')? {
            return Some(());
        }
        loop {
            let first = self.token()?;
            self.value(first, None, depth)?;
            if !self.passes(b',')? {
                return self.passes(b']')?.then_some(());
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            self.at = plain_end(self.bytes, self.at);
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => {
                    let is_plain = matches!(
                        self.bytes.get(self.at + 1)?,
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'
                    );
                    self.at += if is_plain { 2 } else { self.code_unit()? };
                }
                _ => return None,
            }
        }
    }

    /// The length of an escaped character that needs no second one beside it.
    fn code_unit(&self) -> Option<usize> {
        let [b'\\', b'u', digits @ ..] = self.bytes.get(self.at..self.at + 6)? else { return None };
        let is_half = matches!(digits, [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
        (!is_half && digits.iter().all(u8::is_ascii_hexdigit)).then_some(6)
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let stands = self.bytes[self.at..].starts_with(word);
        self.at += word.len();
        stands.then_some(())
    }

    /// A number without an exponent, and not a long one.
    fn number(&mut self) -> Option<()> {
        if let Some((_, end)) = number(self.bytes, self.at)
            && matches!(self.bytes.get(end), Some(b',' | b'}' | b']'))
        {
            self.at = end;
            return Some(());
        }
        let rest = &self.bytes[self.at..];
        let digits =
            |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = usize::from(rest.first() == Some(&b'-'));
        let whole = digits(sign);
        if whole == 0 || whole > 1 && rest[sign] == b'0' {
            return None;
        }
        let mut end = sign + whole;
        if rest.get(end) == Some(&b'.') {
            let part = digits(end + 1);
            if part == 0 {
                return None;
            }
            end += 1 + part;
        }
        self.at += end;
        (end <= NUMBER_MAX && !matches!(rest.get(end), Some(b'e' | b'E'))).then_some(())
    }
}

#[cfg(test)]
#[path = "sketch_tests.rs"]
mod tests;
