//! What one call costs.

use crate::pricing::{PriceBook, Unpriced, cost};
use crate::units::Usd;
use crate::usage::Call;

/// What one call costs at the time it carries, in dollars. `provider` is who bills; empty when only
/// one sells the model.
///
/// ```
/// use llmcost::{Call, PriceBook, TokenClass, Tokens, price_call};
///
/// let mut call = Call::default();
/// call.tokens[TokenClass::Input] = Tokens::new(1_000);
/// call.tokens[TokenClass::Output] = Tokens::new(200);
/// let cost = price_call(&PriceBook::embedded(), "anthropic", "claude-haiku-4-5", &call)?;
/// assert_eq!(cost.to_string(), "0.002");
/// # Ok::<(), llmcost::Unpriced>(())
/// ```
///
/// # Errors
/// When the model, or one of the classes of tokens that the call used, has no price: it is never
/// taken to be free.
pub fn price_call(
    prices: &PriceBook,
    provider: &str,
    model: &str,
    call: &Call,
) -> Result<Usd, Unpriced> {
    let model = prices.find(provider, model)?;
    cost(call, prices.card(model, call, call.time, "")?)
}
