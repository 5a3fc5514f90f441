//! The text of a prompt as a dimension holds it: hashes of its blocks, and their lengths.

use std::fmt::Write as _;

/// The dimension that holds them. No column has this name: it is made from the tools, the
/// instructions and the messages of a request.
pub const TEXT_BLOCKS: &str = "<text_blocks>";

/// Adds a block to a list: its hash, and its length in characters.
pub fn push_text_block(list: &mut String, hash: u64, characters: u64) {
    if !list.is_empty() {
        list.push(',');
    }
    let _ = write!(list, "{hash:x}:{characters}");
}

/// The blocks of a list, in order: the hash, and the length in characters.
pub fn text_blocks_of(list: &str) -> impl Iterator<Item = (&str, u64)> {
    list.split(',').filter_map(|block| {
        let (hash, characters) = block.split_once(':')?;
        Some((hash, characters.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_read() {
        let mut list = String::new();
        assert_eq!(text_blocks_of(&list).count(), 0);
        push_text_block(&mut list, 0xab, 256);
        push_text_block(&mut list, u64::MAX, 3);
        let expected = [("ab", 256), ("ffffffffffffffff", 3)];
        assert_eq!(text_blocks_of(&list).collect::<Vec<_>>(), expected);
    }
}
