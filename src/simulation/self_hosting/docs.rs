//! The page of `llmcost explain self_hosting`.

/// What the break-even is, in Markdown.
pub const DOCS: &str = "\
## What it does
Says from how many tokens a day renting GPUs costs less than the calls of the log: \
`--self-host gpu_hour=2.5,tokens_per_second=1500`, or a `[self_host]` table of a plan. It is advice, not a \
saving: another model would answer.

## When it applies
Where calls have prices and times.

## How the saving is computed
There is none. Hosting costs 24 x GPUs x dollars an hour x (1 + ops) x redundancy a day. What a token \
costs is taken from the log, model by model and for all together: its own mix of input, output and cache \
reads at its own prices, not a mix of three to one. The break-even is the one divided by the other. It is \
compared with the tokens a day of the log, and with what the GPUs can do: tokens a second x 86,400 x GPUs \
x utilisation. Utilisation is the mean minute of the log over its 99th percentile among minutes with \
calls, unless given: GPUs that can take the peaks idle between them. How many GPUs that peak needs is \
told too.

## Settings
- `gpu_hour`: dollars for one GPU and hour.
- `tokens_per_second`: input and output tokens that one GPU processes a second, batched.
- `gpus`: how many; 1 unless given.
- `ops`: what running them costs on top, as a part of the rent; 0.3 unless given. An engineer often costs \
more than the GPUs; write that as a larger part.
- `utilisation`: the part of the time that GPUs are busy; what the log shows unless given.
- `redundancy`: how many times everything is there; 1 unless given.

## Assumptions
GPUs are rented by the day, day and night. Input and output tokens take the same time: prompts are faster \
to process than answers, so logs of long prompts fare better than told.

## Limits
Quality is not compared. Neither are the time to set it up, licences, and what a provider's prices may be \
next year. Utilisation moves the answer tenfold: do not calculate with full use.

## Sources
The arithmetic of any break-even; the 30 % for operations are an assumption.
";
