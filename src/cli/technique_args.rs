//! The flags of the techniques; `help` says under which heading each stands.

use std::path::PathBuf;

use clap::Args;

/// The short forms of the techniques; a plan has all their settings.
#[derive(Debug, Args)]
pub(super) struct TechniqueArgs {
    /// Techniques and settings from a file; flags win over it. `none` leaves out the configured plan.
    #[arg(long, value_name = "FILE", env = "LLMCOST_PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// Leave out attempts that a sound retry policy would not have made.
    #[arg(long)]
    pub(super) retries: bool,
    /// Say what a budget would have blocked, apart from savings: `api_key=50/day`, `all=900/month`.
    #[arg(long, value_name = "KEY=USD/PERIOD")]
    pub(super) spend_cap: Vec<String>,
    /// Answer calls from a store of earlier answers: this part of them, or without a rate those
    /// whose questions repeat in the log.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true, num_args = 0..=1,
          default_missing_value = "")]
    pub(super) semantic_cache: Option<String>,
    /// The least similarity at which a question counts as asked before.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub(super) semantic_threshold: Option<String>,
    /// How long a stored answer lives, such as 30m, 1h or 7d.
    #[arg(long, value_name = "TIME")]
    pub(super) semantic_ttl: Option<String>,
    /// How questions are compared: exact, normalized, lexical, embeddings, or auto.
    #[arg(long, value_name = "LEVEL")]
    pub(super) semantic_level: Option<String>,
    /// Ask this endpoint for vectors of the questions: OpenAI's /embeddings over plain HTTP, on this
    /// machine or in its own network. The only thing that opens a connection.
    #[arg(long, value_name = "URL", requires = "embed_model")]
    pub(super) embed_endpoint: Option<String>,
    /// The model that the endpoint is asked for.
    #[arg(long, value_name = "NAME", requires = "embed_endpoint")]
    pub(super) embed_model: Option<String>,
    /// Keep the last turns of conversations (chunk=M: cut after M more), sum up older ones, keep
    /// prompts within a budget, or drop this part of the uncached input.
    #[arg(
        long,
        value_name = "turns=N|summarize=MODEL|tokens=N|RATE",
        allow_negative_numbers = true
    )]
    pub(super) trim: Option<String>,
    /// Move calls to other models: by a file of rules or a preset of them, a share of all calls, or
    /// half of the plainly simple ones.
    #[arg(long, value_name = "FILE|preset:NAME|SHARE=MODEL|MODEL")]
    pub(super) tier: Option<String>,
    /// Answer the calls that meet a condition with a free model, within its quota.
    #[arg(long, value_name = "CONDITION")]
    pub(super) free_models: Option<String>,
    /// End answers after so many tokens, at a percentile (p99.5) or at a guardrail of each call type.
    #[arg(long, value_name = "TOKENS|pNN|guardrail", allow_negative_numbers = true)]
    pub(super) output_cap: Option<String>,
    /// Make visible answers shorter by this part, or by published rates for kinds of task.
    #[arg(long, value_name = "RATE|by_task", allow_negative_numbers = true)]
    pub(super) concise: Option<String>,
    /// Leave out this part of the calls, which only repeat an answer that did not parse.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub(super) structured: Option<String>,
    /// Say from how many tokens a day renting GPUs pays: `gpu_hour=2.5,tokens_per_second=1500`.
    #[arg(long, value_name = "KEY=VALUE,…")]
    pub(super) self_host: Option<String>,
    /// Say when a tuned model would be paid: `model=MODEL,training=2500`, or with `input=…,output=…`
    /// or `per_million=…` dollars; `hosting_hour`, `prompt_saved`, `months`, and `where=` last.
    #[arg(long, value_name = "KEY=VALUE,…")]
    pub(super) fine_tune: Option<String>,
    /// Send this part of the calls, or these call types, as a batch; `auto`, those that can wait.
    #[arg(long, value_name = "RATE|CALL_TYPE,…|auto", allow_negative_numbers = true)]
    pub(super) batch: Option<String>,
    /// How long a batch may take: calls with an earlier deadline stay.
    #[arg(long, value_name = "SPAN", requires = "batch")]
    pub(super) batch_deadline: Option<String>,
    /// The part of calls that find the shared start of their prompt in the provider's cache.
    #[arg(long, alias = "hit", value_name = "RATE", allow_negative_numbers = true)]
    pub(super) cache_hit: Option<String>,
    /// Where breakpoints are, so that the times of the log decide which calls find their prompt in
    /// the provider's cache: `replay`, `off`, `as_logged`, `system_only`, `auto_last`,
    /// `selective`, `oracle`.
    #[arg(long, value_name = "POLICY", conflicts_with = "cache_hit")]
    pub(super) cache: Option<String>,
    /// How much of the input is shared, instead of what the log supports.
    #[arg(long, value_name = "SHARE|TOKENS")]
    pub(super) cacheable: Option<String>,
    /// How long cached input lives; best, with --cache: what is cheapest for each call type.
    #[arg(long, value_name = "5m|1h|best")]
    pub(super) cache_ttl: Option<String>,
    /// How likely automatic caches find what is there, with --cache.
    #[arg(long, value_name = "RATE", requires = "cache", allow_negative_numbers = true)]
    pub(super) cache_hit_prob: Option<String>,
    /// Say what calls at the same time cost with a cold cache; it is no saving.
    #[arg(long)]
    pub(super) parallel: bool,
    /// Take this part off all prices.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub(super) discount: Option<String>,
}
