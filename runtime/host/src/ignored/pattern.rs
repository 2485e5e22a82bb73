//! One line of an ignore file, as gitignore(5) has it.

/// What a line says of the paths that it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// It begins with `!`: what it matches is looked at after all.
    pub(super) is_kept: bool,
    /// It ends in `/`: it is for folders.
    is_for_folders: bool,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(char),
    /// `?`
    Any,
    /// `[a-z]`: whether what is not in the ranges is meant.
    Class(bool, Vec<(char, char)>),
    /// `*`
    Star,
    /// `**/`: any folders, or none.
    Folders,
    /// `/**` at the end: all that is in a folder.
    Below,
    /// `**` alone: all.
    All,
}

impl Pattern {
    /// The pattern of a line, if it has one.
    pub(super) fn of(line: &str) -> Option<Self> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with('#') {
            return None;
        }
        let line = trimmed(line);
        let (is_kept, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (is_for_folders, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        if line.is_empty() {
            return None;
        }
        let is_anchored = line.contains('/');
        let letters: Vec<char> = line.strip_prefix('/').unwrap_or(line).chars().collect();
        let mut tokens = if is_anchored { vec![] } else { vec![Token::Folders] };
        read(&letters, &mut tokens)?;
        Some(Self { is_kept, is_for_folders, tokens })
    }

    /// Whether a path below the folder of the file is meant; its parts have `/` between them.
    pub(super) fn matches(&self, path: &[char], is_folder: bool) -> bool {
        if self.is_for_folders && !is_folder {
            return false;
        }
        // Where in the path what was looked at may end: so many times as long as the pattern, whatever it says.
        let mut ends = vec![false; path.len() + 1];
        ends[0] = true;
        for token in &self.tokens {
            ends = token.step(&ends, path);
        }
        ends[path.len()]
    }
}

/// Spaces at the end do not count, unless a backslash is before them.
fn trimmed(line: &str) -> &str {
    let bare = line.trim_end_matches(' ');
    let escapes = bare.len() - bare.trim_end_matches('\\').len();
    let is_escaped = escapes % 2 == 1 && bare.len() < line.len();
    if is_escaped { &line[..=bare.len()] } else { bare }
}

/// Reads the tokens of a pattern; none if it is broken.
fn read(letters: &[char], tokens: &mut Vec<Token>) -> Option<()> {
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let rest = &letters[at..];
        let is_start = at == 0 || letters[at - 1] == '/';
        at += match letter {
            '*' if is_start && rest.starts_with(&['*', '*', '/']) => {
                tokens.push(Token::Folders);
                3
            }
            '*' if is_start && rest == ['*', '*'] => {
                tokens.push(Token::All);
                2
            }
            '/' if rest == ['/', '*', '*'] => {
                tokens.push(Token::Below);
                3
            }
            '*' => {
                tokens.push(Token::Star);
                1
            }
            '?' => {
                tokens.push(Token::Any);
                1
            }
            '[' => class(rest, tokens)?,
            '\\' => {
                tokens.push(Token::Literal(*rest.get(1)?));
                2
            }
            _ => {
                tokens.push(Token::Literal(letter));
                1
            }
        };
    }
    Some(())
}

/// Reads `[a-z]`; how long it is.
fn class(letters: &[char], tokens: &mut Vec<Token>) -> Option<usize> {
    let mut at = 1;
    let is_negated = matches!(letters.get(at), Some('!' | '^'));
    at += usize::from(is_negated);
    let first = at;
    let mut ranges = Vec::new();
    loop {
        let letter = *letters.get(at)?;
        if letter == ']' && at > first {
            tokens.push(Token::Class(is_negated, ranges));
            return Some(at + 1);
        }
        let end = match (letters.get(at + 1), letters.get(at + 2)) {
            (Some('-'), Some(&end)) if end != ']' => end,
            _ => letter,
        };
        at +=
            if end == letter && letters.get(at + 1) != Some(&'-') || letters.get(at + 2) == Some(&']') { 1 } else { 3 };
        ranges.push((letter, end));
    }
}

impl Token {
    /// Where in the path this may end, given where what comes before it may end.
    fn step(&self, ends: &[bool], path: &[char]) -> Vec<bool> {
        let mut next = vec![false; ends.len()];
        for (at, _) in ends.iter().enumerate().filter(|(_, is_end)| **is_end) {
            let letter = path.get(at).copied();
            match self {
                Self::Literal(wanted) => next[at + usize::from(letter.is_some())] |= letter == Some(*wanted),
                Self::Any => next[at + usize::from(letter.is_some())] |= letter.is_some_and(|letter| letter != '/'),
                Self::Class(is_negated, ranges) => {
                    let is_in = |letter: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&letter));
                    let fits = letter.is_some_and(|letter| letter != '/' && is_in(letter) != *is_negated);
                    next[at + usize::from(letter.is_some())] |= fits;
                }
                Self::Star => {
                    let length = path[at..].iter().take_while(|letter| **letter != '/').count();
                    next[at..=at + length].fill(true);
                }
                Self::Folders => {
                    next[at] = true;
                    (at..path.len()).filter(|&slash| path[slash] == '/').for_each(|slash| next[slash + 1] = true);
                }
                Self::All => next[path.len()] |= letter.is_some(),
                Self::Below => next[path.len()] |= letter == Some('/') && at + 1 < path.len(),
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use ignore::gitignore::{GitignoreBuilder, Glob};
    use proptest::prelude::*;

    use super::Pattern;

    /// What this says of a path: kept, ignored, or nothing.
    fn says(line: &str, path: &str, is_folder: bool) -> Option<bool> {
        let letters: Vec<char> = path.chars().collect();
        Pattern::of(line).filter(|pattern| pattern.matches(&letters, is_folder)).map(|pattern| pattern.is_kept)
    }

    /// The same as another reader has it.
    fn expected(line: &str, path: &str, is_folder: bool) -> Option<bool> {
        let mut builder = GitignoreBuilder::new("/root");
        let _ = builder.add_line(None, line);
        let matched = builder.build().unwrap().matched(format!("/root/{path}"), is_folder).map(Glob::is_whitelist);
        match matched {
            ignore::Match::None => None,
            ignore::Match::Ignore(kept) | ignore::Match::Whitelist(kept) => Some(kept),
        }
    }

    #[test]
    fn lines_mean_what_the_page_of_git_says() {
        for (line, path, is_folder, found) in [
            ("a", "a", false, Some(false)),
            ("a", "b/a", true, Some(false)),
            ("/a", "b/a", false, None),
            ("!a", "b/a", false, Some(true)),
            ("a/", "a", false, None),
            ("a/", "b/a", true, Some(false)),
            ("a/b", "x/a/b", false, None),
            ("**/a/b", "x/a/b", false, Some(false)),
            ("a/**", "a", true, None),
            ("/**", "a/b", false, Some(false)),
            ("a/**", "a/b/c", false, Some(false)),
            ("a/**/b", "a/b", false, Some(false)),
            ("a/**/b", "a/x/y/b", false, Some(false)),
            ("*.quirk", "a/b.quirk", false, Some(false)),
            ("a/*", "a/b/c", false, None),
            ("?.[a-c]", "x.b", false, Some(false)),
            ("[!a]", "a", false, None),
            ("/b[!a]c", "b/c", false, None),
            ("[]]", "]", false, Some(false)),
            ("a ", "a", false, Some(false)),
            ("a\\ ", "a ", false, Some(false)),
            ("\\#a", "#a", false, Some(false)),
            ("#a", "#a", false, None),
            ("", "a", false, None),
            ("/", "a", true, None),
            ("[a", "[a", false, None),
        ] {
            assert_eq!(says(line, path, is_folder), found, "`{line}` of `{path}`");
        }
    }

    #[test]
    fn a_hostile_line_ends() {
        let line = "*a".repeat(2000);
        let path = "a".repeat(2000);
        assert_eq!(says(&format!("{line}b"), &path, false), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn another_reader_finds_the_same(
            line in r"!?/?(\*\*/)?([ab]|\*|\?|\[[ab]\]|\[!a\]|\[a-b\]|/|/\*\*/|\\a){0,6}(/\*\*)?/?",
            path in "[ab]{1,2}(/[ab]{1,2}){0,3}",
            is_folder: bool,
        ) {
            // What these mean, nobody says: nothing, several slashes, and stars beside stars that are no whole part. To the other reader a slash is one of
            // the letters that `[!a]` means, to git it is none.
            let is_told_otherwise = line.contains("[!") && path.contains('/');
            let is_empty = line.trim_matches(['!', '/']).is_empty();
            prop_assume!(!is_empty && !line.contains("//") && !odd(&line) && !is_told_otherwise);
            prop_assert_eq!(says(&line, &path, is_folder), expected(&line, &path, is_folder), "`{}` of `{}`", line, path);
        }
    }

    /// Whether two stars stand beside something else than a slash.
    fn odd(line: &str) -> bool {
        line.match_indices("**").any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + 2..].chars().next();
            before.is_some_and(|letter| letter != '/' && letter != '!') || after.is_some_and(|letter| letter != '/')
        })
    }
}
