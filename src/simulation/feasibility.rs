//! Whether a claimed row of savings can be true: each lever saves at most the slice it works on.
//!
//! Keep the shares of the bill (input that can be cached, other input, output) and take the claims
//! one after the other. Caching saves `x` of a bill only if at least `x / (1 - r)` of it is cacheable
//! input, with reads at `r` times the input price; what was read stays in the bill. Output measures
//! save no more than the output that is left.

use crate::diagnostics::did_you_mean;
use crate::exhibits::{Cell, Exhibit};
use crate::units::Rate;

/// Working precision: amounts in 10⁻¹⁸ of the bill before.
const WHOLE: u128 = 1_000_000_000_000_000_000;

/// Rates in billionths.
const BILLION: u128 = 1_000_000_000;

/// What a claim works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// Input read from the provider's cache.
    CachedInput,
    /// Any input.
    Input,
    /// Output.
    Output,
    /// The whole bill: other models, fewer calls, other prices.
    Whole,
    /// Calls that can wait, of which a batch takes half off.
    Batch,
}

/// The most that a batch takes off, as a divisor: Anthropic, `OpenAI` and Google bill half (their
/// pages on batches, November 2026).
const BATCH_DIVISOR: u128 = 2;

/// The words for each slice, as a claim may use them.
const WORDS: [(&str, Slice); 17] = [
    ("cache", Slice::CachedInput),
    ("caching", Slice::CachedInput),
    ("prompt_caching", Slice::CachedInput),
    ("input", Slice::Input),
    ("trim", Slice::Input),
    ("context_trimming", Slice::Input),
    ("output", Slice::Output),
    ("output_cap", Slice::Output),
    ("concise_output", Slice::Output),
    ("tier", Slice::Whole),
    ("model_tiering", Slice::Whole),
    ("semantic_cache", Slice::Whole),
    ("retries", Slice::Whole),
    ("structured_output", Slice::Whole),
    ("batch", Slice::Batch),
    ("discount", Slice::Whole),
    ("all", Slice::Whole),
];

/// One step of a claim: a part of the bill that is left after the steps before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedStep {
    /// As the claim names it.
    pub name: String,
    /// What it works on.
    pub slice: Slice,
    /// What it is said to save.
    pub saving: Rate,
}

/// Reads `cache 40%, output 35%`.
///
/// # Errors
/// When a step has no known name or no rate, in words for the user.
pub fn parse_claim(text: &str) -> Result<Vec<ClaimedStep>, String> {
    let step = |part: &str| {
        let part = part.trim();
        let (name, saving) = part.split_once([' ', '=']).ok_or_else(|| {
            format!("`{part}` is no step; write them as \"cache 40%, output 35%\"")
        })?;
        let known = WORDS.iter().find(|(word, _)| *word == name);
        let Some((_, slice)) = known else {
            let words = WORDS.map(|(word, _)| word);
            let similar = did_you_mean(name, words).map(|word| format!("did you mean `{word}`?"));
            let advice = similar.unwrap_or_else(|| format!("the levers are {}", words.join(", ")));
            return Err(format!("there is no lever `{name}`; {advice}"));
        };
        let saving = Rate::parse(saving.trim())
            .map_err(|_| format!("`{}` is not a rate such as 40% or 0.4", saving.trim()))?;
        if saving == Rate::ONE {
            return Err(format!("`{part}`: nothing is left to pay after 100 %"));
        }
        Ok(ClaimedStep { name: name.to_owned(), slice: *slice, saving })
    };
    text.split(',').map(step).collect()
}

/// How a bill divides, as parts of it that sum to at most one; the rest is other input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BillShares {
    /// Input that is not cached yet and could be.
    pub(super) cacheable: Rate,
    /// Output.
    pub(super) output: Rate,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JudgedStep {
    /// The claim.
    pub(super) step: ClaimedStep,
    /// The part of the bill at this point that its slice must have; nothing when that is more than
    /// the whole bill.
    pub(super) needed: Option<Rate>,
    /// The part that it has in this log; nothing after a step that was not possible.
    pub(super) available: Option<Rate>,
    /// The part that it has at most, in the log that suits this claim best; nothing after a step that
    /// is impossible in every log.
    pub(super) at_most: Option<Rate>,
}

impl JudgedStep {
    /// Whether the log allows it.
    pub(super) fn is_feasible(&self) -> bool {
        self.fits(self.available)
    }

    /// Whether any log would.
    pub(super) fn is_possible(&self) -> bool {
        self.fits(self.at_most)
    }

    fn fits(&self, limit: Option<Rate>) -> bool {
        self.needed.zip(limit).is_some_and(|(needed, limit)| needed <= limit)
    }
}

/// Amounts of the slices while steps are taken, in 10⁻¹⁸ of the bill before.
struct Left {
    cacheable: u128,
    other: u128,
    output: u128,
}

/// Takes the steps in order. `read` is the price of cached input as a part of that of plain input;
/// nothing where the model has no such price, so that no caching is possible.
pub(super) fn judge(
    steps: &[ClaimedStep],
    shares: BillShares,
    read: Option<Rate>,
) -> Vec<JudgedStep> {
    let of = |rate: Rate| u128::from(rate.parts()) * BILLION;
    let (cacheable, output) = (of(shares.cacheable), of(shares.output));
    let other = WHOLE.saturating_sub(cacheable + output);
    let mut left = Left { cacheable, other, output };
    // In the log that suits best, whatever was not needed by other levers is there for the next.
    let (mut total, mut spent) = (WHOLE, 0_u128);
    let (mut fits_log, mut fits_any) = (true, true);
    let mut judged = Vec::new();
    for step in steps {
        let now = left.cacheable + left.other + left.output;
        let (needed, _) = need(step, WHOLE, read);
        let available = fits_log.then(|| part(left.of(step.slice), now));
        let at_most = fits_any.then(|| match step.slice {
            Slice::Whole | Slice::Batch => Rate::ONE,
            _ => part(total - spent, total),
        });
        let one = JudgedStep {
            step: step.clone(),
            needed: (needed <= WHOLE).then(|| part(needed, WHOLE)),
            available,
            at_most,
        };
        fits_log &= one.is_feasible();
        fits_any &= one.is_possible();
        if fits_log {
            left.take(step, now, read);
        }
        if fits_any {
            let (need, saved) = need(step, total, read);
            if matches!(step.slice, Slice::Whole | Slice::Batch) {
                spent = times(spent, step.saving.complement());
            } else {
                // What was read from the cache is paid for, and no other lever touches it.
                spent += need - saved;
            }
            total -= saved;
        }
        judged.push(one);
    }
    judged
}

/// How much of a bill must belong to the slice, and how much of it is saved.
fn need(step: &ClaimedStep, bill: u128, read: Option<Rate>) -> (u128, u128) {
    let saved = times(bill, step.saving);
    if step.slice == Slice::Batch {
        return (saved * BATCH_DIVISOR, saved);
    }
    if step.slice != Slice::CachedInput {
        return (saved, saved);
    }
    let off = read.map_or(0, |read| u128::from(read.complement().parts()));
    let needed = (saved * BILLION).checked_div(off);
    // Without a price for reads nothing can be saved, whatever the share.
    (needed.unwrap_or(u128::MAX / BILLION / 4), saved)
}

fn times(amount: u128, rate: Rate) -> u128 {
    amount * u128::from(rate.parts()) / BILLION
}

/// A part of a whole, to the nearest billionth.
fn part(part: u128, whole: u128) -> Rate {
    let parts = (part.saturating_mul(BILLION) + whole / 2).checked_div(whole).unwrap_or(0);
    let parts = u64::try_from(parts).unwrap_or(u64::MAX).min(Rate::ONE.parts());
    Rate::of_counts(parts, Rate::ONE.parts()).unwrap_or(Rate::ONE)
}

impl Left {
    fn of(&self, slice: Slice) -> u128 {
        match slice {
            Slice::CachedInput => self.cacheable,
            Slice::Input => self.cacheable + self.other,
            Slice::Output => self.output,
            Slice::Whole | Slice::Batch => self.cacheable + self.other + self.output,
        }
    }

    fn take(&mut self, step: &ClaimedStep, now: u128, read: Option<Rate>) {
        let (needed, saved) = need(step, now, read);
        match step.slice {
            Slice::CachedInput => {
                let needed = needed.min(self.cacheable);
                self.cacheable -= needed;
                self.other += needed.saturating_sub(saved);
            }
            Slice::Input => {
                let plain = saved.min(self.other);
                self.other -= plain;
                self.cacheable = self.cacheable.saturating_sub(saved - plain);
            }
            Slice::Output => self.output = self.output.saturating_sub(saved),
            Slice::Whole | Slice::Batch => {
                let rest = step.saving.complement();
                for amount in [&mut self.cacheable, &mut self.other, &mut self.output] {
                    *amount = times(*amount, rest);
                }
            }
        }
    }
}

/// The judgement as a table.
pub(super) fn claim_exhibit(judged: &[JudgedStep], read: Option<Rate>) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "claim",
        "Whether the claim can be true",
        &[
            ("step", ""),
            ("claimed_share", "claimed"),
            ("needed_share", "needs"),
            ("available_share", "has here"),
            ("feasible", "here"),
            ("at_most_share", "has at most"),
            ("possible", "anywhere"),
        ],
    );
    let verdict = |known: Option<Rate>, holds: bool| match (known, holds) {
        (None, _) => "not reached",
        (_, true) => "feasible",
        (_, false) => "infeasible",
    };
    let cell = |rate: Option<Rate>| rate.map_or(Cell::Missing, Cell::Rate);
    for one in judged {
        exhibit.push([
            Cell::text(one.step.name.clone()),
            Cell::Rate(one.step.saving),
            one.needed.map_or_else(|| Cell::text("more than all"), Cell::Rate),
            cell(one.available),
            Cell::text(verdict(one.available, one.is_feasible())),
            cell(one.at_most),
            Cell::text(verdict(one.at_most, one.is_possible())),
        ]);
    }
    let all = |holds: fn(&JudgedStep) -> bool| judged.iter().all(holds);
    exhibit.note(match (all(JudgedStep::is_feasible), all(JudgedStep::is_possible)) {
        (true, _) => "this log allows the claim; whether it comes true is another question",
        (false, true) => "this log does not allow the claim; another mix of input and output would",
        (false, false) => "no log of this model allows the claim",
    });
    exhibit.note(
        "each step is a part of what the steps before it leave; needs and has are parts of \
                  that bill",
    );
    match read {
        Some(read) => exhibit.note(format!(
            "cached input costs {read} of plain input on the model with the largest bill"
        )),
        None => exhibit.note("the model with the largest bill has no price for cached input"),
    }
    exhibit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::parse(text).expect("a rate")
    }

    fn judged(claim: &str, shares: [&str; 2], read: &str) -> Vec<JudgedStep> {
        let [cacheable, output] = shares.map(rate);
        let steps = parse_claim(claim).expect("a claim");
        judge(&steps, BillShares { cacheable, output }, Some(rate(read)))
    }

    /// Needed and at most, then whether some log allows each step.
    fn check(claim: &str, read: &str, expected: &[(&str, Option<&str>, bool)]) {
        let found = judged(claim, ["0.5", "0.3"], read);
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                let at_most = one.at_most.map(|rate| rate.to_string());
                let needed = one.needed.map_or_else(String::new, |rate| rate.to_string());
                (needed, at_most, one.is_possible())
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(needed, at_most, holds)| {
                ((*needed).to_owned(), at_most.map(str::to_owned), *holds)
            })
            .collect();
        assert_eq!(found, expected, "{claim}");
    }

    /// 40 % from reads at half the price needs 80 % of the bill; at most a third of what is left can
    /// then be output.
    #[test]
    fn forty_percent_from_half_price_reads_leave_no_35_percent_to_output() {
        check(
            "cache 40%, output 35%",
            "0.5",
            &[("0.8", Some("1"), true), ("0.35", Some("0.333333333"), false)],
        );
    }

    #[test]
    fn with_reads_at_a_tenth_the_same_claim_is_possible() {
        check(
            "cache 40%, output 35%",
            "0.1",
            &[("0.444444444", Some("1"), true), ("0.35", Some("0.925925926"), true)],
        );
    }

    /// The four steps of a published handbook: the first changes the bill and no share of it.
    #[test]
    fn a_lever_on_the_whole_bill_changes_no_share() {
        let claim = "tier 55%, cache 40%, output 35%, batch 25%";
        let found = judged(claim, ["0.5", "0.3"], "0.5");
        let verdicts: Vec<_> = found.iter().map(JudgedStep::is_possible).collect();
        assert_eq!(verdicts, [true, true, false, false]);
        assert_eq!(found[2].at_most.map(|rate| rate.to_string()).as_deref(), Some("0.333333333"));
        assert_eq!(found[3].at_most, None, "what follows an impossible step is not reached");
        let possible = judged(claim, ["0.5", "0.3"], "0.1");
        assert!(possible.iter().all(JudgedStep::is_possible));
    }

    #[test]
    fn what_this_log_has_is_judged_apart_from_what_any_has() {
        let found = judged("cache 20%, output 30%", ["0.5", "0.3"], "0.1");
        assert!(found.iter().all(JudgedStep::is_feasible));
        assert_eq!(found[1].available, Some(rate("0.375")));
        let found = judged("cache 50%, output 10%", ["0.5", "0.3"], "0.1");
        let here: Vec<_> = found.iter().map(JudgedStep::is_feasible).collect();
        assert_eq!((here, found[0].is_possible()), (vec![false, false], true));
    }

    #[test]
    fn without_a_price_for_reads_no_caching_is_possible() {
        let steps = parse_claim("cache 1%").expect("a claim");
        let shares = BillShares { cacheable: Rate::ONE, output: Rate::ZERO };
        assert!(!judge(&steps, shares, None)[0].is_possible());
    }

    #[test]
    fn a_claim_says_lever_and_rate() {
        for (text, expected) in [
            ("cache", "is no step"),
            ("cahce 40%", "did you mean `cache`?"),
            ("magic 40%", "the levers are cache"),
            ("cache 140%", "not a rate"),
            ("cache 100%", "nothing is left"),
        ] {
            let message = parse_claim(text).expect_err(text);
            assert!(message.contains(expected), "{message}");
        }
    }

    proptest::proptest! {
        /// What a log allows, some log allows.
        #[test]
        fn no_log_allows_what_none_would(
            cache in 1_u64..99, output in 1_u64..99, cacheable in 0_u64..50, share in 0_u64..50,
            read in 0_u64..99,
        ) {
            let claim = format!("cache {cache}%, output {output}%");
            let steps = parse_claim(&claim).expect("a claim");
            let of = |percent| Rate::of_counts(percent, 100).expect("a rate");
            let shares = BillShares { cacheable: of(cacheable), output: of(share) };
            for one in judge(&steps, shares, Some(of(read))) {
                proptest::prop_assert!(one.is_possible() || !one.is_feasible());
            }
        }
    }

    /// A batch takes half off at most: 25 % needs half of the bill, and 60 % is not possible.
    #[test]
    fn a_batch_takes_no_more_than_half() {
        let shares = BillShares { cacheable: Rate::ZERO, output: Rate::ZERO };
        let judged = |text: &str| {
            let steps = parse_claim(text).expect("a claim");
            let first = judge(&steps, shares, None).remove(0);
            (first.needed.map(|rate| rate.to_string()), first.is_possible())
        };
        assert_eq!(judged("batch 25%"), (Some("0.5".to_owned()), true));
        assert_eq!(judged("batch 60%"), (None, false));
    }
}
