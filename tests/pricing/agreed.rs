//! Two public price libraries agree on these calls; so do we.

use llmcost::pricing::PriceBook;

use super::oracle::{Row, amount, is_same, rows};

/// The difference to what both libraries say, in words; nothing where there is none.
fn disagreement(book: &PriceBook, row: &Row) -> Option<String> {
    let expected = amount(row.expected_usd.as_ref().expect("both say it"));
    match row.priced(book) {
        Ok((usd, _)) if is_same(usd, expected) => None,
        Ok((usd, _)) => Some(format!("{}: {} costs {usd}, expected {expected}", row.id, row.model)),
        Err(reason) => Some(format!("{}: {} is unpriced: {reason}", row.id, row.model)),
    }
}

#[test]
fn calls_on_which_two_libraries_agree_cost_the_same() {
    let Some(rows) = rows("oracle/agreed.jsonl") else { return };
    let book = PriceBook::embedded();
    let wrong: Vec<_> = rows.iter().filter_map(|row| disagreement(&book, row)).collect();
    assert_eq!(rows.len(), 1647);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
