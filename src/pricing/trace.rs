//! How a name in a log leads to a model: which declared forms were taken off, and what was left.

use super::book::PriceBook;
use super::model::ModelId;
use super::resolve::{Form, MAX_STEPS, Provider};

/// The way from a name to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTrace {
    /// The declared forms that were taken off, in order: `bedrock/…`, `…-v1:0`.
    pub forms: Vec<String>,
    /// What was left: an id or an alias of the model.
    pub name: String,
    /// The place that the forms and the seller's name imply.
    pub place: String,
}

impl PriceBook {
    /// How `name` led to a model of this book; nothing when it does not.
    pub fn trace(&self, id: ModelId, name: &str) -> Option<NameTrace> {
        let provider = &self.tables.providers[usize::from(self.model(id).provider_index)];
        let mut forms = Vec::new();
        let rest = walk(provider, id.model, name, &mut forms)?;
        Some(NameTrace {
            forms,
            name: rest.to_owned(),
            place: provider.places[usize::from(id.place)].id.clone(),
        })
    }
}

/// Takes off forms in the order in which looking up does, until the model's own name is left.
fn walk<'n>(
    provider: &Provider,
    model: u16,
    name: &'n str,
    forms: &mut Vec<String>,
) -> Option<&'n str> {
    if provider.ids.get(name) == Some(&model) {
        return Some(name);
    }
    if forms.len() == MAX_STEPS {
        return None;
    }
    for form in &provider.forms {
        let Some(rest) = form.strip(name) else { continue };
        forms.push(shape(form));
        if let Some(found) = walk(provider, model, rest, forms) {
            return Some(found);
        }
        forms.pop();
    }
    None
}

/// What a form looks like around an id.
fn shape(form: &Form) -> String {
    let through = form.through.as_ref().map_or_else(String::new, |through| format!("…{through}"));
    format!("{}{through}…{}", form.prefix, form.suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, forms: &[&str], left: &str, place: &str) {
        let book = PriceBook::embedded();
        let id = book.find("", name).expect("a known model");
        let trace = book.trace(id, name).expect("a way");
        assert_eq!(trace.forms, forms, "{name}");
        assert_eq!((&*trace.name, &*trace.place), (left, place), "{name}");
    }

    #[test]
    fn an_id_needs_no_form() {
        check("claude-sonnet-4-6", &[], "claude-sonnet-4-6", "list");
    }

    #[test]
    fn every_name_of_every_model_leads_to_it() {
        let book = PriceBook::embedded();
        for (id, model) in book.models() {
            for name in std::iter::once(&model.id).chain(&model.aliases) {
                let trace = book.trace(id, name).expect("a way");
                assert_eq!((trace.forms.len(), &trace.name), (0, name));
            }
        }
    }

    #[test]
    fn every_form_is_told_in_the_order_it_is_taken_off() {
        check(
            "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            &["bedrock/…", "us.anthropic.…", "…-v1:0"],
            "claude-sonnet-4-5-20250929",
            "bedrock-regional",
        );
        check(
            "projects/p/locations/global/publishers/google/models/gemini-2.5-pro",
            &["projects/…/locations/global/publishers/google/models/…"],
            "gemini-2.5-pro",
            "vertex-global",
        );
    }
}
