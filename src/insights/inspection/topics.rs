//! What each table of an inspection says, how it is computed, and what it cannot tell.

/// The explanation of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The name of the table.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// How its figures are computed.
    pub computed: &'static str,
    /// What it cannot tell.
    pub limits: &'static str,
}

impl Topic {
    /// The page, in Markdown.
    pub fn page(&self) -> String {
        let Self { name, summary, computed, limits } = self;
        format!(
            "# {name}\n\n{summary}.\n\n## How it is computed\n{computed}\n\n## Limits\n{limits}\n\n\
             ## Where to see it\n`llmcost analyze --show {name}`; `--json` always has it.\n"
        )
    }
}

/// The tables, in the order of the report.
pub const TOPICS: [Topic; 17] = [
    Topic {
        name: "cost_change",
        summary: "why the days from `--compare-at DAY` on cost other than those before it",
        computed: "Cost = days x calls a day x part of the calls of each group x tokens a call x \
                   price of a token; a group is a model and call type at one lane, place, hour and \
                   size of prompt, so that price is what the price list changed. Each effect is \
                   the mean, over all 5,040 orders in which the seven can change, of what it adds \
                   (its Shapley value), by the costs of the 128 sets of them, exactly. They add up \
                   to the change; fees and costs that only the log states stand beside them. What \
                   a period lacks is taken from the other, prices from its own price list where \
                   that has them. `cost_change_groups` has the same by model and call type, where \
                   mix is against the mean cost of a call; `cost_change_periods` both periods.",
        limits: "It tells amounts apart and does not know causes. The days are those of the \
                 calendar, partial ones at the ends as well. Where only the excess over a limit \
                 has other prices, price is a mean that moves with the size of prompts. \
                 `--as-of DAY` prices both periods alike.",
    },
    Topic {
        name: "leverage",
        summary: "the most that each technique could give on this log, and the command to try next",
        computed: "Each call is priced again in the best case of the technique, and calls that it \
                   would make dearer stay as they are. Caching: all that prompts share is read and \
                   never written. Batch: every ordinary call that has a batch price. Tiering: every \
                   call on its provider's cheapest model. Cap: answers end at the 95th percentile \
                   of their call type. Retries: attempts beyond a sound policy.",
        limits: "Upper bounds, each alone. What a technique does to quality is not measured. What \
                 the log cannot show is left empty with the reason.",
    },
    Topic {
        name: "checklist",
        summary: "eight pieces of usual advice, answered from the log",
        computed: "Each answer has the figure that it rests on and the command to try next.",
        limits: "Logs of usage hold no prompts: what only a prompt shows is `cannot tell`.",
    },
    Topic {
        name: "cache_use",
        summary: "which part of the input was read from, written to and kept out of the prompt cache",
        computed: "Sums of the log's own counters by model and call type. Below minimum: single \
                   calls without cached tokens whose prompt is shorter than the least that the \
                   model caches.",
        limits: "A log that does not count cached tokens looks like one without a cache.",
    },
    Topic {
        name: "cache_effect",
        summary: "what the prompt cache saved and cost",
        computed: "Every call with cached tokens is priced with its writes as plain input, and with \
                   its reads as well: uncached - saved by reads + premium of writes = billed, \
                   exactly.",
        limits: "Calls at the log's own cost are not split.",
    },
    Topic {
        name: "cache_losses",
        summary: "cached prompts that were paid for again, and why",
        computed: "A call should read what the call before it in the conversation and chain read \
                   and wrote (for automatic caches: its whole prompt). What it does not read, \
                   beyond 128 tokens and 1 %, is lost. The reason is the first that fits: nothing \
                   read or written, another model, a shorter prompt, a pause over the lifetime; \
                   otherwise the prefix changed or nothing explains it. The cost is what reading \
                   the lost tokens would have saved.",
        limits: "Needs conversations, times and cache counters. A helper's calls belong to the \
                 column `chain`, else to their call type.",
    },
    Topic {
        name: "cache_writes",
        summary: "tokens that were written to a cache and never read",
        computed: "Within a conversation a write is read as far as later calls read; what a later \
                   call writes anew is dead. What another conversation may have read counts as \
                   read. Without conversations, at least what was written beyond all reads.",
        limits: "A lower bound. Writes near the end of the log may be read after it.",
    },
    Topic {
        name: "changing_prompts",
        summary: "call types whose prompts never match the one before",
        computed: "Calls within the lifetime of another of their model and call type, long enough \
                   to be cached, ten at least, that read less than a twentieth of their input. Same \
                   length: within 1 % of the prompt before.",
        limits: "A suspicion: prompts with nothing in common look the same.",
    },
    Topic {
        name: "waste",
        summary: "money in answers of no use",
        computed: "Each call counts once, under the first reason: an attempt that a sound policy \
                   would not have made (5 attempts, 30 s, only 408, 409, 429 and 5xx repeated), \
                   failed, refused, cut at the limit, empty. The whole cost of the call.",
        limits: "The most that can be waste: a cut answer may have been of use.",
    },
    Topic {
        name: "runaway_loops",
        summary: "calls that look like a loop",
        computed: "20 calls or more with one prompt of one key within 10 minutes (column \
                   `prompt_hash`); 10 turns or more of a conversation, each longer than the one \
                   before and within 10 s of it. Priced beyond the first four.",
        limits: "Candidates: agents that use tools grow without a pause too.",
    },
    Topic {
        name: "anomalies",
        summary: "days and hours that cost far more or less than usual",
        computed: "Of the whole log, each API key and each model with call type: the logarithm of \
                   the cost less that of the median of its weekday (hour of the day), in robust \
                   deviations: 1.4826 times the median absolute deviation, or 1.2533 times the mean \
                   one where that is zero. Beyond 3.5, $5 and a fifth. A runaway hour costs ten \
                   times what 99 of 100 hours do not exceed.",
        limits: "Needs 10 days or 48 hours with a cost. Days without any are not looked at.",
    },
    Topic {
        name: "drift",
        summary: "daily cost that moved to another level",
        computed: "A cumulative sum (CUSUM) of deviations from the first 14 days with a cost, with \
                   a slack of 0.5 and a limit of 5 deviations, each day counting 3.5 at most.",
        limits: "Needs 21 days with a cost; the first change only.",
    },
    Topic {
        name: "concentration",
        summary: "how unevenly the cost is spread over calls, users, keys and conversations",
        computed: "Gini coefficient (2 Σ i x) / (n Σ x) - (n + 1) / n over costs in order, the \
                   parts of the largest one, tenth and fifth, and how many times as much one of the \
                   dearest fifth costs as one of the rest.",
        limits: "Calls without a known cost, and rows that sum up several calls, are left out.",
    },
    Topic {
        name: "intensity",
        summary: "which call types cost more than their part of the calls",
        computed: "(c / s) / ((1 - c) / (1 - s)) for a part s of the calls with a part c of the \
                   cost: what one call costs as a multiple of one of the rest.",
        limits: "Calls without a known cost are left out.",
    },
    Topic {
        name: "unit_costs",
        summary: "what a call, a conversation, an active user, a day and a month cost in the mean",
        computed: "Cost over number, of calls with a known cost. A user is a value of the column \
                   `user`, or of `api_key` in a log without users; active on a day or in a month \
                   with a call. Days are those of the calendar from the first call to the last; \
                   months are whole ones. Calls that name no user or conversation, and those \
                   outside whole months, stand apart with their cost.",
        limits: "The first and the last day may be partial. Users are as the log names them: one \
                 person with two names is two.",
    },
    Topic {
        name: "models_to_review",
        summary: "models that were switched off, and names that moved to another model",
        computed: "What the price tables say of each model of the log.",
        limits: "Only models that the tables have.",
    },
    Topic {
        name: "model_changes",
        summary: "call types that went from one model to another",
        computed: "The last call of one model came before the first of the next; each with a tenth \
                   of the calls of the type at least.",
        limits: "A change back and forth is none.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_how_and_what_not() {
        for topic in TOPICS {
            let page = topic.page();
            for heading in ["## How it is computed", "## Limits", "## Where to see it"] {
                assert!(page.contains(heading), "{}: {heading}", topic.name);
            }
        }
    }
}
