//! The steps that sum calls up: classes, cells, histograms, rows.

use crate::sources::Field;

use super::expression::{Expr, Form, call, column, form, infix, text, when, whole};
use super::log::{aliases, name_of};
use super::query::{From, Select, Step};
use super::reading::{CALLS, Table, passed, step};
use super::turns::TURNS;

const CLASSED: &str = "classed";
const RANKED: &str = "ranked";
const SIZED: &str = "sized";
const CELLS: &str = "cells";
const SPREAD: &str = "spread";
/// The step with the rows of the roll-up.
pub(super) const ROWS: &str = "summed";

const DAY_MILLIS: i64 = 86_400_000;
const MINUTE_MILLIS: i64 = 60_000;

/// Answers shorter than this are short: `rollup::sums`.
const SHORT_ANSWER: i64 = 60;

/// The lifetimes of caches in milliseconds, with the names of the columns: `rollup::sums`.
const LIFETIMES: [(i64, i64, [&str; 2]); 2] = [
    (-1, 300_000, ["gap_5m_calls", "gap_5m_tokens"]),
    (300_000, 3_600_000, ["gap_1h_calls", "gap_1h_tokens"]),
];

/// So many of the smallest prompts of a row are counted by their very size, and in a row of many calls
/// one for so many of them, up to a limit: `rollup::histogram`. The shared start of prompts is among
/// them.
const SMALLEST: i64 = 64;
const CALLS_A_SIZE: i64 = 500;
const SMALLEST_MAX: i64 = 256;

/// Tokens that a cache has to do with.
const CACHED: [Field; 3] = [Field::CacheRead, Field::CacheWrite5m, Field::CacheWrite1h];

/// The steps in which caches store the start of a prompt, with the names of the columns.
const STEPS: [(i64, &str); 3] =
    [(64, "repeated_64_tokens"), (128, "repeated_128_tokens"), (256, "repeated_256_tokens")];

/// How the values of a column of rows come together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sum {
    Whole,
    Money,
    Least,
    Most,
}

impl Table<'_> {
    /// What the calls of a row have in common, of what the table can tell.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys = vec!["bucket_ms".to_owned()];
        let fields = [
            Field::Provider,
            Field::Model,
            Field::RequestModel,
            Field::CallType,
            Field::Geo,
            Field::ServiceTier,
            Field::Status,
            Field::FinishReason,
        ];
        let known: Vec<String> = self.columns_of_calls();
        let named =
            fields.map(name_of).into_iter().filter(|name| known.iter().any(|one| one == name));
        keys.extend(named.map(str::to_owned));
        let others = [
            ("counting", self.has(Field::Calls)),
            ("turn", self.has_turns()),
            ("feeds", self.has_turns()),
            ("prompt_from", true),
            ("repeated_from", self.has_turns()),
            ("price_period", self.period().is_some()),
            ("part_of_hour", self.part().is_some()),
            ("is_cached", self.is_cached().is_some()),
            ("cached_from", self.is_cached().is_some()),
            ("has_searches", self.searches().is_some()),
            ("has_media", self.media().is_some()),
            ("has_cost", self.has(Field::CostUsd)),
        ];
        keys.extend(others.into_iter().filter(|(_, has)| *has).map(|(name, _)| name.to_owned()));
        keys.extend(aliases(self.request));
        keys
    }

    fn columns_of_calls(&self) -> Vec<String> {
        self.calls().select.columns.into_iter().map(|(name, _)| name).collect()
    }

    fn any(&self, fields: &[Field]) -> Option<Expr> {
        let there = fields.iter().filter(|field| self.counts(**field));
        let is_there: Vec<Expr> =
            there.map(|field| column(name_of(*field)).above(whole(0))).collect();
        (!is_there.is_empty()).then(|| when([(infix("OR", is_there), whole(1))], whole(0)))
    }

    fn is_cached(&self) -> Option<Expr> {
        self.any(&CACHED)
    }

    fn searches(&self) -> Option<Expr> {
        self.any(&[Field::Searches, Field::FileSearches])
    }

    fn media(&self) -> Option<Expr> {
        self.any(&[Field::AudioInput, Field::ImageInput])
    }

    /// The bucket, the classes and what else calls of one row have in common.
    pub(super) fn classed(&self) -> Step {
        let mut columns: Vec<(String, Expr)> =
            self.columns_of_calls().into_iter().map(passed).collect();
        columns.retain(|(name, _)| {
            !["request_id", "conversation", "latency_ms"].contains(&name.as_str())
        });
        let mut add = |name: &str, value: Expr| columns.push((name.to_owned(), value));
        add("bucket_ms", self.bucket());
        for (name, value) in [("price_period", self.period()), ("part_of_hour", self.part())] {
            if let Some(value) = value {
                add(name, value);
            }
        }
        add("prompt_from", self.class_of(&column("prompt")));
        if self.has(Field::Calls) {
            let summed = (column("calls").above(whole(1)), text("summed"));
            add("counting", when([summed], text("")));
        }
        let cached = CACHED.into_iter().filter(|field| self.counts(*field));
        let cached: Vec<Expr> = cached.map(|field| column(name_of(field))).collect();
        if !cached.is_empty() {
            add("cached_from", self.class_of(&infix("+", cached)));
        }
        let flags = [
            ("is_cached", self.is_cached()),
            ("has_searches", self.searches()),
            ("has_media", self.media()),
        ];
        for (name, flag) in flags {
            if let Some(flag) = flag {
                add(name, flag);
            }
        }
        if self.has(Field::CostUsd) {
            add("has_cost", when([(column("cost_usd").absent(), whole(0))], whole(1)));
        }
        add("has_prompt", when([(column("prompt").above(whole(0)), whole(1))], whole(0)));
        add("answer_size", size_class("answer"));
        if self.has_turns() {
            for name in ["turn", "feeds", "repeated", "gap_ms"] {
                add(name, column(name));
            }
            let is_none = column("turn").differs_from(text("follows"));
            let class = self.class_of(&column("repeated"));
            add("repeated_from", when([(is_none, whole(-1))], class));
        }
        let says = format!(
            "The {} and the classes of each call: of its prompt by the limits at which prices or the \
             rules of caches change, and of its sizes sixteen for each doubling.",
            self.request.every.name()
        );
        let from = if self.has_turns() { TURNS } else { CALLS };
        step(CLASSED, &says, columns, from, None)
    }

    /// The first millisecond of the bucket of a call.
    fn bucket(&self) -> Expr {
        let length = whole(self.request.every.millis());
        column("time_ms").minus(form(Form::Remainder, [column("time_ms"), length]))
    }

    /// Which prices hold, where they change within a bucket: how many of the changes are past.
    fn period(&self) -> Option<Expr> {
        let length = self.request.every.millis();
        let within = |at: &i64| at.rem_euclid(length) != 0;
        let changes = self.request.changes.iter().map(|at| at.millis()).filter(within);
        passed_of(&column("time_ms"), changes.collect())
    }

    /// Which part of an hour it is, where the prices of some hours begin within one.
    fn part(&self) -> Option<Expr> {
        let length = self.request.every.millis();
        let minutes = self.request.minutes.iter().map(|minute| minute * MINUTE_MILLIS);
        let inside: Vec<i64> =
            minutes.filter(|at| at % length != 0 && length < DAY_MILLIS).collect();
        passed_of(&form(Form::Remainder, [column("time_ms"), whole(DAY_MILLIS)]), inside)
    }

    /// The first size of the class of a prompt.
    fn class_of(&self, size: &Expr) -> Expr {
        let mut from = 0;
        let mut cases = Vec::new();
        for last in self.boundaries() {
            cases.push((size.clone().at_most(whole(last)), whole(from)));
            from = last + 1;
        }
        when(cases, whole(from))
    }

    fn boundaries(&self) -> impl Iterator<Item = i64> + '_ {
        let known = self.request.boundaries.iter();
        known.map(|last| i64::try_from(*last).expect("no prompt is that long"))
    }

    /// The sums of a row: name, value of a call, and how they come together.
    fn sums(&self) -> Vec<(String, Expr, Sum)> {
        let mut sums = vec![
            ("first_ms".to_owned(), column("time_ms"), Sum::Least),
            ("last_ms".to_owned(), column("time_ms"), Sum::Most),
            ("calls".to_owned(), column("calls"), Sum::Whole),
            ("prompt_min".to_owned(), column("prompt"), Sum::Least),
            ("prompt_max".to_owned(), column("prompt"), Sum::Most),
        ];
        let searches =
            [Field::Searches, Field::FileSearches].into_iter().filter(|field| self.has(*field));
        let counts = self.tokens().chain(searches.map(name_of));
        sums.extend(counts.map(|name| (name.to_owned(), column(name), Sum::Whole)));
        if self.has(Field::CostUsd) {
            sums.push(("cost_usd".to_owned(), column("cost_usd"), Sum::Money));
        }
        let per_row = |name: &str| {
            if self.has(Field::Calls) { column(name).times(column("calls")) } else { column(name) }
        };
        sums.push(("prompt_tokens".to_owned(), per_row("prompt"), Sum::Whole));
        sums.push(("answer_tokens".to_owned(), per_row("answer"), Sum::Whole));
        let if_so = |holds: Expr, value: Expr| when([(holds, value)], whole(0));
        let is_answer = || column("visible").above(whole(0));
        let is_short = infix("AND", [is_answer(), column("visible").below(whole(SHORT_ANSWER))]);
        sums.push(("answers".to_owned(), if_so(is_answer(), column("calls")), Sum::Whole));
        sums.push(("short_answers".to_owned(), if_so(is_short, column("calls")), Sum::Whole));
        if self.has_turns() {
            sums.push(("repeated_min".to_owned(), column("repeated"), Sum::Least));
            sums.push(("repeated_tokens".to_owned(), column("repeated"), Sum::Whole));
            for (step, name) in STEPS {
                let rest = form(Form::Remainder, [column("repeated"), whole(step)]);
                sums.push((name.to_owned(), column("repeated").minus(rest), Sum::Whole));
            }
            for (above, most, [calls, tokens]) in LIFETIMES {
                let is_within = || {
                    let gap = || column("gap_ms");
                    infix("AND", [gap().above(whole(above)), gap().at_most(whole(most))])
                };
                sums.push((calls.to_owned(), if_so(is_within(), whole(1)), Sum::Whole));
                sums.push((tokens.to_owned(), if_so(is_within(), column("repeated")), Sum::Whole));
            }
        }
        sums
    }

    /// The place of each size of prompt in its row, the smallest first.
    pub(super) fn ranked(&self) -> Step {
        let columns = self.classed().select.columns.into_iter().map(|(name, _)| name);
        let mut columns: Vec<(String, Expr)> = columns.map(passed).collect();
        let within = self.keys().into_iter().chain(["has_prompt".to_owned()]);
        let within: Vec<Expr> = within.map(|name| column(&name)).collect();
        let over = |value: Expr, by: Vec<Expr>| Expr::Over {
            value: Box::new(value),
            within: within.clone(),
            by,
            frame: "",
        };
        let place = over(call("DENSE_RANK", []), vec![column("prompt")]);
        columns.push(("prompt_place".to_owned(), place));
        let calls = over(form(Form::Sum, [column("calls")]), Vec::new());
        columns.push(("prompt_calls".to_owned(), calls));
        step(RANKED, "The place of each prompt among the sizes of its row.", columns, CLASSED, None)
    }

    /// The class of each prompt: its very size among the smallest of its row.
    pub(super) fn sized(&self) -> Step {
        let columns = self.ranked().select.columns.into_iter().map(|(name, _)| name);
        let used = ["prompt_place", "prompt_calls", "has_prompt"];
        let kept = columns.filter(|name| !used.contains(&name.as_str()));
        let mut columns: Vec<(String, Expr)> = kept.map(passed).collect();
        let place = || column("prompt_place");
        let is_of_many = infix(
            "AND",
            [
                place().at_most(whole(SMALLEST_MAX)),
                place().times(whole(CALLS_A_SIZE)).at_most(column("prompt_calls")),
            ],
        );
        let is_small = infix("OR", [place().at_most(whole(SMALLEST)), is_of_many]);
        // A class may begin with one of these sizes, and is told apart from it.
        columns.push(("is_small".to_owned(), when([(is_small.clone(), whole(1))], whole(0))));
        let size = when([(is_small, column("prompt"))], size_class("prompt"));
        columns.push(("prompt_size".to_owned(), size));
        let says = "The class of each prompt, sixteen for each doubling; the smallest of a row as they are.";
        step(SIZED, says, columns, RANKED, None)
    }

    /// Calls summed up by everything that tells them apart.
    pub(super) fn cells(&self) -> Step {
        let mut groups = self.keys();
        let mut columns: Vec<(String, Expr)> = groups.iter().cloned().map(passed).collect();
        let sizes = ["is_small", "prompt_size", "answer_size"].map(str::to_owned);
        columns.extend(sizes.clone().map(passed));
        groups.extend(sizes);
        columns
            .extend(self.sums().into_iter().map(|(name, value, sum)| (name, together(sum, value))));
        let says = "Sums of calls that are alike in everything, also in both sizes.".to_owned();
        let select = Select { columns, from: From::Step(SIZED), condition: None, groups };
        Step { name: CELLS, says, select, is_used_twice: false }
    }

    /// What each size has in a row: the first cell of each says it.
    pub(super) fn spread(&self) -> Step {
        let kept = self.keys().into_iter().chain(self.sums().into_iter().map(|(name, _, _)| name));
        let mut columns: Vec<(String, Expr)> = kept.map(passed).collect();
        for [size, other, calls, tokens, place] in SPREADS {
            let mut within: Vec<Expr> = self.keys().iter().map(|name| column(name)).collect();
            if size == "prompt_size" {
                within.push(column("is_small"));
            }
            within.push(column(size));
            let over = |value: Expr, by: Vec<Expr>| Expr::Over {
                value: Box::new(value),
                within: within.clone(),
                by,
                frame: "",
            };
            let sum = |name: &str| over(form(Form::Sum, [column(name)]), Vec::new());
            columns.push(passed(size.to_owned()));
            columns.push((calls.to_owned(), sum("calls")));
            columns.push((tokens.to_owned(), sum(&size.replace("size", "tokens"))));
            columns.push((place.to_owned(), over(call("ROW_NUMBER", []), vec![column(other)])));
        }
        step(SPREAD, "How often each size comes in a row.", columns, CELLS, None)
    }

    /// The rows.
    pub(super) fn rows(&self) -> Step {
        let groups = self.keys();
        let mut columns: Vec<(String, Expr)> = groups.iter().cloned().map(passed).collect();
        for (name, _, sum) in self.sums() {
            let value = together(sum, column(&name));
            columns.push((name, value));
        }
        for ([size, _, calls, tokens, place], name) in
            SPREADS.into_iter().zip(["prompt_sizes", "output_sizes"])
        {
            let parts = [size, calls, tokens].map(|name| form(Form::Text, [column(name)]));
            let [from, calls, tokens] = parts;
            let entry = infix("||", [from, text(":"), calls, text(":"), tokens]);
            let is_told =
                infix("AND", [column(place).equals(whole(1)), column(size).above(whole(0))]);
            let entry = when([(is_told, entry)], Expr::Null);
            columns.push((name.to_owned(), form(Form::Joined, [entry])));
        }
        let says = "The rows of the roll-up.".to_owned();
        let select = Select { columns, from: From::Step(SPREAD), condition: None, groups };
        Step { name: ROWS, says, select, is_used_twice: false }
    }

    /// The value of a column of the roll-up in a row; nothing where the table cannot tell.
    pub(super) fn value(&self, name: &str) -> Option<Expr> {
        let iso = |name: &str| form(Form::Iso, [column(name)]);
        let known = |name: &str| {
            self.keys().iter().any(|key| key == name)
                || self.sums().iter().any(|(sum, _, _)| sum == name)
        };
        Some(match name {
            "rollup" => whole(1),
            "time" => iso("bucket_ms"),
            "time_to" => {
                let end = column("bucket_ms").plus(whole(self.request.every.millis()));
                form(Form::Iso, [end])
            }
            "first_time" => iso("first_ms"),
            "last_time" => iso("last_ms"),
            "prompt_to" => self.class_end(),
            "prompt_sizes" | "output_sizes" => column(name),
            "feeds" if known(name) => when([(column(name).equals(whole(1)), whole(1))], Expr::Null),
            "repeated_from" if known(name) => {
                when([(column(name).at_least(whole(0)), column(name))], Expr::Null)
            }
            "cost_usd" if known(name) => {
                when([(column("has_cost").equals(whole(1)), column(name))], Expr::Null)
            }
            _ if name.starts_with("repeated_") || name.starts_with("gap_") => {
                known(name).then(|| {
                    when([(column("turn").equals(text("follows")), column(name))], Expr::Null)
                })?
            }
            _ => known(name).then(|| column(name))?,
        })
    }

    /// The last size of the class of a row; the last class has none.
    fn class_end(&self) -> Expr {
        let ends =
            self.boundaries().map(|last| (column("prompt_from").at_most(whole(last)), whole(last)));
        let ends: Vec<(Expr, Expr)> = ends.collect();
        when(ends, Expr::Null)
    }
}

/// For each histogram: the class of a size, the other one, and the columns made of it.
const SPREADS: [[&str; 5]; 2] = [
    ["prompt_size", "answer_size", "prompt_size_calls", "prompt_size_tokens", "prompt_size_place"],
    ["answer_size", "prompt_size", "answer_size_calls", "answer_size_tokens", "answer_size_place"],
];

/// How many of these numbers, which are in order, a value has passed; nothing where there are none.
fn passed_of(value: &Expr, marks: Vec<i64>) -> Option<Expr> {
    if marks.is_empty() {
        return None;
    }
    let cases =
        marks.into_iter().zip(0..).map(|(mark, count)| (value.clone().below(whole(mark)), count));
    let cases: Vec<(Expr, i64)> = cases.collect();
    let most = i64::try_from(cases.len()).expect("a price book has few changes");
    Some(when(cases.into_iter().map(|(holds, count)| (holds, whole(count))), whole(most)))
}

fn together(sum: Sum, value: Expr) -> Expr {
    match sum {
        Sum::Whole => form(Form::Sum, [value]),
        Sum::Money => form(Form::MoneySum, [value]),
        Sum::Least => call("MIN", [value]),
        Sum::Most => call("MAX", [value]),
    }
}

/// The class of a size: itself below 32, then sixteen classes for each doubling, as
/// `rollup::size_class` has them.
fn size_class(name: &str) -> Expr {
    const LARGEST_OCTAVE: u32 = 41;
    let narrow = (column(name).below(whole(32)), whole(1));
    let octaves = (5..LARGEST_OCTAVE)
        .map(|octave| (column(name).below(whole(1 << (octave + 1))), whole(1 << (octave - 4))));
    let cases: Vec<(Expr, Expr)> = std::iter::once(narrow).chain(octaves).collect();
    let width = when(cases, whole(1 << (LARGEST_OCTAVE - 4)));
    column(name).minus(form(Form::Remainder, [column(name), width]))
}
