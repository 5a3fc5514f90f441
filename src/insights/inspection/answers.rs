//! What shorter answers could save: their own tokens, and those of later prompts that repeat them.

use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row};

use super::bill::Bill;
use super::prompts::Prompts;

/// The classes of a prompt, the dearest first: so much is saved at most.
const PROMPT: [TokenClass; 4] =
    [TokenClass::CacheWrite1h, TokenClass::CacheWrite5m, TokenClass::Input, TokenClass::CacheRead];

/// Visible output first: reasoning comes before it in time.
const ANSWER: [TokenClass; 2] = [TokenClass::Output, TokenClass::Reasoning];

/// The most that answers shorter by `excess` tokens save: in a conversation the prompts after them
/// shorten by as much.
pub(super) fn shorter(
    bill: &Bill<'_>,
    prompts: &Prompts,
    excess: impl Fn(Row, &Call) -> Tokens,
) -> Usd {
    let mut gone = vec![Tokens::ZERO; bill.facts.calls.len()];
    let mut sum = Usd::ZERO;
    for row in bill.rows.iter().copied() {
        let Some((paid, _)) = bill.priced(row) else { continue };
        let call = bill.call(row);
        let before = prompts.turn(row).grew_from.map_or(Tokens::ZERO, |turn| gone[turn]);
        let cut = excess(row, &call);
        gone[row] = before + cut;
        let mut changed = call;
        take(&mut changed, &ANSWER, cut);
        take(&mut changed, &PROMPT, before);
        if changed != call
            && let Some(cost) = bill.instead(row, &changed)
        {
            sum += (paid - cost).max(Usd::ZERO);
        }
    }
    sum
}

/// Removes tokens from classes in turn, as far as there are any.
fn take(call: &mut Call, classes: &[TokenClass], count: Tokens) {
    let mut left = count;
    for class in classes {
        let taken = left.min(call.tokens[*class]);
        call.tokens[*class] = call.tokens[*class].saturating_sub(taken);
        left = left.saturating_sub(taken);
    }
}
