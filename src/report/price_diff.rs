//! What `prices diff` shows: what changed from one table to another, and what it means for a log.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Ledger;
use crate::insights::{Analysis, UnpricedModel, Window};
use crate::pricing::{PriceBook, Span, TableOutline};
use crate::units::{Share, TokenClass, TokenPrice, Usd};
use crate::usage::ServiceTier;

use super::diagnostics_summary::{DiagnosticSummary, summarize};
use super::input_accounting::InputAccounting;
use super::model_diff::{Pair, Side};
use super::price_rules::ClassPrices;
use super::price_source::PriceSource;

/// One side of a comparison.
pub struct PriceSide<'a> {
    /// What it is called: a file, or `builtin`.
    pub name: String,
    /// Its prices: the tables in the program, and a file over them.
    pub book: &'a PriceBook,
    /// What the file states; nothing for the tables in the program.
    pub outline: Option<TableOutline>,
    /// Where its prices come from.
    pub source: PriceSource,
}

/// What changed from one table to another.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceDiff {
    /// The names of both sides, the old one first.
    pub names: [String; 2],
    /// Where their prices come from.
    pub sources: [PriceSource; 2],
    /// How many models both sides have.
    pub compared: usize,
    /// Models that only the new side has, by provider and id.
    pub added: Vec<LoneModel>,
    /// Models that only the old side has.
    pub removed: Vec<LoneModel>,
    /// Prices that differ, by provider, model and time.
    pub prices: Vec<PriceChange>,
    /// Everything else that differs.
    pub rules: Vec<RuleChange>,
    /// What it means for a log, where one was given.
    pub effect: Option<LogEffect>,
}

/// A model that one side lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoneModel {
    /// Who sells it.
    pub provider: String,
    /// Its id.
    pub model: String,
    /// Its newest list prices.
    pub prices: ClassPrices,
}

/// A price that differs. Lanes, bands and places that follow by the same factor are not repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceChange {
    /// Who sells the model.
    pub provider: String,
    /// Its id.
    pub model: String,
    /// When the prices differ.
    pub span: Span,
    /// The lane.
    pub tier: ServiceTier,
    /// The limit of the band in tokens, for a price of long prompts.
    pub band: Option<u64>,
    /// The class.
    pub class: TokenClass,
    /// Whether all other classes of the lane or band changed by the same factor; they have no rows.
    pub alike: bool,
    /// The price on the old side.
    pub old: Option<TokenPrice>,
    /// The price on the new side.
    pub new: Option<TokenPrice>,
}

impl PriceChange {
    /// The change as a part of the old price.
    pub fn share(&self) -> Option<Share> {
        self.new.zip(self.old).and_then(|(new, old)| new.change_from(old))
    }
}

/// Something else that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleChange {
    /// Who sells the model.
    pub provider: String,
    /// Its id.
    pub model: String,
    /// What differs: `batch`, `context window`.
    pub rule: String,
    /// What the old side says; empty when it says nothing.
    pub old: String,
    /// What the new side says.
    pub new: String,
}

/// What a log costs on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEffect {
    /// What became of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// The time the calls span.
    pub window: Option<Window>,
    /// The columns that make a group.
    pub group_by: Vec<String>,
    /// All calls that both sides price.
    pub total: EffectRow,
    /// The calls that at most one side prices, with what it says: no difference can be told.
    pub not_comparable: EffectRow,
    /// By group, the largest change first.
    pub groups: Vec<EffectRow>,
    /// Models that have no price on the old side.
    pub unpriced_old: Vec<UnpricedModel>,
    /// Models that have no price on the new side.
    pub unpriced_new: Vec<UnpricedModel>,
}

/// What some calls cost on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectRow {
    /// One value for each column of the grouping.
    pub key: Vec<String>,
    /// How many calls.
    pub calls: u64,
    /// Their cost on the old side; nothing when none of it is known.
    pub old: Option<Usd>,
    /// Their cost on the new side.
    pub new: Option<Usd>,
}

impl EffectRow {
    /// How much more the new side costs; nothing when one is not known.
    pub fn difference(&self) -> Option<Usd> {
        self.new.zip(self.old).map(|(new, old)| new - old)
    }

    /// The difference as a part of the old cost.
    pub fn share(&self) -> Option<Share> {
        let (difference, old) = self.difference().zip(self.old)?;
        Share::of(difference.atto(), old.atto())
    }
}

impl PriceDiff {
    /// Compares two sides.
    pub fn new(old: &PriceSide, new: &PriceSide) -> Self {
        let [before, after] = stated(old, new);
        let mut diff = Self {
            names: [old.name.clone(), new.name.clone()],
            sources: [old.source.clone(), new.source.clone()],
            compared: before.intersection(&after).count(),
            added: lone(new.book, after.difference(&before)),
            removed: lone(old.book, before.difference(&after)),
            prices: Vec::new(),
            rules: Vec::new(),
            effect: None,
        };
        for (provider, model) in before.intersection(&after) {
            let find = |book: &PriceBook| book.find(provider, model).ok();
            let Some((a, b)) = find(old.book).zip(find(new.book)) else { continue };
            let side = |book, id| Side { book, id };
            let pair = Pair { old: side(old.book, a), new: side(new.book, b) };
            diff.prices.extend(pair.prices());
            diff.rules.extend(pair.rules());
        }
        diff
    }

    /// Adds what it means for a log: the calls that both sides price, analysed with the old and the
    /// new one, and `rest`, the other calls, likewise.
    #[must_use]
    pub fn with_effect(
        mut self,
        [old, new]: [Analysis; 2],
        rest: [Analysis; 2],
        input: InputAccounting,
        ledger: &Ledger,
    ) -> Self {
        let not_comparable = whole(&rest[0], &rest[1]);
        let [unpriced_old, unpriced_new] = rest.map(|one| one.unpriced);
        self.effect = Some(LogEffect {
            diagnostics: summarize(ledger, &input),
            input,
            window: new.window,
            total: whole(&old, &new),
            not_comparable,
            groups: groups(&old, &new),
            group_by: new.group_by,
            unpriced_old,
            unpriced_new,
        });
        self
    }
}

fn whole(old: &Analysis, new: &Analysis) -> EffectRow {
    EffectRow {
        key: Vec::new(),
        calls: new.totals.calls,
        old: old.totals.known_cost(),
        new: new.totals.known_cost(),
    }
}

type Names = BTreeSet<(String, String)>;

/// The models to compare on each side: what a file states, and of the tables in the program the
/// providers that the file beside them is about.
fn stated(old: &PriceSide, new: &PriceSide) -> [Names; 2] {
    [(old, new), (new, old)].map(|(side, other)| match (&side.outline, &other.outline) {
        (Some(outline), _) => {
            let names = outline.models.iter();
            names.map(|model| (outline.provider.clone(), model.clone())).collect()
        }
        (None, beside) => {
            let models = side.book.models().map(|(_, model)| model);
            let wanted = models.filter(|model| {
                beside.as_ref().is_none_or(|outline| outline.provider == model.provider)
            });
            wanted.map(|model| (model.provider.clone(), model.id.clone())).collect()
        }
    })
}

fn lone<'a>(book: &PriceBook, names: impl Iterator<Item = &'a (String, String)>) -> Vec<LoneModel> {
    let models = names.filter_map(|(provider, model)| {
        let known = book.model(book.find(provider, model).ok()?);
        let period = known.periods().last()?;
        Some(LoneModel {
            provider: provider.clone(),
            model: model.clone(),
            prices: *period.list_card().prices(),
        })
    });
    models.collect()
}

fn groups(old: &Analysis, new: &Analysis) -> Vec<EffectRow> {
    let mut rows: BTreeMap<&[String], EffectRow> = BTreeMap::new();
    for group in &new.groups {
        let row = rows.entry(&group.key).or_default();
        row.calls = group.tally.calls;
        row.new = group.tally.known_cost();
    }
    for group in &old.groups {
        let row = rows.entry(&group.key).or_default();
        row.calls = group.tally.calls;
        row.old = group.tally.known_cost();
    }
    let rows = rows.into_iter().map(|(key, row)| EffectRow { key: key.to_vec(), ..row });
    let mut rows: Vec<_> = rows.collect();
    let size = |row: &EffectRow| row.difference().map_or(0, |usd| usd.atto().unsigned_abs());
    // Stable: equal ones stay in the order of their keys.
    rows.sort_by_key(|row| std::cmp::Reverse((size(row), row.new.max(row.old))));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"
[provider]
id = "acme"
[[tokenizer]]
id = "acme"
[[model]]
id = "large"
tokenizer = "acme"
[[model.period]]
source = "a page"
checked_on = "2026-11-10"
prices = { input = "3", output = "15" }
batch = { rule = "multiply", factor = "0.5" }
"#;

    fn side(name: &str, text: &str) -> (PriceBook, TableOutline) {
        let tables = [(name.to_owned(), text.to_owned())];
        let book = PriceBook::with_overrides(&tables).expect("loads");
        (book, TableOutline::read(text).expect("an outline"))
    }

    fn diff(change: impl Fn(&str) -> String) -> PriceDiff {
        let (old, old_outline) = side("old.toml", TABLE);
        let (new, new_outline) = side("new.toml", &change(TABLE));
        let side = |name: &str, book, outline| PriceSide {
            name: name.to_owned(),
            book,
            outline: Some(outline),
            source: PriceSource::default(),
        };
        PriceDiff::new(&side("old", &old, old_outline), &side("new", &new, new_outline))
    }

    fn changes(diff: &PriceDiff) -> Vec<String> {
        let text =
            |price: Option<TokenPrice>| price.map_or_else(String::new, TokenPrice::per_million);
        let line = |change: &PriceChange| {
            let (tier, class) = (change.tier.name(), change.class.name());
            format!("{tier} {class} {} -> {}", text(change.old), text(change.new))
        };
        diff.prices.iter().map(line).collect()
    }

    #[test]
    fn what_follows_by_the_same_factor_is_not_repeated() {
        let diff = diff(|text| text.replace("\"15\"", "\"12\""));
        assert_eq!(changes(&diff), ["standard output 15 -> 12"]);
        assert_eq!(diff.prices[0].share().map(Share::ratio), Some(-0.2));
        assert_eq!(diff.rules, []);
    }

    #[test]
    fn a_lane_with_another_factor_is_told_as_a_rule_and_in_prices() {
        let diff = diff(|text| text.replace("\"0.5\"", "\"0.4\""));
        assert_eq!(changes(&diff), ["batch input 1.5 -> 1.2"]);
        assert!(diff.prices[0].alike);
        assert_eq!(diff.rules[0].rule, "batch");
        assert_eq!(
            (&*diff.rules[0].old, &*diff.rules[0].new),
            ("0.5 × standard", "0.4 × standard")
        );
    }

    #[test]
    fn a_change_has_the_time_in_which_it_holds() {
        let later = "[[model.period]]\nfrom = \"2027-01-01T00:00:00Z\"\nsource = \"a page\"\n\
                     checked_on = \"2026-11-10\"\nprices = { input = \"2\", output = \"15\" }\n";
        let diff = diff(|text| format!("{text}{later}"));
        assert_eq!(changes(&diff), ["standard input 3 -> 2"]);
        let from = diff.prices[0].span.from.map(crate::usage::Instant::to_iso);
        assert_eq!(from.as_deref(), Some("2027-01-01T00:00:00Z"));
        assert!(diff.rules.iter().any(|change| change.rule == "prices from"), "{:?}", diff.rules);
    }

    #[test]
    fn a_rule_of_an_earlier_period_is_told_with_its_time() {
        let later = "[[model.period]]\nfrom = \"2026-01-01T00:00:00Z\"\nsource = \"a page\"\n\
                     checked_on = \"2026-11-10\"\nprices = { input = \"2\", output = \"15\" }\n";
        let diff = diff(|text| {
            let text = text.replace(", factor = \"0.5\"", "").replace("multiply", "none");
            format!("{text}{later}")
        });
        let rules: Vec<_> = diff.rules.iter().map(|change| change.rule.as_str()).collect();
        assert!(rules.contains(&"batch"), "{rules:?}");
        let old = |text: &str| format!("{text}{later}");
        let (book, outline) = side("old.toml", &old(TABLE));
        let none = TABLE.replace(", factor = \"0.5\"", "").replace("multiply", "none");
        let (other, other_outline) = side("new.toml", &old(&none));
        let pair = [(&book, outline), (&other, other_outline)].map(|(book, outline)| PriceSide {
            name: String::new(),
            book,
            outline: Some(outline),
            source: PriceSource::default(),
        });
        let rules = PriceDiff::new(&pair[0], &pair[1]).rules;
        assert_eq!(rules[0].rule, "batch, until 2026-01-01");
    }

    #[test]
    fn models_of_one_side_are_listed() {
        let diff = diff(|text| text.replace("\"large\"", "\"huge\""));
        let names = |models: &[LoneModel]| models.iter().map(|one| one.model.clone()).collect();
        let [added, removed]: [Vec<_>; 2] = [names(&diff.added), names(&diff.removed)];
        assert_eq!((added, removed), (vec!["huge".to_owned()], vec!["large".to_owned()]));
        assert_eq!(diff.compared, 0);
    }

    #[test]
    fn a_table_is_compared_with_the_built_in_models_of_its_provider() {
        let book = PriceBook::embedded();
        let text = "[provider]\nid = \"openai\"\n[[model]]\nid = \"gpt-4o\"\ntokenizer = \"o200k\"\n\
                    [[model.period]]\nsource = \"a\"\nchecked_on = \"2026-11-10\"\n\
                    prices = { input = \"1\", output = \"2\" }\n";
        let (mine, outline) = side("mine.toml", text);
        let side = |book, outline| PriceSide {
            name: String::new(),
            book,
            outline,
            source: PriceSource::default(),
        };
        let diff = PriceDiff::new(&side(&book, None), &side(&mine, Some(outline)));
        assert_eq!(diff.compared, 1);
        assert!(diff.added.is_empty() && diff.removed.iter().all(|one| one.provider == "openai"));
        assert!(!diff.prices.is_empty());
    }
}
