//! What stands out, in words.

use crate::insights::Finding;

use crate::units::Share;

use super::dates::moment;
use super::figures::{Money, counted, percent, token_limit, tokens};
use super::screen::Tone;

/// A finding as a sentence. `coverage` is the part of the bill that is known by class of token;
/// nothing when that is all of it.
pub(super) fn sentence(finding: &Finding, money: Money, coverage: Option<Share>) -> String {
    let text = bare_sentence(finding, money);
    match (finding, coverage) {
        (
            Finding::OutputLeads { .. }
            | Finding::InputLeads { .. }
            | Finding::CacheLoses { .. }
            | Finding::CacheSaves { .. },
            Some(coverage),
        ) => format!("{text} (of the {} of the bill that is known by token)", percent(coverage)),
        _ => text,
    }
}

fn bare_sentence(finding: &Finding, money: Money) -> String {
    match finding {
        Finding::OutputLeads { cost_share, token_share } => format!(
            "output is {} of the cost and {} of the tokens: shorter answers save most",
            percent(*cost_share),
            percent(*token_share)
        ),
        Finding::InputLeads { cost_share, cache_share } => format!(
            "uncached input is {} of the cost; {} of all input was read from the cache",
            percent(*cost_share),
            percent(*cache_share)
        ),
        Finding::CacheLoses { loss } => format!(
            "the prompt cache costs {} more than the same tokens as plain input",
            money.text(*loss)
        ),
        Finding::CacheSaves { saving } => format!(
            "the prompt cache already saves {} against plain input, writes included",
            money.text(*saving)
        ),
        Finding::LongPrompts { above, call_share, cost_share } => format!(
            "prompts above {} tokens are {} of the calls and {} of the cost",
            token_limit(*above),
            percent(*call_share),
            percent(*cost_share)
        ),
        Finding::NoBatch => {
            "no call used the batch tier; what can wait is usually cheaper there".to_owned()
        }
        Finding::FailuresBilled { total } => format!(
            "{} failed and still cost {}",
            counted(total.calls, "call", "calls"),
            money.text(total.cost)
        ),
        Finding::CutOff { total } => format!(
            "{} stopped at the output limit, for {}",
            counted(total.calls, "call", "calls"),
            money.text(total.cost)
        ),
        Finding::DearestFifth { cost_share } => {
            format!(
                "the dearest fifth of the calls carries about {} of the cost",
                percent(*cost_share)
            )
        }
        Finding::CacheLost { .. }
        | Finding::WritesUnread { .. }
        | Finding::RetriesWasted { .. }
        | Finding::PromptsRepeated { .. }
        | Finding::UnusualSpend { .. }
        | Finding::LargestLever { .. } => deep_sentence(finding, money),
    }
}

/// The findings that need the calls in order of time; each names the table that has the details.
/// Of the others [`bare_sentence`] speaks.
fn deep_sentence(finding: &Finding, money: Money) -> String {
    match finding {
        Finding::CacheLost { tokens: lost, cost } => format!(
            "{} tokens that a cache had were paid for again, for {} (--show cache_losses)",
            tokens(*lost),
            money.text(*cost)
        ),
        Finding::WritesUnread { tokens: unread, premium } => format!(
            "{} tokens were written to a cache and never read, for a premium of {} (--show \
             cache_writes)",
            tokens(*unread),
            money.text(*premium)
        ),
        Finding::RetriesWasted { total } => format!(
            "{} that a sound retry policy would not have made cost {} (--show waste)",
            counted(total.calls, "attempt", "attempts"),
            money.text(total.cost)
        ),
        Finding::PromptsRepeated { runs, excess } => format!(
            "one prompt was sent 20 times in 10 minutes in {}: {} beyond the first calls (--show \
             runaway_loops)",
            counted(*runs, "case", "cases"),
            money.text(*excess)
        ),
        Finding::UnusualSpend { at, is_hour, excess } => format!(
            "the {} from {} cost {} more than usual (--show anomalies)",
            if *is_hour { "hour" } else { "day" },
            moment(*at),
            money.text(*excess)
        ),
        Finding::LargestLever { label, most, share } => format!(
            "of what changes no answer, {label} could save most: at most {}, {} of the bill (--show \
             leverage)",
            money.text(*most),
            percent(*share)
        ),
        _ => String::new(),
    }
}

/// How a finding should look.
pub(super) const fn tone(finding: &Finding) -> Tone {
    match finding {
        Finding::CacheLoses { .. }
        | Finding::FailuresBilled { .. }
        | Finding::RetriesWasted { .. }
        | Finding::PromptsRepeated { .. }
        | Finding::UnusualSpend { .. } => Tone::Warning,
        Finding::CacheSaves { .. } => Tone::Good,
        _ => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::usd;

    #[test]
    fn a_share_of_part_of_the_bill_says_of_which_part() {
        let finding = Finding::CacheSaves { saving: usd("3") };
        let money = Money::for_bill(usd("10"), crate::report::Currency::DOLLARS);
        assert!(!sentence(&finding, money, None).contains("of the bill"));
        let text = sentence(&finding, money, Share::of(136, 1_000));
        assert!(text.ends_with("(of the 13.6 % of the bill that is known by token)"), "{text}");
    }
}
