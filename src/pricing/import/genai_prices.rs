//! `data.json` of genai-prices: providers with models, dollars per million tokens, dated.
//!
//! Two editions: a list of providers, or `{ units, providers }`. A model answers to names that
//! match a rule; only the rules that name one id exactly become aliases here.

use std::collections::BTreeSet;

use super::draft::{Draft, Model, Notes};
use super::error::ImportProblem;
use super::genai_periods::read_periods;
use super::left_out::LeftOutReason;
use super::names::seller;
use super::number::count;
use super::tree::Node;
use super::{Given, ImportFormat, Reader};

pub(super) const READER: Reader = Reader { format: ImportFormat::GenaiPrices, recognises, read };

fn recognises(node: &Node) -> bool {
    let mut providers = providers(node).iter();
    providers.any(|provider| provider.get("models").and_then(Node::list).is_some())
}

fn providers(node: &Node) -> &[Node] {
    node.get("providers").unwrap_or(node).list().unwrap_or_default()
}

fn read(node: &Node, _: &Given, draft: &mut Draft) -> Result<(), ImportProblem> {
    let mut is_empty = true;
    for provider in providers(node) {
        let Some(name) = provider.get("id").and_then(Node::text) else { continue };
        let pages = provider.get("pricing_urls").and_then(Node::list).unwrap_or_default();
        let page = pages.first().and_then(Node::text);
        if let Some(others) = provider.get("fallback_model_providers") {
            let field = "fallback_model_providers";
            Notes::new(draft, seller(name), "").leave(field, others, LeftOutReason::Inherited);
        }
        for model in provider.get("models").and_then(Node::list).unwrap_or_default() {
            let Some(id) = model.get("id").and_then(Node::text) else { continue };
            read_model(name, id, page, model, draft);
            is_empty = false;
        }
    }
    if is_empty { Err(ImportProblem::NoModels(ImportFormat::GenaiPrices)) } else { Ok(()) }
}

fn read_model(provider: &str, id: &str, page: Option<&str>, node: &Node, draft: &mut Draft) {
    let seller = seller(provider);
    let mut notes = Notes::new(draft, seller, id);
    let mut aliases = BTreeSet::new();
    if let Some(rule) = node.get("match") {
        read_rule(rule, &mut aliases, &mut notes);
    }
    aliases.remove(id);
    let context = node.get("context_window").and_then(Node::number);
    let model = Model {
        entry: id.to_owned(),
        aliases,
        page: page.map(str::to_owned),
        context_window: context.and_then(count),
        retired: None,
        periods: read_periods(node, &mut notes),
    };
    draft.add(seller, provider, id, model);
}

/// The names that a rule states; a rule that matches by a part of a name is left out.
fn read_rule(rule: &Node, aliases: &mut BTreeSet<String>, notes: &mut Notes) {
    if let Some(name) = rule.get("equals").and_then(Node::text).filter(|name| !name.is_empty()) {
        aliases.insert(name.to_owned());
    } else if let Some(rules) = rule.get("or").and_then(Node::list) {
        for rule in rules {
            read_rule(rule, aliases, notes);
        }
    } else {
        notes.leave("match", rule, LeftOutReason::Pattern);
    }
}
