//! The flags of `simulate` as the tables of a plan: both say the same things.

use std::path::Path;

use anyhow::{Context, anyhow};
use toml::{Table, Value};

use crate::simulation::Plan;

use super::args::SimulateArgs;
use super::config::PlanSource;
use super::failure::Failure;
use super::given;
use super::technique_args::TechniqueArgs;

/// The plan that flags and files make together.
pub(super) fn plan(
    args: &TechniqueArgs,
    from_config: Option<&PlanSource>,
) -> Result<Plan, Failure> {
    let plan = plan_or_none(args, from_config)?;
    if plan.is_empty() {
        return Err(Failure::usage(anyhow!("no technique to simulate"))
            .hint("name one, for example --cache-hit 0.9, --batch report or --plan plan.toml")
            .hint("`llmcost plan --example` prints a plan with all of them"));
    }
    Ok(plan)
}

/// What `--plan` takes to leave out the plan of the configuration.
pub(super) const NO_PLAN: &str = "none";

/// Gives back a log that stands right after `--semantic-cache`, whose rate may be left out.
pub(super) fn give_back_log(args: &mut SimulateArgs) {
    let is_rate = |text: &str| text.chars().all(|one| one.is_ascii_digit() || "+-.%".contains(one));
    let taken = args.techniques.semantic_cache.as_mut().filter(|text| !is_rate(text));
    if let Some(taken) = taken.filter(|_| !args.common.demo) {
        args.common.files.push(std::mem::take(taken));
    }
}

/// As [`plan`], which may have no technique at all.
pub(super) fn plan_or_none(
    args: &TechniqueArgs,
    from_config: Option<&PlanSource>,
) -> Result<Plan, Failure> {
    let plan = match (args.plan.as_deref(), from_config) {
        (Some(path), _) if path == Path::new(NO_PLAN) => Plan::default(),
        (Some(path), _) => plan_of(path)?,
        (None, Some(PlanSource::File(path))) => {
            plan_of(path).map_err(|failure| failure.hint("the configuration names it: plan = …"))?
        }
        (None, Some(PlanSource::Inline { name, text })) => {
            Plan::parse_within(name, text, "plan").map_err(Failure::usage)?
        }
        (None, None) => Plan::default(),
    };
    plan.merge(tables(args)?).map_err(Failure::usage)
}

fn plan_of(path: &Path) -> Result<Plan, Failure> {
    let text = read(path, "the plan")
        .map_err(|failure| failure.hint("`llmcost plan --example > plan.toml` writes one"))?;
    Plan::parse(&path.display().to_string(), &text).map_err(Failure::usage)
}

fn read(path: &Path, what: &str) -> Result<String, Failure> {
    given::text(path)
        .with_context(|| format!("cannot read {what} {}", path.display()))
        .map_err(Failure::usage)
}

fn tables(args: &TechniqueArgs) -> Result<Table, Failure> {
    let mut tables = Table::new();
    let mut set = |name: &str, key: &str, value: Value| {
        let table = tables.entry(name).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(table) = table {
            table.insert(key.to_owned(), value);
        }
    };
    let texts = [
        ("semantic_cache", "level", &args.semantic_level),
        ("semantic_cache", "threshold", &args.semantic_threshold),
        ("semantic_cache", "ttl", &args.semantic_ttl),
        ("free_models", "where", &args.free_models),
        ("structured_output", "rate", &args.structured),
        ("prompt_caching", "hit", &args.cache_hit),
        ("prompt_caching", "policy", &args.cache),
        ("prompt_caching", "ttl", &args.cache_ttl),
        ("prompt_caching", "hit_prob", &args.cache_hit_prob),
        ("provider_discount", "rate", &args.discount),
        ("batch", "deadline", &args.batch_deadline),
    ];
    for (name, key, value) in texts {
        if let Some(value) = value {
            set(name, key, Value::String(value.clone()));
        }
    }
    match args.semantic_cache.as_deref() {
        None => {}
        Some("") if args.semantic_level.is_some() => {}
        Some("") => set("semantic_cache", "level", Value::String("auto".to_owned())),
        Some(rate) => set("semantic_cache", "rate", Value::String(rate.to_owned())),
    }
    if let Some(cap) = &args.output_cap {
        set("output_cap", "tokens", count_or_text(cap));
    }
    if let Some(concise) = &args.concise {
        let is_preset = concise.starts_with(|first: char| first.is_ascii_alphabetic());
        let key = if is_preset { "preset" } else { "rate" };
        set("concise_output", key, Value::String(concise.clone()));
    }
    if let Some(cacheable) = &args.cacheable {
        set("prompt_caching", "cacheable", count_or_text(cacheable));
    }
    if let Some(trim) = &args.trim {
        match trim_settings(trim) {
            Some(settings) => {
                for (key, value) in settings {
                    set("context_trimming", &key, value);
                }
            }
            None => set("context_trimming", "rate", Value::String(trim.clone())),
        }
    }
    if let Some(batch) = &args.batch {
        let (key, value) = batch_setting(batch);
        set("batch", key, value);
    }
    let bare = [("retry_hygiene", args.retries), ("parallelism", args.parallel)];
    for (name, _) in bare.into_iter().filter(|(_, is_on)| *is_on) {
        tables.entry(name).or_insert_with(|| Value::Table(Table::new()));
    }
    add_lists(args, &mut tables)?;
    Ok(tables)
}

/// The flags that are tables or lists of their own.
fn add_lists(args: &TechniqueArgs, tables: &mut Table) -> Result<(), Failure> {
    if let Some(tier) = &args.tier {
        tables.extend(tiering(tier)?);
    }
    if let Some(host) = &args.self_host {
        tables.insert("self_host".to_owned(), self_host(host)?);
    }
    if let Some(tune) = &args.fine_tune {
        tables.insert("fine_tune".to_owned(), fine_tune(tune)?);
    }
    if !args.spend_cap.is_empty() {
        let caps = args.spend_cap.iter().map(|text| spend_cap(text));
        let caps = caps.collect::<Result<Vec<_>, _>>()?;
        tables.insert("spend_cap".to_owned(), Value::Array(caps));
    }
    Ok(())
}

/// `gpu_hour=2.5,tokens_per_second=1500`. Whole numbers stay numbers where counts are meant.
fn self_host(text: &str) -> Result<Value, Failure> {
    let hint = "write --self-host gpu_hour=2.5,tokens_per_second=1500";
    pairs(text, &["gpus", "tokens_per_second", "redundancy"])
        .map_err(|pair| Failure::usage(anyhow!("--self-host: `{pair}` is no setting")).hint(hint))
}

/// `model=gpt-4o-mini,training=2500,where=call_type = 'classify'`; a condition may hold commas, and
/// so is the last.
fn fine_tune(text: &str) -> Result<Value, Failure> {
    let hint = "write --fine-tune model=gpt-4o-mini,training=2500, with where= as the last";
    let (start, condition) = match text.split_once("where=") {
        Some((start, condition)) => (start.trim_end().trim_end_matches(','), Some(condition)),
        None => (text, None),
    };
    let mut read = pairs(start, &["prompt_saved", "months"]).map_err(|pair| {
        Failure::usage(anyhow!("--fine-tune: `{pair}` is no setting")).hint(hint)
    })?;
    if let (Value::Table(table), Some(condition)) = (&mut read, condition) {
        table.insert("where".to_owned(), Value::String(condition.trim().to_owned()));
    }
    Ok(read)
}

/// `key=value,key=value` as a table; what is no pair as the error. Values of `counts` stay numbers.
fn pairs<'a>(text: &'a str, counts: &[&str]) -> Result<Value, &'a str> {
    let mut table = Table::new();
    for pair in text.split(',') {
        let (key, value) = pair.split_once('=').ok_or(pair)?;
        let (key, value) = (key.trim(), value.trim());
        let is_count = counts.contains(&key);
        let value = if is_count { count_or_text(value) } else { Value::String(value.to_owned()) };
        table.insert(key.to_owned(), value);
    }
    Ok(Value::Table(table))
}

/// `api_key=50/day`.
fn spend_cap(text: &str) -> Result<Value, Failure> {
    let parts = text.rsplit_once('=').and_then(|(by, rest)| {
        let (amount, per) = rest.split_once('/')?;
        Some([("by", by), ("amount", amount), ("per", per)])
    });
    let parts = parts.ok_or_else(|| {
        Failure::usage(anyhow!("--spend-cap: `{text}` is no cap"))
            .hint("write a column, dollars and a period: api_key=50/day, or all=2000/month")
    })?;
    let settings = parts.map(|(key, value)| (key.to_owned(), Value::String(value.to_owned())));
    Ok(Value::Table(Table::from_iter(settings)))
}

/// A whole number stays a number; anything else is left to the technique to judge.
fn count_or_text(text: &str) -> Value {
    text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Integer)
}

/// `tokens=8000`, `turns=5,chunk=10` or `summarize=claude-haiku-4-5,every=8`; nothing for a rate.
fn trim_settings(text: &str) -> Option<Vec<(String, Value)>> {
    let setting = |part: &str| {
        let (key, value) = part.split_once('=')?;
        Some((key.trim().to_owned(), count_or_text(value.trim())))
    };
    text.split(',').map(setting).collect()
}

/// What starts like a number is a share; anything else is a list of call types.
fn batch_setting(text: &str) -> (&'static str, Value) {
    if text == "auto" {
        return ("policy", Value::String(text.to_owned()));
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return ("share", Value::String(text.to_owned()));
    }
    let types = text.split(',').map(|name| Value::String(name.trim().to_owned()));
    ("call_types", Value::Array(types.collect()))
}

/// `0.6=claude-haiku-4-5`, a preset, the name of a file of rules, or a model alone.
fn tiering(text: &str) -> Result<Table, Failure> {
    let settings = |known: &[(&str, &str)]| {
        let known = known
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::String((*value).to_owned())));
        let table = Value::Table(known.collect());
        Ok(Table::from_iter([("model_tiering".to_owned(), table)]))
    };
    let is_share = text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if let (true, Some((share, model))) = (is_share, text.split_once('=')) {
        return settings(&[("share", share), ("to", model)]);
    }
    if let Some(preset) = text.strip_prefix("preset:") {
        return settings(&[("preset", preset)]);
    }
    let path = Path::new(text);
    let is_file = path.exists() || path.extension().is_some_and(|ending| ending == "toml");
    if !is_file && !is_share {
        return settings(&[("to", text)]);
    }
    let rules = read(path, "the rules").map_err(|failure| {
        failure.hint(
            "--tier takes a file of rules, preset:NAME, a model, or a share and a model: \
             0.6=claude-haiku-4-5",
        )
    })?;
    Plan::rules(text, &rules).map_err(Failure::usage)
}
