//! The JSON records of a chunk: one a line, laid out, in events, or inside each other.

use serde_json::value::RawValue;

use crate::diagnostics::Code;

use super::chunk::newlines;
use super::documents::{Next, next_record, torn_end};
use super::events::streams;
use super::field::Field;
use super::layout::Layouts;
use super::others::{is_odd, other};
use super::parse::Parser;
use super::plan::FilePlan;
use super::quick::{Memory, Quick};
use super::ride::Ride;
use super::rows::{Row, list_in};
use super::values::Values;
use super::walk::walk;

impl Parser<'_> {
    pub(super) fn json_lines(&mut self, bytes: &[u8], memory: &mut Memory) {
        let Memory { layouts, quick, .. } = memory;
        let mut short = quick.as_mut().map(|quick| {
            let ride = quick.ride();
            (quick, ride)
        });
        // Checked once for the whole chunk; only where that fails, line by line.
        let whole = simdutf8::basic::from_utf8(bytes).ok();
        // Nothing has to be looked at before the values of a record.
        let is_direct = self.plan.is_direct();
        let mut values = Values::new(self.plan.slots).written(self.plan.writing);
        let (mut start, mut line) = (0, 0);
        while start < bytes.len() {
            if let Some(whole) = whole.filter(|_| is_direct) {
                if let Some((quick, ride)) = short.as_mut() {
                    let (next, lines) = self.short_lines(whole, start, line, layouts, quick, ride);
                    (start, line) = (next, line + lines);
                    if start >= bytes.len() {
                        break;
                    }
                }
                values.clear();
                if let Some(length) = layouts.read(&whole[start..], &mut values) {
                    line += 1;
                    self.lines.lines += 1;
                    if let Some((quick, ride)) = short.as_mut() {
                        self.learn_words(quick, ride, &values);
                    }
                    let ends = self.read_record(&whole[start..start + length], line, &values);
                    self.count_ends(ends);
                    start += length + 1;
                    continue;
                }
            }
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
            line += 1;
            self.lines.lines += 1;
            let text = match whole {
                Some(whole) => Some(&whole[start..end]),
                None => std::str::from_utf8(&bytes[start..end]).ok(),
            };
            match text {
                Some(text) if text.trim_ascii().is_empty() => self.lines.blank += 1,
                Some(text) => {
                    // One stands inside a log that was put together of several.
                    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                    let text = self.without_zeros(text, line);
                    let tried = is_direct && whole.is_some();
                    let ends = if tried {
                        self.walk_record(text, line, layouts, &mut values)
                    } else {
                        self.json_record(text, line, layouts, &mut values)
                    };
                    self.count_ends(ends);
                }
                None => self.not_utf8(line),
            }
            start = end + 1;
        }
        self.text_lines = line;
    }

    /// Reads lines the short way from a place on, as many as go there; answers the place behind them,
    /// and how many they are.
    fn short_lines<'a>(
        &mut self,
        text: &'a str,
        start: usize,
        line: u64,
        layouts: &mut Layouts,
        quick: &mut Quick,
        ride: &mut Ride<'a>,
    ) -> (usize, u64) {
        let (mut start, mut lines) = (start, 0);
        while start < text.len() {
            ride.begin();
            layouts.look_at_track();
            let Some(end) = layouts.ride(text, start, ride, &mut quick.words) else { break };
            if !self.ride(quick, ride, line + lines + 1) {
                break;
            }
            lines += 1;
            start = end + 1;
        }
        self.lines.lines += lines;
        (start, lines)
    }

    /// Counts the records on a line beyond the first one.
    pub(super) fn count_ends(&mut self, ends: Option<Vec<usize>>) {
        if let Some(ends) = ends {
            self.lines.lines += (ends.len() as u64).saturating_sub(1);
            self.lines.continuation += u64::from(ends.is_empty());
        }
    }

    pub(super) fn json_documents(&mut self, bytes: &[u8]) {
        let mut layouts = Layouts::default();
        let mut values = Values::new(self.plan.slots).written(self.plan.writing);
        let (mut ends, mut line, mut at) = (Vec::new(), 1, 0);
        let text_end = bytes.trim_ascii_end().len();
        loop {
            let (start, end) = match next_record(bytes, at) {
                Next::Record(start, end) => (start, end),
                // Only the end of a file is cut inside a record.
                Next::Incomplete(start)
                    if bytes[start] == b'{' && torn_end(bytes, start) < text_end =>
                {
                    line += newlines(&bytes[at..start]);
                    at = torn_end(bytes, start);
                    self.give_up(&bytes[start..at], line);
                    line += newlines(&bytes[start..at]);
                    ends.push(at);
                    continue;
                }
                Next::Incomplete(start) => (start, text_end),
                Next::End => break,
            };
            line += newlines(&bytes[at..start]);
            let inner = if let Ok(text) = std::str::from_utf8(&bytes[start..end]) {
                self.json_record(text, line, &mut layouts, &mut values)
            } else {
                self.not_utf8(line);
                None
            };
            match inner {
                Some(inner) => ends.extend(inner.into_iter().map(|inner| start + inner)),
                None => ends.push(end),
            }
            line += newlines(&bytes[start..end]);
            at = end;
        }
        self.count_other_lines(bytes, &ends);
    }

    /// Counts a torn record, as far as it goes.
    fn give_up(&mut self, torn: &[u8], line: u64) {
        let (bytes, lines) = (torn.len(), newlines(torn) + 1);
        self.skip(line, Code::InvalidJson, || {
            let many = if lines == 1 { String::new() } else { format!(" on {lines} lines") };
            format!("the record is cut off; {bytes} bytes{many} are given up")
        });
    }

    /// Reads the events of each response as that response.
    pub(super) fn event_streams(&mut self, bytes: &[u8]) {
        let (mut ends, mut line, mut at) = (Vec::new(), 1, 0);
        for stream in streams(bytes) {
            line += newlines(&bytes[at..stream.start]);
            at = stream.start;
            let records = self.built_record(&serde_json::Value::Object(stream.response), line);
            ends.extend((0..records).map(|_| stream.end));
        }
        self.count_other_lines(bytes, &ends);
    }

    /// Reads a record that is not in the log as it stands, and says how many there were in it.
    fn built_record(&mut self, record: &serde_json::Value, line: u64) -> usize {
        let text = record.to_string();
        let mut values = Values::new(self.plan.slots).written(self.plan.writing);
        if let Err(error) = walk(&text, &self.plan.paths, &mut values) {
            self.skip(line, Code::InvalidJson, || error.to_string());
            return 1;
        }
        if is_odd(self.plan, &values)
            && let Some(ends) = self.odd_record(&text, line)
        {
            return ends.len();
        }
        self.record(&values, line);
        1
    }

    /// Reads what is in a record that is an envelope; nothing if it is none.
    fn enveloped(&mut self, text: &str, line: u64) -> Option<Vec<usize>> {
        let envelope = self.plan.envelope?;
        let record = serde_json::from_str(text).ok().filter(envelope.is_one)?;
        let inside = (envelope.open)(record);
        let records: usize = inside.iter().map(|record| self.built_record(record, line)).sum();
        Some(vec![text.len(); records])
    }

    /// A line without zeros around it. They count as a line of their own where they share one.
    #[inline]
    fn without_zeros<'a>(&mut self, text: &'a str, line: u64) -> &'a str {
        let is_zero = |byte: Option<&u8>| byte == Some(&0);
        let bytes = text.as_bytes();
        if !is_zero(bytes.first()) && !is_zero(bytes.last()) {
            return text;
        }
        let rest = text.trim_matches('\0');
        if !rest.trim_ascii().is_empty() {
            self.lines.lines += 1;
            let zeros = text.len() - rest.len();
            self.skip(line, Code::InvalidJson, || format!("{zeros} bytes of zero"));
            return rest;
        }
        text
    }

    /// Reads a record. One that holds others gives the ends of those instead, counted from its
    /// own start.
    pub(super) fn json_record<'a>(
        &mut self,
        text: &'a str,
        line: u64,
        layouts: &mut Layouts,
        values: &mut Values<'a>,
    ) -> Option<Vec<usize>> {
        let list = self.plan.list.as_deref().and_then(|name| list_in(text, name));
        let Some(list) = list else { return self.single_record(text, line, layouts, values) };
        let (mut at, mut line, mut ends) = (0, line, Vec::new());
        for row in list {
            let row = Row::alone(text, row);
            line += newlines(&text.as_bytes()[at..row.start]);
            at = row.start;
            let part = &text[row.start..row.end];
            match self.single_record(part, line, layouts, values) {
                Some(inner) => ends.extend(inner.into_iter().map(|inner| at + inner)),
                None => ends.push(row.end),
            }
        }
        Some(ends)
    }

    /// Reads a record that is in no list.
    fn single_record<'a>(
        &mut self,
        text: &'a str,
        line: u64,
        layouts: &mut Layouts,
        values: &mut Values<'a>,
    ) -> Option<Vec<usize>> {
        let held = self.enveloped(text, line).or_else(|| self.unfold(self.plan, text, line));
        if held.is_some() {
            return held;
        }
        values.clear();
        if layouts.read(text, values) == Some(text.len()) {
            return self.read_record(text, line, values);
        }
        self.walk_record(text, line, layouts, values)
    }

    /// Reads a record whose layout is not known yet.
    fn walk_record<'a>(
        &mut self,
        text: &'a str,
        line: u64,
        layouts: &mut Layouts,
        values: &mut Values<'a>,
    ) -> Option<Vec<usize>> {
        values.clear();
        if let Err(error) = walk(text, &self.plan.paths, values) {
            self.skip(line, Code::InvalidJson, || error.to_string());
            return None;
        }
        layouts.learn(text, &self.plan.paths);
        self.note_late_columns(text);
        self.read_record(text, line, values)
    }

    /// Reads a record whose values are known.
    fn read_record(&mut self, text: &str, line: u64, values: &Values<'_>) -> Option<Vec<usize>> {
        if values.has(Field::Rows) {
            let mut ends = Vec::new();
            self.rows(text, values, line, &mut ends);
            return Some(ends);
        }
        if is_odd(self.plan, values)
            && let Some(ends) = self.odd_record(text, line)
        {
            return Some(ends);
        }
        self.record(values, line);
        None
    }

    /// Reads the records that a record holds in a list. `line` is that of the start of `text`, from
    /// where their ends are counted.
    fn rows(&mut self, text: &str, outer: &Values<'_>, line: u64, ends: &mut Vec<usize>) {
        let list = outer.raw(Field::Rows.slot());
        // A list that is no list holds no records.
        let rows: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
        let (mut at, mut line) = (0, line);
        for row in rows.into_iter().map(RawValue::get) {
            let start = row.as_ptr().addr() - text.as_ptr().addr();
            line += newlines(&text.as_bytes()[at..start]);
            at = start;
            let mut values = Values::new(self.plan.slots).written(self.plan.writing);
            values.inherit_all(outer);
            values.remove(Field::Rows);
            if let Err(error) = walk(row, &self.plan.paths, &mut values) {
                self.skip(line, Code::InvalidJson, || error.to_string());
            } else if values.has(Field::Rows) {
                self.rows(text, &values, line, ends);
                continue;
            } else {
                self.record(&values, line);
            }
            ends.push(start + row.len());
        }
    }

    /// Reads the calls inside a record, each a line of its own; nothing when it is a call itself.
    /// A record without any is no call.
    fn unfold(&mut self, plan: &FilePlan, text: &str, line: u64) -> Option<Vec<usize>> {
        let rows = (plan.format.unfold?)(text)?;
        let mut around = Values::new(plan.slots).written(plan.writing);
        if rows.iter().any(|row| row.inherits) {
            // The rows were found in it, so it is valid.
            let _ = walk(text, &plan.paths, &mut around);
        }
        let (mut at, mut line) = (0, line);
        for row in &rows {
            line += newlines(&text.as_bytes()[at.min(row.start)..row.start]);
            at = at.max(row.start);
            let mut values = if row.inherits {
                around.clone()
            } else {
                Values::new(plan.slots).written(plan.writing)
            };
            if let Err(error) = walk(&row.text, &plan.paths, &mut values) {
                self.skip(line, Code::InvalidJson, || error.to_string());
                continue;
            }
            self.record_as(plan, plan.convention, &values, line);
        }
        if rows.is_empty() {
            self.lines.continuation += 1;
            return Some(vec![text.len()]);
        }
        Some(rows.iter().map(|row| row.end).collect())
    }

    /// Reads a record of another format than its file; nothing if it is none, or has no counts
    /// in that format either.
    fn odd_record(&mut self, text: &str, line: u64) -> Option<Vec<usize>> {
        let (plan, convention) = other(self.plan, text)?;
        if let Some(ends) = self.unfold(plan, text, line) {
            return Some(ends);
        }
        let mut values = Values::new(plan.slots).written(plan.writing);
        let valid = walk(text, &plan.paths, &mut values).is_ok();
        let counted = values.has(Field::Input) || values.has(Field::Output);
        (valid && counted).then(|| {
            self.record_as(plan, convention, &values, line);
            vec![text.len()]
        })
    }
}
