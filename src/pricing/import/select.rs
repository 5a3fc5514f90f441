//! Only what was asked for: one provider, some models.

use std::collections::BTreeSet;

use crate::diagnostics::did_you_mean;

use super::draft::{Draft, Model};
use super::error::ImportProblem;
use super::names::seller;

/// Takes everything else out of the draft.
pub(super) fn select(
    draft: &mut Draft,
    provider: Option<&str>,
    models: &[String],
) -> Result<(), ImportProblem> {
    if let Some(name) = provider {
        let wanted = seller(name);
        let left_out = draft.left_out.iter().map(|one| &*one.provider);
        let known: BTreeSet<_> = draft.tables.keys().map(String::as_str).chain(left_out).collect();
        if !known.contains(wanted) {
            let closest = did_you_mean(name, known).map(str::to_owned);
            return Err(ImportProblem::UnknownProvider(name.to_owned(), closest));
        }
        draft.tables.retain(|provider, _| provider == wanted);
        draft.left_out.retain(|one| one.provider == wanted);
    }
    if models.is_empty() {
        return Ok(());
    }
    let mut names = BTreeSet::new();
    for table in draft.tables.values() {
        for (id, model) in &table.models {
            names.extend([id, &model.entry].into_iter().chain(&model.aliases));
        }
    }
    names.extend(draft.left_out.iter().map(|one| &one.model));
    if let Some(name) = models.iter().find(|name| !names.contains(name)) {
        let closest = did_you_mean(name, names.into_iter().map(String::as_str));
        return Err(ImportProblem::UnknownModel(name.clone(), closest.map(str::to_owned)));
    }
    keep(draft, models);
    Ok(())
}

fn keep(draft: &mut Draft, models: &[String]) {
    let mut entries: BTreeSet<String> = models.iter().cloned().collect();
    for table in draft.tables.values_mut() {
        table.models.retain(|id, model: &mut Model| {
            let is_named =
                |name: &String| name == id || *name == model.entry || model.aliases.contains(name);
            models.iter().any(is_named)
        });
        entries.extend(table.models.values().map(|model| model.entry.clone()));
    }
    draft.tables.retain(|_, table| !table.models.is_empty());
    draft.left_out.retain(|one| entries.contains(&one.model));
}
