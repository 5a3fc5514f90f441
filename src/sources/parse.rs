//! One chunk to columns: what a thread does.

use serde_json::value::RawValue;

use crate::diagnostics::{Code, Ledger, Place};
use crate::usage::{Calls, Dimensions, Symbol, column};

use super::chunk::{Chunk, newlines};
use super::decode::{decode, fingerprint, tell_of_sums};
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
use super::session::{SoFar, Totals};
use super::threads::{ThreadId, total_key};
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
    /// Sessions of one family, as its records say.
    pub(super) kin: Vec<(ThreadId, ThreadId)>,
}

/// How a call of the chunk is recognised elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordKey {
    pub(super) key: CallKey,
    /// The session it belongs to, where that matters.
    pub(super) thread: ThreadId,
    /// Whether its line is counted with it; not so for a further part of a record.
    pub(super) counts_line: bool,
}

/// Names for records that give none.
#[derive(Clone, Debug, Default)]
pub(super) struct Assumed {
    pub(super) model: String,
    pub(super) call_type: String,
}

/// Parses a chunk. `first` says whether it starts the file; `so_far` is what the chunks before it
/// said, where that matters.
pub(super) fn parse(
    chunk: &Chunk,
    first: bool,
    plan: &FilePlan,
    assumed: &Assumed,
    dimensions: &Dimensions,
    so_far: &mut SoFar,
) -> Parsed {
    let mut parser = Parser::new(plan, assumed, dimensions);
    parser.so_far = std::mem::take(so_far);
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
        (None, Framing::Lines) => parser.text_lines,
        (None, _) => newlines(&chunk.bytes),
    };
    *so_far = std::mem::take(&mut parser.so_far);
    parser.finish(newlines)
}

/// Tells of usage that the rest of a session was to tell in full and did not.
pub(super) fn tell_of_partial_usage(parsed: &mut [Parsed], so_far: &SoFar) {
    let mut left = so_far.partial;
    // What is said of a whole file comes first, however it was cut.
    let mut told = Ledger::default();
    for chunk in parsed.iter_mut().rev() {
        let partial = left.min(chunk.lines.continuation);
        left -= partial;
        chunk.lines.continuation -= partial;
        chunk.lines.skipped += partial;
        for _ in 0..partial {
            told.push(Code::MissingUsage, Place { file: 0, line: 0 }, || {
                "the session has no end yet, which would tell the input of its calls".to_owned()
            });
        }
    }
    if let Some(first) = parsed.first_mut() {
        told.append(std::mem::take(&mut first.ledger));
        first.ledger = told;
    }
}

/// The state of one chunk.
pub(super) struct Parser<'p> {
    pub(super) plan: &'p FilePlan,
    assumed: &'p Assumed,
    pub(super) lines: Lines,
    /// Lines of text, where a record is one: less than `lines` where records hold several calls.
    text_lines: u64,
    ledger: Ledger,
    calls: Calls,
    keys: Vec<RecordKey>,
    /// Whether the chunk starts inside a line that is counted already.
    inside_line: bool,
    so_far: SoFar,
    kin: Vec<(ThreadId, ThreadId)>,
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
            text_lines: 0,
            ledger: Ledger::default(),
            calls: Calls::new(dimensions.emptied()),
            keys: Vec::new(),
            inside_line: false,
            so_far: SoFar::default(),
            kin: Vec::new(),
            symbols: vec![Symbol::EMPTY; dimensions.len()],
            remarks: Vec::new(),
            key_bytes: Vec::new(),
        }
    }

    fn finish(self, newlines: u64) -> Parsed {
        let Self { calls, keys, lines, ledger, kin, .. } = self;
        Parsed { calls, keys, lines, newlines, ledger, kin }
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
                    if let Some(ends) = self.json_record(text, line, &mut layouts, &mut values) {
                        self.lines.lines += (ends.len() as u64).saturating_sub(1);
                        self.lines.continuation += u64::from(ends.is_empty());
                    }
                }
                None => self.not_utf8(line),
            }
            start = end + 1;
        }
        self.text_lines = line;
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

    /// Reads the events of each response as that response.
    fn event_streams(&mut self, bytes: &[u8]) {
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
        let mut values = Values::new(self.plan.slots);
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

    /// Reads a record. One that holds others gives the ends of those instead, counted from its
    /// own start.
    fn json_record<'a>(
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
        if !layouts.read(text, values) {
            values.clear();
            if let Err(error) = walk(text, &self.plan.paths, values) {
                self.skip(line, Code::InvalidJson, || error.to_string());
                return None;
            }
            layouts.learn(text, &self.plan.paths);
        }
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
        for row in rows.into_iter().map(RawValue::get) {
            let start = row.as_ptr().addr() - text.as_ptr().addr();
            let line = line + newlines(&text.as_bytes()[..start]);
            let mut values = Values::new(self.plan.slots);
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
        let mut around = Values::new(plan.slots);
        if rows.iter().any(|row| row.inherits) {
            // The rows were found in it, so it is valid.
            let _ = walk(text, &plan.paths, &mut around);
        }
        let (mut at, mut line) = (0, line);
        for row in &rows {
            line += newlines(&text.as_bytes()[at.min(row.start)..row.start]);
            at = at.max(row.start);
            let mut values = if row.inherits { around.clone() } else { Values::new(plan.slots) };
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
        let mut values = Values::new(plan.slots);
        let valid = walk(text, &plan.paths, &mut values).is_ok();
        let counted = values.has(Field::Input) || values.has(Field::Output);
        (valid && counted).then(|| {
            self.record_as(plan, convention, &values, line);
            vec![text.len()]
        })
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
        let plan = self.plan;
        if values.has(Field::Inside) {
            let inside = values.text(Field::Inside);
            let mut complete = Values::new(plan.slots);
            complete.inherit_all(values);
            complete.remove(Field::Inside);
            // Where the text is no JSON, the record is what is around it.
            if walk(&inside, &plan.paths, &mut complete).is_ok() {
                return self.record(&complete, line);
            }
        }
        let Some(session) = plan.format.session else {
            return self.record_as(plan, plan.convention, values, line);
        };
        let mut said = std::mem::take(&mut self.so_far.said);
        said.listen(session, values, plan.slots);
        if (session.speaks)(values) {
            let mut first = Values::new(plan.slots);
            first.inherit(Field::Conversation.slot(), said.raw(Field::Conversation));
            self.relate(values, &first);
        }
        self.so_far.partial += u64::from((session.partial)(values));
        let complete = said.complete(session, values, plan.slots);
        self.record_as(plan, plan.convention, &complete, line);
        self.so_far.said = said;
    }

    /// Notes which sessions belong together; the copy of a parent's start in its file names the
    /// parent.
    fn relate(&mut self, values: &Values<'_>, first: &Values<'_>) {
        let own = fingerprint(values, Field::Conversation);
        let others = [Field::Parent, Field::SecondId].map(|field| fingerprint(values, field));
        let file = fingerprint(first, Field::Conversation);
        let known = others.into_iter().chain([file]);
        let known = known.filter(|other| own != 0 && *other != 0 && *other != own);
        self.kin.extend(known.map(|other| (own, other)));
    }

    fn record_as(
        &mut self,
        plan: &FilePlan,
        convention: Convention,
        values: &Values<'_>,
        line: u64,
    ) {
        let screen = (plan.format.screen)(values);
        match screen {
            Screen::Call | Screen::WithoutTokens => {}
            Screen::NoCall => {
                self.lines.continuation += 1;
                return;
            }
            Screen::NoTokens(why) => {
                self.skip(line, Code::MissingUsage, || why.to_owned());
                return;
            }
        }
        self.remarks.clear();
        let mut draft = Draft::default();
        if screen == Screen::WithoutTokens {
            draft.without_tokens = true;
        }
        let decoded = decode(values, plan.format, convention, &mut draft, &mut self.remarks);
        if let Err((code, message)) = decoded {
            self.skip(line, code, || message);
            return;
        }
        let session = plan.format.session.filter(|session| session.totals != Totals::No);
        let total = session.map(|_| total_key(values, &draft));
        let conversation = values.text(Field::Conversation);
        let echo = |session| self.so_far.is_echo(session, values, &draft.call);
        if plan.format.session.is_some_and(echo) {
            self.lines.continuation += 1;
        } else if let Some(session) = session
            && !self.so_far.since(session, &conversation, &mut draft, &mut self.remarks)
        {
            self.lines.continuation += 1;
        } else {
            tell_of_sums(plan.format, &draft, &mut self.remarks);
            self.lines.records += 1;
            self.so_far.partial = 0;
            self.assume(&mut draft);
            draft.call.place.line = line;
            self.push(plan, values, &draft, total);
        }
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

    /// `total` stands for totals so far, where the counts were such.
    fn push(
        &mut self,
        plan: &FilePlan,
        values: &Values<'_>,
        draft: &Draft<'_>,
        total: Option<CallKey>,
    ) {
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
        let key = total.unwrap_or_else(|| self.key(plan.format.identity, values, draft));
        let thread = total.map_or(0, |_| fingerprint(values, Field::Conversation));
        self.calls.push(&draft.call, &self.symbols);
        self.keys.push(RecordKey { key, thread, counts_line: true });
        for (number, (model, call)) in (1..).zip(&draft.parts) {
            self.symbols[column::MODEL] = self.calls.dimensions[column::MODEL].intern(model);
            let mut call = *call;
            call.place = draft.call.place;
            self.calls.push(&call, &self.symbols);
            let key = if key == 0 { 0 } else { key.wrapping_add(number) };
            self.keys.push(RecordKey { key, thread, counts_line: false });
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
            Identity::WholeRecord | Identity::Running | Identity::Bucket | Identity::Pivot => {
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
