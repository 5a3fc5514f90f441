//! Price tables to providers and models; every refusal names file, line and what to write.

use std::collections::{BTreeSet, HashMap};

use crate::units::{
    DecimalError, Excess, Factor, PerClass, TokenClass, TokenPrice, Usd, parse_decimal,
};
use crate::usage::{Instant, ServiceTier};

use super::load_model::ModelReader;
use super::load_provider::{extend_provider, read_ratios};
use super::model::Model;
use super::resolve::{LIST_PLACE, Place, Provider};
use super::schema::{Decimal, Number, RawTable, Text};
use super::span::Span;
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};
use super::tokenizer::DeclaredRatio;

/// Everything that the tables of a book say.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) providers: Vec<Provider>,
    pub(super) models: Vec<Model>,
    pub(super) ratios: Vec<DeclaredRatio>,
}

impl Tables {
    /// Adds a table. What it says of a provider or model that is already there wins.
    pub(super) fn add(&mut self, source: Source) -> Result<(), PriceTableError> {
        let raw: RawTable = toml::from_str(source.text).map_err(|error| {
            let problem = Problem::Syntax(readable(error.message()));
            source.error(error.span().unwrap_or(0..0), problem)
        })?;
        let provider = self.provider_index(&source.filled("provider id", &raw.provider.id)?);
        let known_places = self.providers[provider].places.len();
        extend_provider(&mut self.providers[provider], &raw, source)?;
        self.furnish_places(provider, known_places);
        self.ratios.extend(read_ratios(&raw, source)?);
        let mut seen = BTreeSet::new();
        for raw_model in &raw.model {
            let reader = ModelReader::new(source, &self.providers, provider)?;
            let model = reader.read(raw_model)?;
            for text in std::iter::once(&raw_model.id).chain(&raw_model.aliases) {
                if !seen.insert(text.get_ref()) {
                    let problem = Problem::DuplicateId(text.get_ref().clone());
                    return Err(source.error(text.span(), problem));
                }
            }
            let index = self.place_model(provider, model);
            let index = u16::try_from(index)
                .map_err(|_| source.error(raw_model.id.span(), Problem::TooMany))?;
            let ids = &mut self.providers[provider].ids;
            for text in std::iter::once(&raw_model.id).chain(&raw_model.aliases) {
                ids.insert(text.get_ref().clone(), index);
            }
        }
        self.add_aliases(provider, &raw.alias, source, &mut seen)
    }

    /// Gives the models that are already there prices at new places that are like another one.
    fn furnish_places(&mut self, provider: usize, known: usize) {
        let places = &self.providers[provider].places;
        let new: Vec<_> = places.iter().enumerate().skip(known).collect();
        let mine = |model: &&mut Model| usize::from(model.provider_index) == provider;
        for model in self.models.iter_mut().filter(mine).filter(|_| !new.is_empty()) {
            for period in &mut model.periods {
                for (at, place) in &new {
                    period.furnish(*at, place);
                }
            }
        }
    }

    fn provider_index(&mut self, id: &str) -> usize {
        if let Some(known) = self.providers.iter().position(|provider| provider.id == id) {
            return known;
        }
        self.providers.push(Provider {
            id: id.to_owned(),
            names: vec![(id.to_owned(), 0)],
            places: vec![Place::list()],
            forms: Vec::new(),
            policies: Vec::new(),
            tokenizers: Vec::new(),
            fallback: PerClass::default(),
            same_tier: Vec::new(),
            is_reseller: false,
            bills_as_logged: false,
            schedules: Vec::new(),
            unbilled: Vec::new(),
            moving: Vec::new(),
            ids: HashMap::new(),
        });
        self.providers.len() - 1
    }

    /// Puts a model where the one of the same id is, or at the end.
    pub(super) fn place_model(&mut self, provider: usize, model: Model) -> usize {
        let same =
            |known: &Model| usize::from(known.provider_index) == provider && known.id == model.id;
        if let Some(known) = self.models.iter().position(same) {
            self.models[known] = model;
            return known;
        }
        self.models.push(model);
        self.models.len() - 1
    }
}

/// What the parser says, in the words of a table.
fn readable(message: &str) -> String {
    match message {
        "invalid type: map, expected a sequence" => {
            "expected a heading in two brackets, such as [[model]]".to_owned()
        }
        _ => message.to_owned(),
    }
}

impl Place {
    /// The place of the list prices, as every table has it.
    fn list() -> Self {
        let geos = ["global", "not_available"].map(|geo| (geo.to_owned(), 0));
        Self {
            id: LIST_PLACE.to_owned(),
            seller: None,
            like: None,
            geos: geos.to_vec(),
            other_geo: None,
            tiers: None,
            batch_keeps_cached_price: false,
            caches_in_batch: true,
        }
    }
}

/// Reading the values that tables are made of.
impl Source<'_> {
    pub(super) fn number<T>(
        self,
        number: &Number,
        parse: impl Fn(&str) -> Result<T, DecimalError>,
    ) -> Result<T, PriceTableError> {
        match number.get_ref() {
            Decimal::Bare => Err(self.bare_number(number.span())),
            Decimal::Quoted(text) => {
                parse(text).map_err(|error| self.error(number.span(), Problem::BadNumber(error)))
            }
        }
    }

    pub(super) fn price(self, number: &Number) -> Result<TokenPrice, PriceTableError> {
        let price = self.number(number, TokenPrice::parse_per_million)?;
        if price > TokenPrice::DOLLAR {
            return Err(self.error(number.span(), Problem::TooDear));
        }
        Ok(price)
    }

    pub(super) fn factor(self, number: &Number) -> Result<Factor, PriceTableError> {
        self.number(number, Factor::parse)
    }

    /// Dollars for one event from dollars for a thousand.
    pub(super) fn fee(self, number: &Number) -> Result<Usd, PriceTableError> {
        self.number(number, |text| {
            let atto = parse_decimal(text, 15, Excess::Reject)?;
            if atto < 0 { Err(DecimalError::Negative) } else { Ok(Usd::from_atto(atto)) }
        })
    }

    pub(super) fn filled(self, what: &'static str, text: &Text) -> Result<String, PriceTableError> {
        if text.get_ref().trim().is_empty() {
            return Err(self.error(text.span(), Problem::Empty(what)));
        }
        Ok(text.get_ref().clone())
    }

    pub(super) fn day(self, text: &Text) -> Result<String, PriceTableError> {
        let day = text.get_ref();
        if day.len() != "2026-11-10".len() || Instant::parse(day).is_err() {
            return Err(self.error(text.span(), Problem::BadDay));
        }
        Ok(day.clone())
    }

    pub(super) fn instant(self, text: &Text) -> Result<Instant, PriceTableError> {
        // A date alone or a time without a zone would be read too; prices need the moment.
        let time = text.get_ref();
        let instant =
            Instant::parse(time).ok().filter(|_| time.contains('T') && time.ends_with('Z'));
        instant.ok_or_else(|| self.error(text.span(), Problem::BadTime))
    }

    pub(super) fn optional_instant(
        self,
        text: Option<&Text>,
    ) -> Result<Option<Instant>, PriceTableError> {
        text.map(|text| self.instant(text)).transpose()
    }

    pub(super) fn class(self, name: &str, text: &Text) -> Result<TokenClass, PriceTableError> {
        let class = TokenClass::ALL.into_iter().find(|class| class.name() == name);
        class.ok_or_else(|| self.unknown("token class", name, text))
    }

    pub(super) fn tier(self, name: &str, text: &Text) -> Result<ServiceTier, PriceTableError> {
        let tier = ServiceTier::ALL.into_iter().find(|tier| tier.name() == name);
        let tier = tier.filter(|tier| *tier != ServiceTier::Unknown);
        tier.ok_or_else(|| self.unknown("service tier", name, text))
    }

    pub(super) fn unknown(self, what: &'static str, name: &str, text: &Text) -> PriceTableError {
        self.error(text.span(), Problem::UnknownName(what, name.to_owned()))
    }

    /// The spans of things of which each begins where the one before it ends, unless it says when.
    pub(super) fn following(
        self,
        ends: &[(Option<&Text>, Option<&Text>, std::ops::Range<usize>)],
    ) -> Result<Vec<Span>, PriceTableError> {
        let mut ends = ends.to_vec();
        for index in 1..ends.len() {
            ends[index].0 = ends[index].0.or(ends[index - 1].1);
        }
        self.spans(&ends)
    }

    /// The spans of things that follow each other: only the first may lack a start, an end that is
    /// not stated is the next one's start.
    pub(super) fn spans(
        self,
        ends: &[(Option<&Text>, Option<&Text>, std::ops::Range<usize>)],
    ) -> Result<Vec<Span>, PriceTableError> {
        let mut spans: Vec<Span> = Vec::new();
        for (index, (from, to, at)) in ends.iter().enumerate() {
            let from_instant = self.optional_instant(*from)?;
            let to = self.optional_instant(*to)?;
            if let Some(previous) = spans.last_mut() {
                let Some(start) = from_instant else {
                    return Err(self.error(at.clone(), Problem::NoStart));
                };
                let end = *previous.to.get_or_insert(start);
                if end > start {
                    return Err(self.error(at.clone(), Problem::BadSpan));
                }
            }
            let begins = from_instant.unwrap_or(Instant::MISSING);
            let follows = index == 0 || spans[index - 1].from.is_none_or(|from| from < begins);
            if !follows || to.is_some_and(|to| to <= begins) {
                return Err(self.error(at.clone(), Problem::BadSpan));
            }
            spans.push(Span { from: from_instant, to });
        }
        Ok(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that loads: one model, one period, with room for changes.
    const TABLE: &str = r#"
[provider]
id = "acme"
[provider.fallback]
cache_read = "input"
[[place]]
id = "europe"
[[tokenizer]]
id = "t"
[[model]]
id = "large"
aliases = ["large-1"]
tokenizer = "t"
places = { europe = "1.1" }
[[model.period]]
source = "a page"
checked_on = "2026-11-10"
prices = { input = "3", output = "15" }
batch = { rule = "multiply", factor = "0.5" }
"#;

    fn load(text: &str) -> Result<Tables, PriceTableError> {
        let mut tables = Tables::default();
        tables.add(Source { file: "acme.toml", text }).map(|()| tables)
    }

    /// The table with a change is refused: the line it names and the words that must be there.
    fn check(old: &str, new: &str, line: &str, message: &str) {
        let changed = TABLE.replacen(old, new, 1);
        assert_ne!(changed, TABLE, "{old} is not in the table");
        let text = load(&changed).expect_err("refused").to_string();
        assert!(text.contains(message), "{text}\ndoes not say: {message}");
        let place = text.lines().nth(1).expect("a place");
        assert!(place.starts_with("  acme.toml:") && place.contains(line), "{place}");
    }

    #[test]
    fn the_table_the_refusals_start_from_loads() {
        assert_eq!(load(TABLE).map(|tables| tables.models.len()), Ok(1));
    }

    #[test]
    fn a_number_without_quotes_is_shown_with_them() {
        let text = load(&TABLE.replace("\"15\"", "15.5")).expect_err("refused").to_string();
        assert_eq!(
            text,
            "a price without quotes is not exact\n  \
             acme.toml:18: prices = { input = \"3\", output = 15.5 }\n  \
             hint: put the number in quotes: prices = { input = \"3\", output = \"15.5\" }"
        );
    }

    #[test]
    fn a_number_without_quotes_is_found_before_a_missing_tokenizer() {
        let text = TABLE.replace("tokenizer = \"t\"", "tokenizer = \"u\"");
        let error = load(&text.replace("\"15\"", "15")).expect_err("refused");
        assert!(matches!(error.problem, Problem::BareNumber(_)), "{error}");
    }

    #[test]
    fn an_unknown_tokenizer_lists_the_known_ones() {
        let mut tables = load(TABLE).expect("loads");
        let text = TABLE.replace("\"acme\"", "\"other\"").replace("id = \"t\"", "id = \"v\"");
        let text = text.replace("tokenizer = \"t\"", "tokenizer = \"u\"");
        let error = tables.add(Source { file: "other.toml", text: &text }).expect_err("refused");
        let hint = "hint: use one of t, v, or declare it: [[tokenizer]] with id = \"u\"";
        assert!(error.to_string().contains(hint), "{error}");
        let text = text.replace("tokenizer = \"u\"", "tokenizer = \"t\"");
        let known = tables.add(Source { file: "other.toml", text: &text });
        assert_eq!(known, Ok(()), "another table's tokenizer is good enough");
    }

    #[test]
    fn the_wrong_shape_is_told_in_the_words_of_a_table() {
        let check = |text: &str, expected: &str| {
            let error = load(text).expect_err("refused").to_string();
            assert!(error.contains(expected) && !error.contains("Raw"), "{error}");
        };
        check("provider = \"x\"", "expected a table [provider] with an `id`");
        check(&TABLE.replace("[[model]]", "[model]"), "in two brackets, such as [[model]]");
        check(
            &TABLE.replace("{ input = \"3\", output = \"15\" }", "\"3\""),
            "expected prices by token class",
        );
    }

    #[test]
    fn the_examples_of_the_guide_load() {
        let guide = include_str!("../../pricing/README.md");
        let examples: Vec<_> = guide.split("```toml\n").skip(1).collect();
        assert_eq!(examples.len(), 2);
        // The second one has a model and a name that moves.
        for (example, models) in examples.into_iter().zip([1, 2]) {
            let text = example.split("```").next().expect("the text before the fence");
            assert_eq!(load(text).map(|tables| tables.models.len()), Ok(models), "{text}");
        }
    }

    #[test]
    fn numbers_must_be_exact_and_not_negative() {
        check("\"15\"", "\"fifteen\"", "prices", "not a decimal number");
        check("\"15\"", "\"-1\"", "prices", "below zero");
        check("\"15\"", "\"0.0000000000001\"", "prices", "more decimals");
        check("\"3\"", "\"0.000000000001\"", "batch", "the derived price of input tokens");
    }

    #[test]
    fn keys_must_be_known_and_there() {
        check("output =", "outptu =", "prices", "unknown field `outptu`");
        check("source = \"a page\"", "", "", "missing field `source`");
        check("\"a page\"", "\" \"", "source", "the source is empty");
        check("input = \"3\", ", "", "prices", "the price `input` is missing");
        check("id = \"acme\"", "id = ", "id =", "");
        check("multiply", "double", "batch", "unknown variant `double`");
    }

    #[test]
    fn names_must_be_declared() {
        check("tokenizer = \"t\"", "tokenizer = \"u\"", "tokenizer", "there is no tokenizer `u`");
        check("{ europe =", "{ asia =", "places", "there is no place `asia`");
        check(
            "cache_read = \"input\"",
            "cache_read = \"inptu\"",
            "inptu",
            "no token class `inptu`",
        );
        check("cache_read = \"input\"", "input = \"input\"", "input", "leads back to itself");
        let cache = "tokenizer = \"t\"\ncache = [{ policy = \"p\" }]";
        check("tokenizer = \"t\"", cache, "cache", "there is no cache policy `p`");
    }

    #[test]
    fn an_id_belongs_to_one_model() {
        check("\"large-1\"", "\"large\"", "aliases", "the id `large` is taken");
    }

    #[test]
    fn times_and_days_must_be_whole() {
        let dated = |from: &str| format!("from = \"{from}\"\nsource =");
        check("source =", &dated("2026-01-01"), "from", "not a timestamp in UTC");
        check("source =", &dated("2026-01-01T00:00:00"), "from", "not a timestamp in UTC");
        check("2026-11-10", "November", "checked_on", "not a day");
    }

    #[test]
    fn periods_follow_each_other() {
        let second = |from: &str| {
            format!(
                "batch = {{ rule = \"none\" }}\n[[model.period]]\n{from}source = \"p\"\n\
                 checked_on = \"2026-11-10\"\nprices = {{ input = \"1\" }}\n#"
            )
        };
        check("batch =", &second(""), "", "only the first may leave out `from`");
        let ends = "to = \"2026-02-01T00:00:00Z\"\nsource =";
        let overlapping = TABLE.replacen("source =", ends, 1);
        let overlapping =
            overlapping.replacen("batch =", &second("from = \"2026-01-01T00:00:00Z\"\n"), 1);
        let error = load(&overlapping).expect_err("refused");
        assert_eq!(error.problem, Problem::BadSpan);
    }

    #[test]
    fn bands_say_which_side_of_the_limit_they_mean() {
        let band = |limit: &str, prices: &str| {
            format!(
                "bands = [{{ {limit}, rule = \"whole_request\", prices = {{ {prices} }} }}]\nbatch ="
            )
        };
        let prices = "input = \"6\", output = \"20\"";
        check("batch =", &band("above = 1, at_least = 1", prices), "bands", "not both");
        check("batch =", &band("above = 1", "input = \"6\""), "bands", "differ in `output`");
        let marginal = band("above = 1", prices).replace("whole_request", "above_threshold");
        check("batch =", &marginal, "bands", "cannot change `output`");
        let counted = band("above = 1, counts = [\"output\"]", prices);
        check("batch =", &counted, "bands", "`output` is no part of the prompt");
    }

    #[test]
    fn lanes_take_the_keys_of_their_rule() {
        let rule = "{ rule = \"multiply\", factor = \"0.5\" }";
        check(rule, "{ rule = \"multiply\" }", "batch", "needs `factor`");
        check(rule, "{ rule = \"explicit\" }", "batch", "needs `prices`");
        let both = "{ rule = \"multiply\", factor = \"1\", prices = { input = \"1\" } }";
        check(rule, both, "batch", "does not take `prices`");
        let banded = "bands = [{ above = 1, rule = \"whole_request\", prices = { input = \"6\", \
                      output = \"20\" } }]\nbatch = { rule = \"explicit\", prices = { input = \"1\" } }";
        let lane = format!("batch = {rule}");
        check(&lane, banded, "batch", "does not say what long prompts cost");
    }

    #[test]
    fn a_form_takes_something_off() {
        check("[[tokenizer]]", "[[form]]\nthrough = \"/\"\n[[tokenizer]]", "form", "neither");
    }

    #[test]
    fn a_later_table_wins_and_keeps_the_rest() {
        let mut tables = load(TABLE).expect("loads");
        let later = r#"
[provider]
id = "acme"
[[model]]
id = "large"
tokenizer = "t"
[[model.period]]
source = "my contract"
checked_on = "2026-11-10"
prices = { input = "1" }
[[model]]
id = "large-1"
tokenizer = "t"
[[model.period]]
source = "my contract"
checked_on = "2026-11-10"
prices = { input = "2" }
"#;
        tables.add(Source { file: "mine.toml", text: later }).expect("loads");
        let price = |id: &str| {
            let (model, _) = tables.providers[0].resolve(id, 0).expect("known");
            let card = tables.models[usize::from(model)].periods[0].list_card();
            card.price(TokenClass::Input).map(TokenPrice::per_million)
        };
        assert_eq!(price("large").as_deref(), Some("1"));
        assert_eq!(price("large-1").as_deref(), Some("2"));
        assert_eq!(tables.models.len(), 2);
    }
}
