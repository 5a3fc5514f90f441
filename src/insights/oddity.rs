//! What makes a log look wrong, and the page of each.

use crate::units::{Share, Tokens, Usd};

use super::tally::CallsAndCost;

/// Something that makes the log itself look wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Oddity {
    /// Nearly all calls of a model have an answer and hardly a token of prompt.
    NoPrompts {
        /// The model.
        model: String,
        /// So many calls.
        calls: u64,
        /// Of so many.
        of: u64,
    },
    /// Nearly all calls of a model that answers have a prompt and no answer.
    NoAnswers {
        /// The model.
        model: String,
        /// So many calls.
        calls: u64,
        /// Of so many.
        of: u64,
    },
    /// All calls of a model count the same.
    SameCounts {
        /// The model.
        model: String,
        /// So many calls.
        calls: u64,
        /// The tokens of each prompt.
        prompt: Tokens,
        /// The tokens of each answer.
        answer: Tokens,
    },
    /// Prompts that the model does not take.
    BeyondWindow {
        /// The model.
        model: String,
        /// So many calls.
        calls: u64,
        /// The largest prompt.
        largest: Tokens,
        /// The largest that the model takes.
        window: Tokens,
    },
    /// Logged costs are about this many times the calculated ones.
    CostUnit {
        /// So many times.
        times: u64,
        /// The calls that have both.
        compared: CallsAndCost,
        /// What they cost by the price book, in dollars.
        calculated: Usd,
        /// The calls that count at the log's own cost.
        used: CallsAndCost,
    },
    /// One call is most of the bill.
    OneCall {
        /// Its part of the bill.
        share: Share,
        /// What it cost, in dollars.
        cost: Usd,
    },
    /// The first and the last call are more than ten years apart.
    FarApart {
        /// The first day, as a number since 1970-01-01.
        first_day: i32,
        /// The last day.
        last_day: i32,
    },
    /// Calls before anybody sold tokens.
    BeforeBilling {
        /// So many calls.
        calls: u64,
        /// The first day, as a number since 1970-01-01.
        first_day: i32,
    },
}

impl Oddity {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoPrompts { .. } => "no-prompts",
            Self::NoAnswers { .. } => "no-answers",
            Self::SameCounts { .. } => "same-counts",
            Self::BeyondWindow { .. } => "beyond-window",
            Self::CostUnit { .. } => "cost-unit",
            Self::OneCall { .. } => "one-call",
            Self::FarApart { .. } => "far-apart",
            Self::BeforeBilling { .. } => "before-billing",
        }
    }
}

/// What is to be explained of an oddity.
#[derive(Clone, Copy, Debug)]
pub struct OddityPage {
    /// Its stable name.
    pub name: &'static str,
    /// What it is about, in a few words.
    pub summary: &'static str,
    /// When it is told, and what to do.
    pub text: &'static str,
}

/// The pages of all oddities.
pub const ODDITIES: [OddityPage; 8] = [
    OddityPage {
        name: "no-prompts",
        summary: "answers without a token of prompt",
        text: "Nearly all calls of a model that succeeded have an answer and a prompt of at most one \
               token, in 20 calls or more. Nobody asks nothing: the log has placeholders for its input \
               counts, or they stand in a column that is not read. The bill is too low. \
               `llmcost formats guess LOG` shows the columns, `--map input_tokens=COLUMN` names one.",
    },
    OddityPage {
        name: "no-answers",
        summary: "prompts without a token of answer",
        text: "Nearly all calls of a model that answers have a prompt and no answer, in 20 calls or more \
               that succeeded: streams whose last event was not logged, or a column of output counts \
               that is not read. The bill is too low. Ask for usage in streams (`include_usage` of \
               OpenAI), or name the column with `--map output_tokens=COLUMN`.",
    },
    OddityPage {
        name: "same-counts",
        summary: "all calls of a model count the same",
        text: "All of 20 calls or more of a model have the same count of prompt and the same of answer. \
               Texts differ in length, so those look like placeholders of whoever wrote the log.",
    },
    OddityPage {
        name: "beyond-window",
        summary: "prompts that a model does not take",
        text: "Single calls have a prompt beyond the context window of their model, at a time when it \
               took no longer ones. The provider would have refused them: the column counts something \
               else, such as all tokens of a session, or a row sums up several calls without saying how \
               many (`--map calls=COLUMN`). The window is the one of the price table.",
    },
    OddityPage {
        name: "cost-unit",
        summary: "logged costs look like cents or microdollars",
        text: "The costs of a log are about 100 or 1,000,000 times what the same calls cost by the price \
               book. `--map cost_unit=cents` or `--map cost_unit=microdollars` reads them so. Costs in \
               whole cents are too coarse for this to be noticed.",
    },
    OddityPage {
        name: "one-call",
        summary: "one call is most of the bill",
        text: "One of 20 calls or more costs more than half of all. It may be right; look at it among the \
               costliest calls of the report before you trust a mean.",
    },
    OddityPage {
        name: "far-apart",
        summary: "the first and the last call are years apart",
        text: "The first and the last call of the log are more than ten years apart. A clock was wrong, or \
               times are in another unit than they say (`--map time_unit=ms`). No month is forecast.",
    },
    OddityPage {
        name: "before-billing",
        summary: "calls before anybody sold tokens",
        text: "Calls are dated before June 2020. A clock was wrong, or times are in another unit than they \
               say (`--map time_unit=ms`).",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_oddity_has_a_page() {
        let (model, calls) = (String::new(), 1);
        let (tokens, cost) = (Tokens::new(1), Usd::ZERO);
        let compared = CallsAndCost::default();
        let all = [
            Oddity::NoPrompts { model: model.clone(), calls, of: 1 },
            Oddity::NoAnswers { model: model.clone(), calls, of: 1 },
            Oddity::SameCounts { model: model.clone(), calls, prompt: tokens, answer: tokens },
            Oddity::BeyondWindow { model, calls, largest: tokens, window: tokens },
            Oddity::CostUnit { times: 100, compared, calculated: cost, used: compared },
            Oddity::OneCall { share: Share::of(1, 1).expect("a share"), cost },
            Oddity::FarApart { first_day: 0, last_day: 1 },
            Oddity::BeforeBilling { calls, first_day: 0 },
        ];
        let names: Vec<_> = all.iter().map(Oddity::name).collect();
        let pages: Vec<_> = ODDITIES.iter().map(|page| page.name).collect();
        assert_eq!(names, pages);
    }
}
