//! Why a price table was refused: the file, the line, the text of the line, what to write instead.

use std::fmt;
use std::ops::Range;

use crate::units::{DecimalError, TokenClass};

/// A refused price table and the place of the trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceTableError {
    /// The file, as it was named to the loader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The line as it stands in the file.
    pub text: String,
    /// What is wrong.
    pub problem: PriceTableProblem,
}

/// What can be wrong with a price table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceTableProblem {
    /// Not TOML, an unknown key, a missing key, a value of the wrong kind; in the parser's words.
    Syntax(String),
    /// A number without quotes; the line as it should be.
    BareNumber(String),
    /// Not an exact decimal number of zero or more.
    BadNumber(DecimalError),
    /// Not a UTC timestamp.
    BadTime,
    /// Not a day.
    BadDay,
    /// A text that must say something is empty.
    Empty(&'static str),
    /// A name that is declared nowhere: what it should name, and the name.
    UnknownName(&'static str, String),
    /// No table declares this tokenizer: its name, and those that are declared.
    UnknownTokenizer(String, Vec<String>),
    /// Two models of the provider would answer to this id.
    DuplicateId(String),
    /// The model has no period.
    NoPeriod,
    /// A period or policy must state when it begins, unless it is the first.
    NoStart,
    /// A span ends before it begins, or before the one before it ended.
    BadSpan,
    /// Every period needs this price.
    NoPrice(TokenClass),
    /// A band leaves out a class that the prices beside it state, or states one more.
    BandClasses(TokenClass),
    /// A band needs exactly one of `above` and `at_least`.
    BandLimit,
    /// Bands must go up.
    BandOrder,
    /// Bands of one lane differ in what they do or in what counts towards their limits.
    BandMix,
    /// A band that prices only the excess of a prompt changes the price of output.
    BandOutput(TokenClass),
    /// What comes out cannot count towards the limit of a band.
    BandCounts(TokenClass),
    /// Every period has list prices, so the list has the standard lane.
    ListWithoutStandard,
    /// A place has cache rules in two groups of places.
    CacheTwice(String),
    /// More dollars per million tokens than anything costs: most likely another unit.
    TooDear,
    /// A place can only be like one that is declared before it.
    LikeLater,
    /// Not an hour of a day, or a window that ends before it begins.
    BadHours,
    /// A rule for calls that are not charged says nothing about the call.
    EmptyUnbilled,
    /// Not a finish reason that a rule can ask for.
    BadStatus(String),
    /// A lane of explicit prices must say what its long prompts cost.
    LaneBands,
    /// This rule of a lane needs this key.
    LaneNeeds(&'static str),
    /// This rule of a lane does not take this key.
    LaneForbids(&'static str),
    /// A derived price has more decimals than can be held exactly.
    Inexact(TokenClass),
    /// Billing this class at the price of another leads back to itself.
    FallbackCycle(TokenClass),
    /// A form that takes nothing off an id.
    EmptyForm,
    /// More models or places than an index holds.
    TooMany,
}

impl PriceTableProblem {
    /// What to do about it, where there is more to say.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::BareNumber(corrected) => format!("put the number in quotes: {corrected}"),
            Self::UnknownTokenizer(name, known) => format!(
                "use one of {}, or declare it: [[tokenizer]] with id = \"{name}\"",
                known.join(", ")
            ),
            Self::BadNumber(DecimalError::NotANumber) => {
                "write it as \"0.25\": digits and a point, without a sign of a currency".to_owned()
            }
            Self::BadTime => "write a UTC timestamp: \"2026-03-13T00:00:00Z\"".to_owned(),
            Self::BadDay => "write a day: \"2026-11-10\"".to_owned(),
            Self::BandMix => "give all bands of a lane the same `rule` and `counts`".to_owned(),
            Self::BadHours => "write hours as \"01:00\", at most \"24:00\"".to_owned(),
            Self::BadStatus(_) => "write [400, 500], or \"any\" for every failed call".to_owned(),
            Self::EmptyUnbilled => "add `status`, `finish_reason` or `without_output`".to_owned(),
            Self::LaneBands => "write bands = [] if long prompts cost the same here".to_owned(),
            Self::Inexact(_) => "state the published price instead of a factor".to_owned(),
            _ => return None,
        })
    }
}

impl fmt::Display for PriceTableProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::BareNumber(_) => f.write_str("a price without quotes is not exact"),
            Self::BadNumber(error) => write!(f, "not a usable number: {error}"),
            Self::BadTime => f.write_str("not a timestamp in UTC"),
            Self::BadDay => f.write_str("not a day"),
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::UnknownName(what, name) => write!(f, "there is no {what} `{name}`"),
            Self::UnknownTokenizer(name, _) => write!(f, "there is no tokenizer `{name}`"),
            Self::DuplicateId(id) => write!(f, "the id `{id}` is taken by another model"),
            Self::NoPeriod => f.write_str("the model has no prices"),
            Self::NoStart => f.write_str("only the first may leave out `from`"),
            Self::BadSpan => f.write_str("begins before the one before it ends, or ends too early"),
            Self::NoPrice(class) => write!(f, "the price `{}` is missing", class.name()),
            Self::BandClasses(class) => {
                write!(f, "the band and the prices beside it differ in `{}`", class.name())
            }
            Self::BandLimit => f.write_str("a band needs `above` or `at_least`, not both"),
            Self::BandOrder => f.write_str("the limits of bands must go up"),
            Self::BandMix => f.write_str("the bands of a lane do not follow one rule"),
            Self::BandOutput(class) => {
                write!(f, "a band that prices only the excess cannot change `{}`", class.name())
            }
            Self::BandCounts(class) => {
                write!(f, "`{}` is no part of the prompt and cannot count", class.name())
            }
            Self::ListWithoutStandard => f.write_str("the list has no `standard` among its tiers"),
            Self::CacheTwice(place) => {
                write!(f, "the place `{place}` has cache rules in two different lists of places")
            }
            Self::TooDear => {
                f.write_str("no model costs more than a dollar a token; prices are per million")
            }
            Self::LikeLater => f.write_str("a place is like one that is declared before it"),
            Self::BadHours => f.write_str("not hours of a day, from the earlier to the later"),
            Self::EmptyUnbilled => f.write_str("the rule does not say which calls are free"),
            Self::BadStatus(word) => write!(f, "`{word}` is no HTTP status"),
            Self::LaneBands => f.write_str("the lane does not say what long prompts cost"),
            Self::LaneNeeds(key) => write!(f, "this rule needs `{key}`"),
            Self::LaneForbids(key) => write!(f, "this rule does not take `{key}`"),
            Self::Inexact(class) => {
                write!(f, "the derived price of {} tokens is not exact", class.name())
            }
            Self::FallbackCycle(class) => {
                write!(f, "billing `{}` at another price leads back to itself", class.name())
            }
            Self::EmptyForm => f.write_str("the form has neither `prefix` nor `suffix`"),
            Self::TooMany => f.write_str("more models or places than can be numbered"),
        }
    }
}

impl fmt::Display for PriceTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}:{}: {}", self.problem, self.file, self.line, self.text.trim())?;
        match self.problem.hint() {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PriceTableError {}

/// A line of a table is shown up to so many characters.
const SHOWN: usize = 240;

/// The start of a line, as much as a reader needs to find it.
fn clipped(line: &str) -> String {
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

/// A table's name and text: turns spans into lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// An error at a span of the text.
    pub(super) fn error(self, at: Range<usize>, problem: PriceTableProblem) -> PriceTableError {
        let start = at.start.min(self.text.len());
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let text = clipped(self.text[line_start..].lines().next().unwrap_or_default());
        let line = self.text[..start].matches('\n').count() + 1;
        PriceTableError { file: self.file.to_owned(), line, text, problem }
    }

    /// The error of a number without quotes, with the line as it should be.
    pub(super) fn bare_number(self, at: Range<usize>) -> PriceTableError {
        let line_start = self.text[..at.start].rfind('\n').map_or(0, |newline| newline + 1);
        let (before, number) = (&self.text[line_start..at.start], &self.text[at.clone()]);
        let after = self.text[at.end..].lines().next().unwrap_or_default();
        let corrected = clipped(format!("{before}\"{number}\"{after}").trim());
        self.error(at, PriceTableProblem::BareNumber(corrected))
    }
}
