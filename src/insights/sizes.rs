//! Sizes of prompts and answers, as far as they tell whether a log counts at all.

use crate::pricing::{ModelId, PriceBook, RateCard};
use crate::units::Tokens;

/// What is kept of the sizes of single calls at one rate card that did not fail, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// The largest prompt that the model takes, as far as it is known.
    window: u64,
    /// Single calls.
    pub(super) calls: u64,
    /// Those with an answer and a prompt of one token at most.
    pub(super) without_prompt: u64,
    /// Those with a prompt and no answer.
    pub(super) without_answer: u64,
    /// Those whose prompt is larger than the model takes.
    pub(super) beyond_window: u64,
    /// The largest prompt of those.
    pub(super) largest_beyond: u64,
    /// The smallest and the largest prompt.
    pub(super) prompts: (u64, u64),
    /// The smallest and the largest answer.
    pub(super) answers: (u64, u64),
}

impl Sizes {
    /// No calls yet, at a rate card of a model of this book.
    pub(super) fn of(book: &PriceBook, model: ModelId, card: &RateCard) -> Self {
        Self {
            window: book.model(model).window_at(card).map_or(u64::MAX, Tokens::get),
            calls: 0,
            without_prompt: 0,
            without_answer: 0,
            beyond_window: 0,
            largest_beyond: 0,
            prompts: (u64::MAX, 0),
            answers: (u64::MAX, 0),
        }
    }

    /// Counts a single call.
    #[inline]
    pub(super) fn add(&mut self, prompt: u64, answer: u64) {
        self.calls += 1;
        self.without_prompt += u64::from(prompt <= 1 && answer > 1);
        self.without_answer += u64::from(answer == 0 && prompt > 1);
        if prompt > self.window {
            self.beyond_window += 1;
            self.largest_beyond = self.largest_beyond.max(prompt);
        }
        self.prompts = (self.prompts.0.min(prompt), self.prompts.1.max(prompt));
        self.answers = (self.answers.0.min(answer), self.answers.1.max(answer));
    }

    /// Takes over other calls of the same model.
    pub(super) fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.without_prompt += other.without_prompt;
        self.without_answer += other.without_answer;
        self.beyond_window += other.beyond_window;
        self.largest_beyond = self.largest_beyond.max(other.largest_beyond);
        self.prompts = (self.prompts.0.min(other.prompts.0), self.prompts.1.max(other.prompts.1));
        self.answers = (self.answers.0.min(other.answers.0), self.answers.1.max(other.answers.1));
    }
}
