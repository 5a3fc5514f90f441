//! Bytes compared and searched many at a time: the innermost loops of reading.

use wide::u8x16;

/// So many bytes are looked at at once.
const LANES: usize = 16;

/// Where the text of a JSON string that starts at `at` ends or goes on otherwise: the first quote,
/// backslash or control character. The length of `bytes` if there is none.
#[inline]
pub(super) fn plain_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk::<LANES>) {
        let found = special(u8x16::new(*block));
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += LANES;
    }
    let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// A bit for each byte that does not stand for itself in a JSON string.
#[inline]
fn special(bytes: u8x16) -> u32 {
    let quotes = bytes.simd_eq(u8x16::splat(b'"'));
    let slashes = bytes.simd_eq(u8x16::splat(b'\\'));
    let controls = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    (quotes | slashes | controls).to_bitmask()
}

/// Texts that are compared with what stands in a log, eight bytes at a time.
#[derive(Debug, Default)]
pub(super) struct Texts {
    words: Vec<u64>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    start: u32,
    length: u32,
}

impl Text {
    /// How many bytes it has.
    pub(super) const fn len(self) -> usize {
        self.length as usize
    }
}

impl Texts {
    /// Keeps a text; nothing where there is no room for it.
    pub(super) fn keep(&mut self, text: &[u8]) -> Option<Text> {
        let start = u32::try_from(self.words.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        let (words, rest) = text.as_chunks::<8>();
        self.words.extend(words.iter().map(|word| u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.words.push(u64::from_le_bytes(last));
        }
        Some(Text { start, length })
    }

    /// Whether a text stands at a place.
    #[inline]
    pub(super) fn stands(&self, text: Text, bytes: &[u8], at: usize) -> bool {
        let whole = text.len() / 8;
        let (start, rest) = (text.start as usize, text.len() % 8);
        let Some(words) = self.words.get(start..) else { return false };
        let Some(found) = bytes.get(at..) else { return false };
        if found.len() < text.len() {
            return false;
        }
        let (blocks, _) = found.as_chunks::<8>();
        let same = |(word, block): (&u64, &[u8; 8])| *word == u64::from_le_bytes(*block);
        if !words.iter().zip(blocks).take(whole).all(same) {
            return false;
        }
        if rest == 0 {
            return true;
        }
        let mask = (1u64 << (8 * rest)) - 1;
        match blocks.get(whole) {
            Some(block) => words[whole] == u64::from_le_bytes(*block) & mask,
            // The last few bytes of all.
            None => {
                let word = words[whole].to_le_bytes();
                found[whole * 8..].starts_with(&word[..rest])
            }
        }
    }

    /// Whether a text is this one.
    pub(super) fn is(&self, text: Text, other: &[u8]) -> bool {
        text.len() == other.len() && self.stands(text, other, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_end_where_a_look_at_each_byte_finds_it(
            bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), any::<u8>(), 0x20u8..0x7f], 0..70),
            at in 0usize..70,
        ) {
            let at = at.min(bytes.len());
            let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
            let expected = bytes[at..].iter().position(special).map_or(bytes.len(), |found| at + found);
            prop_assert_eq!(plain_end(&bytes, at), expected);
        }

        #[test]
        fn texts_stand_where_they_are(
            text in proptest::collection::vec(0u8..3, 0..30),
            before in 0usize..9,
            after in 0usize..9,
            other in proptest::collection::vec(0u8..3, 0..30),
        ) {
            let mut texts = Texts::default();
            texts.keep(b"something before").expect("room");
            let kept = texts.keep(&text).expect("room");
            let bytes = [&vec![1; before][..], &text, &vec![2; after]].concat();
            prop_assert!(texts.stands(kept, &bytes, before));
            prop_assert_eq!(texts.stands(kept, &other, 0), other.starts_with(&text));
            prop_assert!(!texts.stands(kept, &bytes, bytes.len() + 1));
            prop_assert_eq!(texts.is(kept, &other), other == text);
        }
    }
}
