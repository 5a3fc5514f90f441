//! Which calls know of each other by what techniques remember of them.

use crate::usage::Row;

/// Calls that are tied together, directly or by others between them. Those that nothing ties can be
/// replayed apart, in any order.
#[derive(Clone, Debug)]
pub struct Links {
    /// An earlier row that each row is tied to; itself where there is none.
    earlier: Vec<u32>,
    is_one: bool,
}

impl Links {
    /// No call knows of another.
    ///
    /// # Panics
    /// When there are 2³² rows, which no table holds.
    pub fn none(rows: usize) -> Self {
        let rows = u32::try_from(rows).expect("a table has fewer than 2³² rows");
        Self { earlier: (0..rows).collect(), is_one: false }
    }

    /// Ties two calls.
    pub fn tie(&mut self, one: Row, other: Row) {
        let (one, other) = (self.first_of(one), self.first_of(other));
        let (first, second) = (one.min(other), one.max(other));
        self.earlier[second] = number(first);
    }

    /// Ties all calls.
    pub const fn tie_all(&mut self) {
        self.is_one = true;
    }

    /// The first of the calls that a call is tied to.
    pub fn first_of(&mut self, mut row: Row) -> Row {
        if self.is_one {
            return 0;
        }
        loop {
            let before = self.earlier[row] as usize;
            if before == row {
                return row;
            }
            // Shorten the way for whoever comes next.
            let first = self.earlier[before];
            self.earlier[row] = first;
            row = first as usize;
        }
    }

    /// All rows, those of one lot of tied calls after the other and in order within it, and where
    /// each lot ends.
    pub fn into_lots(mut self) -> (Vec<u32>, Vec<u32>) {
        let rows = self.earlier.len();
        let mut ends = vec![0_u32; rows];
        for row in 0..rows {
            ends[self.first_of(row)] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            let count = *end;
            *end = sum;
            sum += count;
        }
        let mut ordered = vec![0_u32; rows];
        for row in 0..rows {
            let place = &mut ends[self.first_of(row)];
            ordered[*place as usize] = number(row);
            *place += 1;
        }
        // Of a row that is no first one, the end is that of the lot before.
        ends.dedup();
        (ordered, ends)
    }
}

fn number(row: Row) -> u32 {
    u32::try_from(row).expect("a table has fewer than 2³² rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: usize, ties: &[(Row, Row)], expected: &[&[u32]]) {
        let mut links = Links::none(rows);
        for (one, other) in ties {
            links.tie(*one, *other);
        }
        let (ordered, ends) = links.into_lots();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let lots: Vec<&[u32]> =
            starts.zip(&ends).map(|(start, end)| &ordered[start as usize..*end as usize]).collect();
        assert_eq!(lots, expected, "{ties:?}");
    }

    #[test]
    fn tied_calls_make_a_lot_in_their_order() {
        check(0, &[], &[]);
        check(3, &[], &[&[0], &[1], &[2]]);
        check(5, &[(3, 1), (4, 0)], &[&[0, 4], &[1, 3], &[2]]);
        check(5, &[(3, 4), (1, 3), (4, 0)], &[&[0, 1, 3, 4], &[2]]);
    }

    #[test]
    fn all_calls_can_be_one_lot() {
        let mut links = Links::none(3);
        links.tie_all();
        assert_eq!(links.into_lots(), (vec![0, 1, 2], vec![3]));
    }
}
