//! Cost by class of token, and what the prompt cache saved.
//!
//! Tokens are summed by rate card and priced once at the end, by the same function as each call.

use hashbrown::HashMap;

use crate::pricing::{ModelId, PriceBook, RateCard, cost_of_tokens};
use crate::units::{PerClass, Share, TokenClass, Tokens, Usd};
use crate::usage::{Call, Status};

use super::analysis::ClassCost;
use super::lanes::Lane;
use super::pricer::Calculated;
use super::sizes::Sizes;

/// Tokens by rate card, of the calls whose cost was calculated.
#[derive(Clone, Debug)]
pub(super) struct CardTotals<'a> {
    book: &'a PriceBook,
    pub(super) cards: Vec<CardTotal<'a>>,
    /// Places of the cards by their address, which stands for the card: the book owns each once.
    places: HashMap<usize, usize>,
}

/// What was billed at one rate card.
#[derive(Clone, Debug)]
pub(super) struct CardTotal<'a> {
    pub(super) card: &'a RateCard,
    /// The model that has it; one of them, for the card of calls that are not charged.
    pub(super) model: ModelId,
    pub(super) tokens: PerClass<Tokens>,
    /// The calls whose first token bills at it, and what they cost in all.
    pub(super) calls: u64,
    pub(super) cost: Usd,
    /// The calls of which only the tokens beyond a limit bill at it.
    pub(super) partial_calls: u64,
    /// The calls in rows that sum up several, at prices that change with the hour.
    pub(super) hourless_calls: u64,
    /// The sizes of its single calls.
    pub(super) sizes: Sizes,
}

impl<'a> CardTotals<'a> {
    /// No calls yet, at prices of this book.
    pub(super) fn new(book: &'a PriceBook) -> Self {
        Self { book, cards: Vec::new(), places: HashMap::new() }
    }

    /// Adds a call, each of its tokens to the card at whose prices it bills.
    pub(super) fn add(&mut self, found: &Calculated<'a>, call: &Call) {
        let Calculated { card, model, cost, .. } = *found;
        let whole = self.of(card, model);
        // A failed call without usage is not worth a remark on what was not charged.
        let is_silent = card.is_unbilled() && call.input_total().is_zero();
        whole.calls += if is_silent { 0 } else { call.calls };
        whole.cost += cost;
        // A failed call may have counts of its own, and one that searched sums up several prompts.
        let is_usual = !matches!(call.status, Status::Error(_)) && call.searches == 0;
        if call.is_single() && is_usual {
            whole.sizes.add(call.input_total().get(), call.output_total().get());
        }
        if !call.is_single() && !call.is_rolled() && card.is_hourly() {
            whole.hourless_calls += call.calls;
        }
        if card.is_flat() {
            add_tokens(&mut whole.tokens, &call.tokens);
            return;
        }
        let mut portions = card.portions(&call.tokens, call.prompts()).into_iter();
        if let Some((_, below)) = portions.next() {
            add_tokens(&mut whole.tokens, &below);
        }
        for (card, tokens) in portions.filter(|(_, tokens)| *tokens != PerClass::default()) {
            let excess = self.of(card, model);
            excess.partial_calls += call.calls;
            add_tokens(&mut excess.tokens, &tokens);
        }
    }

    /// Adds the calls of a lane, all of whose tokens bill at its card.
    pub(super) fn add_lane(&mut self, lane: &Lane<'a>) {
        let total = self.of(lane.card, lane.model);
        total.calls += lane.calls();
        total.cost += lane.cost();
        total.sizes.merge(&lane.sizes);
        add_tokens(&mut total.tokens, &lane.tokens());
    }

    fn of(&mut self, card: &'a RateCard, model: ModelId) -> &mut CardTotal<'a> {
        let book = self.book;
        let place = *self.places.entry(std::ptr::from_ref(card).addr()).or_insert_with(|| {
            self.cards.push(CardTotal {
                card,
                model,
                tokens: PerClass::default(),
                calls: 0,
                cost: Usd::ZERO,
                partial_calls: 0,
                hourless_calls: 0,
                sizes: Sizes::of(book, model, card),
            });
            self.cards.len() - 1
        });
        &mut self.cards[place]
    }

    /// Takes over other sums.
    pub(super) fn merge(&mut self, other: &Self) {
        for theirs in &other.cards {
            let mine = self.of(theirs.card, theirs.model);
            mine.calls += theirs.calls;
            mine.cost += theirs.cost;
            mine.partial_calls += theirs.partial_calls;
            mine.hourless_calls += theirs.hourless_calls;
            mine.sizes.merge(&theirs.sizes);
            add_tokens(&mut mine.tokens, &theirs.tokens);
        }
    }

    /// Tokens and cost of each class that occurs; nothing when a sum does not fit.
    pub(super) fn classes(&self) -> Option<Vec<ClassCost>> {
        let mut found = Vec::new();
        let mut whole = Usd::ZERO;
        for class in TokenClass::ALL {
            let (mut tokens, mut amount) = (Tokens::ZERO, Usd::ZERO);
            for CardTotal { card, tokens: of_card, .. } in &self.cards {
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
        let savings = self.cards.iter().filter_map(|one| saving_of(one.card, &one.tokens));
        savings.reduce(|sum, saving| sum + saving)
    }
}

fn add_tokens(mine: &mut PerClass<Tokens>, theirs: &PerClass<Tokens>) {
    for class in TokenClass::ALL {
        mine[class] += theirs[class];
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
