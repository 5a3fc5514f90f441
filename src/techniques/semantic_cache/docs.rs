//! The page of the semantic cache.

pub(super) const DOCS: &str = "\
## What it does
A question close enough to one answered before gets the stored answer; no call reaches the provider.

## When it applies
Self-contained questions whose answer does not depend on who asks or when: support, search, \
classification. Not tool calls, not later turns of a conversation.

## How the saving is computed
With `level`, the log is replayed: the calls come in order of time, each looks for a live answer to \
a question alike enough in its scope (model, call type, instructions, tools, context, and the \
columns of `scope`). What is found is not asked again and saves that very call; what is not found is \
called, and its answer is kept from the moment it was there (2 s after the call unless the log says). \
An answer lives for `ttl` from then on. Levels: `exact` compares texts or hashes of them; \
`normalized` leaves out case, spaces and punctuation; `lexical` compares shingles of five letters \
(candidates from 32 bands of 4 MinHash values, then the exact Jaccard similarity); `embeddings` \
compares the vectors of the log by their exact cosine; `auto` takes the last of these that the log \
supports. Numbers, ids, dates, addresses, identifiers and negations must be equal (`guards`).

With `rate`, that part of the calls in scope disappears, each with its own cost and not with the \
mean (repeated questions tend to be short ones). With `embedding`, every call that is looked up pays \
for its uncached input, or `embedding_tokens`, at the price of that model.

With `verify`, an answer is given only as far as comparisons of that very answer with fresh ones \
bound its errors: after 6 comparisons, `1 - verify / u` of the calls that find it are made all the \
same, where `u` is the upper Clopper-Pearson bound at 95 %.

## Settings
- `rate`: the part of calls in scope that is answered from the store, instead of a replay.
- `level`: `\"exact\"`, `\"normalized\"`, `\"lexical\"`, `\"embeddings\"` or `\"auto\"`: replay the \
texts of the log.
- `threshold`: the least similarity of a hit; 0.8 for `lexical`, 0.92 for `embeddings`.
- `ttl`: how long an answer lives, such as `\"30m\"`, `\"1h\"` or `\"7d\"`; an hour unless given.
- `capacity`: how many answers there is room for; the one not used for longest goes first.
- `scope`: columns that keep questions apart, such as `[\"user\"]`.
- `guards`: `false` lets numbers, ids and negations differ.
- `turns`: `\"all\"` looks up later turns of conversations as well.
- `wrong`: the part of hits that are wrong and called after all; 8 % (3 to 15 %) at a similarity.
- `harm`: what a wrong answer costs beyond the call, in dollars, such as `\"0.50\"`.
- `label`: a column that says what a question means: then right and wrong hits are counted.
- `verify`: the largest part of wrong answers that is allowed, such as `\"0.01\"`.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.
- `embedding`: the model that embeds each question.
- `embedding_tokens`: tokens of a question; all uncached input unless given.

## Assumptions
A replay takes 8 % of the hits at a similarity for wrong (15 % at the low end, 3 % at the high end) \
and none of equal texts; a wrong answer costs the call after all. At a given rate the hit rate is \
not measured; without one it is 15 % (5 to 30 %), and at the low end 15 % of the hits are wrong.

## Limits
A threshold is specific to its embedding model. Lexical similarity misses paraphrases, and joins \
prompts made from one template. Accents are not decomposed; negations are known in English and \
German. Brute force compares each question with every live answer of its scope. Answers that were \
cut off, refused or failed are not kept; calls with tools or searches, in a batch, or in rows that \
sum up several are not looked up, unless a column `eligible` says so. At an assumed rate hits are \
spread evenly and provider caches are cooled as by chance. The harm of wrong answers is shown, and \
is in no bill. Verification without labels takes every match for right: an upper bound.

## Sources
Published hit rates: 20 to 45 % in production, 62 to 69 % on FAQ-like sets; published share of wrong \
hits: 3 to 15 %, about 8 % at similarity thresholds from .90 to .99. The rule of verified serving: \
vCache, arXiv 2502.03771 (its logistic fit is replaced by an exact binomial bound).";
