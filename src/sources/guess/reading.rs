//! What a known format reads of each column, and which columns of a home-made table it leaves out.

use crate::sources::field::Field;
use crate::sources::plan::FilePlan;
use crate::sources::writing::{COST_UNIT, DECIMAL_COMMA};

use super::{Finding, Guess, Proposal, Role};

/// Formats that go by the names of columns alone: there a column of another name is overlooked.
const BY_NAMES: [&str; 2] = ["llmcost", "table"];

/// What a format reads of each column, instead of a guess; what it leaves out of a home-made table
/// stays proposed.
pub(super) fn as_read(mut guess: Guess, plan: &FilePlan) -> Guess {
    let format = guess.fits.clone().unwrap_or_default();
    let proposal = guess.proposal.take().filter(|_| BY_NAMES.contains(&format.as_str()));
    guess.missing = Vec::new();
    guess.doubts = Vec::new();
    let read = readable_fields(&guess, plan);
    let mut overlooked: Vec<(&'static str, String)> = Vec::new();
    for finding in &mut guess.findings {
        let guessed = std::mem::take(&mut finding.role);
        let reason = std::mem::take(&mut finding.reason);
        if let Some(field) = plan.field_at(&finding.path) {
            finding.role = field.own_name().map_or(Role::Nothing, Role::Taken);
            finding.reason = format!("`{format}` reads it");
            if field == Field::Time && !is_field(&guessed, field) && finding.present > 0 {
                let why = if reason.is_empty() { "no time that is understood" } else { &reason };
                finding.reason = format!("`{format}` looks for the time there, but it is {why}");
                guess.doubts.push(format!("`{}` is {why}", finding.path));
            }
        } else if let (Role::Taken(name), Some(_)) = (guessed, &proposal)
            && !read.contains(&name)
        {
            finding.role = Role::Alternative(name);
            finding.reason = format!("`{format}` does not read it; {reason}");
            guess.doubts.push(format!("`{}` is not read; it could be {name}", finding.path));
            overlooked.push((name, finding.path.clone()));
        }
    }
    let Some(proposal) = proposal else { return guess };
    let commas = says(&proposal, DECIMAL_COMMA);
    if commas {
        guess.doubts.push("numbers such as 1.000 and 0,5 need decimal_comma".to_owned());
    }
    let unit = says(&proposal, COST_UNIT) && read.contains(&"cost_usd");
    if unit {
        guess.doubts.push("costs that are not in dollars need cost_unit".to_owned());
    }
    if commas || unit || !overlooked.is_empty() {
        guess.proposal = Some(whole(&guess.findings, &read, &overlooked, proposal));
    }
    guess
}

/// The fields that the format reads with values that make sense.
fn readable_fields(guess: &Guess, plan: &FilePlan) -> Vec<&'static str> {
    let readable = |finding: &Finding| {
        let field = plan.field_at(&finding.path)?;
        let sense = field != Field::Time || is_field(&finding.role, field);
        field.own_name().filter(|_| sense && finding.present > 0)
    };
    guess.findings.iter().filter_map(readable).collect()
}

fn is_field(role: &Role, field: Field) -> bool {
    matches!(role, Role::Taken(name) | Role::Alternative(name) if Some(*name) == field.own_name())
}

fn says(proposal: &Proposal, name: &str) -> bool {
    proposal.statements.iter().any(|(statement, _)| *statement == name)
}

/// What is read already and what is overlooked, as one mapping.
fn whole(
    findings: &[Finding],
    readable: &[&str],
    overlooked: &[(&'static str, String)],
    guessed: Proposal,
) -> Proposal {
    let place = |name: &'static str| {
        let is_read =
            |finding: &&Finding| finding.role == Role::Taken(name) && readable.contains(&name);
        // Of several that are read for one field, the one that fits best by its values.
        let fits = |path: &String| findings.iter().filter(is_read).any(|one| one.path == *path);
        let best = guessed.map.iter().find(|(field, path)| *field == name && fits(path));
        let other = overlooked.iter().find(|(field, _)| *field == name);
        let found = other.or(best).map(|(_, path)| path.clone());
        found.or_else(|| findings.iter().find(is_read).map(|finding| finding.path.clone()))
    };
    let fields = Field::ALL.into_iter().filter_map(Field::own_name);
    let map: Vec<_> = fields.filter_map(|name| Some((name, place(name)?))).collect();
    let essential = [Field::Model, Field::Input, Field::Output].map(Field::own_name);
    let known = map.iter().filter(|(name, _)| essential.contains(&Some(name)));
    let columns = known.map(|(_, path)| path.clone()).collect();
    let without_model = !map.iter().any(|(name, _)| *name == "model");
    Proposal { map, columns, without_model, alternatives: Vec::new(), ..guessed }
}
