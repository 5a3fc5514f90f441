//! Bytes compared, searched and counted many at a time: the innermost loops of reading.

use wide::u8x16;

/// So many bytes are looked at at once.
const LANES: usize = 16;

/// Most texts, and most strings, are shorter than this.
pub(super) const WINDOW: usize = 2 * LANES;

/// As many bytes of a log.
pub(super) type Window = [u8; WINDOW];

const LOW_BITS: u64 = u64::from_ne_bytes([0x7f; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

#[inline]
fn block<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    bytes.get(at..)?.first_chunk()
}

/// The bytes at a place; nothing where there are not as many.
#[inline]
pub(super) fn window(bytes: &[u8], at: usize) -> Option<&Window> {
    block(bytes, at)
}

/// A bit for each byte of a window that does not stand for itself in a JSON string.
#[inline]
pub(super) fn specials(window: &Window) -> u32 {
    let (lanes, _) = window.as_chunks::<LANES>();
    special(lanes[0]).to_bitmask() | special(lanes[1]).to_bitmask() << LANES
}

/// The first bytes of a text as numbers, with zeros behind a shorter one.
pub(super) type Head = [u64; WINDOW / 8];

/// All ones for as many bytes.
const HEADS: [Head; WINDOW + 1] = {
    let mut heads = [[0; WINDOW / 8]; WINDOW + 1];
    let mut length = 0;
    while length <= WINDOW {
        let mut byte = 0;
        while byte < length {
            heads[length][byte / 8] |= 0xff << (8 * (byte % 8));
            byte += 1;
        }
        length += 1;
    }
    heads
};

/// The head of a text that a window starts with; of a longer one, the whole window.
#[inline]
pub(super) fn head(window: &Window, length: usize) -> Head {
    let (eights, _) = window.as_chunks::<8>();
    let mask = &HEADS[length.min(WINDOW)];
    std::array::from_fn(|place| u64::from_le_bytes(eights[place]) & mask[place])
}

/// As [`head`], of a text behind which there may be nothing.
pub(super) fn head_of(text: &[u8]) -> Head {
    let mut padded = [0; WINDOW];
    let length = text.len().min(WINDOW);
    padded[..length].copy_from_slice(&text[..length]);
    head(&padded, length)
}

/// Where the text of a JSON string that starts at `at` ends or goes on otherwise: the first quote,
/// backslash or control character. The length of `bytes` if there is none.
#[inline]
pub(super) fn plain_end(bytes: &[u8], at: usize) -> usize {
    let found = window(bytes, at).map_or(0, specials);
    if found != 0 {
        return at + found.trailing_zeros() as usize;
    }
    long_end(bytes, at)
}

/// As [`plain_end`], of a string that is long or near the end of all.
#[inline(never)]
fn long_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = block::<{ 4 * LANES }>(bytes, at) {
        let (lanes, _) = block.as_chunks::<LANES>();
        let found = special(lanes[0]) | special(lanes[1]) | special(lanes[2]) | special(lanes[3]);
        if found.to_bitmask() != 0 {
            break;
        }
        at += 4 * LANES;
    }
    let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    while let Some(block) = block::<LANES>(bytes, at) {
        let found = special(*block).to_bitmask();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += LANES;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// All ones for each byte that does not stand for itself in a JSON string.
#[inline]
fn special(bytes: [u8; LANES]) -> u8x16 {
    let bytes = u8x16::new(bytes);
    let quotes = bytes.simd_eq(u8x16::splat(b'"'));
    let slashes = bytes.simd_eq(u8x16::splat(b'\\'));
    let controls = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    quotes | slashes | controls
}

/// The whole number at a place, as JSON writes it, and where its digits end. Nothing where there is
/// none, or one of eight digits and more, or where `bytes` are about to end.
#[inline]
pub(super) fn number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let digits = u64::from_le_bytes(*block(bytes, at)?) ^ u64::from_le_bytes(*b"00000000");
    // A byte is no digit if it is beyond nine, which adds up to its highest bit, or has that.
    let nine = u64::from_ne_bytes([0x7f - 9; 8]);
    let others = (((digits & LOW_BITS) + nine) | digits) & HIGH_BITS;
    let bits = others.trailing_zeros() & !7;
    let is_padded = digits.trailing_zeros() >= 8 && bits > 8;
    if bits == 0 || bits == 64 || is_padded {
        return None;
    }
    // The first digit stands lowest; those that are missing in front are zero.
    let digits = digits << (64 - bits);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let every_fourth = 0x0000_00ff_0000_00ff;
    let upper = (pairs & every_fourth).wrapping_mul(100 + (1_000_000 << 32));
    let lower = (pairs >> 16 & every_fourth).wrapping_mul(1 + (10_000 << 32));
    let value = upper.wrapping_add(lower) >> 32;
    Some((value, at + (bits / 8) as usize))
}

/// Texts that are compared with what stands in a log, sixteen bytes at a time.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    /// The first bytes, and all ones where there are none.
    blocks: [u8x16; 2],
    free: [u8x16; 2],
    start: u32,
    length: u32,
}

impl Text {
    /// How many bytes it has.
    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.length as usize
    }
}

impl Texts {
    /// Keeps a text; nothing where there is no room for it.
    pub(super) fn keep(&mut self, text: &[u8]) -> Option<Text> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        self.bytes.extend_from_slice(text);
        let (mut blocks, mut free) = ([0; WINDOW], [0xff; WINDOW]);
        let first = text.len().min(WINDOW);
        blocks[..first].copy_from_slice(&text[..first]);
        free[..first].fill(0);
        Some(Text { blocks: halves(&blocks), free: halves(&free), start, length })
    }

    /// Whether a text stands at a place.
    #[inline]
    pub(super) fn stands(&self, text: &Text, bytes: &[u8], at: usize) -> bool {
        let Some(window) = window(bytes, at) else {
            // The last few bytes of all.
            return self.follows(text, bytes, at);
        };
        let found = halves(window);
        let first = found[0].simd_eq(text.blocks[0]) | text.free[0];
        let second = found[1].simd_eq(text.blocks[1]) | text.free[1];
        let is_same = (first & second).to_bitmask() == (1 << LANES) - 1;
        is_same && (text.len() <= WINDOW || self.follows(text, bytes, at))
    }

    #[inline(never)]
    fn follows(&self, text: &Text, bytes: &[u8], at: usize) -> bool {
        bytes.get(at..).is_some_and(|rest| rest.starts_with(self.bytes_of(text)))
    }

    /// Whether a text is this one.
    pub(super) fn is(&self, text: &Text, other: &[u8]) -> bool {
        self.bytes_of(text) == other
    }

    fn bytes_of(&self, text: &Text) -> &[u8] {
        &self.bytes[text.start as usize..][..text.len()]
    }
}

#[inline]
fn halves(window: &Window) -> [u8x16; 2] {
    let (lanes, _) = window.as_chunks::<LANES>();
    [u8x16::new(lanes[0]), u8x16::new(lanes[1])]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mostly usual characters, so that there are long strings.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            1 => Just(b'"'), 1 => Just(b'\\'), 1 => any::<u8>(), 200 => 0x23u8..0x5b
        ];
        proptest::collection::vec(byte, 0..200)
    }

    proptest! {
        #[test]
        fn numbers_are_what_a_look_at_each_digit_finds(
            text in "(0|[1-9][0-9]{0,8}|[0-9]{1,3}|)[,}.e \\x00-\\x7f]{0,2}",
            before in 0usize..9,
        ) {
            let bytes = [&vec![b'7'; before][..], text.as_bytes(), &[b','; 8]].concat();
            let length = text.bytes().take_while(u8::is_ascii_digit).count();
            let is_usual = (1..8).contains(&length) && (length == 1 || !text.starts_with('0'));
            let expected =
                is_usual.then(|| (text[..length].parse().expect("digits"), before + length));
            prop_assert_eq!(number(&bytes, before), expected);
            prop_assert_eq!(number(&bytes, bytes.len() - 7), None);
        }

        #[test]
        fn heads_tell_short_texts_apart(
            one in proptest::collection::vec(1u8..3, 0..=WINDOW),
            two in proptest::collection::vec(1u8..3, 0..=WINDOW),
            behind in any::<u8>(),
        ) {
            prop_assert_eq!(head_of(&one) == head_of(&two), one == two);
            let longer = [&one[..], &[behind; WINDOW]].concat();
            let window = window(&longer, 0).expect("long enough");
            prop_assert_eq!(head(window, one.len()), head_of(&one));
        }

        #[test]
        fn strings_end_where_a_look_at_each_byte_finds_it(
            bytes in bytes(),
            at in 0usize..200,
        ) {
            let at = at.min(bytes.len());
            let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
            let expected = bytes[at..].iter().position(special).map_or(bytes.len(), |found| at + found);
            prop_assert_eq!(plain_end(&bytes, at), expected);
        }

        #[test]
        fn texts_stand_where_they_are(
            text in proptest::collection::vec(0u8..3, 0..50),
            before in 0usize..9,
            after in 0usize..9,
            other in proptest::collection::vec(0u8..3, 0..50),
        ) {
            let mut texts = Texts::default();
            texts.keep(b"something before").expect("room");
            let kept = texts.keep(&text).expect("room");
            let bytes = [&vec![1; before][..], &text, &vec![2; after]].concat();
            prop_assert!(texts.stands(&kept, &bytes, before));
            prop_assert_eq!(texts.stands(&kept, &other, 0), other.starts_with(&text));
            let longer = [&other[..], &[9; 40]].concat();
            prop_assert_eq!(texts.stands(&kept, &longer, 0), other.starts_with(&text));
            prop_assert!(!texts.stands(&kept, &bytes, bytes.len() + 1));
            prop_assert_eq!(texts.is(&kept, &other), other == text);
        }
    }
}
