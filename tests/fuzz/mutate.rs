//! Changes inputs as fuzzers do, by chance that is the same every time.

use llmcost::units::Chance;

/// What makes trouble in JSON and CSV.
pub(crate) const JSON: &[&str] = &[
    "null",
    "-1",
    "1e400",
    "0.5",
    "18446744073709551616",
    "9223372036854775807",
    "\"\"",
    "{}",
    "[]",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\n",
    "\r",
    "\r\n",
    ",",
    "\"",
    "}",
    "{\"",
    "\t",
    "\u{2028}",
    "\"model\":",
    "\"usage\":",
    "\"input_tokens\":",
    "\"id\":\"a\",",
    "2026-11-20T10:00:00Z",
];

/// What makes trouble in TOML.
pub(crate) const TOML: &[&str] = &[
    "\"\"",
    "\"0\"",
    "\"-1\"",
    "\"1e9\"",
    "\"99999999999999999999\"",
    "\"0.000000000000000001\"",
    "\"NaN\"",
    "true",
    "false",
    "[]",
    "{}",
    "9223372036854775807",
    "[[models]]\n",
    "\n",
    "= ",
    "\"",
    "#",
    "2026-02-30",
    "\"1.0000000000000000000000001\"",
    "[x]\n",
    "'''",
    "where = \"1 = 1\"\n",
];

/// What makes trouble in numbers, times and conditions.
pub(crate) const TEXTS: &[&str] = &[
    "-",
    "+",
    ".",
    "e",
    "E",
    "0",
    "00",
    "9",
    "99999999999999999999",
    "e-18",
    "e400",
    ":",
    "T",
    "Z",
    "+14:00",
    "-00:00",
    "23:59:60",
    "9999-12-31",
    "0001-01-01",
    " AND ",
    " OR ",
    "NOT ",
    "(",
    ")",
    "'",
    "%",
    "_",
    "NULL",
    " IN ",
    " LIKE ",
    " BETWEEN ",
    "/ 0",
    "* 9223372036854775807",
    "\u{0}",
    "٣",
    "1_000",
    ",",
];

/// The longest input; short ones run often.
const LONGEST: usize = 8_000;

pub(crate) struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    words: &'s [&'s str],
    chance: Chance,
}

impl<'s> Mutator<'s> {
    pub(crate) fn new(seeds: &'s [Vec<u8>], words: &'s [&'s str]) -> Self {
        Self { seeds, words, chance: Chance::new(1) }
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).expect("small");
        usize::try_from(self.chance.below(limit)).expect("small")
    }

    fn seed(&mut self) -> &'s [u8] {
        &self.seeds[self.below(self.seeds.len())]
    }

    /// An input: a seed with one to eight changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..=self.below(8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + 1 + self.below(40)).min(input.len());
        match self.below(7) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => drop(input.drain(at..end)),
            2 => {
                let again = input[at.min(end)..end].to_vec();
                input.splice(at..at, again);
            }
            3 => {
                let other = self.seed();
                let from = self.below(other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            4 => self.replace_number(input, at),
            5 => input.truncate(at),
            _ => {
                let word = self.words[self.below(self.words.len())];
                input.splice(at..at, word.bytes());
            }
        }
    }

    /// Puts a word where the next number stands.
    fn replace_number(&mut self, input: &mut Vec<u8>, from: usize) {
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let Some(start) = input[from..].iter().position(is_digit) else { return };
        let start = from + start;
        let length = input[start..].iter().take_while(|byte| is_digit(byte)).count();
        let word = self.words[self.below(self.words.len())];
        input.splice(start..start + length, word.bytes());
    }
}
