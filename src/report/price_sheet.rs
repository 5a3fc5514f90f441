//! What `prices show` shows: everything that is known about one model.

use crate::pricing::{
    BandFacts, CachePolicy, LaneFacts, ModelId, NameTrace, Period, PlaceFacts, PriceBook, RateCard,
    Schedule, Span, Unbilled, cost,
};
use crate::units::{Factor, PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant, ServiceTier};

use super::price_rules::{ClassPrices, LaneRule, common_factor};
use super::price_source::PriceSource;

/// The tokens of the call that is worked out as an example.
pub const EXAMPLE: [(TokenClass, u64); 2] =
    [(TokenClass::Input, 10_000), (TokenClass::Output, 1_000)];

/// A model with all its prices.
#[derive(Clone, Debug)]
pub struct PriceSheet {
    /// Where the prices come from; its day is `table` for those in force when the tables were
    /// checked.
    pub source: PriceSource,
    /// The name that was asked for.
    pub asked: String,
    /// How that name led to the model.
    pub trace: NameTrace,
    /// Who sells it.
    pub provider: String,
    /// Who bills at the place that the name implies: the provider, a cloud or a gateway.
    pub seller: String,
    /// Its id.
    pub model: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// The family of its tokenizer.
    pub tokenizer: String,
    /// The most tokens a prompt may have.
    pub context_window: Option<Tokens>,
    /// When the provider switches it off.
    pub retired: Option<Instant>,
    /// The earliest day that an id of a snapshot carries, where the first prices have no start.
    pub first_known: Option<Instant>,
    /// What a reader should know.
    pub note: Option<String>,
    /// For a name that has meant different models, which ones, and when; empty for a model.
    pub targets: Vec<(Span, String)>,
    /// Whether its provider sells models that others make.
    pub resold: bool,
    /// Whether the cost that its provider writes into a log is the charge itself.
    pub billed_as_logged: bool,
    /// Usage that its provider reports and does not charge.
    pub unbilled: Vec<Unbilled>,
    /// All periods, oldest first.
    pub periods: Vec<SheetPeriod>,
    /// The prices on the day; nothing when there are none.
    pub in_force: Option<SheetPrices>,
    /// The rules of the prompt cache on the day.
    pub cache: Option<CachePolicy>,
}

/// A span of time and the list prices in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetPeriod {
    /// When the prices hold.
    pub span: Span,
    /// The prices of the standard lane.
    pub prices: ClassPrices,
    /// Where they are published.
    pub source: String,
    /// The day they were last compared with the source.
    pub checked_on: String,
    /// What a reader should know.
    pub note: Option<String>,
    /// Whether these are the prices on the day.
    pub in_force: bool,
}

/// The prices that hold on the day, at the place that the name implies.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetPrices {
    /// The lanes, the standard one first; empty when the place has no prices.
    pub lanes: Vec<SheetLane>,
    /// The lanes at some hours of the week; of two that hold, the first wins.
    pub scheduled: Vec<SheetSchedule>,
    /// Every place with prices, the list first.
    pub places: Vec<SheetPlace>,
    /// Classes that bill at the price of another one.
    pub fallbacks: Vec<(TokenClass, TokenClass)>,
    /// Dollars for one web search.
    pub search: Option<Usd>,
    /// Dollars for one request that searched the web, however often.
    pub searching_request: Option<Usd>,
    /// Dollars for one search in stored files.
    pub file_search: Option<Usd>,
    /// Dollars for one request, whatever it holds.
    pub request: Option<Usd>,
    /// What the example costs in each lane; on a day, at its first hour.
    pub examples: Vec<(ServiceTier, Usd)>,
}

/// Prices at some hours of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSchedule {
    /// The hours.
    pub schedule: Schedule,
    /// The lanes then.
    pub lanes: Vec<SheetLane>,
    /// The multiplier of the standard prices, if there is one for all classes.
    pub factor: Option<Factor>,
}

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetLane {
    /// Its name.
    pub tier: ServiceTier,
    /// Its prices.
    pub prices: ClassPrices,
    /// Its prices for long prompts.
    pub bands: Vec<SheetBand>,
    /// How they follow from the standard lane; nothing for that lane itself.
    pub rule: Option<LaneRule>,
    /// What nobody has confirmed about them.
    pub doubt: Option<String>,
}

/// The prices of long prompts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetBand {
    /// The limit in tokens.
    pub tokens: u64,
    /// Whether a prompt of exactly that length has these prices.
    pub inclusive: bool,
    /// Whether only the tokens beyond the limit have these prices, not the whole request.
    pub excess_only: bool,
    /// The classes that count towards the limit, where that is not the whole prompt.
    pub counts: Option<Vec<TokenClass>>,
    /// The prices.
    pub prices: ClassPrices,
    /// What nobody has confirmed about them, where that is not true of the whole lane.
    pub doubt: Option<String>,
    /// The multiplier of all classes of the prompt, if there is one.
    pub input: Option<Factor>,
    /// The multiplier of all classes of the answer, if there is one.
    pub output: Option<Factor>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetPlace {
    /// Its name in the table.
    pub name: String,
    /// The multiplier of the list prices, if there is one.
    pub factor: Option<Factor>,
    /// The lanes with prices there.
    pub tiers: Vec<ServiceTier>,
}

impl PriceSheet {
    /// All about the model that a name led to, with the prices of a moment; a missing one means
    /// those in force when the tables were checked.
    pub fn new(
        book: &PriceBook,
        id: ModelId,
        asked: &str,
        at: Instant,
        source: PriceSource,
    ) -> Self {
        let model = book.model(id);
        let in_force = model.period_in_force(at);
        let trace = book.trace(id, asked).unwrap_or_else(|| NameTrace {
            forms: Vec::new(),
            name: asked.to_owned(),
            place: book.place_name(id).to_owned(),
        });
        Self {
            source,
            asked: asked.to_owned(),
            trace,
            provider: model.provider.clone(),
            seller: book.seller(id).to_owned(),
            model: model.id.clone(),
            aliases: model.aliases.clone(),
            tokenizer: model.tokenizer.clone(),
            context_window: model.context_window,
            retired: model.retired,
            first_known: model.first_known,
            note: model.note.clone(),
            targets: model.targets.clone(),
            resold: book.is_resold(id),
            billed_as_logged: book.bills_as_logged(book.seller(id)),
            unbilled: book.unbilled(id).cloned().collect(),
            periods: model
                .periods()
                .iter()
                .map(|period| SheetPeriod {
                    span: period.span,
                    prices: *period.list_card().prices(),
                    source: period.source.clone(),
                    checked_on: period.checked_on.clone(),
                    note: period.note.clone(),
                    in_force: in_force.is_some_and(|now| now.span == period.span),
                })
                .collect(),
            in_force: in_force.map(|period| SheetPrices::new(book, id, period, at)),
            cache: book.cache_policy(id, at).cloned(),
        }
    }
}

impl SheetPrices {
    fn new(book: &PriceBook, id: ModelId, period: &Period, at: Instant) -> Self {
        let places = book.places(id, period);
        let here = places.iter().find(|place| place.name == book.place_name(id));
        let card = period.list_card();
        let fallbacks = TokenClass::ALL.into_iter();
        let fallbacks = fallbacks.filter_map(|class| Some((class, card.borrowed(class)?)));
        Self {
            scheduled: scheduled(book, id, period),
            request: card.request_fee(),
            lanes: here.map(lanes).unwrap_or_default(),
            fallbacks: fallbacks.collect(),
            search: card.search_fee(),
            searching_request: card.searching_request_fee(),
            file_search: card.file_search_fee(),
            examples: here.map(|here| examples(book, id, here, at)).unwrap_or_default(),
            places: places.iter().map(|place| sheet_place(place, &places[0])).collect(),
        }
    }
}

fn lanes(place: &PlaceFacts) -> Vec<SheetLane> {
    let standard = place.lane(ServiceTier::Standard);
    let lanes = place.lanes.iter().map(|lane| {
        let prices = *lane.card.prices();
        let rule = standard.filter(|_| lane.tier != ServiceTier::Standard);
        SheetLane {
            tier: lane.tier,
            prices,
            bands: lane.bands.iter().map(|band| sheet_band(band, lane.card)).collect(),
            rule: rule.map(|standard| LaneRule::between(&prices, standard.card.prices())),
            doubt: lane.card.doubt().map(str::to_owned),
        }
    });
    lanes.collect()
}

/// The lanes of the place at the hours at which others than the usual ones hold.
fn scheduled(book: &PriceBook, id: ModelId, period: &Period) -> Vec<SheetSchedule> {
    let name = book.place_name(id);
    let usual = book.places(id, period).into_iter().find(|place| place.name == name);
    let scheduled = book.scheduled(id, period).into_iter().filter_map(|other| {
        let place = other.places.iter().find(|place| place.name == name)?;
        let standard =
            |place: &PlaceFacts| place.lane(ServiceTier::Standard).map(|lane| *lane.card.prices());
        let pair = standard(place).zip(usual.as_ref().and_then(standard));
        Some(SheetSchedule {
            schedule: other.schedule.clone(),
            factor: pair.and_then(|(then, usual)| common_factor(&then, &usual, |_| true)),
            lanes: lanes(place),
        })
    });
    scheduled.collect()
}

fn sheet_band(band: &BandFacts, usual: &RateCard) -> SheetBand {
    let (prices, base) = (*band.card.prices(), usual.prices());
    let doubt = band.card.doubt().filter(|doubt| usual.doubt() != Some(doubt));
    SheetBand {
        tokens: band.tokens,
        inclusive: band.inclusive,
        excess_only: band.excess_only,
        counts: band.counts.clone(),
        doubt: doubt.map(str::to_owned),
        input: common_factor(&prices, base, TokenClass::is_input),
        output: common_factor(&prices, base, |class| !class.is_input()),
        prices,
    }
}

fn sheet_place(place: &PlaceFacts, list: &PlaceFacts) -> SheetPlace {
    let standard = |place: &PlaceFacts| {
        let lane: Option<&LaneFacts> = place.lane(ServiceTier::Standard);
        lane.map(|lane| *lane.card.prices())
    };
    let factor = standard(place).zip(standard(list));
    SheetPlace {
        name: place.name.to_owned(),
        factor: factor.and_then(|(here, list)| common_factor(&here, &list, |_| true)),
        tiers: place.lanes.iter().map(|lane| lane.tier).collect(),
    }
}

/// What the example costs in each lane of a place that prices all of it.
fn examples(
    book: &PriceBook,
    id: ModelId,
    place: &PlaceFacts,
    at: Instant,
) -> Vec<(ServiceTier, Usd)> {
    let tokens = PerClass::from_fn(|class| {
        let stated = EXAMPLE.iter().find(|(known, _)| *known == class);
        Tokens::new(stated.map_or(0, |(_, count)| *count))
    });
    let mut call = Call { tokens, ..Call::default() };
    let costs = place.lanes.iter().filter_map(|lane| {
        call.service_tier = lane.tier;
        let card = book.card(id, &call, at, "").ok()?;
        Some((lane.tier, cost(&call, card).ok()?))
    });
    costs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str) -> PriceSheet {
        let book = PriceBook::embedded();
        let id = book.find("", name).expect("a known model");
        PriceSheet::new(&book, id, name, Instant::MISSING, PriceSource::default())
    }

    #[test]
    fn the_example_is_worked_out_with_the_prices_shown() {
        // 10,000 × $3 + 1,000 × $15 a million; half of it in a batch.
        let prices = sheet("claude-sonnet-4-6").in_force.expect("prices");
        let costs: Vec<_> =
            prices.examples.iter().map(|(tier, usd)| (tier.name(), usd.to_string())).collect();
        assert_eq!(costs[..2], [("standard", "0.045".to_owned()), ("batch", "0.0225".to_owned())]);
    }

    #[test]
    fn a_cloud_has_the_prices_of_its_place() {
        let sheet = sheet("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
        assert_eq!(sheet.trace.place, "bedrock-regional");
        let prices = sheet.in_force.expect("prices");
        let input =
            prices.lanes[0].prices[TokenClass::Input].map(crate::units::TokenPrice::per_million);
        assert_eq!(input.as_deref(), Some("3.3"));
        let place = prices.places.iter().find(|place| place.name == "bedrock-regional");
        assert_eq!(place.and_then(|place| place.factor), Factor::parse("1.1").ok());
    }
}
