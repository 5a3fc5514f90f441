//! The disjoint classes of tokens that providers meter, and one value for each.

use std::array;
use std::ops::{Index, IndexMut};

/// A class of tokens with a price of its own. The classes of a call are disjoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenClass {
    /// Input that was neither read from nor written to a cache.
    Input,
    /// Input read from the provider's prompt cache.
    CacheRead,
    /// Input written to the cache with its default lifetime: 5 minutes (Anthropic), 30 minutes
    /// (`OpenAI` from GPT-5.6).
    CacheWrite5m,
    /// Input written to the cache with the long lifetime: 1 hour (Anthropic), 12 hours (`OpenAI`
    /// from GPT-6).
    CacheWrite1h,
    /// Audio input, uncached.
    AudioInput,
    /// Audio input read from the cache.
    AudioCacheRead,
    /// Image input, where it is metered apart from text.
    ImageInput,
    /// Output that the caller sees.
    Output,
    /// Output spent on reasoning.
    Reasoning,
    /// Audio output.
    AudioOutput,
    /// Image output, where it is metered apart from text.
    ImageOutput,
}

impl TokenClass {
    /// Every class, in the order of [`PerClass`].
    pub const ALL: [Self; 11] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
        Self::AudioInput,
        Self::AudioCacheRead,
        Self::ImageInput,
        Self::Output,
        Self::Reasoning,
        Self::AudioOutput,
        Self::ImageOutput,
    ];

    /// The name in price tables and machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CacheRead => "cache_read",
            Self::CacheWrite5m => "cache_write_5m",
            Self::CacheWrite1h => "cache_write_1h",
            Self::AudioInput => "audio_input",
            Self::AudioCacheRead => "audio_cache_read",
            Self::ImageInput => "image_input",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::AudioOutput => "audio_output",
            Self::ImageOutput => "image_output",
        }
    }

    /// Whether tokens of this class are part of the prompt (they count towards context bands).
    pub const fn is_input(self) -> bool {
        !matches!(self, Self::Output | Self::Reasoning | Self::AudioOutput | Self::ImageOutput)
    }
}

/// One value for each [`TokenClass`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PerClass<T>([T; TokenClass::ALL.len()]);

impl<T> PerClass<T> {
    /// The value of each class.
    pub fn from_fn(mut value: impl FnMut(TokenClass) -> T) -> Self {
        Self(array::from_fn(|index| value(TokenClass::ALL[index])))
    }

    /// Each class with its value, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (TokenClass, &T)> {
        TokenClass::ALL.into_iter().zip(&self.0)
    }
}

impl<T> Index<TokenClass> for PerClass<T> {
    type Output = T;
    fn index(&self, class: TokenClass) -> &T {
        &self.0[class as usize]
    }
}

impl<T> IndexMut<TokenClass> for PerClass<T> {
    fn index_mut(&mut self, class: TokenClass) -> &mut T {
        &mut self.0[class as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_a_class_is_its_place_in_the_list() {
        let places = PerClass::from_fn(|class| class as usize);
        for (place, class) in TokenClass::ALL.into_iter().enumerate() {
            assert_eq!(places[class], place);
        }
    }

    #[test]
    fn every_class_has_a_value_and_a_name_of_its_own() {
        let mut names = PerClass::from_fn(TokenClass::name);
        let listed: Vec<_> = names.iter().map(|(class, name)| (class, *name)).collect();
        assert_eq!(listed, TokenClass::ALL.map(|class| (class, class.name())));
        names[TokenClass::Reasoning] = "thought";
        assert_eq!(
            (names[TokenClass::Reasoning], names[TokenClass::Output]),
            ("thought", "output")
        );
        let answers = TokenClass::ALL.into_iter().filter(|class| !class.is_input());
        let answers: Vec<_> = answers.map(TokenClass::name).collect();
        assert_eq!(answers, ["output", "reasoning", "audio_output", "image_output"]);
    }
}
