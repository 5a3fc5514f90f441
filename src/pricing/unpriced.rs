//! Why a call has no price: reported and counted, never taken for zero.

use std::fmt;

use crate::units::TokenClass;

/// Why a call cannot be priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unpriced {
    /// The log names no model.
    MissingModel,
    /// No table has this id, neither as it is nor by a declared alias or form.
    UnknownModel,
    /// The log names a provider that no table declares, and the model alone would be known.
    UnknownProvider,
    /// A table of another provider has this model.
    OtherProvider,
    /// The model has prices, but none for the time of the call.
    NoPriceAtThatTime,
    /// The model has no price for the lane the call was served in.
    NoPriceForTier,
    /// The model has no price for the place the call was processed in.
    NoPriceForGeo,
    /// The call used tokens of a class that the model does not price.
    NoPriceForClass(TokenClass),
    /// The call made server-side searches and the model states no fee for them.
    NoPriceForSearch,
    /// The call searched in stored files and the model states no fee for that.
    NoPriceForFileSearch,
    /// The log names no provider, and several that sell other makers' models have this one.
    SeveralSellers,
    /// The cost does not fit the range of an exact amount.
    TooLarge,
}

impl Unpriced {
    /// The stable name in reports: `unknown-model`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingModel => "missing-model",
            Self::UnknownModel => "unknown-model",
            Self::UnknownProvider => "unknown-provider",
            Self::OtherProvider => "provider-mismatch",
            Self::NoPriceAtThatTime => "no-price-at-that-time",
            Self::NoPriceForTier => "no-price-for-tier",
            Self::NoPriceForGeo => "no-price-for-geo",
            Self::NoPriceForClass(_) => "no-price-for-class",
            Self::NoPriceForSearch => "no-price-for-search",
            Self::NoPriceForFileSearch => "no-price-for-file-search",
            Self::SeveralSellers => "several-sellers",
            Self::TooLarge => "too-large",
        }
    }
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingModel => f.write_str("the log names no model"),
            Self::UnknownModel => f.write_str("no price table has this model"),
            Self::UnknownProvider => f.write_str("no price table declares this provider"),
            Self::OtherProvider => f.write_str("this provider does not sell this model"),
            Self::NoPriceAtThatTime => {
                f.write_str("the model has no price at the time of the call")
            }
            Self::NoPriceForTier => f.write_str("the model has no price in this service tier"),
            Self::NoPriceForGeo => {
                f.write_str("the model has no price for this place of processing")
            }
            Self::NoPriceForClass(class) => {
                write!(f, "the model has no price for {} tokens", class.name())
            }
            Self::NoPriceForSearch => f.write_str("the model has no price for searches"),
            Self::NoPriceForFileSearch => {
                f.write_str("the model has no price for searches in files")
            }
            Self::SeveralSellers => {
                f.write_str("several providers sell this model and the log does not say which")
            }
            Self::TooLarge => f.write_str("the cost is too large to be held exactly"),
        }
    }
}

impl std::error::Error for Unpriced {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_without_a_price_is_named() {
        let reason = Unpriced::NoPriceForClass(TokenClass::AudioInput);
        assert_eq!(reason.name(), "no-price-for-class");
        assert_eq!(reason.to_string(), "the model has no price for audio_input tokens");
    }
}
