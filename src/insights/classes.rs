//! Cost by class of token, and what the prompt cache saved.
//!
//! Tokens are summed by rate card and priced once at the end, by the same function as each call.

use hashbrown::HashMap;

use crate::pricing::{RateCard, cost_of_tokens};
use crate::units::{PerClass, Share, TokenClass, Tokens, Usd};
use crate::usage::Call;

use super::analysis::ClassCost;

/// Tokens by rate card, of the calls whose cost was calculated.
#[derive(Clone, Debug, Default)]
pub(super) struct CardTotals<'a> {
    cards: Vec<(&'a RateCard, PerClass<Tokens>)>,
    /// Places of the cards by their address, which stands for the card: the book owns each once.
    places: HashMap<usize, usize>,
}

impl<'a> CardTotals<'a> {
    /// Adds the tokens of a call, each to the card at whose prices it bills.
    pub(super) fn add_call(&mut self, card: &'a RateCard, call: &Call) {
        if card.is_flat() {
            return self.add(card, &call.tokens);
        }
        for (card, tokens) in card.portions(&call.tokens, call.calls) {
            self.add(card, &tokens);
        }
    }

    fn add(&mut self, card: &'a RateCard, tokens: &PerClass<Tokens>) {
        let place = *self.places.entry(std::ptr::from_ref(card).addr()).or_insert_with(|| {
            self.cards.push((card, PerClass::default()));
            self.cards.len() - 1
        });
        let mine = &mut self.cards[place].1;
        for class in TokenClass::ALL {
            mine[class] += tokens[class];
        }
    }

    /// Takes over other sums.
    pub(super) fn merge(&mut self, other: &Self) {
        for (card, tokens) in &other.cards {
            self.add(card, tokens);
        }
    }

    /// Tokens and cost of each class that occurs; nothing when a sum does not fit.
    pub(super) fn classes(&self) -> Option<Vec<ClassCost>> {
        let mut found = Vec::new();
        let mut whole = Usd::ZERO;
        for class in TokenClass::ALL {
            let (mut tokens, mut amount) = (Tokens::ZERO, Usd::ZERO);
            for (card, of_card) in &self.cards {
                tokens += of_card[class];
                amount += price_of(card, class, of_card[class])?;
            }
            if !tokens.is_zero() {
                whole += amount;
                found.push(ClassCost { class, tokens, cost: amount, share: None });
            }
        }
        for class in &mut found {
            class.share = Share::of(class.cost.atto(), whole.atto());
        }
        Some(found)
    }

    /// What cached tokens would have cost as plain input, less what they did cost; nothing when
    /// no card with cached tokens has all the prices for that.
    pub(super) fn cache_saving(&self) -> Option<Usd> {
        let savings = self.cards.iter().filter_map(|(card, tokens)| saving_of(card, tokens));
        savings.reduce(|sum, saving| sum + saving)
    }
}

fn saving_of(card: &RateCard, tokens: &PerClass<Tokens>) -> Option<Usd> {
    const TEXT: [TokenClass; 3] =
        [TokenClass::CacheRead, TokenClass::CacheWrite5m, TokenClass::CacheWrite1h];
    let text: Tokens = TEXT.into_iter().map(|class| tokens[class]).sum();
    let audio = tokens[TokenClass::AudioCacheRead];
    if text.is_zero() && audio.is_zero() {
        return None;
    }
    let plain =
        price_of(card, TokenClass::Input, text)? + price_of(card, TokenClass::AudioInput, audio)?;
    let mut paid = price_of(card, TokenClass::AudioCacheRead, audio)?;
    for class in TEXT {
        paid += price_of(card, class, tokens[class])?;
    }
    Some(plain - paid)
}

fn price_of(card: &RateCard, class: TokenClass, tokens: Tokens) -> Option<Usd> {
    let mut alone = PerClass::default();
    alone[class] = tokens;
    cost_of_tokens(&alone, card).ok()
}
