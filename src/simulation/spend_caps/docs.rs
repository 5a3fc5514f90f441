//! The page of `llmcost explain spend_cap`.

/// What a spend cap is, in Markdown.
pub const DOCS: &str = "\
## What it does
Says which calls a budget by key and period would have blocked: `--spend-cap api_key=50/day`, \
`all=2000/month`, or `[[spend_cap]]` tables of a plan. It is a guard against runaway spend, not a way \
to save: what it blocks is work that was not done. So its figures stand apart from the savings, and no \
part of them is credited to anybody.

## When it applies
Where calls have times and prices. A budget by key needs that column; calls without a value there are \
not held by it, and their number is printed.

## How the saving is computed
There is none. Calls are walked in order of time against a budget for each key and period, in two \
ways. `post_hoc` blocks when what is known to be spent has reached the cap, as most gateways do; what a \
call costs is known when it ends, so calls under way let the cap be overshot. `reserve` blocks when what \
is spent, what is reserved for calls under way and the most this call can cost would exceed the cap; the \
most is its input without any cache read and its `max_tokens`, or, without a limit, the output that 99 of \
100 calls of its model stay within. A call counts in the period in which it starts. Both are replayed \
over the log as it is, and over the log with every technique of the plan on, where the cap sees what \
calls would have cost.

The advice comes from the history without a cap. Judged by what is known, the calls that a cap blocks \
are exactly those that had seen that much spent, so the lowest cap that blocks none, or one call in a \
thousand, is exact. With a reservation a higher cap can block more calls than a lower one, because a \
dear call that is let through takes the room of many small ones; only the cap that blocks none is told. \
Recommended is 1.5 times the 99th percentile of what keys cost in a period.

## Settings
- `by`: the column whose values have a budget each, or `all`.
- `amount`: dollars for each of them and period.
- `per`: `hour`, `day` or `month`.
- `timezone`: where the period starts; UTC unless given. Take the zone in which the provider or the \
gateway starts it again.

## Assumptions
Calls that are blocked are not made again, and nothing else in the log would have been different: with \
the plan on, a cache that a blocked call filled still counts as filled. Where the log has no latency, \
what a call costs is known at once. Several caps are replayed each on its own.

## Limits
A row that sums up several calls is blocked or let through as a whole. Calls without a price or a time \
are in none of the figures.

## Sources
Gateways judge a budget before the call and add the cost after it; issues 26672, 34732 and 40095 of \
BerriAI/litellm report the overshoot under concurrent calls.
";
