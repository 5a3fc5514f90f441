//! The small language that queries are made of: values, before any dialect spells them.

use super::name::Name;

/// A value of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr {
    /// A column that an earlier step of the query made.
    Column(String),
    /// A column of the user's table.
    Source(Name),
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(String),
    /// No value.
    Null,
    /// Values with the same sign between them: `a + b`, `a AND b`.
    Infix(&'static str, Vec<Self>),
    /// Whether a value is one of these texts.
    OneOf(Box<Self>, Vec<String>),
    /// Whether there is no value.
    IsNull(Box<Self>),
    /// Whether a condition does not hold.
    Not(Box<Self>),
    /// The first value whose condition holds, else the last.
    When(Vec<(Self, Self)>, Box<Self>),
    /// A function that every dialect calls the same.
    Call(&'static str, Vec<Self>),
    /// What each dialect spells in its own way.
    Form(Form, Vec<Self>),
    /// A value over the rows that are alike in `within`, in the order of `by`.
    Over {
        /// The function.
        value: Box<Self>,
        /// What rows have in common.
        within: Vec<Self>,
        /// Their order.
        by: Vec<Self>,
        /// Which of them, where not the neighbour or all of them.
        frame: &'static str,
    },
}

/// What each dialect spells in its own way; a template of its [`Dialect`](super::Dialect) says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A value as a whole number of 64 bits.
    Whole,
    /// A number without its fraction, as one of 64 bits.
    Truncated,
    /// A value as text.
    Text,
    /// A column of dollars as an exact decimal number of 18 places; nothing where it holds none.
    Money,
    /// A column of parts of a dollar, of which the second value says how many make one.
    MoneyInParts,
    /// The exact sum of such numbers.
    MoneySum,
    /// The exact sum of whole numbers, which may be larger than 64 bits.
    Sum,
    /// The whole part of a quotient of numbers that are not negative.
    Quotient,
    /// What is left of it.
    Remainder,
    /// The larger of two numbers.
    Greater,
    /// The smaller of two numbers.
    Smaller,
    /// Milliseconds since 1970 of a point in time.
    Moment,
    /// Milliseconds since 1970 of a text that states one.
    ReadMoment,
    /// ISO 8601 text of milliseconds since 1970.
    Iso,
    /// All texts of a group, with spaces between them.
    Joined,
    /// Whether a text has digits and nothing else.
    IsDigits,
    /// The value of the row before, in the order of the window.
    Previous,
    /// The value of the row after.
    Next,
}

pub(super) fn column(name: &str) -> Expr {
    Expr::Column(name.to_owned())
}

pub(super) fn text(text: &str) -> Expr {
    Expr::Text(text.to_owned())
}

pub(super) const fn whole(number: i64) -> Expr {
    Expr::Whole(number)
}

pub(super) fn infix(sign: &'static str, sides: impl IntoIterator<Item = Expr>) -> Expr {
    let mut sides: Vec<Expr> = sides.into_iter().collect();
    if sides.len() == 1 { sides.remove(0) } else { Expr::Infix(sign, sides) }
}

pub(super) fn call(function: &'static str, values: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(function, values.into_iter().collect())
}

pub(super) fn form(form: Form, values: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Form(form, values.into_iter().collect())
}

/// `CASE WHEN … THEN … ELSE … END`, or only the last value where there is no condition.
pub(super) fn when(cases: impl IntoIterator<Item = (Expr, Expr)>, or: Expr) -> Expr {
    let cases: Vec<_> = cases.into_iter().collect();
    if cases.is_empty() { or } else { Expr::When(cases, Box::new(or)) }
}

pub(super) fn one_of<'a>(value: Expr, texts: impl IntoIterator<Item = &'a str>) -> Expr {
    Expr::OneOf(Box::new(value), texts.into_iter().map(str::to_owned).collect())
}

impl Expr {
    pub(super) fn absent(self) -> Self {
        Self::IsNull(Box::new(self))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        infix("+", [self, other])
    }

    pub(super) fn minus(self, other: Self) -> Self {
        infix("-", [self, other])
    }

    pub(super) fn times(self, other: Self) -> Self {
        infix("*", [self, other])
    }

    pub(super) fn equals(self, other: Self) -> Self {
        infix("=", [self, other])
    }

    pub(super) fn differs_from(self, other: Self) -> Self {
        infix("<>", [self, other])
    }

    pub(super) fn above(self, other: Self) -> Self {
        infix(">", [self, other])
    }

    pub(super) fn below(self, other: Self) -> Self {
        infix("<", [self, other])
    }

    pub(super) fn at_most(self, other: Self) -> Self {
        infix("<=", [self, other])
    }

    pub(super) fn at_least(self, other: Self) -> Self {
        infix(">=", [self, other])
    }

    pub(super) fn or_else(self, other: Self) -> Self {
        call("COALESCE", [self, other])
    }
}
