//! The steps that make calls of records: counts checked, copies dropped.

use crate::diagnostics::Code;
use crate::sources::Field;

use super::dialect::Dialect;
use super::expression::{Expr, Form, call, column, form, infix, one_of, text, when, whole};
use super::log::{COUNTS, TEXTS, aliases, is_loose, name_of};
use super::query::{From, Select, Step};
use super::request::Request;

/// The step with every record, checked.
pub(super) const RECORDS: &str = "records";
/// The step with words read.
pub(super) const WORDS: &str = "words";
const NUMBERED: &str = "numbered";
/// The step with the calls that count.
pub(super) const CALLS: &str = "calls";

/// No provider bills more tokens in one row: the limit of `sources::values`.
const COUNT_MAX: i64 = 1_000_000_000_000;

/// Counts of tokens that are columns of a roll-up.
pub(super) const TOKENS: [Field; 11] = [
    Field::Input,
    Field::CacheRead,
    Field::CacheWrite5m,
    Field::CacheWrite1h,
    Field::AudioInput,
    Field::AudioCacheRead,
    Field::ImageInput,
    Field::Output,
    Field::Reasoning,
    Field::AudioOutput,
    Field::ImageOutput,
];

/// What the table has and what becomes of it.
pub(super) struct Table<'r> {
    pub(super) request: &'r Request,
    pub(super) dialect: &'r Dialect,
}

impl Table<'_> {
    /// Whether it has a field.
    pub(super) fn has(&self, field: Field) -> bool {
        self.request.columns.has(field)
    }

    /// Whether the checked records have it: tokens written to a cache without their lifetime have
    /// the default one.
    pub(super) fn counts(&self, field: Field) -> bool {
        self.has(field) || (field == Field::CacheWrite5m && self.has(Field::CacheWrite))
    }

    /// The token columns of checked records.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &'static str> {
        TOKENS.into_iter().filter(|field| self.counts(*field)).map(name_of)
    }

    /// A column, or nothing where the table has none.
    fn count(&self, field: Field) -> Option<Expr> {
        self.has(field).then(|| column(name_of(field)))
    }

    /// The sum of the counts that the table has.
    fn sum(&self, fields: &[Field]) -> Option<Expr> {
        let counts: Vec<Expr> = fields.iter().filter_map(|field| self.count(*field)).collect();
        (!counts.is_empty()).then(|| infix("+", counts))
    }

    /// The columns that go from step to step as they are.
    pub(super) fn kept(&self) -> Vec<String> {
        let mut names = vec!["time_ms".to_owned()];
        let texts = [
            Field::Provider,
            Field::Model,
            Field::RequestModel,
            Field::CallType,
            Field::Geo,
            Field::RequestId,
            Field::Conversation,
        ];
        let others = [Field::Attempt, Field::LatencyMs, Field::CostUsd];
        let fields = texts.into_iter().chain(others).filter(|field| self.is_kept(*field));
        names.extend(fields.map(|field| name_of(field).to_owned()));
        names.extend(aliases(self.request));
        names
    }

    /// The model is always there: it may be assumed.
    pub(super) fn is_kept(&self, field: Field) -> bool {
        let is_assumed = field == Field::Model
            || (field == Field::CallType && !self.request.assumed_call_type.is_empty());
        self.has(field) || is_assumed
    }

    /// Counts taken apart as in llmcost's own logs, and why a record is left out.
    pub(super) fn records(&self) -> Step {
        let mut columns: Vec<(String, Expr)> = self.kept().into_iter().map(passed).collect();
        let words = ["service_tier", "status", "finish_reason"];
        let fields = [&TIERS[..], &ENDS, &[Field::FinishReason]];
        for (name, _) in words
            .into_iter()
            .zip(fields)
            .filter(|(_, fields)| fields.iter().any(|field| self.has(*field)))
        {
            columns.push(passed(name.to_owned()));
        }
        for field in TOKENS.into_iter().filter(|field| self.counts(*field)) {
            let value = match field {
                Field::Input => self.input(),
                Field::Output => self.output(),
                Field::CacheWrite5m => self.written_short(),
                _ => column(name_of(field)),
            };
            columns.push((name_of(field).to_owned(), value));
        }
        let others = [Field::Searches, Field::FileSearches, Field::Calls];
        let others = others.into_iter().filter(|field| self.has(*field));
        columns.extend(others.map(|field| passed(name_of(field).to_owned())));
        columns.push(("reason".to_owned(), self.reason()));
        let says = "Counts that include others taken apart, and why a record is left out.";
        Step { is_used_twice: true, ..step(RECORDS, says, columns, WORDS, None) }
    }

    /// A sum without its parts, or with parts that miss some of it, is of the default lifetime.
    fn written_short(&self) -> Expr {
        let Some(written) = self.count(Field::CacheWrite) else {
            return column("cache_write_5m_tokens");
        };
        let parts = self.sum(&[Field::CacheWrite5m, Field::CacheWrite1h]);
        let unsplit = parts
            .map_or(written.clone(), |parts| form(Form::Greater, [written.minus(parts), whole(0)]));
        self.count(Field::CacheWrite5m).map_or(unsplit.clone(), |short| short.plus(unsplit))
    }

    /// Everything read from and written to the cache.
    fn cached(&self) -> Option<Expr> {
        let short = self.counts(Field::CacheWrite5m).then(|| self.written_short());
        let counts = [self.count(Field::CacheRead), short, self.count(Field::CacheWrite1h)];
        let counts: Vec<Expr> = counts.into_iter().flatten().collect();
        (!counts.is_empty()).then(|| infix("+", counts))
    }

    fn input(&self) -> Expr {
        let input = zero_if_none(Field::Input);
        let Some(cached) = self.cached().filter(|_| self.request.columns.input_includes_cache)
        else {
            return input;
        };
        let inside = input.clone().minus(cached.clone());
        if self.request.columns.is_settled {
            return inside;
        }
        when([(cached.above(input.clone()), input)], inside)
    }

    fn output(&self) -> Expr {
        let output = zero_if_none(Field::Output);
        let Some(reasoning) = self.count(Field::Reasoning) else { return output };
        let both = output.clone().plus(reasoning.clone());
        if !self.request.columns.output_includes_reasoning {
            return both;
        }
        if self.request.columns.is_settled {
            return output;
        }
        when([(reasoning.above(output.clone()), both)], output)
    }

    /// The name of the diagnostic that leaves a record out, as `sources::counts` does; empty for none.
    fn reason(&self) -> Expr {
        let both_none =
            infix("AND", [column("input_tokens").absent(), column("output_tokens").absent()]);
        let has_status = ENDS.iter().any(|field| self.has(*field));
        let without = if has_status {
            infix("AND", [both_none, one_of(column("status"), ["", "ok"])])
        } else {
            both_none
        };
        let mut cases = vec![(without, Code::MissingUsage)];
        let counted = [Field::Input, Field::Output].into_iter().chain(COUNTS);
        let counted = counted.filter(|field| self.has(*field) && *field != Field::Attempt);
        let counted: Vec<Expr> = counted.map(|field| column(name_of(field))).collect();
        if let Some(none) = self.dialect.no_number {
            let is_none = counted.iter().map(|count| count.clone().equals(whole(none)));
            cases.push((infix("OR", is_none), Code::BadNumber));
        }
        let is_negative = counted.iter().map(|count| count.clone().below(whole(0)));
        cases.push((infix("OR", is_negative), Code::NegativeCount));
        let is_large = counted.iter().map(|count| count.clone().above(whole(COUNT_MAX)));
        cases.push((infix("OR", is_large), Code::ImplausibleCount));
        cases.extend(self.misfits());
        let named = cases.into_iter().map(|(holds, code)| (holds, text(code.name())));
        when(named, text(""))
    }

    /// Parts that are larger than their whole.
    fn misfits(&self) -> Vec<(Expr, Code)> {
        let mut misfits = Vec::new();
        let settled = self.request.columns.is_settled;
        let includes_cache = self.request.columns.input_includes_cache;
        if let Some(cached) = self.cached().filter(|_| includes_cache && settled) {
            let exceeds = cached.above(zero_if_none(Field::Input));
            misfits.push((exceeds, Code::CacheExceedsInput));
        }
        if let Some(heard) = self.count(Field::AudioCacheRead) {
            let read = self.count(Field::CacheRead).unwrap_or(whole(0));
            misfits.push((heard.above(read), Code::CacheExceedsInput));
        }
        if let Some(media) = self.sum(&[Field::AudioInput, Field::ImageInput]) {
            misfits.push((media.above(self.input()), Code::CacheExceedsInput));
        }
        let parts = [Field::Reasoning, Field::AudioOutput, Field::ImageOutput];
        if let Some(parts) = self.sum(&parts) {
            misfits.push((parts.above(self.output()), Code::ReasoningExceedsOutput));
        }
        misfits
    }

    /// Numbers the records with the same id and contents.
    pub(super) fn numbered(&self) -> Step {
        let mut columns = self.record_columns();
        let named = |name: &&str| columns.iter().any(|(known, _)| known == name);
        let identity = ["request_id", "model", "time_ms", "attempt"];
        let identity = identity.into_iter().filter(named).chain(self.tokens());
        let identity: Vec<Expr> = identity.map(column).collect();
        let rest = columns.iter().filter(|(_, value)| !identity.contains(value));
        let by: Vec<Expr> = rest.map(|(_, value)| value.clone()).collect();
        let by = if by.is_empty() { vec![column("time_ms")] } else { by };
        let number =
            Expr::Over { value: Box::new(call("ROW_NUMBER", [])), within: identity, by, frame: "" };
        let is_apart = infix("OR", [column("request_id").equals(text("")), is_loose()]);
        columns.push(("copy_number".to_owned(), when([(is_apart, whole(1))], number)));
        let condition = column("reason").equals(text(""));
        let says = "Records with the same id and contents are copies of one call; without an id, or \
                    with a short one and no time, each is a call.";
        step(NUMBERED, says, columns, RECORDS, Some(condition))
    }

    /// The columns of records but the reason.
    fn record_columns(&self) -> Vec<(String, Expr)> {
        let columns = self.records().select.columns.into_iter();
        columns.filter(|(name, _)| name != "reason").map(|(name, _)| passed(name)).collect()
    }

    /// The calls that count, with the sizes of their prompts and answers.
    pub(super) fn calls(&self) -> Step {
        let has_copies = self.drops_copies();
        let mut columns = self.record_columns();
        columns.retain(|(name, _)| !["calls", "attempt", "latency_ms"].contains(&name.as_str()));
        let per_call = |sum: Expr| match self.count(Field::Calls) {
            Some(calls) => form(Form::Quotient, [sum, form(Form::Greater, [calls, whole(1)])]),
            None => sum,
        };
        let calls = self
            .count(Field::Calls)
            .map_or(whole(1), |calls| form(Form::Greater, [calls, whole(1)]));
        columns.push(("calls".to_owned(), calls));
        let prompt = [Field::Input, Field::CacheRead, Field::CacheWrite5m, Field::CacheWrite1h];
        let prompt = prompt.into_iter().filter(|field| self.counts(*field));
        let prompt = infix("+", prompt.map(|field| column(name_of(field))));
        columns.push(("prompt".to_owned(), per_call(prompt)));
        columns.push(("answer".to_owned(), per_call(column("output_tokens"))));
        let hidden = self.sum(&[Field::Reasoning, Field::AudioOutput, Field::ImageOutput]);
        let visible = hidden.map_or(column("output_tokens"), |hidden| {
            infix("-", [column("output_tokens"), hidden])
        });
        columns.push(("visible".to_owned(), per_call(visible)));
        if self.has(Field::LatencyMs) {
            let latency = column("latency_ms").or_else(whole(0));
            let is_out_of_range = infix(
                "OR",
                [latency.clone().below(whole(0)), latency.clone().above(whole(4_294_967_295))],
            );
            columns.push(("latency_ms".to_owned(), when([(is_out_of_range, whole(0))], latency)));
        }
        let mut conditions = vec![if has_copies {
            column("copy_number").equals(whole(1))
        } else {
            column("reason").equals(text(""))
        }];
        let time = || column("time_ms");
        conditions.extend(self.request.since.map(|since| time().at_least(whole(since.millis()))));
        conditions.extend(self.request.before.map(|before| time().below(whole(before.millis()))));
        let from = if has_copies { NUMBERED } else { RECORDS };
        let says = "The calls that count, with the sizes of their prompts and answers.";
        step(CALLS, says, columns, from, Some(infix("AND", conditions)))
    }

    /// Whether copies are looked for.
    pub(super) fn drops_copies(&self) -> bool {
        self.has(Field::RequestId) && !self.request.keeps_copies
    }

    /// Fields of the table that the query has no use for.
    pub(super) fn unused(&self) -> Vec<Field> {
        let used = |field: Field| {
            TEXTS.contains(&field)
                || COUNTS.contains(&field)
                || TOKENS.contains(&field)
                || [Field::Time, Field::LatencyMs, Field::CostUsd].contains(&field)
        };
        let fields = self.request.columns.fields.iter().map(|(field, _)| *field);
        fields.filter(|field| !used(*field)).collect()
    }
}

/// What tells the tier.
pub(super) const TIERS: [Field; 3] = [Field::ServiceTier, Field::Batch, Field::Speed];
/// What tells how a call ended.
pub(super) const ENDS: [Field; 3] = [Field::Status, Field::HttpStatus, Field::Error];

fn zero_if_none(field: Field) -> Expr {
    column(name_of(field)).or_else(whole(0))
}

/// A column as it is.
pub(super) fn passed(name: String) -> (String, Expr) {
    let value = column(&name);
    (name, value)
}

pub(super) fn step(
    name: &'static str,
    says: &str,
    columns: Vec<(String, Expr)>,
    from: &'static str,
    condition: Option<Expr>,
) -> Step {
    let select = Select { columns, from: From::Step(from), condition, groups: Vec::new() };
    Step { name, says: says.to_owned(), select, is_used_twice: false }
}
