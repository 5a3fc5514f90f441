//! One chunk to columns: what a thread does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use crate::diagnostics::{Code, Ledger, Place};
use crate::usage::{Call, Calls, Dimensions, Instant, Symbol, column};

use super::chunk::{Chunk, newlines};
use super::decode::{decode, fingerprint, tell_of_sums};
use super::delimited::parse_delimited;
use super::detect::NAMES_MAX;
use super::duplicates::{CallKey, KeyMaker, key, name_hash};
use super::field::Field;
use super::format::{Convention, Draft, Identity, Remark, Screen};
use super::framing::Framing;
use super::plan::FilePlan;
use super::prompts::told;
use super::quick::Memory;
use super::reading::Lines;
use super::session::{SoFar, Totals};
use super::threads::{ThreadId, total_key};
use super::values::{COUNT_MAX, Raw, Values};
use super::walk::walk;

/// What became of a chunk. Places count lines from the start of the chunk, and name no file yet.
pub(super) struct Parsed {
    pub(super) calls: Calls,
    /// One key for each call; none where copies count.
    pub(super) keys: Vec<RecordKey>,
    pub(super) lines: Lines,
    /// How many lines of text it has: less than in `lines` where records share one.
    pub(super) newlines: u64,
    pub(super) ledger: Ledger,
    /// Sessions of one family, as its records say.
    pub(super) kin: Vec<(ThreadId, ThreadId)>,
    /// Of a table, the calls whose rows may sum up those above them.
    pub(super) sums: Vec<usize>,
    pub(super) is_table: bool,
    /// Keys of its records that the first ones of the file do not have.
    pub(super) late_columns: BTreeSet<String>,
}

/// How a call of the chunk is recognised elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordKey {
    pub(super) key: CallKey,
    /// The session it belongs to, where that matters.
    pub(super) thread: ThreadId,
    /// Whether its line is counted with it; not so for a further part of a record.
    pub(super) counts_line: bool,
    /// Whether another call may have the same key.
    pub(super) is_loose: bool,
}

/// Names for records that give none.
#[derive(Clone, Debug, Default)]
pub(super) struct Assumed {
    pub(super) model: String,
    pub(super) call_type: String,
}

/// Parses a chunk. `first` says whether it starts the file; `so_far` is what the chunks before it
/// said, where that matters; `memory` makes it fast and changes nothing.
pub(super) fn parse(
    chunk: &Chunk,
    first: bool,
    plan: &FilePlan,
    assumed: &Assumed,
    dimensions: &Dimensions,
    so_far: &mut SoFar,
    memory: &mut Memory,
) -> Parsed {
    let mut parser = Parser::new(plan, assumed, dimensions);
    parser.so_far = std::mem::take(so_far);
    parser.inside_line = chunk.inside_line;
    parser.calls.reserve(memory.calls);
    if let Some(passed_over) = chunk.passed_over {
        parser.lines.lines += passed_over.lines;
        parser.lines.continuation += passed_over.lines - 1;
        parser.skip(1, Code::RecordTooLong, || passed_over.what());
    }
    match plan.framing {
        Framing::Lines => parser.json_lines(&chunk.bytes, memory),
        Framing::Documents => parser.json_documents(&chunk.bytes),
        Framing::Events => parser.event_streams(&chunk.bytes),
        Framing::Delimited(rows) => {
            parse_delimited(&mut parser, &chunk.bytes, first, rows, memory);
        }
    }
    let newlines = match (chunk.passed_over, plan.framing) {
        (Some(passed_over), _) => passed_over.newlines,
        (None, Framing::Lines) => parser.text_lines,
        (None, _) => newlines(&chunk.bytes),
    };
    *so_far = std::mem::take(&mut parser.so_far);
    memory.calls = parser.calls.len();
    parser.finish(newlines)
}

/// Tells of usage that the rest of a session was to tell in full and did not.
pub(super) fn tell_of_partial_usage(parsed: &mut [Parsed], so_far: &SoFar) {
    let mut left = so_far.partial;
    for chunk in parsed.iter_mut().rev() {
        let partial = left.min(chunk.lines.continuation);
        left -= partial;
        chunk.lines.continuation -= partial;
        chunk.lines.skipped += partial;
    }
    let Some(first) = parsed.first_mut() else { return };
    // It is said of the file, so it does not matter how that was cut.
    for _ in left..so_far.partial {
        first.ledger.push(Code::MissingUsage, Place { file: 0, line: 0 }, || {
            "the session has no end yet, which would tell the input of its calls".to_owned()
        });
    }
}

/// The state of one chunk.
pub(super) struct Parser<'p> {
    pub(super) plan: &'p FilePlan,
    assumed: &'p Assumed,
    pub(super) lines: Lines,
    /// Lines of text, where a record is one: less than `lines` where records hold several calls.
    pub(super) text_lines: u64,
    ledger: Ledger,
    pub(super) calls: Calls,
    pub(super) keys: Vec<RecordKey>,
    /// Whether the chunk starts inside a line that is counted already.
    pub(super) inside_line: bool,
    so_far: SoFar,
    kin: Vec<(ThreadId, ThreadId)>,
    sums: Vec<usize>,
    late_columns: BTreeSet<String>,
    /// The dimensions of its records that are wanted.
    pub(super) wanted: &'p [(usize, usize)],
    /// Whether anybody looks for calls of one request.
    pub(super) wants_requests: bool,
    pub(super) symbols: Vec<Symbol>,
    remarks: Vec<Remark>,
    key_bytes: Vec<u8>,
}

impl<'p> Parser<'p> {
    pub(super) fn new(plan: &'p FilePlan, assumed: &'p Assumed, dimensions: &Dimensions) -> Self {
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
            sums: Vec::new(),
            late_columns: BTreeSet::new(),
            wanted: plan.wanted(),
            wants_requests: !plan.has_lapsed(),
            symbols: vec![Symbol::EMPTY; dimensions.len()],
            remarks: Vec::new(),
            key_bytes: Vec::new(),
        }
    }

    pub(super) fn finish(self, newlines: u64) -> Parsed {
        let is_table = matches!(self.plan.framing, Framing::Delimited(_));
        let Self { calls, keys, lines, ledger, kin, sums, late_columns, .. } = self;
        Parsed { calls, keys, lines, newlines, ledger, kin, sums, is_table, late_columns }
    }

    /// Notes the keys of a record that the first ones do not have, where they are asked for.
    pub(super) fn note_late_columns(&mut self, record: &str) {
        let Some(known) = &self.plan.known_keys else { return };
        let keys = serde_json::from_str::<BTreeMap<String, &RawValue>>(record);
        let late = keys.unwrap_or_default().into_keys().filter(|key| !known.contains(key));
        let room = NAMES_MAX.saturating_sub(self.late_columns.len());
        self.late_columns.extend(late.take(room));
    }

    /// Counts a record that cannot be used.
    pub(super) fn skip(&mut self, line: u64, code: Code, message: impl FnOnce() -> String) {
        self.lines.skipped += 1;
        self.ledger.push(code, Place { file: 0, line }, message);
    }

    /// Tells of a record that is used all the same.
    pub(super) fn remark(&mut self, line: u64, code: Code, message: impl FnOnce() -> String) {
        self.ledger.push(code, Place { file: 0, line }, message);
    }

    pub(super) fn not_utf8(&mut self, line: u64) {
        self.skip(line, Code::InvalidUtf8, || "bytes that are not UTF-8".to_owned());
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
            let mut complete = Values::new(plan.slots).written(plan.writing);
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

    pub(super) fn record_as(
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
            self.lines.rolled_skipped += draft.more_left_out;
            self.ledger.count_more(code, draft.more_left_out);
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
            if matches!(plan.framing, Framing::Delimited(_)) && may_be_sum(&draft.model) {
                self.sums.push(self.calls.len());
            }
            plan.constants.fill(&mut draft);
            self.assume(&mut draft);
            draft.call.place.line = line;
            self.push(plan, values, &draft, total);
        }
        for (code, message) in self.remarks.drain(..) {
            self.ledger.push(code, Place { file: 0, line }, || message);
        }
    }

    pub(super) fn assume(&mut self, draft: &mut Draft<'_>) {
        if draft.model.is_empty() && !self.assumed.model.is_empty() {
            draft.model = self.assumed.model.clone().into();
        }
        if !draft.model.is_empty() {
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
        // A record of another format than its file has a plan of its own.
        let wanted = if std::ptr::eq(plan, self.plan) { self.wanted } else { &plan.dimensions };
        for (place, slot) in wanted {
            self.symbols[*place] = dimensions[*place].intern(&told(values, *slot));
        }
        for (place, name) in &plan.constants.dimensions {
            self.symbols[*place] = dimensions[*place].intern(name);
        }
        let key =
            total.unwrap_or_else(|| self.key(plan.identity, values, &draft.model, &draft.call));
        let thread = total.map_or(0, |_| fingerprint(values, Field::Conversation));
        match draft.rolled {
            Some(rolled) => self.calls.push_rolled(&draft.call, rolled, &self.symbols),
            None => self.calls.push(&draft.call, &self.symbols),
        }
        if let Some(last) = draft.last_time {
            self.calls.set_last_time(self.calls.len() - 1, last);
        }
        let is_loose = plan.identity == Identity::WholeRecord && is_loose(values);
        // Where every record is a call, no keys are looked at.
        let is_keyed = self.plan.identity != Identity::Unknown;
        let counts_line = true;
        self.keys.extend(is_keyed.then_some(RecordKey { key, thread, counts_line, is_loose }));
        for (number, (model, call)) in (1..).zip(&draft.parts) {
            self.symbols[column::MODEL] = self.calls.dimensions[column::MODEL].intern(model);
            let mut call = *call;
            call.place = draft.call.place;
            self.calls.push(&call, &self.symbols);
            let key = if key == 0 { 0 } else { key.wrapping_add(number) };
            let counts_line = false;
            self.keys.extend(is_keyed.then_some(RecordKey { key, thread, counts_line, is_loose }));
        }
    }

    fn key(
        &mut self,
        identity: Identity,
        values: &Values<'_>,
        model: &str,
        call: &Call,
    ) -> CallKey {
        if matches!(identity, Identity::Bucket | Identity::Pivot) {
            let bytes = &mut self.key_bytes;
            bytes.clear();
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
        let tokens = call.tokens.iter().map(|(_, tokens)| tokens.get());
        record_key(identity, values, name_hash(model), call.time, call.attempt, tokens)
    }
}

/// The key of a record with an id; zero where it has none. `model` is the hash of its name, `tokens`
/// are the counts of all classes.
#[inline]
pub(super) fn record_key<'a>(
    identity: Identity,
    values: &impl Raw<'a>,
    model: u64,
    time: Instant,
    attempt: u16,
    tokens: impl Iterator<Item = u64>,
) -> CallKey {
    let id = values.text(Field::RequestId);
    if identity == Identity::Unknown || id.is_empty() {
        return 0;
    }
    let mut maker = KeyMaker::new(&id);
    match identity {
        Identity::Response => {
            maker.number(model);
            maker.text(&values.text(Field::SecondId));
        }
        Identity::Stream => maker.text(&values.text(Field::SecondId)),
        _ => {
            maker.number(model);
            maker.number(time.millis().cast_unsigned());
            maker.number(u64::from(attempt));
            // No count is as large as the place of another class.
            const { assert!(COUNT_MAX < 1 << 56) };
            for (place, count) in (0..).zip(tokens).filter(|(_, count): &(u64, _)| *count > 0) {
                maker.number(place << 56 | count);
            }
        }
    }
    maker.key()
}

/// Whether an id tells no calls apart: a short one (a row's number, a user) without the time of
/// the day beside it is often shared by calls with equal counts.
pub(super) fn is_loose<'a>(values: &impl Raw<'a>) -> bool {
    const TELLING: usize = 8;
    const DAY: usize = "2026-10-05".len();
    // Quotes may stand around it; most ids are longer anyway.
    if values.raw(Field::RequestId.slot()).len() >= TELLING + 2
        || values.text(Field::RequestId).len() >= TELLING
    {
        return false;
    }
    let time = values.text(Field::Time);
    let is_epoch = time.len() > TELLING && time.bytes().all(|byte| byte.is_ascii_digit());
    time.len() <= DAY && !is_epoch
}

/// Whether the row of a spreadsheet that sums up the others may have this for a model.
pub(super) fn may_be_sum(model: &str) -> bool {
    const WORDS: [&str; 6] = ["", "total", "totals", "sum", "grand total", "all"];
    let model = model.trim().trim_end_matches(':');
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(model))
}
