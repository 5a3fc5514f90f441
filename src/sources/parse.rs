//! One chunk to columns: what a thread does.

use crate::diagnostics::{Code, Ledger, Place};
use crate::usage::{Calls, Dimensions, Symbol, column};

use super::chunk::{Chunk, newlines};
use super::decode::decode;
use super::delimited::parse_delimited;
use super::documents::{Next, next_record};
use super::duplicates::{CallKey, key};
use super::events::streams;
use super::field::Field;
use super::format::{Convention, Draft, Identity, Remark, Screen};
use super::framing::Framing;
use super::layout::Layouts;
use super::others::{is_odd, other};
use super::plan::FilePlan;
use super::reading::Lines;
use super::values::Values;
use super::walk::walk;

/// What became of a chunk. Places count lines from the start of the chunk, and name no file yet.
pub(super) struct Parsed {
    pub(super) calls: Calls,
    /// One key for each call.
    pub(super) keys: Vec<RecordKey>,
    pub(super) lines: Lines,
    /// How many lines of text it has: less than in `lines` where records share one.
    pub(super) newlines: u64,
    pub(super) ledger: Ledger,
}

/// How a call of the chunk is recognised elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordKey {
    pub(super) key: CallKey,
    /// Whether its line is counted with it; not so for a further part of a record.
    pub(super) counts_line: bool,
}

/// Names for records that give none.
#[derive(Clone, Debug, Default)]
pub(super) struct Assumed {
    pub(super) model: String,
    pub(super) call_type: String,
}

/// Parses a chunk. `first` says whether it starts the file.
pub(super) fn parse(
    chunk: &Chunk,
    first: bool,
    plan: &FilePlan,
    assumed: &Assumed,
    dimensions: &Dimensions,
) -> Parsed {
    let mut parser = Parser::new(plan, assumed, dimensions);
    parser.inside_line = chunk.inside_line;
    if let Some(passed_over) = chunk.passed_over {
        parser.lines.lines += passed_over.lines;
        parser.lines.continuation += passed_over.lines - 1;
        parser.skip(1, Code::RecordTooLong, || "a record of more than 256 MiB".to_owned());
    }
    match plan.framing {
        Framing::Lines => parser.json_lines(&chunk.bytes),
        Framing::Documents => parser.json_documents(&chunk.bytes),
        Framing::Events => parser.event_streams(&chunk.bytes),
        Framing::Delimited { delimiter } => {
            parse_delimited(&mut parser, &chunk.bytes, first, delimiter);
        }
    }
    let newlines = match (chunk.passed_over, plan.framing) {
        (Some(passed_over), _) => passed_over.newlines,
        (None, Framing::Lines) if plan.envelope.is_none() => parser.lines.lines,
        (None, _) => newlines(&chunk.bytes),
    };
    parser.finish(newlines)
}

/// The state of one chunk.
pub(super) struct Parser<'p> {
    pub(super) plan: &'p FilePlan,
    assumed: &'p Assumed,
    pub(super) lines: Lines,
    ledger: Ledger,
    calls: Calls,
    keys: Vec<RecordKey>,
    /// Whether the chunk starts inside a line that is counted already.
    inside_line: bool,
    symbols: Vec<Symbol>,
    remarks: Vec<Remark>,
    key_bytes: Vec<u8>,
}

impl<'p> Parser<'p> {
    fn new(plan: &'p FilePlan, assumed: &'p Assumed, dimensions: &Dimensions) -> Self {
        Self {
            plan,
            assumed,
            lines: Lines::default(),
            ledger: Ledger::default(),
            calls: Calls::new(dimensions.emptied()),
            keys: Vec::new(),
            inside_line: false,
            symbols: vec![Symbol::EMPTY; dimensions.len()],
            remarks: Vec::new(),
            key_bytes: Vec::new(),
        }
    }

    fn finish(self, newlines: u64) -> Parsed {
        let Self { calls, keys, lines, ledger, .. } = self;
        Parsed { calls, keys, lines, newlines, ledger }
    }

    /// Counts a record that cannot be used.
    pub(super) fn skip(&mut self, line: u64, code: Code, message: impl FnOnce() -> String) {
        self.lines.skipped += 1;
        self.ledger.push(code, Place { file: 0, line }, message);
    }

    fn json_lines(&mut self, bytes: &[u8]) {
        let mut layouts = Layouts::default();
        // Checked once for the whole chunk; only where that fails, line by line.
        let whole = std::str::from_utf8(bytes).ok();
        let mut values = Values::new(self.plan.slots);
        let (mut start, mut line) = (0, 0);
        while start < bytes.len() {
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
                    let records = self.json_record(text, line, &mut layouts, &mut values);
                    // Records that share a line count as lines of their own.
                    self.lines.lines += records.saturating_sub(1);
                    self.lines.continuation += u64::from(records == 0);
                }
                None => self.not_utf8(line),
            }
            start = end + 1;
        }
    }

    pub(super) fn not_utf8(&mut self, line: u64) {
        self.skip(line, Code::InvalidUtf8, || "bytes that are not UTF-8".to_owned());
    }

    fn json_documents(&mut self, bytes: &[u8]) {
        let mut layouts = Layouts::default();
        let mut values = Values::new(self.plan.slots);
        let (mut ends, mut line, mut at) = (Vec::new(), 1, 0);
        loop {
            let (start, end) = match next_record(bytes, at) {
                Next::Record(start, end) => (start, end),
                // Only the end of a file is cut inside a record.
                Next::Incomplete(start) => (start, bytes.trim_ascii_end().len()),
                Next::End => break,
            };
            line += newlines(&bytes[at..start]);
            let records = if let Ok(text) = std::str::from_utf8(&bytes[start..end]) {
                self.json_record(text, line, &mut layouts, &mut values)
            } else {
                self.not_utf8(line);
                1
            };
            ends.extend((0..records).map(|_| end));
            line += newlines(&bytes[start..end]);
            at = end;
        }
        self.count_other_lines(bytes, &ends);
    }

    /// Reads the events of each response as that response.
    fn event_streams(&mut self, bytes: &[u8]) {
        let (mut ends, mut line, mut at) = (Vec::new(), 1, 0);
        for stream in streams(bytes) {
            line += newlines(&bytes[at..stream.start]);
            at = stream.start;
            self.built_record(&serde_json::Value::Object(stream.response), line);
            ends.push(stream.end);
        }
        self.count_other_lines(bytes, &ends);
    }

    /// Reads a record that is not in the log as it stands.
    fn built_record(&mut self, record: &serde_json::Value, line: u64) {
        let text = record.to_string();
        let mut values = Values::new(self.plan.slots);
        if let Err(error) = walk(&text, &self.plan.paths, &mut values) {
            self.skip(line, Code::InvalidJson, || error.to_string());
        } else if !(is_odd(self.plan, &values) && self.odd_record(&text, line)) {
            self.record(&values, line);
        }
    }

    /// Reads what is in a record that holds others; nothing if it holds none.
    fn enveloped(&mut self, text: &str, line: u64) -> Option<u64> {
        let envelope = self.plan.envelope?;
        let record = serde_json::from_str(text).ok().filter(envelope.is_one)?;
        let inside = (envelope.open)(record);
        for record in &inside {
            self.built_record(record, line);
        }
        Some(inside.len() as u64)
    }

    /// Reads a record, or those in it, and says how many there were.
    fn json_record<'a>(
        &mut self,
        text: &'a str,
        line: u64,
        layouts: &mut Layouts,
        values: &mut Values<'a>,
    ) -> u64 {
        if let Some(records) = self.enveloped(text, line) {
            return records;
        }
        values.clear();
        if !layouts.read(text, values) {
            values.clear();
            if let Err(error) = walk(text, &self.plan.paths, values) {
                self.skip(line, Code::InvalidJson, || error.to_string());
                return 1;
            }
            layouts.learn(text, &self.plan.paths);
        }
        if !(is_odd(self.plan, values) && self.odd_record(text, line)) {
            self.record(values, line);
        }
        1
    }

    /// Reads a record of another format than its file; says no if it is none, or has no counts
    /// in that format either.
    fn odd_record(&mut self, text: &str, line: u64) -> bool {
        let Some((plan, convention)) = other(self.plan, text) else { return false };
        let mut values = Values::new(plan.slots);
        let valid = walk(text, &plan.paths, &mut values).is_ok();
        let counted = values.has(Field::Input) || values.has(Field::Output);
        if valid && counted {
            self.record_as(plan, convention, &values, line);
        }
        valid && counted
    }

    /// Counts the lines in which no record ends. `ends` are the ends of the records, in order.
    pub(super) fn count_other_lines(&mut self, bytes: &[u8], ends: &[usize]) {
        let mut ends = ends.iter().peekable();
        let mut start = 0;
        while start < bytes.len() {
            let end =
                memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at + 1);
            let mut records = 0;
            while ends.next_if(|at| **at <= end).is_some() {
                records += 1;
            }
            let counted = start == 0 && self.inside_line;
            self.lines.lines += if counted { records } else { records.max(1) };
            if counted {
                // Only its records are new.
            } else if records == 0 && bytes[start..end].trim_ascii().is_empty() {
                self.lines.blank += 1;
            } else if records == 0 {
                self.lines.continuation += 1;
            }
            start = end;
        }
    }

    /// Turns the values of a record into a call, or says why not.
    pub(super) fn record(&mut self, values: &Values<'_>, line: u64) {
        self.record_as(self.plan, self.plan.convention, values, line);
    }

    fn record_as(
        &mut self,
        plan: &FilePlan,
        convention: Convention,
        values: &Values<'_>,
        line: u64,
    ) {
        let screen = (plan.format.screen)(values);
        if screen == Screen::NoCall {
            self.lines.continuation += 1;
            return;
        }
        self.remarks.clear();
        let without_tokens = screen == Screen::WithoutTokens;
        let mut draft = Draft { without_tokens, ..Draft::default() };
        let decoded = decode(values, plan.format, convention, &mut draft, &mut self.remarks);
        if let Err((code, message)) = decoded {
            self.skip(line, code, || message);
            return;
        }
        self.lines.records += 1;
        self.assume(&mut draft);
        draft.call.place.line = line;
        self.push(plan, values, &draft);
        for (code, message) in self.remarks.drain(..) {
            self.ledger.push(code, Place { file: 0, line }, || message);
        }
    }

    fn assume(&mut self, draft: &mut Draft<'_>) {
        if draft.model.is_empty() && !self.assumed.model.is_empty() {
            draft.model = self.assumed.model.clone().into();
            self.remarks.retain(|(code, _)| *code != Code::MissingModel);
        }
        if draft.call_type.is_empty() && !self.assumed.call_type.is_empty() {
            draft.call_type = self.assumed.call_type.clone().into();
        }
    }

    fn push(&mut self, plan: &FilePlan, values: &Values<'_>, draft: &Draft<'_>) {
        let dimensions = &mut self.calls.dimensions;
        let names = [
            (column::PROVIDER, &draft.provider),
            (column::MODEL, &draft.model),
            (column::REQUEST_MODEL, &draft.request_model),
            (column::CALL_TYPE, &draft.call_type),
            (column::GEO, &draft.geo),
        ];
        for (place, name) in names {
            self.symbols[place] = dimensions[place].intern(name);
        }
        for (place, slot) in &plan.dimensions {
            self.symbols[*place] = dimensions[*place].intern(&values.text_at(*slot));
        }
        let key = self.key(plan.format.identity, values, draft);
        self.calls.push(&draft.call, &self.symbols);
        self.keys.push(RecordKey { key, counts_line: true });
        for (number, (model, call)) in (1..).zip(&draft.parts) {
            self.symbols[column::MODEL] = self.calls.dimensions[column::MODEL].intern(model);
            let mut call = *call;
            call.place = draft.call.place;
            self.calls.push(&call, &self.symbols);
            let key = if key == 0 { 0 } else { key.wrapping_add(number) };
            self.keys.push(RecordKey { key, counts_line: false });
        }
    }

    fn key(&mut self, identity: Identity, values: &Values<'_>, draft: &Draft<'_>) -> CallKey {
        let bytes = &mut self.key_bytes;
        bytes.clear();
        if matches!(identity, Identity::Bucket | Identity::Pivot) {
            // The counts of a pivoted sum are told apart by their metric, and belong together.
            let names = |field: &Field| {
                field.names_a_sum() || *field == Field::Metric && identity == Identity::Bucket
            };
            for field in Field::ALL.into_iter().filter(names) {
                bytes.extend_from_slice(values.text(field).as_bytes());
                bytes.push(0);
            }
            return key(bytes);
        }
        let id = values.text(Field::RequestId);
        if id.is_empty() {
            return 0;
        }
        bytes.extend_from_slice(id.as_bytes());
        match identity {
            Identity::Response => {
                bytes.push(0);
                bytes.extend_from_slice(draft.model.as_bytes());
            }
            Identity::Stream => {
                bytes.push(0);
                bytes.extend_from_slice(values.text(Field::SecondId).as_bytes());
            }
            Identity::WholeRecord | Identity::Bucket | Identity::Pivot => {
                bytes.push(0);
                bytes.extend_from_slice(draft.model.as_bytes());
                bytes.extend_from_slice(&draft.call.time.millis().to_le_bytes());
                bytes.extend_from_slice(&draft.call.attempt.to_le_bytes());
                for (_, tokens) in draft.call.tokens.iter() {
                    bytes.extend_from_slice(&tokens.get().to_le_bytes());
                }
            }
        }
        key(bytes)
    }
}
