//! Tokens that were written to a cache and never read from it: a premium for nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::pricing::ModelId;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant, Row, Symbol, column};

use super::bill::Bill;
use super::cache_losses::Chains;

/// What a call wrote: the tokens of a prompt from `start` to `end`.
#[derive(Clone, Copy, Debug)]
struct Written {
    row: Row,
    model: ModelId,
    at: Instant,
    start: u64,
    end: u64,
}

/// What one model wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ModelWrites {
    /// Tokens written.
    pub(super) written: u64,
    /// Those of them that nothing read, at least.
    pub(super) unread: u64,
    /// What they cost beyond plain input, in dollars; nothing where a call has no price for that.
    pub(super) premium: Option<Usd>,
    read: u64,
    has_followed: bool,
    has_other: bool,
}

/// The writes of every model, by its name in the log.
pub(super) fn writes(bill: &Bill<'_>) -> Vec<(String, ModelWrites)> {
    let mut sums: BTreeMap<Symbol, ModelWrites> = BTreeMap::new();
    let mut is_followed = vec![false; bill.facts.calls.len()];
    let model_of = |row| bill.facts.calls.symbol(column::MODEL, row);
    if let Some(chains) = Chains::of(bill) {
        let sights = chains.sights(bill);
        for (row, call, _) in &sights {
            is_followed[*row] = !call.cache_written().is_zero();
        }
        for (written, unread) in unread(&sights) {
            let sum = sums.entry(model_of(written.row)).or_default();
            sum.unread += unread;
            let premium = premium(bill, written.row, unread);
            sum.premium = added(sum.premium, premium, sum.has_followed);
            sum.has_followed = true;
        }
    }
    let mut others: BTreeMap<Symbol, (u64, Option<Usd>, u64)> = BTreeMap::new();
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        let (read, written) = (call.cache_read().get(), call.cache_written().get());
        let sum = sums.entry(model_of(row)).or_default();
        sum.read += read;
        sum.written += written;
        if written > 0 && !is_followed[row] {
            sum.has_other = true;
            let other = others.entry(model_of(row)).or_insert((0, Some(Usd::ZERO), 0));
            other.0 += written;
            other.1 = other.1.zip(premium(bill, row, written)).map(|(one, two)| one + two);
        }
        others.entry(model_of(row)).or_insert((0, Some(Usd::ZERO), 0)).2 += read;
    }
    for (model, (written, premium, read)) in others {
        // Each token that is read was written once: what exceeds all reads was read by nobody.
        let unread = written.saturating_sub(read);
        let sum = sums.entry(model).or_default();
        sum.unread += unread;
        let part = premium.and_then(|premium| part_of(premium, unread, written));
        sum.premium = added(sum.premium, part, sum.has_followed);
    }
    let name = |model| bill.facts.calls.dimensions[column::MODEL].resolve(model).to_owned();
    let mut found: Vec<_> = sums.into_iter().map(|(model, sum)| (name(model), sum)).collect();
    found.retain(|(_, sum)| sum.written > 0);
    found.sort_by(|a, b| (Reverse(a.1.unread), &a.0).cmp(&(Reverse(b.1.unread), &b.0)));
    found
}

fn added(sum: Option<Usd>, more: Option<Usd>, has_sum: bool) -> Option<Usd> {
    if has_sum { sum.zip(more).map(|(one, two)| one + two) } else { more }
}

/// `part / whole` of an amount, cut to 10⁻¹⁸ dollars.
fn part_of(amount: Usd, part: u64, whole: u64) -> Option<Usd> {
    if part == 0 {
        return Some(Usd::ZERO);
    }
    let product = amount.atto().checked_mul(i128::from(part))?;
    product.checked_div(i128::from(whole)).map(Usd::from_atto)
}

/// What so many of the written tokens of a call cost beyond plain input.
fn premium(bill: &Bill<'_>, row: Row, tokens: u64) -> Option<Usd> {
    if tokens == 0 {
        return Some(Usd::ZERO);
    }
    let mut plain = bill.call(row);
    let mut left = Tokens::new(tokens);
    for class in [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h] {
        let moved = left.min(plain.tokens[class]);
        plain.tokens[class] = plain.tokens[class].saturating_sub(moved);
        plain.tokens[TokenClass::Input] += moved;
        left = left.saturating_sub(moved);
    }
    let (paid, _) = bill.priced(row)?;
    bill.instead(row, &plain).map(|plain| paid - plain)
}

/// What each call wrote, and how much of it no later call read.
///
/// Within a chain, a call that reads less than what is there writes the rest anew, so what lies
/// beyond is dead. The start of a prompt may have been read by another conversation: whatever is
/// not longer than a read that no prompt of its own chain explains counts as read.
fn unread(
    sights: &[(Row, Call, crate::techniques::warmth::Sight)],
) -> impl Iterator<Item = (Written, u64)> {
    let mut alive: HashMap<(Symbol, Symbol, ModelId), Vec<Written>> = HashMap::new();
    let mut foreign: HashMap<ModelId, Vec<(Instant, u64)>> = HashMap::new();
    let mut dead: Vec<Written> = Vec::new();
    for (row, call, sight) in sights {
        let read = call.tokens[TokenClass::CacheRead].get();
        let key = (sight.conversation, sight.chain, sight.model);
        let own = alive.entry(key).or_default();
        let known = own.iter().map(|written| written.end).max().unwrap_or(0);
        if read > known {
            foreign.entry(sight.model).or_default().push((sight.time, read));
        }
        let wrote = call.cache_written().get();
        if read == 0 && wrote == 0 {
            // Nothing was looked up, or it missed and was not stored again.
            continue;
        }
        own.retain_mut(|written| {
            let is_dead = written.end > read && wrote > 0;
            written.start = written.start.max(read);
            if is_dead {
                dead.push(*written);
            }
            !is_dead && written.end > read
        });
        if wrote > 0 {
            let model = sight.model;
            own.push(Written { row: *row, model, at: sight.time, start: read, end: read + wrote });
        }
    }
    dead.extend(alive.into_values().flatten());
    dead.sort_by_key(|written| (written.row, written.start));
    let longest: HashMap<ModelId, Vec<(Instant, u64)>> =
        foreign.into_iter().map(|(model, reads)| (model, longest_from(reads))).collect();
    dead.into_iter().map(move |written| {
        let reads = longest.get(&written.model).map_or(&[][..], Vec::as_slice);
        let later = reads.partition_point(|(at, _)| *at < written.at);
        let elsewhere = reads.get(later).map_or(0, |(_, read)| *read);
        (written, written.end.saturating_sub(written.start.max(elsewhere)))
    })
}

/// For each time the longest read from then on.
fn longest_from(mut reads: Vec<(Instant, u64)>) -> Vec<(Instant, u64)> {
    let mut longest = 0;
    for (_, read) in reads.iter_mut().rev() {
        longest = longest.max(*read);
        *read = longest;
    }
    reads
}

/// The writes that nobody read, by model.
pub(super) fn exhibit(writes: &[(String, ModelWrites)]) -> Exhibit {
    let mut sheet = Exhibit::new(
        "cache_writes",
        "Cache writes that nobody read",
        &[
            ("model", "model"),
            ("written_tokens", "written"),
            ("unread_tokens", "never read"),
            ("unread_share", "share"),
            ("premium_usd", "premium paid"),
            ("known_by", "how it is known"),
        ],
    );
    for (model, sum) in writes {
        let known = match (sum.has_followed, sum.has_other) {
            (true, false) => "conversations",
            (true, true) => "conversations, else counts (at least)",
            (false, _) => "counts (at least)",
        };
        sheet.push([
            Cell::text(model.clone()),
            Cell::Tokens(Tokens::new(sum.written)),
            Cell::Tokens(Tokens::new(sum.unread)),
            Cell::share_of(i128::from(sum.unread), i128::from(sum.written)),
            Cell::usd_or_missing(sum.premium),
            Cell::text(known),
        ]);
    }
    sheet.note(
        "counts: without conversations it is only known that what was written beyond everything \
         read was never read; the premium is what the tokens cost beyond plain input",
    );
    sheet
}
