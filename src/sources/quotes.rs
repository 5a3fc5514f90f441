//! Where rows of delimited text end, and which of them have a quote that was never closed.

use std::ops::Range;

/// How the rows of a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// The byte between fields.
    pub(super) delimiter: u8,
    /// How many columns the header has.
    pub(super) columns: usize,
}

/// So many lines inside quotes, from the first on, must be rows by their looks.
const ALIKE: usize = 2;

/// A row on the way through it.
#[derive(Debug, Default)]
struct Open {
    start: usize,
    /// Where its quoted field begins, while one is open.
    quote: Option<usize>,
    /// The first line end inside its quotes.
    broken_at: Option<usize>,
    /// The latest line end inside the open quote.
    line_end: Option<usize>,
    /// How many lines inside the open quote are rows by their looks; nothing once one is not.
    alike: Option<usize>,
}

impl Rows {
    /// Behind the last row of `bytes` that is complete. `torn` hears the first lines of rows with a
    /// quote that was never closed; the rows go on behind such a line. `at_end` says that nothing
    /// follows.
    ///
    /// As the CSV parser has it, a quote opens quoting only where a field starts (`5" screen` has
    /// none), and a doubled one inside quotes stands for itself. What is said of a row depends only on
    /// the bytes up to where it is said, so it does not matter how a file is cut.
    pub(super) fn scan(
        self,
        bytes: &[u8],
        at_end: bool,
        mut torn: impl FnMut(Range<usize>),
    ) -> usize {
        let mut row = Open::default();
        let mut from = 0;
        loop {
            let found = self.find_torn(bytes, from, &mut row);
            let broken_at = row.broken_at.filter(|_| found || at_end && row.quote.is_some());
            let Some(broken_at) = broken_at else { return row.start };
            from = broken_at + 1;
            torn(row.start..from);
            row = Open { start: from, ..Open::default() };
        }
    }

    /// Goes on to the end, or to where it shows that the row at hand is torn.
    fn find_torn(self, bytes: &[u8], from: usize, row: &mut Open) -> bool {
        let mut doubled = usize::MAX;
        for at in memchr::memchr2_iter(b'"', b'\n', &bytes[from..]).map(|at| from + at) {
            if at == doubled {
                continue;
            }
            let Some(quote) = row.quote else {
                if bytes[at] == b'\n' {
                    *row = Open { start: at + 1, ..Open::default() };
                } else if self.opens(bytes, at) {
                    (row.quote, row.line_end, row.alike) = (Some(at), None, Some(0));
                }
                continue;
            };
            if bytes[at] == b'\n' {
                if let (Some(before), Some(alike)) = (row.line_end, row.alike) {
                    let is_row = self.is_row(&bytes[before + 1..at], &bytes[row.start..quote]);
                    row.alike = is_row.then_some(alike + 1);
                }
                row.line_end = Some(at);
                row.broken_at.get_or_insert(at);
                if row.alike == Some(ALIKE) {
                    return true;
                }
            } else if bytes.get(at + 1) == Some(&b'"') {
                doubled = at + 1;
            } else {
                row.quote = None;
                // Only a quote that opens has text behind it.
                let closes = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\n' | b'\r');
                if row.line_end.is_some() && !bytes.get(at + 1).is_none_or(closes) {
                    return true;
                }
            }
        }
        false
    }

    fn opens(self, bytes: &[u8], at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        before.is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\n' | b'\r'))
    }

    /// Whether a line inside quotes is a row by its looks: it has the header's delimiters and at least
    /// two numbers, and its first fields are of the kind of those before the quote.
    fn is_row(self, line: &[u8], before: &[u8]) -> bool {
        let fields = || line.split(|byte| *byte == self.delimiter).map(<[u8]>::trim_ascii);
        let count = fields().count();
        let is_digit = |field: &[u8]| field.first().is_some_and(u8::is_ascii_digit);
        let is_number = |field: &&[u8]| {
            is_digit(field) && field.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        };
        let first = before.split(|byte| *byte == self.delimiter).map(<[u8]>::trim_ascii);
        // The last piece is empty: the quote comes right behind a delimiter.
        let first = first.take(memchr::memchr_iter(self.delimiter, before).count());
        let same = before.contains(&b'"')
            || first.zip(fields()).all(|(one, other)| is_digit(one) == is_digit(other));
        (self.columns..=self.columns + 1).contains(&count)
            && fields().filter(is_number).count() >= 2
            && same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at_end: bool, rows: &str, torn: &[&str]) {
        let mut found = Vec::new();
        let table = Rows { delimiter: b',', columns: 4 };
        let end = table.scan(text.as_bytes(), at_end, |range| found.push(&text[range]));
        assert_eq!((&text[..end], &found[..]), (rows, torn), "{text:?}");
    }

    #[test]
    fn a_cell_of_several_lines_is_whole() {
        for text in [
            "a,1,2,\"x\ny\"\n",
            "a,1,2,\"one, two, three,\nfour, five, six, seven\nmore, or, less, so\n\"\n",
            "\"say \"\"hi\"\"\nyou\",m,1,2\n",
            "a,1,2,\"x\ny\"\r\nb,1,2,z\n",
        ] {
            check(text, true, text, &[]);
        }
        check("a,1,2,\"x\ny", false, "", &[]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line() {
        let torn = "a,1,2,\"x\n";
        let plain = "b,1,2,y\n";
        check(&[torn, plain].concat(), true, &[torn, plain].concat(), &[torn]);
        // Told by what follows, before the end is in sight.
        for next in [[plain, plain].concat(), "b,1,2,\"y\"\n".to_owned()] {
            let text = [torn, &next].concat();
            check(&text, false, &text, &[torn]);
        }
        check(torn, true, torn, &[torn]);
    }
}
