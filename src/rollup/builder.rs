//! Sums up a log call by call: what is kept are the rows, and the conversations that go on.

use hashbrown::HashMap;

use crate::insights::{CostMode, KeyColumns, Price, Pricer};
use crate::pricing::{ModelId, PriceBook};
use crate::units::{TokenClass, Usd};
use crate::usage::{Call, Calls, Counting, Days, Row, Symbol, column};

use super::columns::{NAMES, Value, boundaries, bucket_of, left_out, values};
use super::key::{Key, Logged, Source, Turn};
use super::sums::{Sums, prompt_of};
use super::turns::{Conversations, Told};

/// The column with the conversation of a call.
const CONVERSATION: &str = "conversation";

/// A billionth of a dollar, in units of 10⁻¹⁸: what a binary fraction in a log may be off.
const BILLIONTH: i128 = 1_000_000_000;

/// How long a bucket is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Every {
    /// A day of the time zone; an hour for models whose prices depend on the hour.
    #[default]
    Day,
    /// An hour of UTC.
    Hour,
}

/// What a roll-up keeps apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupOptions {
    /// How long a bucket is.
    pub every: Every,
    /// The time zone of days.
    pub days: Days,
    /// The columns of the log that are kept besides those of every roll-up.
    pub by: Vec<String>,
}

impl RollupOptions {
    /// The columns that the calls must have.
    pub fn dimensions(&self) -> Vec<String> {
        self.by.clone()
    }

    /// The columns that are made use of where the log has them.
    pub fn wishes() -> Vec<String> {
        vec![CONVERSATION.to_owned()]
    }
}

/// A log, rolled up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup {
    /// The columns that were asked for, after [`COLUMNS`](super::COLUMNS).
    pub others: Vec<String>,
    /// The rows, each with a value a column, in the order of buckets and names.
    pub rows: Vec<Vec<Value>>,
    /// How many calls they sum up.
    pub calls: u64,
    /// Calls that stand after a later one of their conversation: how far they repeat it was told in
    /// the order of the log.
    pub unordered: u64,
    /// Conversations that were taken to be over because there are so many.
    pub forgotten: u64,
}

/// Takes tables of calls and sums them up.
#[derive(Debug)]
pub struct RollupBuilder<'a> {
    book: &'a PriceBook,
    options: RollupOptions,
    boundaries: Vec<u64>,
    columns: KeyColumns,
    pricer: Pricer<'a>,
    conversations: Conversations,
    rows: Rows,
}

/// The rows so far.
#[derive(Debug, Default)]
struct Rows(HashMap<Key, Sums>);

impl Rows {
    fn add(&mut self, told: Told) {
        self.0.entry(told.key).or_default().add(&told.call, told.repeated, told.requests);
    }
}

impl<'a> RollupBuilder<'a> {
    /// A roll-up whose rows each bill at one price of this book.
    pub fn new(book: &'a PriceBook, options: RollupOptions) -> Self {
        let names = NAMES.into_iter().map(str::to_owned).chain(options.by.iter().cloned());
        let names: Vec<String> = names.collect();
        Self {
            book,
            boundaries: boundaries(book),
            columns: KeyColumns::new(&names, options.days),
            options,
            pricer: Pricer::new(book, None, CostMode::Calculate, None),
            conversations: Conversations::default(),
            rows: Rows::default(),
        }
    }

    /// Adds every call of a table.
    pub fn add(&mut self, calls: &Calls) {
        self.add_with(calls, |_| None);
    }

    /// Adds every call of a table, keeping apart by the lot of the bootstrap that is said of each row,
    /// beside how many of its calls are no further attempt.
    pub fn add_with(&mut self, calls: &Calls, lot: impl Fn(Row) -> Option<(u32, u64)>) {
        self.columns.enter(calls);
        self.pricer.enter();
        let conversation = calls.dimensions.position(CONVERSATION);
        // What comes in one piece is in no order: conversations go on in that of time.
        let mut rows: Vec<Row> = (0..calls.len()).collect();
        if conversation.is_some() {
            rows.sort_by_key(|row| calls.call(*row).time);
        }
        for row in rows {
            let call = calls.call(row);
            let (lot, requests) = lot(row).unzip();
            let key = Key { lot, ..self.key_of(calls, row, &call) };
            let told = Told { key, call, repeated: None, requests };
            let name = conversation.map_or("", |place| calls.name(place, row));
            if name.is_empty() {
                self.rows.add(told);
                continue;
            }
            let (boundaries, rows) = (&self.boundaries, &mut self.rows);
            let class_of = |size: u64| boundaries.partition_point(|last| *last < size);
            let model = told.key.names[column::MODEL];
            self.conversations.take(name, model, told, class_of, &mut |told| rows.add(told));
        }
    }

    /// How many rows there are so far.
    pub fn rows(&self) -> u64 {
        self.rows.0.len() as u64
    }

    /// The rows; `left_out` has how many records were not read, by the stable name of the reason.
    pub fn finish(mut self, left_out_records: &[(&str, u64)]) -> Rollup {
        let rows = &mut self.rows;
        self.conversations.finish(&mut |told| rows.add(told));
        let names = |key: &Key| self.columns.names(&key.names);
        let row = |(key, sums): (&Key, &Sums)| values(key, &names(key), sums, &self.boundaries);
        let mut rows: Vec<Vec<Value>> = self.rows.0.iter().map(row).collect();
        // Symbols and addresses are no order: rows are sorted by what stands in them, times first.
        rows.sort_unstable();
        let calls = self.rows.0.values().map(|sums| sums.calls).sum();
        let others = self.options.by.len();
        rows.extend(
            left_out_records.iter().map(|(reason, count)| left_out(*count, reason, others)),
        );
        Rollup {
            others: self.options.by,
            rows,
            calls,
            unordered: self.conversations.unordered,
            forgotten: self.conversations.forgotten,
        }
    }

    fn key_of(&mut self, calls: &Calls, row: Row, call: &Call) -> Key {
        let mut names: Vec<Symbol> = Vec::new();
        self.columns.key_of(calls, row, call, &mut names);
        let price = self.pricer.price(calls, row, call);
        let geo = calls.name(column::GEO, row);
        let model = price.calculated.map(|found| found.model).or_else(|| {
            let found =
                self.book.find(calls.name(column::PROVIDER, row), calls.name(column::MODEL, row));
            found.and_then(|id| self.book.placed(id, geo)).ok()
        });
        let by_hour = self.options.every == Every::Hour
            || model.is_some_and(|id| self.book.model(id).is_ever_hourly());
        let prompt = prompt_of(call);
        let cached = (call.cache_read() + call.cache_written()).get();
        let media = [TokenClass::AudioInput, TokenClass::ImageInput];
        Key {
            bucket: bucket_of(call.time, self.options.days, by_hour),
            names,
            service_tier: call.service_tier,
            status: call.status,
            finish_reason: call.finish_reason,
            source: source(call),
            turn: Turn::None,
            feeds: false,
            class: self.class_of(prompt),
            repeated: None,
            cached: (cached > 0).then(|| self.class_of(cached / call.calls.max(1))),
            has_searches: call.searches > 0,
            has_media: media.into_iter().any(|class| !call.tokens[class].is_zero()),
            logged: logged(call, &price),
            lot: None,
            price: (
                price.calculated.map_or(0, |found| std::ptr::from_ref(found.card).addr()),
                model.map_or(0, |id| self.rules(id, call)),
            ),
            reason: price.reason,
            is_too_early: price.calculated.is_some_and(|found| found.too_early),
        }
    }

    /// The class of a size.
    fn class_of(&self, size: u64) -> usize {
        self.boundaries.partition_point(|last| *last < size)
    }

    /// Stands for the rules of the cache that a call meets.
    fn rules(&self, model: ModelId, call: &Call) -> usize {
        let rules = self.book.cache_policy(model, call.time);
        rules.map_or(0, |rules| std::ptr::from_ref(rules).addr())
    }
}

const fn source(call: &Call) -> Source {
    match call.counting {
        Counting::Unknown => Source::Unknown,
        Counting::UnknownLong => Source::UnknownLong,
        Counting::Known | Counting::Rolled if call.calls > 1 => Source::Summed,
        Counting::Known | Counting::Rolled => Source::Single,
    }
}

fn logged(call: &Call, price: &Price<'_>) -> Logged {
    let Some(logged) = call.logged_cost else { return Logged::Nothing };
    let Some(found) = &price.calculated else { return Logged::Alone };
    difference(found.cost, logged, call.calls)
}

fn difference(calculated: Usd, logged: Usd, calls: u64) -> Logged {
    let (off, allowed) = ((calculated - logged).atto(), BILLIONTH * i128::from(calls));
    if off.abs() < allowed {
        Logged::Same
    } else if off > 0 {
        Logged::Less
    } else {
        Logged::More
    }
}
