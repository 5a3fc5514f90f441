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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Instant;

    /// Prompts above a thousand tokens cost twice as much; `excess` charges that for the excess only.
    fn book() -> PriceBook {
        let model = |id: &str, rule: &str| {
            format!(
                "[[model]]\nid = \"{id}\"\ntokenizer = \"acme\"\n[[model.period]]\n\
                 source = \"a page\"\nchecked_on = \"2026-11-10\"\nfile_search = \"1000\"\n\
                 web_search = \"2000\"\nprices = {{ input = \"1\", output = \"10\" }}\n{rule}\n"
            )
        };
        let bands = |rule: &str| {
            format!(
                "bands = [{{ above = 1000, rule = \"{rule}\", \
                 prices = {{ input = \"2\", output = \"10\" }} }}]"
            )
        };
        let hours =
            "scheduled = [{ schedule = \"night\", prices = { input = \"3\", output = \"3\" } }]";
        let text = [
            "[provider]\nid = \"acme\"\n[[tokenizer]]\nid = \"acme\"\n[[schedule]]\nid = \"night\"\n\
             windows = [{ days = [\"mon\"], from = \"01:00\", to = \"04:00\" }]\n\
             source = \"a page\"\nchecked_on = \"2026-11-10\"\n"
                .to_owned(),
            model("flat", ""),
            model("whole", &bands("whole_request")),
            model("excess", &bands("above_threshold")),
            model("hourly", hours),
        ];
        let tables = [("acme.toml".to_owned(), text.concat())];
        PriceBook::with_overrides(&tables).unwrap_or_else(|error| panic!("{error}"))
    }

    fn call(input: u64, calls: u64) -> Call {
        let time = Instant::parse("2026-11-10T12:00:00Z").expect("a time");
        let mut call = Call { time, calls, searches: 2, file_searches: 3, ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(input);
        call.tokens[TokenClass::Output] = Tokens::new(7);
        call
    }

    fn billed(dollars: i128) -> PerClass<Usd> {
        let mut billed = PerClass::default();
        billed[TokenClass::Input] = Usd::from_atto(dollars);
        billed
    }

    fn row(model: &str, sizes: &[(u64, u64)]) -> PriceRow {
        let (input, calls) = sizes[0];
        let mut row = PriceRow::new(["acme", model, ""], call(input, calls));
        for (input, calls) in sizes {
            row.add(&call(*input, *calls), &billed(5), Usd::from_atto(11));
        }
        row
    }

    fn ends(row: &PriceRow) -> [(u64, u64); 2] {
        [
            (row.sample.tokens[TokenClass::Input].get(), row.sample.calls),
            (row.largest[TokenClass::Input].get(), row.largest_calls),
        ]
    }

    fn sums(row: &PriceRow) -> (u64, u64, u64, u64, u64, i128, i128) {
        let [input, output] =
            [TokenClass::Input, TokenClass::Output].map(|class| row.tokens[class]);
        let billed = row.billed[TokenClass::Input].atto();
        (
            row.calls,
            input.get(),
            output.get(),
            row.searches,
            row.file_searches,
            billed,
            row.fees.atto(),
        )
    }

    #[test]
    fn a_row_adds_up_its_calls_and_keeps_the_shortest_and_the_longest() {
        let row = row("flat", &[(40, 1), (90, 3), (20, 1), (60, 1), (50, 1)]);
        assert_eq!(ends(&row), [(20, 1), (60, 1)]);
        assert_eq!(sums(&row), (7, 260, 35, 10, 15, 25, 55));
    }

    /// Of equal ones the first stays, so that the order of a log decides.
    #[test]
    fn of_prompts_of_one_length_the_first_is_kept() {
        assert_eq!(ends(&row("flat", &[(40, 1), (80, 2), (120, 3)])), [(40, 1), (40, 1)]);
        let [mut first, second] = [[(40, 1)], [(80, 2)]].map(|sizes| row("flat", &sizes));
        first.absorb(&second);
        assert_eq!(ends(&first), [(40, 1), (40, 1)]);
    }

    #[test]
    fn a_row_that_takes_over_another_has_the_sums_of_both() {
        let parts = [&[(40, 1), (90, 3)][..], &[(20, 1)], &[(60, 1), (50, 1)]];
        let mut whole = row("flat", parts[0]);
        (whole.priced, whole.is_of_one_hour) = (Usd::from_atto(100), true);
        for part in &parts[1..] {
            let mut part = row("flat", part);
            (part.priced, part.is_of_one_hour) = (Usd::from_atto(1), true);
            whole.absorb(&part);
        }
        assert!(whole.is_of_one_hour);
        assert_eq!((ends(&whole), whole.priced.atto()), ([(20, 1), (60, 1)], 102));
        assert_eq!(sums(&whole), (7, 260, 35, 10, 15, 25, 55));
        whole.absorb(&row("flat", &[(45, 1)]));
        assert!(!whole.is_of_one_hour);
    }

    #[test]
    fn a_row_is_priced_as_its_calls_were() {
        let book = book();
        // 130 tokens in, 14 out, four searches of the web at two dollars and six of files at one.
        let row = row("flat", &[(40, 1), (90, 3)]);
        let priced = row.priced_by(&book).map(|usd| usd.to_string());
        assert_eq!(priced.as_deref(), Some("14.00027"));
        let unknown = PriceRow { model: "huge".to_owned(), ..row };
        assert_eq!(unknown.priced_by(&book), None);
    }

    #[test]
    fn a_row_whose_calls_have_two_prices_is_split() {
        let book = book();
        let split = |model: &str, sizes: &[(u64, u64)]| row(model, sizes).is_split(&book);
        assert!(!split("flat", &[(40, 1), (4_000, 1)]));
        assert!(split("whole", &[(40, 1), (1_001, 1)]));
        assert!(!split("whole", &[(40, 1), (1_000, 1), (3_000, 3)]));
        assert!(!split("whole", &[(1_001, 1), (9_000, 1)]));
        let mut hourly = row("hourly", &[(40, 1)]);
        assert!(hourly.is_split(&book));
        hourly.is_of_one_hour = true;
        assert!(!hourly.is_split(&book));
    }

    #[test]
    fn a_row_is_bent_where_only_the_excess_costs_more() {
        let book = book();
        let bent = |model: &str| row(model, &[(40, 1)]).is_bent(&book);
        assert_eq!(["flat", "whole", "excess", "huge"].map(bent), [false, false, true, false]);
    }
}
