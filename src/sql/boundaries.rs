//! Stand-in.
use crate::pricing::PriceBook;
/// Stand-in.
pub fn boundaries(_: &PriceBook) -> Vec<u64> {
    vec![
        63, 511, 1_000, 1_023, 2_047, 4_000, 4_095, 16_000, 32_000, 64_000, 100_000, 128_000,
        199_999, 200_000, 256_000, 272_000, 512_000,
    ]
}
