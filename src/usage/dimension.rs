//! Names of things (models, products, users) as small numbers, one dictionary a dimension.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// A name in the dictionary of one dimension; the empty name is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// The empty name: the log does not say.
    pub const EMPTY: Self = Self(0);

    /// Stands for no name: no dictionary is so long.
    pub(super) const NONE: Self = Self(u32::MAX);

    /// The place of the name in its dictionary.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether the log does not say.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Places of the dimensions that every table has, in this order, before any others.
pub mod column {
    /// Who bills.
    pub const PROVIDER: usize = 0;
    /// The model that answered; the requested one when the log does not say.
    pub const MODEL: usize = 1;
    /// The model that was asked for.
    pub const REQUEST_MODEL: usize = 2;
    /// What the call was for.
    pub const CALL_TYPE: usize = 3;
    /// Where it was processed, when that changes the price.
    pub const GEO: usize = 4;
    /// The names of these dimensions.
    pub const FIXED: [&str; 5] = ["provider", "model", "request_model", "call_type", "geo"];
}

/// The distinct names of one dimension.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// The name of the dimension itself: `model`, `team`.
    pub name: String,
    names: Vec<Box<str>>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: Symbol,
}

impl Dimension {
    /// A dimension that knows only the empty name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            names: vec![Box::default()],
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            last: Symbol::EMPTY,
        }
    }

    /// The symbol of a name, new or known. Neighbouring records mostly repeat each other's names,
    /// so the previous one is compared first.
    ///
    /// # Panics
    /// Beyond 2³² distinct names.
    pub fn intern(&mut self, name: &str) -> Symbol {
        if name.is_empty() {
            return Symbol::EMPTY;
        }
        if &*self.names[self.last.index()] == name {
            return self.last;
        }
        let hash = self.hasher.hash_one(name);
        if let Some(found) = self.index.find(hash, |at| &*self.names[*at as usize] == name) {
            self.last = Symbol(*found);
            return self.last;
        }
        let at = u32::try_from(self.names.len()).expect("fewer than 2^32 distinct names");
        self.names.push(name.into());
        let (names, hasher) = (&self.names, &self.hasher);
        self.index.insert_unique(hash, at, |known| hasher.hash_one(&*names[*known as usize]));
        self.last = Symbol(at);
        self.last
    }

    /// The symbol of a name, if it is known.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        if name.is_empty() {
            return Some(Symbol::EMPTY);
        }
        let hash = self.hasher.hash_one(name);
        self.index.find(hash, |at| &*self.names[*at as usize] == name).map(|at| Symbol(*at))
    }

    /// The name of a symbol of this dimension.
    pub fn resolve(&self, symbol: Symbol) -> &str {
        &self.names[symbol.index()]
    }

    /// Every known name with its symbol, the empty one first.
    pub fn names(&self) -> impl Iterator<Item = (Symbol, &str)> {
        (0u32..).map(Symbol).zip(self.names.iter().map(|name| &**name))
    }

    /// How many names are known, the empty one included.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether only the empty name is known.
    pub fn is_empty(&self) -> bool {
        self.names.len() == 1
    }
}

/// The dimensions of a table: the fixed ones of `column`, then those a run asks for.
#[derive(Clone, Debug)]
pub struct Dimensions(Vec<Dimension>);

impl Dimensions {
    /// The fixed dimensions and `extra` ones, without repeats.
    pub fn new<'a>(extra: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<_> = column::FIXED.into_iter().map(Dimension::new).collect();
        for name in extra {
            if !all.iter().any(|known| known.name == name) {
                all.push(Dimension::new(name));
            }
        }
        Self(all)
    }

    /// The same dimensions, without any names: what a chunk of input starts from.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self(self.0.iter().map(|dimension| Dimension::new(&dimension.name)).collect())
    }

    /// The place of a dimension.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|dimension| dimension.name == name)
    }

    /// All of them, in order.
    #[expect(
        clippy::iter_without_into_iter,
        reason = "nothing loops over them without a step more"
    )]
    pub fn iter(&self) -> std::slice::Iter<'_, Dimension> {
        self.0.iter()
    }

    /// How many there are; at least the fixed ones.
    #[expect(clippy::len_without_is_empty, reason = "the fixed dimensions are always there")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl std::ops::Index<usize> for Dimensions {
    type Output = Dimension;
    fn index(&self, place: usize) -> &Dimension {
        &self.0[place]
    }
}

impl std::ops::IndexMut<usize> for Dimensions {
    fn index_mut(&mut self, place: usize) -> &mut Dimension {
        &mut self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_symbol() {
        let mut models = Dimension::new("model");
        let symbols = ["a", "b", "a", "", "b", "a"].map(|name| models.intern(name));
        assert_eq!(symbols[0], symbols[2]);
        assert_eq!(symbols[1], symbols[4]);
        assert_eq!(symbols[3], Symbol::EMPTY);
        assert_eq!(models.resolve(symbols[5]), "a");
        assert_eq!(models.find("c"), None);
        assert_eq!(models.len(), 3);
    }

    #[test]
    fn extra_dimensions_do_not_repeat_fixed_ones() {
        let dimensions = Dimensions::new(["team", "model", "team"]);
        assert_eq!(dimensions.len(), column::FIXED.len() + 1);
        assert_eq!(dimensions.position("team"), Some(column::FIXED.len()));
    }
}
