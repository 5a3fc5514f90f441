//! What a reader of the prices should know, as blocks of a page: doubts, swaps, contracts, and the
//! invoice beside what was calculated.

use crate::insights::{Analysis, Cause, Explanation, ModelSwap, PriceRemarks, Reconciliation};
use crate::units::{Share, Usd};

use super::class_names::class_name;
use super::figures::{DASH, Money, count, counted, name, percent, percent_or_dash, tokens};
use super::screen::{Column, Grid, GridRow, Keep, Line, Screen, Tone};

/// Of each kind of remark, as many are shown one by one.
const SHOWN: usize = 8;

/// What contracts took off, if anything.
pub(super) fn contract(screen: &mut Screen, analysis: &Analysis, money: Money) {
    let (cost, list) = (analysis.totals.cost, analysis.totals.list_cost);
    if !analysis.has_contract {
        return;
    }
    let off = list - cost;
    if off.is_zero() {
        let text = "no call of this log is under a contract".to_owned();
        screen.line(Tone::Warning, text);
        return;
    }
    let part = percent_or_dash(Share::of(off.atto(), list.atto()));
    let text = format!(
        "{} at list prices; contracts take off {} ({part})",
        money.text(list),
        money.text(off)
    );
    screen.line(Tone::Plain, text);
}

/// Calls that another provider bills, where one was asked for.
pub(super) fn other_sellers(screen: &mut Screen, analysis: &Analysis) {
    let Some(seller) = &analysis.seller else { return };
    let calls = counted(analysis.other_sellers, "call", "calls");
    let text = format!("only what {} bills; {calls} billed by others left out", name(seller));
    screen.line(Tone::Quiet, text);
}

/// Doubts, classes at the price of others, and free failures.
pub(super) fn remarks(screen: &mut Screen, remarks: &PriceRemarks, money: Money) {
    let mut lines = Vec::new();
    let mut say = |tone, text| lines.push(Line { tone, text });
    for doubt in remarks.doubts.iter().take(SHOWN) {
        let calls = counted(doubt.calls, "call", "calls");
        let (model, cost) = (name(&doubt.model), money.text(doubt.cost));
        say(
            Tone::Warning,
            format!("unconfirmed: {calls} of {model}, {cost}: {}", name(&doubt.text)),
        );
    }
    if let Some(more) = remarks.doubts.get(SHOWN..).filter(|more| !more.is_empty()) {
        let calls = counted(more.iter().map(|doubt| doubt.calls).sum(), "call", "calls");
        let cost: Usd = more.iter().map(|doubt| doubt.cost).sum();
        say(Tone::Warning, format!("unconfirmed: {calls} of further models, {}", money.text(cost)));
    }
    for one in remarks.borrowed.iter().take(SHOWN) {
        let text = format!(
            "{} {} tokens of {} bill as {}: no price of their own is published",
            tokens(one.tokens),
            class_name(one.class),
            name(&one.model),
            class_name(one.billed_as)
        );
        say(Tone::Quiet, text);
    }
    if let Some(more) = remarks.borrowed.get(SHOWN..).filter(|more| !more.is_empty()) {
        let size = tokens(more.iter().map(|one| one.tokens).sum());
        say(Tone::Quiet, format!("{size} further tokens bill at the price of another class"));
    }
    if remarks.hourless_calls > 0 {
        let calls = counted(remarks.hourless_calls, "call", "calls");
        let text = format!(
            "{calls} in rows that sum up several, at prices that change with the hour: all priced \
             at the hour of their row"
        );
        say(Tone::Warning, text);
    }
    if remarks.unbilled_calls > 0 {
        let calls = counted(remarks.unbilled_calls, "call", "calls");
        let size = tokens(remarks.unbilled_tokens);
        let text =
            format!("{calls} with {size} tokens reported and, by the provider's rules, free");
        say(Tone::Quiet, text);
    }
    screen.list("About these prices", lines);
}

/// Calls that another model answered.
pub(super) fn swaps(screen: &mut Screen, swaps: &[ModelSwap], money: Money) {
    if swaps.is_empty() {
        return;
    }
    screen.heading("Answered by another model than asked for");
    let columns = vec![
        Column::text("asked for", Keep::Always),
        Column::text("answered by", Keep::Always),
        Column::number("calls", Keep::Always),
        Column::number("cost", Keep::Drop(2)),
        Column::number("as asked", Keep::Drop(1)),
        Column::number("difference", Keep::Always),
    ];
    let rows = swaps.iter().take(SHOWN).map(|swap| {
        let known = swap.compared_calls > 0;
        let amount = |cost: Usd| if known { money.text(cost) } else { DASH.to_owned() };
        let cells = vec![
            name(&swap.requested),
            name(&swap.served),
            count(swap.calls),
            amount(swap.cost),
            amount(swap.requested_cost),
            if known { money.difference(swap.difference()) } else { DASH.to_owned() },
        ];
        let dearer = swap.difference() > Usd::ZERO;
        GridRow::Cells(if dearer { Tone::Warning } else { Tone::Plain }, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
    if swaps.len() > SHOWN {
        let more = counted((swaps.len() - SHOWN) as u64, "more pair", "more pairs");
        screen.line(Tone::Quiet, format!("{more} with smaller differences"));
    }
}

/// The invoice beside what was calculated.
pub(super) fn reconciliation(screen: &mut Screen, of: &Reconciliation, money: Money) {
    screen.heading("Against the invoice");
    let mut text = format!(
        "{} invoiced, {} calculated: {}",
        money.text(of.invoiced),
        money.text(of.calculated),
        money.difference(of.gap())
    );
    if let Some(share) = of.gap_share().filter(|_| !of.gap().is_zero()) {
        text = format!("{text} ({})", percent(share));
    }
    let tone = if of.gap().is_zero() { Tone::Good } else { Tone::Strong };
    screen.line(tone, text);
    if let Some((logged, calls)) = of.logged {
        let calls = counted(calls, "call", "calls");
        screen.line(Tone::Plain, format!("{} logged by {calls}", money.text(logged)));
    }
    if of.gap().is_zero() {
        return;
    }
    if !of.classes.is_empty() {
        parts(screen, of, money);
    }
    let lines =
        of.explanations.iter().map(|one| Line { tone: Tone::Plain, text: cause(of, one, money) });
    screen.list("What could explain the difference", lines.collect());
}

fn parts(screen: &mut Screen, of: &Reconciliation, money: Money) {
    let columns = vec![
        Column::text("calculated", Keep::Always),
        Column::number("cost", Keep::Always),
        Column::number("difference is", Keep::Always),
    ];
    let mut rows: Vec<_> = of
        .classes
        .iter()
        .map(|(class, share)| {
            let part =
                share.map_or_else(|| DASH.to_owned(), |share| format!("{} of it", percent(share)));
            let cells = vec![class_name(class.class).to_owned(), money.text(class.cost), part];
            GridRow::Cells(Tone::Plain, cells)
        })
        .collect();
    if !of.of_no_class.is_zero() {
        let cells = vec![
            "fees, and costs of the log".to_owned(),
            money.text(of.of_no_class),
            String::new(),
        ];
        rows.push(GridRow::Cells(Tone::Plain, cells));
    }
    screen.grid(Grid { columns, rows });
}

fn cause(of: &Reconciliation, one: &Explanation, money: Money) -> String {
    let amount = one.amount.map(|amount| {
        let about = if one.is_estimate { "about " } else { "" };
        format!("{about}{}", money.text(amount))
    });
    let worth = amount.unwrap_or_else(|| "of unknown size".to_owned());
    match &one.cause {
        Cause::Unpriced(calls, size) => {
            let calls = counted(*calls, "call", "calls");
            format!(
                "{calls} with {} tokens have no price: {worth} at the mean price",
                tokens(*size)
            )
        }
        Cause::Skipped(records) => {
            let records = counted(*records, "record", "records");
            format!("{records} could not be read: {worth} at the mean cost of a call")
        }
        Cause::Duplicates(records) => {
            let records = counted(*records, "copy", "copies");
            format!("{records} left out: {worth}, if these were calls of their own")
        }
        Cause::QuietDays(days) => {
            let days = counted(*days, "day", "days");
            format!("{days} without any call: {worth}, if their log is missing")
        }
        Cause::Unbilled(calls) => {
            let calls = counted(*calls, "failed or refused call", "failed or refused calls");
            format!("{calls} taken as free: {worth}, if they were charged")
        }
        Cause::Contract => format!("{worth} of discounts that may not be on the invoice yet"),
        Cause::Doubts(calls) => {
            let calls = counted(*calls, "call", "calls");
            format!("{calls} at prices that nobody has confirmed, {worth} in all")
        }
        Cause::OtherCalls => other_calls(of),
        Cause::NotUsage => {
            "taxes, credits, minimum charges and rounding are on invoices and in no log".to_owned()
        }
    }
}

fn other_calls(of: &Reconciliation) -> String {
    let size = of.gap_in_calls.map_or_else(String::new, |calls| {
        format!(": about {} at the mean cost", counted(calls, "call", "calls"))
    });
    if of.gap() > Usd::ZERO {
        format!("calls that are not in this log, by another key or tool{size}")
    } else {
        format!("calls of this log that another invoice or provider bills{size}")
    }
}
