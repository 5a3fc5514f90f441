//! The calls of a table as a loop over millions of them wants them: short forms, column by column.

use crate::units::{TokenClass, Usd};

use super::call::Fingerprint;
use super::calls::{Calls, Row};
use super::clock::Instant;
use super::fields::Fields;
use super::kind::KindId;
use super::narrow::{CallCount, Column};

/// What a record says about a single call, where that is no more than most records say.
#[derive(Clone, Copy, Debug)]
pub struct PlainRecord {
    /// When the call was made.
    pub time: Instant,
    /// The tokens of each class.
    pub counts: [u64; TokenClass::ALL.len()],
    /// How long it took.
    pub latency_ms: Option<u32>,
    /// Its request.
    pub request: Fingerprint,
    /// The line of the record.
    pub line: u64,
}

/// The tokens of a class, call by call.
#[derive(Clone, Copy, Debug)]
pub struct ClassColumn<'c> {
    /// The class.
    pub class: TokenClass,
    counts: &'c [u32],
}

impl ClassColumn<'_> {
    /// The tokens of a row.
    #[inline]
    pub fn tokens(&self, row: Row) -> u32 {
        self.counts.get(row).copied().unwrap_or(0)
    }
}

/// The columns of a table whose token counts are all small.
#[derive(Clone, Copy, Debug)]
pub struct PlainCalls<'c> {
    /// The kind of each row.
    pub kinds: &'c [KindId],
    /// The time of each row.
    pub times: &'c [Instant],
    columns: [&'c [u32]; TokenClass::ALL.len()],
    costs: &'c Column<Option<Usd>>,
    fields: &'c Fields,
    /// Whether every row is plain.
    all_plain: bool,
}

impl<'c> PlainCalls<'c> {
    /// The columns of a table; nothing where a count has no short form.
    pub fn of(calls: &'c Calls) -> Option<Self> {
        let fields = calls.fields();
        let all_plain = fields.counts.is_usual()
            && fields.searches.is_usual()
            && fields.file_searches.is_usual();
        let mut columns: [&[u32]; TokenClass::ALL.len()] = [&[]; _];
        for class in TokenClass::ALL {
            columns[class as usize] = fields.tokens[class].shorts()?;
        }
        Some(Self {
            kinds: calls.kind_column(),
            times: calls.time_column(),
            columns,
            costs: &fields.logged_cost,
            fields,
            all_plain,
        })
    }

    /// Whether a row is a single call without searches.
    #[inline]
    pub fn is_plain(&self, row: Row) -> bool {
        let fields = self.fields;
        self.all_plain
            || (fields.counts.get(row) == CallCount(1)
                && fields.searches.get(row) == 0
                && fields.file_searches.get(row) == 0)
    }

    /// The classes of which any call has tokens, in order, and how many.
    pub fn classes(&self) -> Vec<ClassColumn<'c>> {
        let columns = TokenClass::ALL.into_iter().zip(self.columns);
        let used = columns.filter(|(_, counts)| !counts.is_empty());
        used.map(|(class, counts)| ClassColumn { class, counts }).collect()
    }

    /// Whether no row states a cost.
    pub fn is_without_costs(&self) -> bool {
        self.costs.is_usual()
    }

    /// The cost that a row states, in dollars.
    pub fn logged_cost(&self, row: Row) -> Option<Usd> {
        self.costs.get(row)
    }
}
