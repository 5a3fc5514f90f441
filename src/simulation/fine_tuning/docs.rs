//! The page of `llmcost explain fine_tuning`.

/// What the break-even is, in Markdown.
pub const DOCS: &str = "\
## What it does
Says what calls of the log would cost on a tuned model, what that saves a month, after how many days its \
training is paid, and from how many tokens a day it pays at all: \
`--fine-tune model=gpt-4o-mini,training=2500`, or a `[fine_tune]` table of a plan. It is advice, not a \
saving: whether the tuned model answers as well is not known.

## When it applies
Where calls have prices and times; usually one kind of work, done often.

## How the saving is computed
There is none. Every call in scope is priced as it was logged, and again on the tuned model, with \
`prompt_saved` tokens of instructions less. Those are taken from what the call reads from the cache \
first, because that is where instructions are and it makes the smaller saving. Both are divided by the \
days from the first timed call of the log to the last; a month has 30 days. Hosting by the hour costs 24 \
hours a day, used or not. Training is paid after training / (cost a day - tuned cost a day - hosting a \
day). The break-even in tokens a day is (hosting a day + training / (30 x `months`)) / (cost a token - \
tuned cost a token), tokens counted as the log has them. Every call type stands as if it alone moved and \
bore all of training and hosting.

## Settings
- `model`: a model of the price book with the prices of the tuned one.
- `provider`: who sells it, where several do.
- `per_million`: dollars for a million tokens of any kind, instead of a model; 0 where only hosting costs.
- `input`: dollars for a million input tokens, with `output`, instead of a model.
- `output`: dollars for a million output tokens.
- `training`: dollars once, data and evaluation included; none unless given.
- `hosting_hour`: dollars an hour for keeping it there; none unless given.
- `prompt_saved`: tokens of instructions a call that the tuned model does not need; 0 unless given.
- `months`: months in which the training has to be paid, for the break-even; 12 unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
Answers are as long as before, and the tuned model counts tokens as the logged one does. At given prices \
nothing is cheaper for being cached or in a batch.

## Limits
Quality is not measured. Calls that use what the tuned model has no price for stay, and are counted. \
Prices of tuned models are often above those of the model they are made from; give those.

## Sources
The arithmetic of any break-even.
";
