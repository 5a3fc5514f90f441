//! The what-if panel: what its script needs to know, as JSON.

use serde::Serialize;

use super::super::figures::Money;
use super::super::json_text::escaped;
use crate::report::{Currency, WhatIfPanel};
use crate::simulation::Corners;
use crate::units::{Rate, Usd};

/// What the template shows, and what its script reads.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    /// Models that calls may move to.
    pub(super) targets: Vec<String>,
    /// What the bill beside it holds and this does not; empty for nothing.
    pub(super) remark: String,
    /// Whether there is a cap to choose.
    pub(super) has_caps: bool,
    /// A document for the script, safe between the tags of an element.
    pub(super) data: String,
}

/// The document. Amounts are decimal texts of 10⁻²⁷ dollars: more than a number of a script holds.
#[derive(Serialize)]
struct Island<'a> {
    command: &'a str,
    money: MoneyForm,
    targets: &'a [String],
    /// Percent.
    shares: Vec<u64>,
    caps: Vec<u64>,
    unmoved: Vec<Texts>,
    moved: Vec<Vec<Vec<Texts>>>,
}

/// How amounts are written.
#[derive(Serialize)]
struct MoneyForm {
    /// What stands before an amount.
    symbol: String,
    decimals: u32,
    /// Billionths of the currency for a dollar, as text.
    rate: String,
}

type Texts = [String; 6];

/// The panel of a page.
///
/// `bill` is that of the page, where it has one of its own.
pub(super) fn panel(panel: &WhatIfPanel, bill: Option<Usd>, currency: Currency) -> Panel {
    let WhatIfPanel { command, what_if } = panel;
    let money = Money::for_bill(what_if.baseline, currency);
    let form = MoneyForm {
        symbol: money.symbol(),
        decimals: money.decimals(),
        rate: currency.rate.parts().to_string(),
    };
    let percent = |share: &Rate| share.parts() / (Rate::ONE.parts() / 100);
    let texts = |corners: &Corners| corners.map(|corner| corner.raw().to_string());
    let by_cap = |caps: &Vec<Corners>| caps.iter().map(texts).collect();
    let island = Island {
        command,
        money: form,
        targets: &what_if.targets,
        shares: what_if.shares.iter().map(percent).collect(),
        caps: what_if.caps.iter().map(|cap| cap.get()).collect(),
        unmoved: what_if.unmoved().iter().map(texts).collect(),
        moved: what_if.moved().iter().map(|shares| shares.iter().map(by_cap).collect()).collect(),
    };
    let remark = match bill.filter(|bill| *bill != what_if.baseline) {
        Some(bill) => format!(
            "It begins at {}, what calls come to at the prices of the tables; the bill of this page, {}, \
             also takes calls at the log's own cost, or other prices, and no setting changes those.",
            money.text(what_if.baseline),
            money.text(bill)
        ),
        None => String::new(),
    };
    Panel {
        remark,
        targets: what_if.targets.clone(),
        has_caps: !what_if.caps.is_empty(),
        data: self::island(&island),
    }
}

/// A document for the script, as it can stand in a page.
pub(super) fn island(document: &impl Serialize) -> String {
    let data = serde_json::to_string(document).expect("texts and whole numbers");
    // A name of a log may look like the end of the element.
    escaped(&data.replace('<', "\\u003c"))
}
