//! Many calls as columns, with interned dimensions.

use crate::diagnostics::Place;
use crate::units::{TokenClass, Tokens};

use super::call::{Call, Counting, FinishReason, ServiceTier};
use super::clock::Instant;
use super::dimension::{Dimensions, Symbol, column};
use super::fields::Fields;
use super::kind::{Kind, KindId, Kinds};
use super::narrow::{CallCount, Column};
use super::plain::PlainRecord;
use super::rolled::Rolled;

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

/// Dimensions that are part of the kind of a call.
const FIXED: usize = column::FIXED.len();

/// A table of calls: a kind and a time a row, and one column for each field that differs among
/// calls of a kind. Some 50 bytes a call, however many dimensions are fixed.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The dimensions and their dictionaries.
    pub dimensions: Dimensions,
    kinds: Kinds,
    kind: Vec<KindId>,
    time: Vec<Instant>,
    fields: Fields,
    /// One column for each dimension beyond the fixed ones.
    symbols: Vec<Column<Symbol>>,
}

impl Calls {
    /// An empty table over these dimensions.
    pub fn new(dimensions: Dimensions) -> Self {
        Self {
            symbols: vec![Column::default(); dimensions.len() - FIXED],
            dimensions,
            kinds: Kinds::default(),
            kind: Vec::new(),
            time: Vec::new(),
            fields: Fields::default(),
        }
    }

    /// Makes room for so many rows.
    pub fn reserve(&mut self, rows: usize) {
        self.kind.reserve(rows);
        self.time.reserve(rows);
        self.fields.reserve(rows);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.kind.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kind.is_empty()
    }

    /// Adds a call. `symbols` belong to this table's dimensions, one for each.
    ///
    /// # Panics
    /// When there are not as many symbols as dimensions.
    pub fn push(&mut self, call: &Call, symbols: &[Symbol]) {
        let (names, others) = symbols.split_at(FIXED);
        let kind = self.kinds.intern(&Kind {
            names: names.try_into().expect("as many as there are fixed dimensions"),
            service_tier: call.service_tier,
            status: call.status,
            finish_reason: call.finish_reason,
            counting: call.counting,
        });
        self.push_of_kind(kind, call, others);
    }

    /// Adds a row of a roll-up, with what it says of its calls as a whole.
    ///
    /// # Panics
    /// As [`Calls::push`].
    pub fn push_rolled(&mut self, call: &Call, rolled: Rolled, symbols: &[Symbol]) {
        self.fields.rolled.insert(self.len(), rolled);
        self.push(&Call { counting: Counting::Rolled, ..*call }, symbols);
    }

    /// Says when the latest call of a row was, where that is not [`Call::time`].
    pub fn set_last_time(&mut self, row: Row, last: Instant) {
        if last != self.time[row] {
            self.fields.last_time.insert(row, last);
        }
    }

    /// When the latest call of a row was. [`Call::time`] is when the earliest one was: the two differ
    /// in rows of roll-ups only, and are missing together.
    pub fn last_time(&self, row: Row) -> Instant {
        self.fields.last_time.get(&row).copied().unwrap_or(self.time[row])
    }

    /// Whether the calls of any row are not all of one instant.
    pub fn has_last_times(&self) -> bool {
        !self.fields.last_time.is_empty()
    }

    /// What a row of a roll-up says of its calls as a whole; nothing for any other.
    pub fn rolled(&self, row: Row) -> Option<Rolled> {
        self.fields.rolled.get(&row).copied()
    }

    /// The place of a kind among those of this table. Its names belong to the table's dimensions.
    pub fn kind_id(&mut self, kind: &Kind) -> KindId {
        self.kinds.intern(kind)
    }

    /// Adds a call of a known kind, whatever the call itself says about that. `symbols` are those of
    /// the dimensions beyond the fixed ones.
    #[inline]
    pub fn push_of_kind(&mut self, kind: KindId, call: &Call, symbols: &[Symbol]) {
        debug_assert_eq!(symbols.len(), self.symbols.len());
        let row = self.kind.len();
        for (column, symbol) in self.symbols.iter_mut().zip(symbols) {
            column.push(row, *symbol);
        }
        self.fields.push(row, call);
        self.kind.push(kind);
        self.time.push(call.time);
    }

    /// Adds a plain call of a known kind. `symbols` are those of the dimensions beyond the fixed ones;
    /// what is left out has no name.
    #[inline]
    pub fn push_plain(&mut self, kind: KindId, record: &PlainRecord, symbols: &[Symbol]) {
        let row = self.kind.len();
        for (column, symbol) in self.symbols.iter_mut().zip(symbols) {
            column.push(row, *symbol);
        }
        self.fields.push_plain(row, record);
        self.kind.push(kind);
        self.time.push(record.time);
    }

    /// Takes over the counts of a further snapshot of the same call, the input side or the output
    /// side or both, where it has more tokens in all, and how it ended. The classes of a side are
    /// never mixed: a snapshot that knows how the tokens divide would be added to one that does
    /// not.
    pub fn grow(&mut self, row: Row, later: &Call) {
        let grew =
            self.grow_side(row, later, &INPUT_SIDE) | self.grow_side(row, later, &OUTPUT_SIDE);
        if grew && later.place.file == self.fields.place.get(row).file {
            self.fields.place.set(row, later.place);
        }
        self.grow_units(row, later);
        if later.finish_reason != FinishReason::Unknown {
            self.change_kind(row, |kind| kind.finish_reason = later.finish_reason);
        }
    }

    /// Takes over a later state of the same sum as a whole: the one with more tokens, or of equal
    /// ones the dearer.
    pub fn supersede(&mut self, row: Row, later: &Call) {
        let known = self.call(row);
        let size = |call: &Call| (call.input_total() + call.output_total(), call.logged_cost);
        if size(later) > size(&known) {
            for class in TokenClass::ALL {
                self.fields.tokens[class].set(row, later.tokens[class]);
            }
            self.fields.counts.set(row, CallCount(later.calls));
            self.change_kind(row, |kind| kind.counting = later.counting);
            self.fields.searches.set(row, later.searches);
            self.fields.file_searches.set(row, later.file_searches);
            self.fields.logged_cost.set(row, later.logged_cost);
            self.fields.place.set(row, later.place);
        }
    }

    /// Takes over what a further row of the same sum says: each has some of its counts.
    pub fn complete(&mut self, row: Row, later: &Call) {
        for class in TokenClass::ALL {
            let column = &mut self.fields.tokens[class];
            let known = column.get(row);
            column.set(row, known.max(later.tokens[class]));
        }
        if later.counting == Counting::Known {
            self.change_kind(row, |kind| kind.counting = Counting::Known);
        }
        self.grow_units(row, later);
    }

    fn grow_units(&mut self, row: Row, later: &Call) {
        let known = self.call(row);
        let fields = &mut self.fields;
        fields.counts.set(row, CallCount(known.calls.max(later.calls)));
        fields.searches.set(row, known.searches.max(later.searches));
        fields.file_searches.set(row, known.file_searches.max(later.file_searches));
        fields.logged_cost.set(row, known.logged_cost.max(later.logged_cost));
    }

    /// Whether the later snapshot had more of the classes of a side, the first of which is the one
    /// for tokens of which nothing more is known. Of equal totals, the one with fewer of those
    /// says more.
    fn grow_side(&mut self, row: Row, later: &Call, side: &[TokenClass]) -> bool {
        let tokens = &mut self.fields.tokens;
        let known: Tokens = side.iter().map(|class| tokens[*class].get(row)).sum();
        let found: Tokens = side.iter().map(|class| later.tokens[*class]).sum();
        let says_more = found == known && later.tokens[side[0]] < tokens[side[0]].get(row);
        if found > known || says_more {
            for class in side {
                tokens[*class].set(row, later.tokens[*class]);
            }
        }
        found > known
    }

    fn change_kind(&mut self, row: Row, change: impl FnOnce(&mut Kind)) {
        let mut kind = *self.kinds.get(self.kind[row]);
        change(&mut kind);
        self.kind[row] = self.kinds.intern(&kind);
    }

    /// Moves the places of all rows: a chunk counts lines from its own start.
    pub fn shift_places(&mut self, file: u32, lines_before: u64) {
        let rows = self.len();
        if !self.fields.place.shift(rows, file, lines_before) {
            self.fields.place.map(rows, |place| Place { file, line: place.line + lines_before });
        }
    }

    /// The call of a row, without its dimensions.
    #[inline]
    pub fn call(&self, row: Row) -> Call {
        let kind = self.kinds.get(self.kind[row]);
        let mut call = Call {
            time: self.time[row],
            counting: kind.counting,
            service_tier: kind.service_tier,
            status: kind.status,
            finish_reason: kind.finish_reason,
            ..Call::default()
        };
        self.fields.read(row, &mut call);
        call
    }

    pub(super) const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The kinds of these calls, and of some that were taken out.
    pub fn kinds(&self) -> &[Kind] {
        self.kinds.all()
    }

    /// The kind of each row.
    pub fn kind_column(&self) -> &[KindId] {
        &self.kind
    }

    /// The time of each row.
    pub fn time_column(&self) -> &[Instant] {
        &self.time
    }

    /// The lane a row was served in.
    #[inline]
    pub fn service_tier(&self, row: Row) -> ServiceTier {
        self.kinds.get(self.kind[row]).service_tier
    }

    /// The symbol of a row in the dimension at `place`.
    #[inline]
    pub fn symbol(&self, place: usize, row: Row) -> Symbol {
        match place.checked_sub(FIXED) {
            None => self.kinds.get(self.kind[row]).names[place],
            Some(other) => self.symbols[other].get(row),
        }
    }

    /// The name of a row in the dimension at `place`; empty when the log does not say.
    pub fn name(&self, place: usize, row: Row) -> &str {
        self.dimensions[place].resolve(self.symbol(place, row))
    }

    /// Names the rows without a name in the dimension at `place`, which is none of the fixed ones,
    /// by their symbols in the one at `source`: `names` has a symbol for each of those.
    ///
    /// # Panics
    /// When `place` is that of a fixed dimension.
    pub fn fill_from(&mut self, place: usize, source: usize, names: &[Symbol]) {
        for row in 0..self.len() {
            if self.symbol(place, row).is_empty() {
                let name = names[self.symbol(source, row).index()];
                self.symbols[place - FIXED].set(row, name);
            }
        }
    }

    /// The tokens of one class of a row.
    #[inline]
    pub fn tokens(&self, class: TokenClass, row: Row) -> Tokens {
        self.fields.tokens[class].get(row)
    }

    /// The tokens of one class, one a row.
    pub fn token_column(&self, class: TokenClass) -> impl Iterator<Item = Tokens> {
        let column = &self.fields.tokens[class];
        (0..self.len()).map(|row| column.get(row))
    }

    /// Whether any row is one of a roll-up.
    pub fn has_rolled(&self) -> bool {
        !self.fields.rolled.is_empty()
    }

    /// Where the rows stand that sum up calls without saying how many.
    pub fn uncounted(&self) -> impl Iterator<Item = Place> {
        let is_uncounted = |row: &Row| {
            let counting = self.kinds.get(self.kind[*row]).counting;
            !matches!(counting, Counting::Known | Counting::Rolled)
        };
        (0..self.len()).filter(is_uncounted).map(|row| self.fields.place.get(row))
    }

    /// Adds the rows of a table with dimensions of the same names and dictionaries of its own.
    pub fn append(&mut self, other: &Self) {
        let remap = self.adopt(&other.dimensions);
        let kinds: Vec<KindId> =
            other.kinds().iter().map(|kind| self.adopt_kind(kind, &remap)).collect();
        let rows = self.kind.len();
        self.fields.append(rows, &other.fields);
        self.kind.extend(other.kind.iter().map(|kind| kinds[kind.index()]));
        self.time.extend_from_slice(&other.time);
        let theirs = other.symbols.iter().zip(&remap[FIXED..]);
        for (mine, (theirs, remap)) in self.symbols.iter_mut().zip(theirs) {
            let mut theirs = theirs.clone();
            theirs.translate(remap);
            mine.append(rows, &theirs);
        }
    }

    fn adopt_kind(&mut self, kind: &Kind, remap: &[Vec<Symbol>]) -> KindId {
        let mut kind = *kind;
        for (symbol, remap) in kind.names.iter_mut().zip(remap) {
            *symbol = remap[symbol.index()];
        }
        self.kinds.intern(&kind)
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
        self.gather(&chosen(keep, self.len()))
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
            match self.rolled(row) {
                Some(rolled) => kept.push_rolled(&self.call(row), rolled, &symbols),
                None => kept.push(&self.call(row), &symbols),
            }
            kept.set_last_time(kept.len() - 1, self.last_time(row));
        }
        kept
    }

    /// As [`Calls::into_time_order`], of a table that stays.
    #[must_use]
    pub fn sorted_by_time(&self) -> Self {
        self.clone().into_time_order()
    }

    /// The rows in order of time; rows of one instant keep their order, rows without a time come
    /// first. A log that is in order, as most are, is not moved.
    #[must_use]
    pub fn into_time_order(self) -> Self {
        if self.time.is_sorted() {
            return self;
        }
        let mut order = indices(self.len());
        order.sort_by_key(|row| self.time[*row as usize]);
        // Column by column: no more than one of them is there twice.
        Self {
            dimensions: self.dimensions,
            kinds: self.kinds,
            kind: order.iter().map(|row| self.kind[*row as usize]).collect(),
            time: order.iter().map(|row| self.time[*row as usize]).collect(),
            fields: self.fields.gathered(&order),
            symbols: self.symbols.into_iter().map(|column| column.gather(&order)).collect(),
        }
    }

    fn gather(&self, rows: &[u32]) -> Self {
        Self {
            dimensions: self.dimensions.clone(),
            kinds: self.kinds.clone(),
            kind: rows.iter().map(|row| self.kind[*row as usize]).collect(),
            time: rows.iter().map(|row| self.time[*row as usize]).collect(),
            fields: self.fields.gather(rows),
            symbols: self.symbols.iter().map(|column| column.gather(rows)).collect(),
        }
    }
}

fn chosen(keep: &[bool], rows: usize) -> Vec<u32> {
    let mut rows = indices(rows);
    rows.retain(|row| keep[*row as usize]);
    rows
}

/// The indices of so many rows.
///
/// # Panics
/// Beyond 2³² rows, which no machine this runs on has the memory for.
fn indices(rows: usize) -> Vec<u32> {
    (0..u32::try_from(rows).expect("fewer than 2^32 calls")).collect()
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
