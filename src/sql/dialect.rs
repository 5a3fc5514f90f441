//! What differs from one engine's SQL to another's.

use super::expression::Form;
use super::name::{Name, NameError, Part};

/// The SQL of one engine. Adding one is a file with one of these, and a line in
/// [`DIALECTS`](super::DIALECTS).
#[derive(Debug)]
pub struct Dialect {
    /// The name after `--dialect`.
    pub name: &'static str,
    /// What its makers call it.
    pub label: &'static str,
    /// A line of a shell that runs the query in the file `rollup.sql` and gives out CSV.
    pub run: &'static str,
    /// How names are quoted.
    pub(super) names: Quotes,
    /// How texts are quoted, between apostrophes.
    pub(super) texts: Escape,
    /// How many parts the name of a table may have.
    pub(super) table_parts: usize,
    /// How many parts the name of a column may have: more than one where columns hold structures.
    pub(super) column_parts: usize,
    /// Whether a name without quotes is stored in capital letters.
    pub(super) stores_capitals: bool,
    /// What stands after `AS` where a step is used twice: most engines would keep all its rows.
    pub(super) inlined: &'static str,
    /// Whether a column of times may hold numbers and texts, so that each row is looked at.
    pub(super) has_mixed_times: bool,
    /// The whole number that stands for a text that is none, in an engine that refuses nothing.
    pub(super) no_number: Option<i64>,
    /// A whole number of more than 31 bits.
    pub(super) large_number: &'static str,
    /// What stands after the order of `previous` and `next`.
    pub(super) neighbours: &'static str,
    /// What stands at the end of the query.
    pub(super) end: &'static str,
    /// How forms are spelled.
    pub(super) forms: Forms,
}

/// How names are quoted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotes {
    pub(super) mark: char,
    pub(super) escape: Escape,
}

/// How a quote is written inside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Twice.
    Doubled,
    /// Behind a backslash, which is itself behind one.
    Backslash,
}

/// A template for each [`Form`], which says what each is: `{0}` and `{1}` are its values.
#[derive(Debug)]
pub(super) struct Forms {
    pub(super) whole: &'static str,
    pub(super) truncated: &'static str,
    pub(super) text: &'static str,
    pub(super) money: &'static str,
    pub(super) money_in_parts: &'static str,
    pub(super) money_sum: &'static str,
    pub(super) sum: &'static str,
    pub(super) quotient: &'static str,
    pub(super) remainder: &'static str,
    pub(super) greater: &'static str,
    pub(super) smaller: &'static str,
    pub(super) moment: &'static str,
    pub(super) read_moment: &'static str,
    pub(super) iso: &'static str,
    pub(super) joined: &'static str,
    pub(super) is_digits: &'static str,
    pub(super) previous: &'static str,
    pub(super) next: &'static str,
}

impl Forms {
    const fn template(&self, form: Form) -> &'static str {
        match form {
            Form::Whole => self.whole,
            Form::Truncated => self.truncated,
            Form::Text => self.text,
            Form::Money => self.money,
            Form::MoneyInParts => self.money_in_parts,
            Form::MoneySum => self.money_sum,
            Form::Sum => self.sum,
            Form::Quotient => self.quotient,
            Form::Remainder => self.remainder,
            Form::Greater => self.greater,
            Form::Smaller => self.smaller,
            Form::Moment => self.moment,
            Form::ReadMoment => self.read_moment,
            Form::Iso => self.iso,
            Form::Joined => self.joined,
            Form::IsDigits => self.is_digits,
            Form::Previous => self.previous,
            Form::Next => self.next,
        }
    }
}

impl Quotes {
    fn around(self, text: &str) -> String {
        let mut quoted = String::from(self.mark);
        for letter in text.chars() {
            push_escaped(&mut quoted, letter, self.mark, self.escape);
        }
        quoted.push(self.mark);
        quoted
    }
}

fn push_escaped(out: &mut String, letter: char, mark: char, escape: Escape) {
    match escape {
        Escape::Doubled if letter == mark => out.push(mark),
        Escape::Backslash if letter == mark || letter == '\\' => out.push('\\'),
        _ => {}
    }
    out.push(letter);
}

impl Dialect {
    /// A name that the query gives.
    pub(super) fn own_name(&self, name: &str) -> String {
        self.names.around(name)
    }

    /// A name that the user gave.
    pub(super) fn user_name(&self, name: &Name) -> String {
        let parts: Vec<String> = name.parts().iter().map(|part| self.part(part)).collect();
        parts.join(".")
    }

    /// A name that is all in small letters was hardly stored so by an engine that stores capitals.
    fn part(&self, part: &Part) -> String {
        let is_plain = part.text.chars().all(|letter| !letter.is_uppercase());
        if self.stores_capitals && is_plain && !part.is_exact {
            return self.names.around(&part.text.to_uppercase());
        }
        self.names.around(&part.text)
    }

    /// A text.
    pub(super) fn text(&self, text: &str) -> String {
        Quotes { mark: '\'', escape: self.texts }.around(text)
    }

    /// A whole number.
    pub(super) fn whole(&self, number: i64) -> String {
        if i32::try_from(number).is_ok() {
            number.to_string()
        } else {
            self.large_number.replace("{0}", &number.to_string())
        }
    }

    /// A form of these values, which are spelled already.
    pub(super) fn form(&self, form: Form, values: &[String]) -> String {
        let template = self.forms.template(form);
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            let place = rest[at + 1..].split('}').next().unwrap_or_default();
            let value = place.parse().ok().and_then(|place: usize| values.get(place));
            filled.push_str(value.expect("a template has places for the values of its form"));
            rest = &rest[at + place.len() + 2..];
        }
        filled + rest
    }

    /// Whether a form is a function or a cast, so that nothing around it can tear it apart.
    pub(super) fn is_closed(&self, form: Form) -> bool {
        let template = self.forms.template(form);
        let inner = template.strip_suffix(')').unwrap_or_default();
        let mut depth = 0_i32;
        for letter in inner.chars() {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            if depth == 0 && letter != '_' && !letter.is_ascii_alphanumeric() {
                return false;
            }
        }
        depth == 1
    }

    /// The name of a table that this engine can have.
    ///
    /// # Errors
    /// When it is none, or has more parts than tables of the engine have.
    pub fn table(&self, text: &str) -> Result<Name, NameError> {
        limited(Name::parse(text)?, self.table_parts)
    }

    /// The name of a column that this engine can have.
    ///
    /// # Errors
    /// When it is none, or a point divides it in an engine whose columns have no parts.
    pub fn column(&self, text: &str) -> Result<Name, NameError> {
        limited(Name::parse(text)?, self.column_parts)
    }
}

fn limited(name: Name, most: usize) -> Result<Name, NameError> {
    if name.parts().len() > most { Err(NameError::TooManyParts(most)) } else { Ok(name) }
}
