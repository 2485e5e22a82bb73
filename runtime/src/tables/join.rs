//! Joins the sections of a database that was compiled to Rust source.

/// Writes one section to its place. What does not fit there is left out, and the bytes are then no database.
pub const fn put_section<const N: usize>(bytes: &mut [u8; N], at: usize, section: &[u8]) {
    if at <= N && section.len() <= N - at {
        let (_, rest) = bytes.split_at_mut(at);
        let (target, _) = rest.split_at_mut(section.len());
        target.copy_from_slice(section);
    }
}

#[cfg(test)]
mod tests {
    use super::put_section;

    #[test]
    fn sections_join_at_compile_time() {
        const BYTES: [u8; 4] = {
            let mut bytes = [0; 4];
            put_section(&mut bytes, 0, b"ab");
            put_section(&mut bytes, 2, b"cd");
            put_section(&mut bytes, 3, b"no");
            put_section(&mut bytes, 9, b"");
            bytes
        };
        assert_eq!(&BYTES, b"abcd");
    }
}
