//! What `prices list` shows: one row a model.

use crate::pricing::{Model, ModelId, Period, PriceBook};
use crate::units::{TokenClass, Tokens};
use crate::usage::{Instant, ServiceTier};

use super::price_rules::ClassPrices;
use super::price_source::PriceSource;

/// Every wanted model with its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    /// Where the prices come from; its day is `table` for those in force when the tables were
    /// checked.
    pub prices: PriceSource,
    /// The models.
    pub rows: Vec<PriceRow>,
    /// Wanted models that are left out because their provider switched them off.
    pub retired_left_out: usize,
    /// Wanted models that have no price on the day.
    pub unpriced: Vec<String>,
}

/// A model with its list prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// Who sells it.
    pub provider: String,
    /// Its id.
    pub model: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// The prices of the standard lane.
    pub prices: ClassPrices,
    /// The prices of the batch lane, if there is one.
    pub batch: Option<ClassPrices>,
    /// The most tokens a prompt may have.
    pub context_window: Option<Tokens>,
    /// Since when the prices hold; nothing when that is not known.
    pub since: Option<Instant>,
    /// Where they are published.
    pub source: String,
    /// The day they were last compared with the source.
    pub checked_on: String,
    /// What a reader must know before using them.
    pub flags: Vec<PriceFlag>,
}

/// What a reader of a price must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceFlag {
    /// Prompts beyond these limits have other prices.
    Bands(Vec<u64>),
    /// Nobody has confirmed the prices: why.
    Doubt(String),
    /// Other prices hold at these hours of the week.
    Hours(Vec<String>),
    /// The name moves; this is the model that it means.
    Means(String),
    /// Other prices hold from an instant on.
    Changes(Instant),
    /// The prices end at an instant and none follow.
    Ends(Instant),
    /// The provider switches the model off at this instant.
    Retired(Instant),
}

/// Which models to list.
pub struct PriceQuery<'a> {
    /// The moment; a missing one means the prices in force when the tables were checked.
    pub at: Instant,
    /// Whether a provider is wanted.
    pub provider: &'a dyn Fn(&str) -> bool,
    /// Whether an id or alias is wanted.
    pub model: &'a dyn Fn(&str) -> bool,
    /// What to do with models that were switched off.
    pub retired: Retired,
    /// The order of the rows.
    pub sort: PriceSort,
}

/// What to do with models that were switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retired {
    /// Leave them out.
    #[default]
    Hide,
    /// List them with the others.
    Show,
    /// List only them.
    Only,
}

/// The order of the rows of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriceSort {
    /// By provider, then model.
    #[default]
    Provider,
    /// By model.
    Model,
    /// By the price of a class, cheapest first.
    Class(TokenClass),
    /// By the price of input in a batch, cheapest first.
    Batch,
    /// By the longest prompt, longest first.
    Context,
    /// By the day the prices began to hold, newest first.
    Since,
    /// By the day they were checked, newest first.
    Checked,
}

impl PriceList {
    /// The models of a book that a query wants.
    pub fn new(book: &PriceBook, prices: PriceSource, query: &PriceQuery) -> Self {
        let mut list = Self { prices, rows: Vec::new(), retired_left_out: 0, unpriced: Vec::new() };
        // Without a day of its own, a model is judged by the last day anything was checked.
        let today = match query.at.known() {
            Some(at) => at,
            None => Instant::parse(book.checked_on().1).unwrap_or(Instant::MISSING),
        };
        for (id, model) in book.models() {
            let mut names = std::iter::once(&model.id).chain(&model.aliases);
            if !(query.provider)(&model.provider) || !names.any(|name| (query.model)(name)) {
                continue;
            }
            let is_retired = model.retired.is_some_and(|retired| retired <= today);
            match query.retired {
                Retired::Hide if is_retired => list.retired_left_out += 1,
                Retired::Only if !is_retired => {}
                _ => match model.period_in_force(query.at) {
                    Some(period) => list.rows.push(row(book, id, period, today)),
                    None => list.unpriced.push(model.id.clone()),
                },
            }
        }
        list.sort(query.sort);
        list
    }

    fn sort(&mut self, sort: PriceSort) {
        self.rows.sort_by(|a, b| (&a.provider, &a.model).cmp(&(&b.provider, &b.model)));
        // Stable: equal ones stay by provider and model. What is not known comes last.
        let last = |known: bool| !known;
        match sort {
            PriceSort::Provider => {}
            PriceSort::Model => self.rows.sort_by(|a, b| a.model.cmp(&b.model)),
            PriceSort::Class(class) => {
                self.rows.sort_by_key(|row| (last(row.prices[class].is_some()), row.prices[class]));
            }
            PriceSort::Batch => self.rows.sort_by_key(|row| {
                let price = row.batch.and_then(|batch| batch[TokenClass::Input]);
                (last(price.is_some()), price)
            }),
            PriceSort::Context => {
                self.rows.sort_by_key(|row| std::cmp::Reverse(row.context_window));
            }
            PriceSort::Since => self.rows.sort_by_key(|row| std::cmp::Reverse(row.since)),
            PriceSort::Checked => {
                self.rows.sort_by(|a, b| b.checked_on.cmp(&a.checked_on));
            }
        }
    }
}

fn row(book: &PriceBook, id: ModelId, period: &Period, today: Instant) -> PriceRow {
    let model = book.model(id);
    let places = book.places(id, period);
    let list = places.first();
    let batch = list.and_then(|place| place.lane(ServiceTier::Batch));
    let bands = list.and_then(|place| place.lane(ServiceTier::Standard)).map(|lane| {
        let limits = lane.bands.iter().map(|band| band.tokens);
        limits.collect::<Vec<_>>()
    });
    PriceRow {
        provider: model.provider.clone(),
        model: model.id.clone(),
        aliases: model.aliases.clone(),
        prices: *period.list_card().prices(),
        batch: batch.map(|lane| *lane.card.prices()),
        context_window: model.context_window,
        since: period.span.from,
        source: period.source.clone(),
        checked_on: period.checked_on.clone(),
        flags: {
            let lane = list.and_then(|place| place.lane(ServiceTier::Standard));
            let long_doubt =
                lane.and_then(|lane| lane.bands.iter().find_map(|band| band.card.doubt()));
            let bands = bands.unwrap_or_default();
            let mut flags = flags(model, period, bands, long_doubt, today);
            let hours = book.scheduled(id, period).into_iter();
            let hours: Vec<_> = hours.map(|other| other.schedule.id.clone()).collect();
            flags.extend((!hours.is_empty()).then_some(PriceFlag::Hours(hours)));
            flags
        },
    }
}

fn flags(
    model: &Model,
    period: &Period,
    bands: Vec<u64>,
    long_doubt: Option<&str>,
    today: Instant,
) -> Vec<PriceFlag> {
    let mut flags = Vec::new();
    let means = model.targets.iter().find(|(span, _)| span.contains(today));
    flags.extend(means.map(|(_, name)| PriceFlag::Means(name.clone())));
    let list = period.list_card();
    let doubt = list.doubt().or(long_doubt);
    flags.extend(doubt.map(|doubt| PriceFlag::Doubt(doubt.to_owned())));
    if !bands.is_empty() {
        flags.push(PriceFlag::Bands(bands));
    }
    if let Some(end) = period.span.to.filter(|end| *end > today) {
        let follows = model.periods().iter().any(|next| next.span.from == Some(end));
        flags.push(if follows { PriceFlag::Changes(end) } else { PriceFlag::Ends(end) });
    }
    flags.extend(model.retired.map(PriceFlag::Retired));
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(model: &str, retired: Retired, sort: PriceSort) -> PriceList {
        let book = PriceBook::embedded();
        let query = PriceQuery {
            at: Instant::MISSING,
            provider: &|_| true,
            model: &|name| name.contains(model),
            retired,
            sort,
        };
        PriceList::new(&book, PriceSource::default(), &query)
    }

    #[test]
    fn retired_models_are_counted_or_listed() {
        let [hidden, shown, only] = [Retired::Hide, Retired::Show, Retired::Only]
            .map(|rule| list("claude", rule, <_>::default()));
        assert!(hidden.retired_left_out > 0 && shown.retired_left_out == 0);
        assert_eq!(hidden.rows.len() + hidden.retired_left_out, shown.rows.len());
        assert_eq!(only.rows.len(), hidden.retired_left_out);
    }

    #[test]
    fn the_cheapest_comes_first_and_the_unknown_last() {
        let sort = PriceSort::Class(TokenClass::CacheWrite5m);
        let rows = list("", Retired::Hide, sort).rows;
        let prices: Vec<_> = rows.iter().map(|row| row.prices[TokenClass::CacheWrite5m]).collect();
        let known = prices.iter().take_while(|price| price.is_some()).count();
        assert!(prices[..known].is_sorted() && known > 0);
        assert!(prices[known..].iter().all(Option::is_none));
    }
}
