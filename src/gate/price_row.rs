//! Calls of one group that bill at one price, kept so that they can be priced again.

use crate::insights::GroupUse;
use crate::pricing::{PriceBook, RateCard, cost, cost_of_tokens};
use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::Call;

/// Calls of one group, model and price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PriceRow {
    /// What the log calls the provider; empty when it does not say.
    pub(super) provider: String,
    /// The model as the log names it.
    pub(super) model: String,
    /// Where the calls were processed; empty when the log does not say.
    pub(super) geo: String,
    /// The call with the shortest prompt: its lane, its hour and its size say which price holds.
    pub(super) sample: Call,
    /// The tokens of the call with the longest prompt.
    pub(super) largest: PerClass<Tokens>,
    /// How many calls that one stands for.
    pub(super) largest_calls: u64,
    /// Whether all calls were made in the same half hour of the day.
    pub(super) is_of_one_hour: bool,
    /// How many calls.
    pub(super) calls: u64,
    /// Their tokens by class.
    pub(super) tokens: PerClass<Tokens>,
    /// What these cost when they were made, in dollars.
    pub(super) billed: PerClass<Usd>,
    /// Server-side searches of the web.
    pub(super) searches: u64,
    /// Server-side searches in stored files.
    pub(super) file_searches: u64,
    /// What searches and requests cost when they were made, in dollars.
    pub(super) fees: Usd,
    /// What the row as a whole costs at the prices of the day the log was priced at, in dollars.
    pub(super) priced: Usd,
}

impl PriceRow {
    /// A row without calls yet.
    pub(super) fn new(names: [&str; 3], sample: Call) -> Self {
        let [provider, model, geo] = names.map(str::to_owned);
        Self {
            provider,
            model,
            geo,
            largest: sample.tokens,
            largest_calls: sample.calls,
            is_of_one_hour: false,
            sample,
            calls: 0,
            tokens: PerClass::default(),
            billed: PerClass::default(),
            searches: 0,
            file_searches: 0,
            fees: Usd::ZERO,
            priced: Usd::ZERO,
        }
    }

    /// Adds a call that cost `billed` by class and `fees` beside.
    pub(super) fn add(&mut self, call: &Call, billed: &PerClass<Usd>, fees: Usd) {
        let size = prompt_size(&call.tokens, call.calls);
        if size < prompt_size(&self.sample.tokens, self.sample.calls) {
            self.sample = *call;
        }
        if size > prompt_size(&self.largest, self.largest_calls) {
            (self.largest, self.largest_calls) = (call.tokens, call.calls);
        }
        self.calls += call.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += call.tokens[class];
            self.billed[class] += billed[class];
        }
        self.searches += u64::from(call.searches);
        self.file_searches += u64::from(call.file_searches);
        self.fees += fees;
    }

    /// Takes over the calls of another row of the same model and price.
    pub(super) fn absorb(&mut self, other: &Self) {
        let smallest = |row: &Self| prompt_size(&row.sample.tokens, row.sample.calls);
        if smallest(other) < smallest(self) {
            self.sample = other.sample;
        }
        let largest = |row: &Self| prompt_size(&row.largest, row.largest_calls);
        if largest(other) > largest(self) {
            (self.largest, self.largest_calls) = (other.largest, other.largest_calls);
        }
        self.is_of_one_hour &= other.is_of_one_hour;
        self.calls += other.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += other.tokens[class];
            self.billed[class] += other.billed[class];
        }
        self.searches += other.searches;
        self.file_searches += other.file_searches;
        self.fees += other.fees;
        self.priced += other.priced;
    }

    /// All calls as one row of a log.
    fn as_call(&self) -> Call {
        let few = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Call {
            tokens: self.tokens,
            calls: self.calls,
            searches: few(self.searches),
            file_searches: few(self.file_searches),
            ..self.sample
        }
    }

    /// The prices of a book for such calls; nothing where it has none.
    pub(super) fn card<'b>(&self, book: &'b PriceBook) -> Option<&'b RateCard> {
        let model = book.find(&self.provider, &self.model).ok()?;
        book.card(model, &self.sample, self.sample.time, &self.geo).ok()
    }

    /// Whether its calls bill at several prices of a book, so that pricing them as one is a guess:
    /// when it was measured they billed at one.
    pub(super) fn is_split(&self, book: &PriceBook) -> bool {
        let Some(card) = self.card(book) else { return false };
        let longest = Call { tokens: self.largest, calls: self.largest_calls, ..self.sample };
        let model = book.find(&self.provider, &self.model);
        let other = model.and_then(|model| book.card(model, &longest, longest.time, &self.geo));
        !other.is_ok_and(|other| std::ptr::eq(other, card))
            || (card.is_hourly() && !self.is_of_one_hour)
    }

    /// Whether only the excess of a long prompt bills otherwise, so that its calls as one do not
    /// bill as each by itself.
    pub(super) fn is_bent(&self, book: &PriceBook) -> bool {
        self.card(book).is_some_and(|card| !card.is_flat())
    }

    /// What the row costs at the prices of a book, in dollars; nothing where it has none. Exact where
    /// its calls all bill at one price in this book too; where only the excess of a long prompt
    /// bills otherwise, prompts are taken to be equal.
    pub(super) fn priced_by(&self, book: &PriceBook) -> Option<Usd> {
        cost(&self.as_call(), self.card(book)?).ok()
    }

    /// The row as a group of an explanation; `card` has the price of what was not used.
    pub(super) fn used(&self, card: Option<&RateCard>) -> GroupUse {
        let mut group = GroupUse::default();
        group.add(self.calls, &self.tokens, &self.billed);
        if let Some(card) = card {
            group.list = TokenClass::ALL.map(|class| {
                let mut one = PerClass::default();
                one[class] = Tokens::new(1);
                cost_of_tokens(&one, card).ok()
            });
        }
        group
    }
}

/// The input of one call of a row, cached or not.
pub(super) fn prompt_size(tokens: &PerClass<Tokens>, calls: u64) -> u64 {
    let input = tokens.iter().filter(|(class, _)| class.is_input());
    input.map(|(_, count)| count.get()).sum::<u64>() / calls.max(1)
}
