//! Many calls as columns, with interned dimensions.

use crate::diagnostics::Place;
use crate::units::{PerClass, TokenClass, Tokens, Usd};

use super::call::{Call, Counting, Fingerprint, FinishReason, ServiceTier, Status};
use super::clock::Instant;
use super::dimension::{Dimensions, Symbol};

/// The index of a call in its table.
pub type Row = usize;

/// The classes of what went in and of what came out, the plain one first.
const INPUT_SIDE: [TokenClass; 7] = [
    TokenClass::Input,
    TokenClass::CacheRead,
    TokenClass::CacheWrite5m,
    TokenClass::CacheWrite1h,
    TokenClass::AudioInput,
    TokenClass::AudioCacheRead,
    TokenClass::ImageInput,
];
const OUTPUT_SIDE: [TokenClass; 4] =
    [TokenClass::Output, TokenClass::Reasoning, TokenClass::AudioOutput, TokenClass::ImageOutput];

/// A table of calls: one column a field, one symbol column a dimension.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The dimensions and their dictionaries; `symbols` has one column for each.
    pub dimensions: Dimensions,
    symbols: Vec<Vec<Symbol>>,
    time: Vec<Instant>,
    tokens: PerClass<Vec<Tokens>>,
    searches: Vec<u32>,
    file_searches: Vec<u32>,
    /// How many calls a row stands for.
    counts: Vec<u64>,
    counting: Vec<Counting>,
    service_tier: Vec<ServiceTier>,
    status: Vec<Status>,
    finish_reason: Vec<FinishReason>,
    max_tokens: Vec<Option<u32>>,
    attempt: Vec<u16>,
    latency_ms: Vec<Option<u32>>,
    logged_cost: Vec<Option<Usd>>,
    request: Vec<Fingerprint>,
    retry_of: Vec<Fingerprint>,
    place: Vec<Place>,
}

impl Calls {
    /// An empty table over these dimensions.
    pub fn new(dimensions: Dimensions) -> Self {
        Self {
            symbols: vec![Vec::new(); dimensions.len()],
            dimensions,
            time: Vec::new(),
            tokens: PerClass::default(),
            searches: Vec::new(),
            file_searches: Vec::new(),
            counts: Vec::new(),
            counting: Vec::new(),
            service_tier: Vec::new(),
            status: Vec::new(),
            finish_reason: Vec::new(),
            max_tokens: Vec::new(),
            attempt: Vec::new(),
            latency_ms: Vec::new(),
            logged_cost: Vec::new(),
            request: Vec::new(),
            retry_of: Vec::new(),
            place: Vec::new(),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Adds a call. `symbols` belong to this table's dimensions, one for each.
    pub fn push(&mut self, call: &Call, symbols: &[Symbol]) {
        debug_assert_eq!(symbols.len(), self.symbols.len());
        for (column, symbol) in self.symbols.iter_mut().zip(symbols) {
            column.push(*symbol);
        }
        self.time.push(call.time);
        for class in TokenClass::ALL {
            self.tokens[class].push(call.tokens[class]);
        }
        self.searches.push(call.searches);
        self.file_searches.push(call.file_searches);
        self.counts.push(call.calls);
        self.counting.push(call.counting);
        self.service_tier.push(call.service_tier);
        self.status.push(call.status);
        self.finish_reason.push(call.finish_reason);
        self.max_tokens.push(call.max_tokens);
        self.attempt.push(call.attempt);
        self.latency_ms.push(call.latency_ms);
        self.logged_cost.push(call.logged_cost);
        self.request.push(call.request);
        self.retry_of.push(call.retry_of);
        self.place.push(call.place);
    }

    /// Takes over the counts of a further snapshot of the same call, the input side or the output
    /// side or both, where it has more tokens in all, and how it ended. The classes of a side are
    /// never mixed: a snapshot that knows how the tokens divide would be added to one that does
    /// not.
    pub fn grow(&mut self, row: Row, later: &Call) {
        let grew =
            self.grow_side(row, later, &INPUT_SIDE) | self.grow_side(row, later, &OUTPUT_SIDE);
        if grew && later.place.file == self.place[row].file {
            self.place[row] = later.place;
        }
        self.grow_units(row, later);
        if later.finish_reason != FinishReason::Unknown {
            self.finish_reason[row] = later.finish_reason;
        }
    }

    /// Takes over a later state of the same sum as a whole: the one with more tokens, or of equal
    /// ones the dearer.
    pub fn supersede(&mut self, row: Row, later: &Call) {
        let known = self.call(row);
        let size = |call: &Call| (call.input_total() + call.output_total(), call.logged_cost);
        if size(later) > size(&known) {
            for class in TokenClass::ALL {
                self.tokens[class][row] = later.tokens[class];
            }
            self.counts[row] = later.calls;
            self.counting[row] = later.counting;
            self.searches[row] = later.searches;
            self.file_searches[row] = later.file_searches;
            self.logged_cost[row] = later.logged_cost;
            self.place[row] = later.place;
        }
    }

    /// Takes over what a further row of the same sum says: each has some of its counts.
    pub fn complete(&mut self, row: Row, later: &Call) {
        for class in TokenClass::ALL {
            let known = &mut self.tokens[class][row];
            *known = (*known).max(later.tokens[class]);
        }
        if later.counting == Counting::Known {
            self.counting[row] = Counting::Known;
        }
        self.grow_units(row, later);
    }

    fn grow_units(&mut self, row: Row, later: &Call) {
        self.counts[row] = self.counts[row].max(later.calls);
        self.searches[row] = self.searches[row].max(later.searches);
        self.file_searches[row] = self.file_searches[row].max(later.file_searches);
        self.logged_cost[row] = self.logged_cost[row].max(later.logged_cost);
    }

    /// Whether the later snapshot had more of the classes of a side, the first of which is the one
    /// for tokens of which nothing more is known. Of equal totals, the one with fewer of those
    /// says more.
    fn grow_side(&mut self, row: Row, later: &Call, side: &[TokenClass]) -> bool {
        let known: Tokens = side.iter().map(|class| self.tokens[*class][row]).sum();
        let found: Tokens = side.iter().map(|class| later.tokens[*class]).sum();
        let says_more = found == known && later.tokens[side[0]] < self.tokens[side[0]][row];
        if found > known || says_more {
            for class in side {
                self.tokens[*class][row] = later.tokens[*class];
            }
        }
        found > known
    }

    /// Moves the places of all rows: a chunk counts lines from its own start.
    pub fn shift_places(&mut self, file: u32, lines_before: u64) {
        for place in &mut self.place {
            place.file = file;
            place.line += lines_before;
        }
    }

    /// The call of a row, without its dimensions.
    pub fn call(&self, row: Row) -> Call {
        Call {
            time: self.time[row],
            tokens: PerClass::from_fn(|class| self.tokens[class][row]),
            searches: self.searches[row],
            file_searches: self.file_searches[row],
            calls: self.counts[row],
            counting: self.counting[row],
            service_tier: self.service_tier[row],
            status: self.status[row],
            finish_reason: self.finish_reason[row],
            max_tokens: self.max_tokens[row],
            attempt: self.attempt[row],
            latency_ms: self.latency_ms[row],
            logged_cost: self.logged_cost[row],
            request: self.request[row],
            retry_of: self.retry_of[row],
            place: self.place[row],
        }
    }

    /// The symbol of a row in the dimension at `place`.
    pub fn symbol(&self, place: usize, row: Row) -> Symbol {
        self.symbols[place][row]
    }

    /// The name of a row in the dimension at `place`; empty when the log does not say.
    pub fn name(&self, place: usize, row: Row) -> &str {
        self.dimensions[place].resolve(self.symbols[place][row])
    }

    /// Names the rows without a name in the dimension at `place` by their symbols in the one at
    /// `source`: `names` has a symbol for each of those.
    pub fn fill_from(&mut self, place: usize, source: usize, names: &[Symbol]) {
        for row in 0..self.len() {
            if self.symbols[place][row].is_empty() {
                self.symbols[place][row] = names[self.symbols[source][row].index()];
            }
        }
    }

    /// The tokens of one class, one entry a row.
    pub fn token_column(&self, class: TokenClass) -> &[Tokens] {
        &self.tokens[class]
    }

    /// Whether any row is one of a roll-up.
    pub fn has_rolled(&self) -> bool {
        self.counting.contains(&Counting::Rolled)
    }

    /// Where the rows stand that sum up calls without saying how many.
    pub fn uncounted(&self) -> impl Iterator<Item = Place> {
        let known = self.counting.iter().zip(&self.place);
        let is_counted = |one: &Counting| matches!(one, Counting::Known | Counting::Rolled);
        known.filter(move |(counting, _)| !is_counted(counting)).map(|(_, place)| *place)
    }

    /// Adds the rows of a table with dimensions of the same names and dictionaries of its own.
    pub fn append(&mut self, other: &Self) {
        let remap = self.adopt(&other.dimensions);
        let mut symbols = vec![Symbol::EMPTY; self.dimensions.len()];
        for row in 0..other.len() {
            for (place, symbol) in symbols.iter_mut().enumerate() {
                *symbol = remap[place][other.symbols[place][row].index()];
            }
            self.push(&other.call(row), &symbols);
        }
    }

    /// This table's symbols for the names of another's dictionaries: `[place][their symbol]`.
    pub fn adopt(&mut self, other: &Dimensions) -> Vec<Vec<Symbol>> {
        debug_assert_eq!(self.dimensions.len(), other.len());
        let theirs = other.iter().enumerate();
        theirs
            .map(|(place, dimension)| {
                let mine = &mut self.dimensions[place];
                dimension.names().map(|(_, name)| mine.intern(name)).collect()
            })
            .collect()
    }

    /// The rows for which `keep` holds, in order, with the same dictionaries.
    #[must_use]
    pub fn filtered(&self, keep: &[bool]) -> Self {
        let mut kept = Self::new(self.dimensions.clone());
        self.copy_into(&mut kept, (0..self.len()).filter(|row| keep[*row]));
        kept
    }

    /// As [`Calls::filtered`], with dictionaries of only the names that these rows use.
    #[must_use]
    pub fn extracted(&self, keep: &[bool]) -> Self {
        let mut kept = Self::new(self.dimensions.emptied());
        let mut symbols = vec![Symbol::EMPTY; self.dimensions.len()];
        for row in (0..self.len()).filter(|row| keep[*row]) {
            for (place, symbol) in symbols.iter_mut().enumerate() {
                *symbol = kept.dimensions[place].intern(self.name(place, row));
            }
            kept.push(&self.call(row), &symbols);
        }
        kept
    }

    /// The rows in order of time; rows of one instant keep their order, rows without a time come
    /// first.
    #[must_use]
    pub fn sorted_by_time(&self) -> Self {
        let mut order: Vec<Row> = (0..self.len()).collect();
        order.sort_by_key(|row| self.time[*row]);
        let mut sorted = Self::new(self.dimensions.clone());
        self.copy_into(&mut sorted, order.into_iter());
        sorted
    }

    fn copy_into(&self, target: &mut Self, rows: impl Iterator<Item = Row>) {
        let mut symbols = vec![Symbol::EMPTY; self.dimensions.len()];
        for row in rows {
            for (place, symbol) in symbols.iter_mut().enumerate() {
                *symbol = self.symbols[place][row];
            }
            target.push(&self.call(row), &symbols);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::dimension::column;

    fn table(models: &[(&str, i64)]) -> Calls {
        let mut calls = Calls::new(Dimensions::new([]));
        for (model, millis) in models {
            let mut symbols = [Symbol::EMPTY; column::FIXED.len()];
            symbols[column::MODEL] = calls.dimensions[column::MODEL].intern(model);
            let call = Call { time: Instant::from_millis(*millis), ..Call::default() };
            calls.push(&call, &symbols);
        }
        calls
    }

    fn models(calls: &Calls) -> Vec<&str> {
        (0..calls.len()).map(|row| calls.name(column::MODEL, row)).collect()
    }

    #[test]
    fn appending_translates_the_symbols() {
        let mut first = table(&[("a", 1), ("b", 2)]);
        first.append(&table(&[("c", 3), ("b", 4)]));
        assert_eq!(models(&first), ["a", "b", "c", "b"]);
    }

    #[test]
    fn sorting_keeps_the_order_of_one_instant() {
        let sorted = table(&[("late", 9), ("first", 5), ("second", 5)]).sorted_by_time();
        assert_eq!(models(&sorted), ["first", "second", "late"]);
    }

    /// 30 tokens of output, then 500 of which 490 were reasoning: once 520.
    #[test]
    fn a_later_snapshot_that_divides_its_tokens_is_not_added_to_the_first() {
        let snapshot = |counts: &[(TokenClass, u64)]| {
            let mut call = Call::default();
            for (class, count) in counts {
                call.tokens[*class] = Tokens::new(*count);
            }
            call
        };
        let first = [(TokenClass::Input, 100), (TokenClass::Output, 30)];
        let second = [
            (TokenClass::Input, 20),
            (TokenClass::CacheRead, 80),
            (TokenClass::Output, 10),
            (TokenClass::Reasoning, 490),
        ];
        for (first, second) in [(&first[..], &second[..]), (&second[..], &first[..])] {
            let mut calls = table(&[]);
            calls.push(&snapshot(first), &[Symbol::EMPTY; column::FIXED.len()]);
            calls.grow(0, &snapshot(second));
            let found = calls.call(0).tokens;
            for (class, count) in
                [(TokenClass::Output, 10), (TokenClass::Reasoning, 490), (TokenClass::Input, 20)]
            {
                assert_eq!(found[class], Tokens::new(count), "{}", class.name());
            }
        }
    }

    #[test]
    fn the_rows_of_one_sum_complete_each_other() {
        let mut calls = table(&[]);
        let mut first = Call { counting: Counting::Unknown, ..Call::default() };
        first.tokens[TokenClass::CacheRead] = Tokens::new(9);
        calls.push(&first, &[Symbol::EMPTY; column::FIXED.len()]);
        assert_eq!(calls.uncounted().count(), 1);
        let mut second = Call { calls: 65, ..Call::default() };
        second.tokens[TokenClass::Input] = Tokens::new(4);
        calls.complete(0, &second);
        let found = calls.call(0);
        assert_eq!((found.calls, found.counting), (65, Counting::Known));
        assert_eq!(found.input_total(), Tokens::new(13));
    }

    #[test]
    fn every_class_is_on_one_side() {
        assert_eq!(INPUT_SIDE.len() + OUTPUT_SIDE.len(), TokenClass::ALL.len());
    }

    #[test]
    fn filtering_keeps_whole_rows() {
        let calls = table(&[("a", 1), ("b", 2), ("c", 3)]).filtered(&[true, false, true]);
        assert_eq!(models(&calls), ["a", "c"]);
        assert_eq!(calls.call(1).time, Instant::from_millis(3));
    }

    #[test]
    fn extracting_forgets_the_names_of_other_rows() {
        let calls = table(&[("a", 1), ("b", 2), ("c", 3)]).extracted(&[false, true, true]);
        assert_eq!(models(&calls), ["b", "c"]);
        assert_eq!(calls.dimensions[column::MODEL].len(), 3, "two, and the empty one");
    }
}
