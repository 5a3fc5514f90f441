//! Two public price libraries disagree on these calls, or only one of them can price them. A table
//! says whom we follow and why; the prices do what it says.

use std::collections::BTreeMap;

use llmcost::pricing::PriceBook;
use llmcost::units::{Excess, TokenClass, TokenPrice, Tokens, Usd};
use llmcost::usage::Call;
use serde::Deserialize;

use super::oracle::{Row, amount, is_same, rows};

#[derive(Debug, Deserialize)]
struct Verdicts {
    verdict: Vec<Verdict>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Side {
    GenaiPrices,
    Litellm,
    Neither,
    Unpriced,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum When {
    Sync,
    Batch,
    Any,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    provider: String,
    models: Vec<String>,
    when: When,
    cached: Option<bool>,
    prompt_above: Option<u64>,
    prompt_up_to: Option<u64>,
    right: Side,
    unresolved: bool,
    because: String,
    source: String,
    prices: Option<BTreeMap<String, String>>,
    #[serde(default)]
    bands: Vec<Band>,
    request: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    above: u64,
    prices: BTreeMap<String, String>,
}

impl Verdict {
    fn fits(&self, row: &Row) -> bool {
        let cached =
            row.cache_read_tokens + row.cache_write_5m_tokens + row.cache_write_1h_tokens > 0;
        let prompt = row.call().input_total().get();
        self.provider == row.provider
            && self.models.contains(&row.model)
            && (self.when == When::Any || (self.when == When::Batch) == row.batch)
            && self.cached.is_none_or(|wanted| wanted == cached)
            && self.prompt_above.is_none_or(|limit| prompt > limit)
            && self.prompt_up_to.is_none_or(|limit| prompt <= limit)
    }

    /// What a call costs at the prices of the verdict, added up by hand.
    fn by_its_prices(&self, call: &Call) -> Usd {
        let base = self.prices.as_ref().expect("`neither` states its prices");
        let prompt = call.input_total().get();
        let band = self.bands.iter().rev().find(|band| prompt > band.above);
        let prices = band.map_or(base, |band| &band.prices);
        let mut whole = self
            .request
            .as_deref()
            .map_or(Usd::ZERO, |fee| Usd::from_atto(amount(fee).atto() / 1_000));
        for (class, count) in call.tokens.iter().filter(|(_, count)| !count.is_zero()) {
            whole += price_of(prices, class).cost_of(*count).expect("fits");
        }
        whole
    }
}

fn price_of(prices: &BTreeMap<String, String>, class: TokenClass) -> TokenPrice {
    let own = prices.get(class.name());
    let text = own.or_else(|| prices.get("input").filter(|_| class.is_input()));
    let text = text.unwrap_or_else(|| panic!("the verdict has no price for {}", class.name()));
    TokenPrice::parse_per_million(text).expect("a price")
}

fn verdicts() -> Vec<Verdict> {
    let parsed: Verdicts = toml::from_str(include_str!("verdicts.toml")).expect("verdicts");
    parsed.verdict
}

/// What is wrong with our price of a call, given the verdicts; nothing where all is well.
fn trouble(book: &PriceBook, verdicts: &[Verdict], row: &Row) -> Option<String> {
    let fitting: Vec<_> = verdicts.iter().filter(|verdict| verdict.fits(row)).collect();
    let [verdict] = fitting[..] else {
        return Some(format!("{} verdicts fit", fitting.len()));
    };
    let stated = |text: &Option<String>| text.as_deref().map(amount);
    let expected = match verdict.right {
        Side::Unpriced => {
            let priced = row.priced(book).ok();
            return priced.map(|(usd, _)| format!("costs {usd}, should be unpriced"));
        }
        Side::GenaiPrices => stated(&row.genai_prices_usd),
        Side::Litellm => stated(&row.litellm_usd),
        Side::Neither => Some(verdict.by_its_prices(&row.call())),
    };
    let Some(expected) = expected else {
        return Some("the library that is said to be right does not price it".to_owned());
    };
    match row.priced(book) {
        Err(reason) => Some(format!("is unpriced: {reason}")),
        Ok((usd, _)) if !is_same(usd, expected) => {
            Some(format!("costs {usd}, {expected} by its verdict"))
        }
        Ok((_, card)) if card.doubt().is_some() != verdict.unresolved => {
            Some(format!("doubt {:?}, unresolved {}", card.doubt(), verdict.unresolved))
        }
        Ok(_) => None,
    }
}

#[test]
fn every_verdict_gives_its_reason_and_its_source() {
    let verdicts = verdicts();
    for verdict in &verdicts {
        assert!(!verdict.because.trim().is_empty() && !verdict.source.trim().is_empty());
        assert_eq!(verdict.prices.is_some(), verdict.right == Side::Neither, "{verdict:?}");
        assert!(!(verdict.unresolved && verdict.right == Side::Unpriced), "{verdict:?}");
    }
    assert!(verdicts.len() > 100);
}

#[test]
fn disputed_calls_are_priced_as_the_verdicts_say_and_doubts_are_told() {
    let Some(rows) = rows("oracle/disputed.jsonl") else { return };
    let (book, verdicts) = (PriceBook::embedded(), verdicts());
    let wrong: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let trouble = trouble(&book, &verdicts, row)?;
            Some(format!("{} {} {}: {trouble}", row.id, row.provider, row.model))
        })
        .collect();
    assert_eq!(rows.len(), 1213);
    assert_eq!(sides(&verdicts, &rows), [540, 270, 256, 147]);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// How many calls are decided for genai-prices, for `LiteLLM`, for neither, and for no price at all; and
/// that no verdict is about a call that nobody asks about any more.
fn sides(verdicts: &[Verdict], rows: &[Row]) -> [usize; 4] {
    let mut decided = [0; 4];
    for verdict in verdicts {
        let calls = rows.iter().filter(|row| verdict.fits(row)).count();
        assert!(calls > 0, "a verdict decides nothing: {verdict:?}");
        let side = [Side::GenaiPrices, Side::Litellm, Side::Neither, Side::Unpriced];
        let side = side.iter().position(|side| *side == verdict.right).expect("all of them");
        decided[side] += calls;
    }
    decided
}

#[test]
fn a_verdict_adds_up_as_its_prices_say() {
    let verdict = Verdict {
        prices: Some(BTreeMap::from([("input", "1"), ("output", "4")].map(owned))),
        bands: vec![Band {
            above: 10,
            prices: BTreeMap::from([("input", "2"), ("output", "8")].map(owned)),
        }],
        request: Some("5".to_owned()),
        ..verdicts().remove(0)
    };
    let mut call = Call::default();
    call.tokens[TokenClass::Input] = Tokens::new(6);
    call.tokens[TokenClass::CacheRead] = Tokens::new(4);
    call.tokens[TokenClass::Output] = Tokens::new(1);
    let usd = |text| Usd::parse(text, Excess::Reject).expect("an amount");
    assert_eq!(verdict.by_its_prices(&call), usd("0.005014"));
    call.tokens[TokenClass::Input] = Tokens::new(7);
    assert_eq!(verdict.by_its_prices(&call), usd("0.00503"));
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}
