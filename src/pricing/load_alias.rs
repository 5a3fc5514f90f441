//! Names that have meant different models over time, as models made of the periods of others.

use std::collections::BTreeSet;

use super::load::Tables;
use super::load_model::newest;
use super::model::{Model, Period};
use super::policy::DatedPolicy;
use super::resolve::MovingAlias;
use super::schema::RawAlias;
use super::span::Span;
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};

impl Tables {
    /// Adds the moving names of a table, and makes all those of its provider again: a later table
    /// may have changed what they mean.
    pub(super) fn add_aliases<'a>(
        &mut self,
        provider: usize,
        raw: &'a [RawAlias],
        source: Source,
        seen: &mut BTreeSet<&'a String>,
    ) -> Result<(), PriceTableError> {
        for alias in raw {
            if !seen.insert(alias.id.get_ref()) {
                let problem = Problem::DuplicateId(alias.id.get_ref().clone());
                return Err(source.error(alias.id.span(), problem));
            }
            let read = self.read_alias(provider, alias, source)?;
            let moving = &mut self.providers[provider].moving;
            moving.retain(|known| known.id != read.id);
            moving.push(read);
        }
        for alias in self.providers[provider].moving.clone() {
            // A table that declares a model under the name means that one.
            let name = &alias.id;
            if seen.contains(name) && !raw.iter().any(|known| known.id.get_ref() == name) {
                self.providers[provider].moving.retain(|known| known.id != *name);
                continue;
            }
            let model = self.compose(provider, &alias);
            if model.periods.is_empty() {
                let here = raw.iter().find(|known| known.id.get_ref() == name);
                let at = here.map_or(0..0, |known| known.id.span());
                return Err(source.error(at, Problem::NoPeriod));
            }
            let index = u16::try_from(self.place_model(provider, model))
                .map_err(|_| source.error(0..0, Problem::TooMany))?;
            self.providers[provider].ids.insert(alias.id.clone(), index);
        }
        Ok(())
    }

    fn read_alias(
        &self,
        provider: usize,
        raw: &RawAlias,
        source: Source,
    ) -> Result<MovingAlias, PriceTableError> {
        source.filled("source", &raw.source)?;
        let ids = &self.providers[provider].ids;
        let is_plain = |name: &String| {
            let index = ids.get(name);
            index.is_some_and(|index| self.models[usize::from(*index)].targets.is_empty())
        };
        // The models that other names mean must stay what they are.
        if is_plain(raw.id.get_ref()) {
            return Err(source.error(raw.id.span(), Problem::DuplicateId(raw.id.get_ref().clone())));
        }
        source.day(&raw.checked_on)?;
        if raw.targets.is_empty() {
            return Err(source.error(raw.id.span(), Problem::NoPeriod));
        }
        let ends: Vec<_> = raw
            .targets
            .iter()
            .map(|target| (target.from.as_ref(), target.to.as_ref(), target.model.span()))
            .collect();
        // The start of one target is the end of the one before.
        let spans = source.following(&ends)?;
        let mut targets = Vec::new();
        for (target, span) in raw.targets.iter().zip(spans) {
            let name = target.model.get_ref();
            if !is_plain(name) {
                return Err(source.unknown("model", name, &target.model));
            }
            targets.push((span, name.clone()));
        }
        let doubt = raw.doubt.as_ref().map(|text| source.filled("doubt", text)).transpose()?;
        let id = source.filled("alias id", &raw.id)?;
        Ok(MovingAlias { id, targets, doubt: doubt.map(Into::into) })
    }

    /// Makes every moving name again, after the prices of what they mean have changed.
    pub(super) fn compose_aliases(&mut self) {
        for provider in 0..self.providers.len() {
            for alias in self.providers[provider].moving.clone() {
                let model = self.compose(provider, &alias);
                self.place_model(provider, model);
            }
        }
    }

    /// The model that an alias has been: the prices of each target while it was meant.
    fn compose(&self, provider: usize, alias: &MovingAlias) -> Model {
        let target = |name: &String| {
            let index = self.providers[provider].ids[name];
            &self.models[usize::from(index)]
        };
        let (mut periods, mut caches) = (Vec::<Period>::new(), Vec::<DatedPolicy>::new());
        for (span, name) in &alias.targets {
            let model = target(name);
            periods.extend(model.periods.iter().filter_map(|period| {
                let span = period.span.within(*span)?;
                let mut period = Period { span, ..period.clone() };
                if let Some(doubt) = &alias.doubt {
                    period.add_doubt(doubt);
                }
                Some(period)
            }));
            caches.extend(model.caches.iter().filter_map(|dated| {
                let span = dated.span.within(*span)?;
                Some(DatedPolicy { span, ..dated.clone() })
            }));
        }
        let last = alias.targets.last().map(|(_, name)| target(name));
        let last = last.expect("an alias without targets does not load");
        Model {
            id: alias.id.clone(),
            aliases: Vec::new(),
            first_known: alias.targets.first().and_then(|(_, name)| target(name).first_known),
            note: None,
            targets: alias.targets.clone(),
            newest: newest(&periods),
            caches,
            periods,
            ..last.clone()
        }
    }
}

impl Span {
    /// The part of this span that lies within another; nothing when they do not meet.
    fn within(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        let meets = from.is_none_or(|from| to.is_none_or(|to| from < to));
        meets.then_some(Self { from, to })
    }
}
