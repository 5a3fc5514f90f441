//! When two questions are alike.

use crate::usage::Vector;

use super::cosine::Direction;
use super::normal::normalized;
use super::shingles::{BANDED_FROM, BANDS, Shingled, Shingles, jaccard};

/// The whole similarity: both are the same.
pub(super) const SAME: u64 = 1_000_000_000;

/// How questions are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// The same text, or the same hash of it.
    Exact,
    /// The same text but for case, spaces and punctuation.
    Normalized,
    /// Texts that share most of their shingles.
    Lexical,
    /// Vectors that point the same way.
    Embeddings,
}

impl Level {
    /// The name in plans.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normalized => "normalized",
            Self::Lexical => "lexical",
            Self::Embeddings => "embeddings",
        }
    }

    /// Whether different questions can be alike enough, so that answers can be wrong.
    pub(super) const fn is_similarity(self) -> bool {
        matches!(self, Self::Lexical | Self::Embeddings)
    }
}

/// The questions of a log, ready to be compared by number.
#[derive(Debug)]
pub(super) enum Likeness {
    /// Only equal ones are alike.
    Equal,
    /// By their shingles.
    Shingles(Vec<Shingled>),
    /// By their directions.
    Directions(Vec<Direction>),
}

impl Likeness {
    /// Gets the questions ready: normalised texts, or the text forms of vectors.
    pub(super) fn of<'q>(level: Level, questions: impl Iterator<Item = &'q str>) -> Self {
        match level {
            Level::Exact | Level::Normalized => Self::Equal,
            Level::Lexical => {
                let mut shingles = Shingles::default();
                Self::Shingles(questions.map(|question| shingles.of(question)).collect())
            }
            Level::Embeddings => {
                let vector = |text| Vector::from_text(text).expect("only vectors are asked");
                Self::Directions(questions.map(|text| Direction::new(&vector(text))).collect())
            }
        }
    }

    /// The similarity of two questions in billionths; nothing when it is below `least`.
    pub(super) fn between(&self, one: u32, other: u32, least: u64) -> Option<u64> {
        if one == other {
            return Some(SAME);
        }
        let [one, other] = [one, other].map(|number| number as usize);
        match self {
            Self::Equal => None,
            Self::Shingles(texts) => {
                let similarity = jaccard(&texts[one].set, &texts[other].set);
                (similarity >= least).then_some(similarity)
            }
            Self::Directions(vectors) => vectors[one].cosine(&vectors[other], least),
        }
    }

    /// The bands in which similar questions meet; nothing where all must be compared.
    pub(super) fn bands(&self, question: u32, least: u64) -> Option<&[u64; BANDS]> {
        match self {
            Self::Shingles(texts) if least >= BANDED_FROM => Some(&texts[question as usize].bands),
            _ => None,
        }
    }
}

/// What stands for a question at a level: two with the same are the same.
pub(super) fn form(level: Level, text: &str) -> String {
    match level {
        Level::Exact | Level::Embeddings => text.to_owned(),
        Level::Normalized | Level::Lexical => normalized(text),
    }
}
