//! Lines of a file, of which no more than one is held, and none that is too long to be of a dump.

use std::io::{self, BufRead, Read};

/// The longest that is looked at: the digits of a whole space are 8192. What follows in the same line is passed over.
const LONGEST: u64 = 1 << 16;

/// Hands over each line, without its line break.
pub(crate) fn each(mut input: impl BufRead, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.pop_if(|last| *last == b'\n').is_none() {
            skip_line(&mut input)?;
        }
        take(&line);
    }
}

/// Reads up to the next line break.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (end, length) = (buffer.iter().position(|&byte| byte == b'\n'), buffer.len());
        input.consume(end.map_or(length, |end| end + 1));
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    #[test]
    fn lines_end_at_breaks_and_at_the_end() {
        let long = format!("{}\nnext\r\n\nlast", "x".repeat(200_000));
        let mut lines = Vec::new();
        super::each(long.as_bytes(), |line| lines.push(line.len())).unwrap();
        assert_eq!(lines, [1 << 16, 5, 0, 4]);
    }
}
