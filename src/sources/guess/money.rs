//! What a column of money is counted in: by its name, else by what it would mean for a token.

use crate::sources::field::Field;
use crate::units::{Excess, parse_decimal};

use super::names::{Name, TOKENS};
use super::rules::{Candidate, EXACT};
use super::survey::{Cell, Column};

const MONEY: &[&str] = &[
    "cost",
    "costs",
    "price",
    "spend",
    "spent",
    "amount",
    "charge",
    "charged",
    "fee",
    "kosten",
    "preis",
    "betrag",
    "usd",
    "dollars",
    "cents",
    "microdollars",
    "microusd",
];
const CENTS: &[&str] = &["cents", "cent", "ct", "usdcents", "¢"];
const MICRODOLLARS: &[&str] =
    &["micro", "micros", "microdollars", "microusd", "musd", "usdmicros", "millionths"];
const DOLLARS: &[&str] = &["usd", "dollar", "dollars", "$"];
const OTHER: &[&str] = &[
    "eur", "euro", "euros", "gbp", "jpy", "yen", "cny", "rmb", "inr", "krw", "chf", "brl", "ticks",
    "nanos", "nano", "credits", "points", "€", "£", "¥",
];
const PARTS: &[&str] = &[
    "input",
    "in",
    "prompt",
    "output",
    "out",
    "completion",
    "cache",
    "cached",
    "reasoning",
    "audio",
    "image",
    "tax",
    "fee",
    "saved",
    "saving",
    "savings",
    "budget",
    "limit",
];
const UNIT_PRICE: &[&str] = &["per", "rate", "unit"];

/// A column of money: a cost, or the reason why it is none; nothing for other columns.
pub(super) fn candidate(name: &Name, column: &Column) -> Option<Result<Candidate, String>> {
    let word = name.says(MONEY).or_else(|| {
        name.says_somewhere(MONEY).filter(|_| name.says(&["total", "value", "sum"]).is_some())
    })?;
    let numbers = column.all(|cell| matches!(cell, Cell::Number(_)));
    if !numbers || name.says(TOKENS).is_some() {
        return None;
    }
    if let Some(unit) = name.says_somewhere(OTHER) {
        return Some(Err(format!("money counted in `{unit}`, not in dollars")));
    }
    if let Some(reason) = name.is_not_counted_singly() {
        return Some(Err(reason));
    }
    if name.says(UNIT_PRICE).is_some() {
        return Some(Err("a price, not what the call cost".to_owned()));
    }
    if is_part(name, column) {
        return Some(Err("a part of the cost".to_owned()));
    }
    let total = name.says(&["total", "usd"]).is_some();
    let strength = if total { EXACT } else { EXACT - 1 };
    let reason = format!("`{word}` in its name");
    Some(Ok(Candidate { field: Field::CostUsd, strength, reason }))
}

/// Whether it is what one kind of token cost.
pub(super) fn is_part(name: &Name, column: &Column) -> bool {
    let numbers = column.all(|cell| matches!(cell, Cell::Number(_)));
    numbers && name.says_somewhere(MONEY).is_some() && name.says(PARTS).is_some()
}

/// The unit of a cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// This one, for this reason.
    Is(&'static str, String),
    /// It cannot be told, for this reason.
    Unknown(String),
}

/// No provider charges more for a token: a thousand dollars for a million.
const DOLLARS_A_TOKEN_MAX: i128 = 1_000_000_000_000_000;
/// A cent and a millionth of a dollar, as parts of one.
const CENT: i128 = 100;
const MICRODOLLAR: i128 = 1_000_000;

/// How the reason begins where nothing but habit speaks for dollars.
pub(super) const UNNAMED: &str = "no unit in its name";

/// What a cost is counted in, given the tokens of each record.
pub(super) fn unit(column: &Column, tokens: &[u64]) -> Unit {
    let name = Name::of(&column.path);
    for (words, unit) in [(CENTS, "cents"), (MICRODOLLARS, "microdollars"), (DOLLARS, "usd")] {
        if let Some(word) = name.says(words) {
            return Unit::Is(unit, format!("counted in `{word}`"));
        }
    }
    let (mut money, mut count) = (0i128, 0i128);
    for (cell, tokens) in column.cells.iter().zip(tokens) {
        let Cell::Number(text) = cell else { continue };
        let Ok(atto) = parse_decimal(text, 18, Excess::Round) else { continue };
        let Some(sum) = money.checked_add(atto) else {
            return Unit::Unknown("its values are too large for money".to_owned());
        };
        (money, count) = (sum, count + i128::from(*tokens));
    }
    if count == 0 || money / count <= DOLLARS_A_TOKEN_MAX {
        return Unit::Is("usd", format!("{UNNAMED}: taken for dollars"));
    }
    // The same sum, were it counted in a smaller unit.
    if money / count / CENT > DOLLARS_A_TOKEN_MAX
        && money / count / MICRODOLLAR <= DOLLARS_A_TOKEN_MAX
    {
        let why = "too much for its tokens in dollars or cents".to_owned();
        return Unit::Is("microdollars", why);
    }
    Unit::Unknown(
        "too much for its tokens in dollars; which smaller unit cannot be told".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, value: &str, tokens: u64, expected: Option<&str>) {
        let cells = vec![Cell::Number(value.to_owned())];
        let column = Column { path: path.to_owned(), cells };
        let found = match unit(&column, &[tokens]) {
            Unit::Is(unit, _) => Some(unit),
            Unit::Unknown(_) => None,
        };
        assert_eq!(found, expected, "{path} {value} for {tokens}");
    }

    #[test]
    fn the_unit_of_a_cost_is_in_its_name_or_in_what_a_token_would_cost() {
        check("cost_usd", "4120", 1402, Some("usd"));
        check("cost_cents", "0.4", 1402, Some("cents"));
        check("Preis [¢]", "0.4", 1402, Some("cents"));
        check("costMicros", "4120", 1402, Some("microdollars"));
        check("cost", "0.00412", 1402, Some("usd"));
        check("cost", "4120", 1402, Some("microdollars"));
        // Three dollars, cents or millionths for a thousand tokens: not dollars, but which?
        check("cost", "3", 1000, None);
        check("cost", "99999999999999999999", 1, None);
    }
}
