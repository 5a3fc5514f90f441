//! Small logs for the tests of this folder.

use crate::pricing::PriceBook;
use crate::units::Tokens;
use crate::usage::{Dimension, Instant};

use super::{CacheRules, History, Prospect, Sight};

pub(super) const SONNET: &str = "claude-sonnet-4-6";
pub(super) const OPUS: &str = "claude-opus-4-5";
pub(super) const DEEPSEEK: &str = "deepseek-chat";

/// One visible call: model, conversation, chain; second, input, output.
pub(super) type Visible = ([&'static str; 3], [u64; 3]);

/// A call of one conversation without chains.
pub(super) const fn turn(model: &'static str, second: u64, input: u64) -> Visible {
    ([model, "talk", ""], [second, input, 0])
}

/// What can be foreseen of each call, in a log of nothing else.
pub(super) fn prospects(calls: &[Visible]) -> Vec<Prospect> {
    let book = PriceBook::embedded();
    let (mut conversations, mut chains) = (Dimension::new("conversation"), Dimension::new("chain"));
    let sights =
        calls.iter().map(|([model, conversation, chain], [second, input, output])| Sight {
            conversation: conversations.intern(conversation),
            chain: chains.intern(chain),
            model: book.find("", model).expect("in the tables"),
            time: Instant::from_millis(
                1_780_272_000_000 + i64::try_from(*second).expect("small") * 1_000,
            ),
            input: Tokens::new(*input),
            output: Tokens::new(*output),
        });
    let sights: Vec<_> = sights.collect();
    let mut history = History::of(&sights);
    let meet = |sight: &Sight| {
        let rules = CacheRules::of(book.cache_policy(sight.model, sight.time), |_| true);
        history.meet(sight, rules)
    };
    sights.iter().map(meet).collect()
}
