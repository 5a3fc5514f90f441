//! What looking a question up costs.

use super::super::branch::Branch;
use super::super::error::TechniqueError;
use super::super::facts::Facts;
use crate::pricing::ModelId;
use crate::units::{TokenClass, Tokens};

/// The call to an embedding model before each lookup.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup {
    model: Option<ModelId>,
    tokens: Option<Tokens>,
}

impl Lookup {
    /// With the model of that name, if one is named; with so many tokens a question, or else all
    /// uncached input.
    ///
    /// # Errors
    /// When the book does not have the model.
    pub(super) fn new(
        facts: &Facts<'_>,
        model: Option<&str>,
        tokens: Option<u64>,
    ) -> Result<Self, TechniqueError> {
        let model = model.map(|name| facts.named_model("", name)).transpose()?;
        Ok(Self { model, tokens: tokens.map(Tokens::new) })
    }

    /// The extra call beside a branch; nothing where looking up costs nothing.
    pub(super) fn of(&self, branch: &Branch) -> Option<Branch> {
        let question = self.tokens.map(|tokens| branch.for_row(tokens));
        let question = question.unwrap_or(branch.call.tokens[TokenClass::Input]);
        self.model.map(|model| branch.companion(model, question, Tokens::ZERO))
    }
}
