//! Everything that is wrong with a price table, and what only looks wrong.

use std::fmt;

use crate::units::{TokenClass, TokenPrice};
use crate::usage::{Instant, ServiceTier};

use super::book::PriceBook;
use super::card::RateCard;
use super::facts::{LaneFacts, PlaceFacts};
use super::model::{Model, ModelId, Period};
use super::outline::TableOutline;
use super::table_error::{PriceTableError, PriceTableProblem};

/// Nobody mends more at once, and each costs a loading of all tables.
const PROBLEMS_MAX: usize = 50;

/// What a look at a table found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableCheck {
    /// What keeps the table from loading; at most one a model, in the order of the file.
    pub problems: Vec<PriceTableError>,
    /// Whether the whole table was looked at: a problem outside the models hides what follows.
    pub complete: bool,
    /// How many models the table states.
    pub models: usize,
    /// What loads and is still hardly meant, in the order of the file.
    pub warnings: Vec<TableWarning>,
}

/// Something that is allowed and unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableWarning {
    /// The line, from 1.
    pub line: usize,
    /// The model.
    pub model: String,
    /// What is unusual.
    pub remark: TableRemark,
}

/// What is allowed in a table and unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableRemark {
    /// The prices end at an instant, and none follow.
    NothingFollows(Instant),
    /// No prices hold from an instant to another.
    Gap(Instant, Instant),
    /// A class of this lane costs less than another one that it should exceed.
    Cheaper(ServiceTier, TokenClass, TokenClass),
    /// The lane costs more for a class than the standard one.
    DearerThanStandard(ServiceTier, TokenClass),
    /// The model writes text and states no price for it.
    NoOutput,
    /// A price is so small that it may be one for a single token.
    PerToken(TokenClass),
    /// A class costs nothing.
    Free(TokenClass),
    /// The model takes the place of one in the program, with all that is said about that one.
    Replaces,
    /// The id is sold by another provider too; who answers when a log names no provider.
    AlsoSoldBy(String, String, Option<String>),
}

impl fmt::Display for TableRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingFollows(end) => {
                write!(f, "the prices end at {} and none follow", end.to_iso())
            }
            Self::Gap(from, to) => {
                write!(f, "no prices from {} to {}", from.to_iso(), to.to_iso())
            }
            Self::Cheaper(tier, class, other) => write!(
                f,
                "in the {} lane, `{}` is cheaper than `{}`",
                tier.name(),
                class.name(),
                other.name()
            ),
            Self::DearerThanStandard(tier, class) => {
                write!(f, "`{}` is dearer in the {} lane than outside", class.name(), tier.name())
            }
            Self::PerToken(class) => write!(
                f,
                "`{}` costs less than anything known: prices are per million tokens, not per token",
                class.name()
            ),
            Self::Free(class) => write!(f, "`{}` costs nothing", class.name()),
            Self::Replaces => f.write_str(
                "takes the place of the model in the program: lanes, places, cache rules and \
                 earlier prices that are not repeated here are gone",
            ),
            Self::NoOutput => f.write_str("no price for output: calls that have any are unpriced"),
            Self::AlsoSoldBy(id, other, answers) => {
                write!(f, "`{id}` is an id of {other} too")?;
                match answers {
                    Some(answers) => write!(f, "; where a log names no provider, {answers} bills"),
                    None => f.write_str("; where a log names no provider, it has no price"),
                }
            }
        }
    }
}

/// Looks a table over as it would be used: over the tables in the program. `file` names it in
/// messages. After a problem inside a model, the others are looked at without it.
pub fn check_table(file: &str, text: &str) -> TableCheck {
    let mut check = TableCheck { complete: true, ..TableCheck::default() };
    let stated = TableOutline::read(text).unwrap_or_default();
    check.models = stated.models.len();
    let mut rest = text.to_owned();
    // Each round sets something aside, so this ends.
    loop {
        let error = match PriceBook::with_overrides(&[(file.to_owned(), rest.clone())]) {
            Ok(book) => {
                let outline = TableOutline::read(&rest).unwrap_or_default();
                check.warnings = warnings(&book, &outline);
                break;
            }
            Err(error) => error,
        };
        let without = without_block(&rest, error.line);
        // A model that was set aside is missed by a name for it: that is no problem of its own.
        let is_missed = match &error.problem {
            PriceTableProblem::UnknownName("model", name) => stated.names.contains(name),
            _ => false,
        };
        if !is_missed {
            check.problems.push(error);
        }
        match without {
            Some(text) if check.problems.len() < PROBLEMS_MAX => rest = text,
            _ => {
                check.complete = false;
                break;
            }
        }
    }
    check.problems.sort_by_key(|problem| problem.line);
    check
}

/// The text without the model or moving name around a line; its lines stay, empty, so that others
/// keep their numbers. Nothing when the line is in neither.
fn without_block(text: &str, line: usize) -> Option<String> {
    let lines: Vec<_> = text.lines().collect();
    let can_go = |text: &str| {
        let text = text.trim_start();
        text.starts_with("[[model]]") || text.starts_with("[[alias]]")
    };
    let is_heading = |text: &&str| {
        let text = text.trim_start();
        let is_table = text.starts_with("[[") || (text.starts_with('[') && text.contains(']'));
        is_table && !text.starts_with("[[model.") && !text.starts_with("[model.")
    };
    let start = lines.get(..line)?.iter().rposition(is_heading)?;
    if !can_go(lines[start]) {
        return None;
    }
    let end = lines[start + 1..].iter().position(is_heading);
    let end = end.map_or(lines.len(), |length| start + 1 + length);
    let kept = lines.iter().enumerate();
    let kept = kept.map(|(at, text)| if (start..end).contains(&at) { "" } else { text });
    let mut kept = kept.collect::<Vec<_>>().join("\n");
    kept.push('\n');
    Some(kept)
}

fn warnings(book: &PriceBook, outline: &TableOutline) -> Vec<TableWarning> {
    let program = PriceBook::embedded();
    let mut found = Vec::new();
    for ((id, line), periods) in outline.models.iter().zip(&outline.lines).zip(&outline.periods) {
        let Ok(known) = book.find(&outline.provider, id) else { continue };
        let model = book.model(known);
        let mut say = |line: usize, remark| {
            found.push(TableWarning { line, model: id.clone(), remark });
        };
        for remark in shared_names(book, model) {
            say(*line, remark);
        }
        if loses_lanes(&program, &outline.provider, id, model) {
            say(*line, TableRemark::Replaces);
        }
        for (place, (period, line)) in model.periods().iter().zip(periods).enumerate() {
            let remarks = period_remarks(model, place, period).into_iter();
            for remark in remarks.chain(price_remarks(book, known, period)) {
                say(*line, remark);
            }
        }
    }
    found.sort_by_key(|warning| warning.line);
    found
}

/// Whether the model in the program has lanes or places that the one in its place lacks.
fn loses_lanes(program: &PriceBook, provider: &str, id: &str, model: &Model) -> bool {
    let Ok(known) = program.find(provider, id) else { return false };
    let known = program.model(known);
    let newest = |model: &Model| model.periods().last().map(|period| period.lanes.clone());
    let (Some(before), Some(after)) = (newest(known), newest(model)) else { return false };
    let is_lost = |(at, lane): (usize, &Option<_>)| {
        lane.is_some() && after.get(at).is_none_or(Option::is_none)
    };
    known.id == model.id && before.iter().enumerate().any(is_lost)
}

fn shared_names(book: &PriceBook, model: &Model) -> Vec<TableRemark> {
    let mut remarks = Vec::new();
    let own = &book.tables.providers[usize::from(model.provider_index)];
    for name in std::iter::once(&model.id).chain(&model.aliases) {
        let answers = book.find("", name).ok().map(|id| book.model(id).provider.clone());
        for other in &book.tables.providers {
            // Who sells what others make has their ids by trade.
            let sells_on = other.is_reseller || own.is_reseller;
            if other.id != model.provider && !sells_on && other.ids.contains_key(name) {
                let remark =
                    TableRemark::AlsoSoldBy(name.clone(), other.id.clone(), answers.clone());
                remarks.push(remark);
            }
        }
    }
    remarks
}

fn period_remarks(model: &Model, place: usize, period: &Period) -> Option<TableRemark> {
    let end = period.span.to?;
    match model.periods().get(place + 1) {
        None => Some(TableRemark::NothingFollows(end)),
        Some(next) => {
            let start = next.span.from.filter(|start| *start > end)?;
            Some(TableRemark::Gap(end, start))
        }
    }
}

/// Prices of a class that are usually not below those of another.
const ORDER: [(TokenClass, TokenClass); 4] = [
    (TokenClass::Output, TokenClass::Input),
    (TokenClass::Input, TokenClass::CacheRead),
    (TokenClass::AudioInput, TokenClass::AudioCacheRead),
    (TokenClass::CacheWrite1h, TokenClass::CacheWrite5m),
];

/// Less than this for a million tokens, in dollars, and a price may be one for a single token; the
/// smallest that is known is 0.002.
const LEAST: &str = "0.0005";

fn size_remarks(card: &RateCard) -> Vec<TableRemark> {
    let least = TokenPrice::parse_per_million(LEAST).expect("a constant of this file");
    let own = TokenClass::ALL.into_iter().filter(|class| card.borrowed(*class).is_none());
    let priced = own.filter_map(|class| Some((class, card.price(class)?)));
    let remarks = priced.filter_map(|(class, price)| {
        let free = class == TokenClass::Input && price == TokenPrice::ZERO;
        let small = price != TokenPrice::ZERO && price < least;
        match (free, small) {
            (true, _) => Some(TableRemark::Free(class)),
            (_, true) => Some(TableRemark::PerToken(class)),
            _ => None,
        }
    });
    remarks.collect()
}

fn price_remarks(book: &PriceBook, id: ModelId, period: &Period) -> Vec<TableRemark> {
    let mut remarks = size_remarks(period.list_card());
    // Other places multiply the same prices.
    let Some(list) = book.places(id, period).into_iter().next() else { return remarks };
    for lane in &list.lanes {
        for (class, other) in ORDER {
            // What is free is meant to be: the output of embeddings.
            let is_cheaper = |(class, other): (TokenPrice, TokenPrice)| {
                class < other && class != TokenPrice::ZERO
            };
            if lane.card.price(class).zip(lane.card.price(other)).is_some_and(is_cheaper) {
                remarks.push(TableRemark::Cheaper(lane.tier, class, other));
            }
        }
    }
    remarks.extend(dearer_lanes(&list));
    let model = book.model(id);
    let is_embedding = [&model.id, &model.tokenizer].iter().any(|name| name.contains("embed"));
    if !is_embedding && period.list_card().price(TokenClass::Output).is_none() {
        remarks.push(TableRemark::NoOutput);
    }
    remarks
}

/// Lanes that wait and still cost more.
fn dearer_lanes(list: &PlaceFacts) -> Vec<TableRemark> {
    let Some(standard) = list.lane(ServiceTier::Standard) else { return Vec::new() };
    let slow = [ServiceTier::Batch, ServiceTier::Flex];
    let lanes = slow.into_iter().filter_map(|tier| list.lane(tier));
    let dearer = |lane: &LaneFacts| {
        let pairs = TokenClass::ALL.map(|class| {
            let prices = lane.card.price(class).zip(standard.card.price(class));
            prices.filter(|(here, there)| here > there).map(|_| class)
        });
        let first = pairs.into_iter().flatten().next();
        first.map(|class| TableRemark::DearerThanStandard(lane.tier, class))
    };
    lanes.filter_map(|lane| dearer(&lane.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"[provider]
id = "acme"

[[tokenizer]]
id = "acme"

[[model]]
id = "large"
tokenizer = "acme"

[[model.period]]
source = "a page"
checked_on = "2026-11-10"
prices = { input = "3", cache_read = "0.3", output = "15" }
batch = { rule = "multiply", factor = "0.5" }

[[model]]
id = "small"
tokenizer = "acme"

[[model.period]]
source = "a page"
checked_on = "2026-11-10"
prices = { input = "1", output = "5" }
"#;

    /// The table with changes has these problems and warnings, each as `line: text`.
    fn check(changes: &[(&str, &str)], problems: &[&str], warnings: &[&str]) {
        let mut text = TABLE.to_owned();
        for (old, new) in changes {
            assert!(text.contains(old), "{old} is not in the table");
            text = text.replacen(old, new, 1);
        }
        let check = check_table("acme.toml", &text);
        let found: Vec<_> =
            check.problems.iter().map(|one| format!("{}: {}", one.line, one.problem)).collect();
        assert_eq!(found, problems, "{changes:?}");
        let found: Vec<_> =
            check.warnings.iter().map(|one| format!("{}: {}", one.line, one.remark)).collect();
        assert_eq!(found, warnings, "{changes:?}");
    }

    #[test]
    fn a_good_table_has_nothing_to_say() {
        check(&[], &[], &[]);
        assert_eq!(check_table("acme.toml", TABLE).models, 2);
    }

    #[test]
    fn every_model_tells_its_own_problem() {
        check(
            &[("\"15\"", "15"), ("\"5\"", "\"five\"")],
            &[
                "14: a price without quotes is not exact",
                "24: not a usable number: not a decimal number",
            ],
            &[],
        );
    }

    #[test]
    fn a_problem_outside_the_models_ends_the_look() {
        let text = TABLE.replacen("id = \"acme\"", "name = \"acme\"", 1);
        let check = check_table("acme.toml", &text);
        assert_eq!((check.problems.len(), check.complete), (1, false));
    }

    #[test]
    fn a_name_for_a_model_with_a_problem_is_no_problem() {
        let alias = "[[alias]]\nid = \"latest\"\ntargets = [{ model = \"small\" }]\n\
                     source = \"a page\"\nchecked_on = \"2026-11-10\"\n\n[[model]]";
        let broken = ("\"5\"", "\"five\"");
        let problem = "30: not a usable number: not a decimal number";
        check(&[broken, ("[[model]]", alias)], &[problem], &[]);
        let unknown = alias.replace("small", "smal");
        let other = "9: there is no model `smal`";
        check(&[broken, ("[[model]]", &unknown)], &[other, problem], &[]);
    }

    #[test]
    fn unusual_prices_are_warned_of() {
        check(
            &[("\"15\"", "\"1\"")],
            &[],
            &[
                "11: in the standard lane, `output` is cheaper than `input`",
                "11: in the batch lane, `output` is cheaper than `input`",
            ],
        );
        check(
            &[("\"0.3\"", "\"4\""), ("\"0.5\"", "\"1.5\"")],
            &[],
            &[
                "11: in the standard lane, `input` is cheaper than `cache_read`",
                "11: in the batch lane, `input` is cheaper than `cache_read`",
                "11: `input` is dearer in the batch lane than outside",
            ],
        );
        check(
            &[(", output = \"5\"", "")],
            &[],
            &["21: no price for output: calls that have any are unpriced"],
        );
    }

    #[test]
    fn prices_of_another_unit_and_free_ones_are_warned_of() {
        check(
            &[("\"5\"", "\"0.000005\"")],
            &[],
            &[
                "21: `output` costs less than anything known: prices are per million tokens, not \
                 per token",
                "21: in the standard lane, `output` is cheaper than `input`",
            ],
        );
    }

    #[test]
    fn prices_that_end_are_warned_of() {
        check(
            &[("source =", "to = \"2026-01-01T00:00:00Z\"\nsource =")],
            &[],
            &["11: the prices end at 2026-01-01T00:00:00Z and none follow"],
        );
    }

    #[test]
    fn an_id_of_another_provider_is_warned_of() {
        check(
            &[("id = \"small\"", "id = \"gpt-4o\"")],
            &[],
            &["18: `gpt-4o` is an id of openai too; where a log names no provider, openai bills"],
        );
    }
}
