//! One field of very many calls, in as few bytes as its usual values need.
//!
//! Most fields of most logs are the same in every call, or small. A column keeps nothing at all
//! while every value is the usual one, a small integer a row from the first other one on, and the
//! rare value that does not fit beside it.

use std::collections::BTreeMap;

use crate::diagnostics::Place;
use crate::units::{Tokens, Usd};

use super::call::Fingerprint;
use super::dimension::Symbol;

/// A value with a short form.
pub(super) trait Narrow: Copy + PartialEq {
    /// The short form.
    type Short: Copy + PartialEq;
    /// What a row has that was never said.
    const USUAL: Self;
    /// The short form of that.
    const USUAL_SHORT: Self::Short;
    /// Stands for a value that has no short form.
    const ESCAPE: Self::Short;
    /// The short form, or [`Narrow::ESCAPE`].
    fn short(self) -> Self::Short;
    /// The value of a short form that is no escape.
    fn of_short(short: Self::Short) -> Self;
}

impl Narrow for Tokens {
    type Short = u32;
    const USUAL: Self = Self::ZERO;
    const USUAL_SHORT: u32 = 0;
    const ESCAPE: u32 = u32::MAX;
    fn short(self) -> u32 {
        u32::try_from(self.get()).unwrap_or(Self::ESCAPE)
    }
    fn of_short(short: u32) -> Self {
        Self::new(u64::from(short))
    }
}

/// How many calls a row stands for: one, as a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallCount(pub(super) u64);

impl Narrow for CallCount {
    type Short = u32;
    const USUAL: Self = Self(1);
    const USUAL_SHORT: u32 = 1;
    const ESCAPE: u32 = u32::MAX;
    fn short(self) -> u32 {
        u32::try_from(self.0).unwrap_or(Self::ESCAPE)
    }
    fn of_short(short: u32) -> Self {
        Self(u64::from(short))
    }
}

/// Numbers that are short already.
macro_rules! short_already {
    ($($number:ty)*) => {$(
        impl Narrow for $number {
            type Short = Self;
            const USUAL: Self = 0;
            const USUAL_SHORT: Self = 0;
            const ESCAPE: Self = Self::MAX;
            fn short(self) -> Self {
                self
            }
            fn of_short(short: Self) -> Self {
                short
            }
        }
    )*};
}

short_already!(u16 u32 Fingerprint);

impl Narrow for Symbol {
    type Short = Self;
    const USUAL: Self = Self::EMPTY;
    const USUAL_SHORT: Self = Self::EMPTY;
    const ESCAPE: Self = Self::NONE;
    fn short(self) -> Self {
        self
    }
    fn of_short(short: Self) -> Self {
        short
    }
}

/// Zero is nothing, so every number is one more.
impl Narrow for Option<u32> {
    type Short = u32;
    const USUAL: Self = None;
    const USUAL_SHORT: u32 = 0;
    const ESCAPE: u32 = u32::MAX;
    fn short(self) -> u32 {
        self.map_or(0, |value| value.saturating_add(1))
    }
    fn of_short(short: u32) -> Self {
        short.checked_sub(1)
    }
}

/// Nine dollars fit; nothing is the smallest number.
impl Narrow for Option<Usd> {
    type Short = i64;
    const USUAL: Self = None;
    const USUAL_SHORT: i64 = i64::MIN;
    const ESCAPE: i64 = i64::MAX;
    fn short(self) -> i64 {
        let Some(cost) = self else { return Self::USUAL_SHORT };
        i64::try_from(cost.atto()).ok().filter(|atto| *atto > i64::MIN).unwrap_or(Self::ESCAPE)
    }
    fn of_short(short: i64) -> Self {
        (short > i64::MIN).then(|| Usd::from_atto(i128::from(short)))
    }
}

/// A file in the upper bits, a line in the lower ones.
impl Narrow for Place {
    type Short = u64;
    const USUAL: Self = Self { file: 0, line: 0 };
    const USUAL_SHORT: u64 = 0;
    const ESCAPE: u64 = u64::MAX;
    fn short(self) -> u64 {
        if self.line >> LINE_BITS == 0 && self.file >> (63 - LINE_BITS) == 0 {
            u64::from(self.file) << LINE_BITS | self.line
        } else {
            Self::ESCAPE
        }
    }
    fn of_short(short: u64) -> Self {
        let file = u32::try_from(short >> LINE_BITS).expect("the upper bits are few");
        Self { file, line: short & ((1 << LINE_BITS) - 1) }
    }
}

/// A trillion lines, eight million files.
const LINE_BITS: u32 = 40;

/// One value a row. Rows beyond the end have the usual one.
#[derive(Clone, Debug)]
pub(super) struct Column<T: Narrow> {
    shorts: Vec<T::Short>,
    /// By row, where the short form is an escape.
    others: BTreeMap<usize, T>,
}

impl<T: Narrow> Default for Column<T> {
    fn default() -> Self {
        Self { shorts: Vec::new(), others: BTreeMap::new() }
    }
}

impl<T: Narrow> Column<T> {
    /// The value of a row.
    #[inline]
    pub(super) fn get(&self, row: usize) -> T {
        match self.shorts.get(row) {
            None => T::USUAL,
            Some(short) if *short == T::ESCAPE => self.others[&row],
            Some(short) => T::of_short(*short),
        }
    }

    /// Makes room for so many rows, if there will be any.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.shorts.reserve(rows);
    }

    /// Adds the value of a row behind all others.
    #[inline]
    pub(super) fn push(&mut self, row: usize, value: T) {
        let short = value.short();
        if short == T::USUAL_SHORT && (self.shorts.is_empty() || self.shorts.len() < row) {
            return;
        }
        if self.shorts.len() < row {
            self.shorts.resize(row, T::USUAL_SHORT);
        }
        if short == T::ESCAPE {
            self.others.insert(row, value);
        }
        self.shorts.push(short);
    }

    /// Changes the value of a row.
    pub(super) fn set(&mut self, row: usize, value: T) {
        if row >= self.shorts.len() {
            return self.push(row, value);
        }
        let short = value.short();
        if self.shorts[row] == T::ESCAPE {
            self.others.remove(&row);
        }
        if short == T::ESCAPE {
            self.others.insert(row, value);
        }
        self.shorts[row] = short;
    }

    /// Adds the values of another column behind the `rows` of this one.
    pub(super) fn append(&mut self, rows: usize, other: &Self) {
        if other.shorts.is_empty() {
            return;
        }
        self.shorts.resize(rows, T::USUAL_SHORT);
        self.shorts.extend_from_slice(&other.shorts);
        self.others.extend(other.others.iter().map(|(row, value)| (rows + row, *value)));
    }

    /// The values of some rows, in that order.
    pub(super) fn gather(&self, rows: &[u32]) -> Self {
        let mut gathered = Self::default();
        if self.shorts.is_empty() {
            return gathered;
        }
        let short = |row: &u32| *self.shorts.get(*row as usize).unwrap_or(&T::USUAL_SHORT);
        gathered.shorts = rows.iter().map(short).collect();
        if !self.others.is_empty() {
            for (place, row) in rows.iter().enumerate() {
                if let Some(value) = self.others.get(&(*row as usize)) {
                    gathered.others.insert(place, *value);
                }
            }
        }
        gathered
    }

    /// Changes every one of `rows` values.
    pub(super) fn map(&mut self, rows: usize, mut change: impl FnMut(T) -> T) {
        let mut changed = Self::default();
        changed.shorts.reserve(rows);
        for row in 0..rows {
            changed.push(row, change(self.get(row)));
        }
        *self = changed;
    }

    /// Whether every row has the usual value.
    pub(super) fn is_usual(&self) -> bool {
        self.shorts.is_empty()
    }

    /// The short forms, which may end before the rows do; nothing where a value has none.
    pub(super) fn shorts(&self) -> Option<&[T::Short]> {
        self.others.is_empty().then_some(&*self.shorts)
    }
}

impl Column<Symbol> {
    /// Replaces the symbols of one dictionary by those of another: `names` has one for each. The empty
    /// name is the same in all.
    pub(super) fn translate(&mut self, names: &[Symbol]) {
        self.shorts.iter_mut().for_each(|symbol| *symbol = names[symbol.index()]);
    }
}

impl Column<Place> {
    /// Moves the places of all `rows` of a chunk, which name no file and count lines from its start;
    /// says whether the short forms were enough for that.
    pub(super) fn shift(&mut self, rows: usize, file: u32, lines_before: u64) -> bool {
        let to = Place { file, line: lines_before };
        let last = self.shorts.iter().max().copied().unwrap_or_default();
        let fits = last.checked_add(lines_before).is_some_and(|last| last >> LINE_BITS == 0);
        let by = to.short();
        let is_short = self.others.is_empty() && self.shorts.len() == rows;
        if !is_short || !fits || by == Place::ESCAPE {
            return false;
        }
        self.shorts.iter_mut().for_each(|short| *short += by);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check<T: Narrow + std::fmt::Debug>(values: &[T]) {
        let mut column = Column::default();
        for (row, value) in values.iter().enumerate() {
            column.push(row, *value);
        }
        let read = |column: &Column<T>, rows: usize| -> Vec<T> {
            (0..rows).map(|row| column.get(row)).collect()
        };
        assert_eq!(read(&column, values.len()), values);
        let mut twice = column.clone();
        twice.append(values.len(), &column);
        assert_eq!(read(&twice, 2 * values.len()), [values, values].concat());
        let backwards: Vec<u32> =
            (0..).take(values.len()).collect::<Vec<_>>().into_iter().rev().collect();
        let mut expected = values.to_vec();
        expected.reverse();
        assert_eq!(read(&column.gather(&backwards), values.len()), expected);
        for (row, value) in expected.iter().enumerate() {
            column.set(row, *value);
        }
        assert_eq!(read(&column, values.len()), expected);
        column.map(values.len(), |_| values[0]);
        assert_eq!(read(&column, values.len()), vec![values[0]; values.len()]);
    }

    #[test]
    fn values_at_the_edge_of_their_short_form_are_kept() {
        let dollars = |atto: i128| Some(Usd::from_atto(atto));
        let (small, large) = (i128::from(i64::MIN), i128::from(i64::MAX));
        check(&[None, dollars(0), dollars(small), dollars(large), dollars(large + 1), dollars(-1)]);
        check(&[Some(u32::MAX), None, Some(0), Some(u32::MAX - 1)]);
        check(&[0u64, u64::MAX, 5].map(Tokens::new));
        check(&[1, 0, u64::MAX].map(CallCount));
        check(&[u32::MAX, 0, 7]);
        check(&[u16::MAX, 0, 7]);
        check(&[u64::MAX, 0, 7]);
        let place = |file, line| Place { file, line };
        check(&[place(0, 0), place(u32::MAX, 1), place(3, u64::MAX), place((1 << 23) - 1, 9)]);
    }

    #[test]
    fn a_column_of_usual_values_takes_no_memory() {
        let mut column = Column::<Tokens>::default();
        for row in 0..1_000 {
            column.push(row, Tokens::ZERO);
        }
        assert!(column.is_usual());
    }

    proptest! {
        #[test]
        fn columns_keep_what_was_put_in(values in proptest::collection::vec(
            prop_oneof![Just(0u64), 0u64..100, Just(u64::from(u32::MAX)), any::<u64>()], 1..40)
        ) {
            check(&values.iter().copied().map(Tokens::new).collect::<Vec<_>>());
            check(&values.iter().copied().map(CallCount).collect::<Vec<_>>());
        }
    }
}
