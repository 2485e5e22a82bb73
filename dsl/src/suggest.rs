//! Did-you-mean: the known words nearest to a mistyped one.

/// What may have been meant by a mistyped word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant<'c> {
    /// The nearest candidates, all of them at a tie, in the order given.
    pub words: Vec<&'c str>,
    /// There is one, a single slip away, and no digit changes on the way: names that differ in a digit are often meant to.
    pub certain: bool,
}

/// The candidates nearest to a word, all of them at a tie, in the order given; none if nothing is near. Case alone makes no
/// distance, and a word is no misspelling of itself.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    meant(word, candidates).words
}

/// The same, and whether there is no doubt.
pub fn meant<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Meant<'c> {
    let (words, distance) = at_least_distance(word, candidates);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let certain = matches!(words.as_slice(), [one] if distance <= 1 && digits(one) == digits(word));
    Meant { words, certain }
}

/// No keyword has more bytes; a longer word is no misspelling of one. Keeps the comparison short.
const LONGEST: usize = 64;

fn at_least_distance<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> (Vec<&'c str>, usize) {
    if word.len() > LONGEST {
        return (Vec::new(), 0);
    }
    let lower: Vec<char> = lower(word);
    let limit = match lower.len() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let mut best = limit + 1;
    let mut found = Vec::new();
    for candidate in candidates {
        if candidate.len() > LONGEST || candidate == word || found.contains(&candidate) {
            continue;
        }
        let other: Vec<char> = self::lower(candidate);
        if lower.len().abs_diff(other.len()) > best {
            continue;
        }
        // A word that shares no character with a candidate as short as the distance is no misspelling of it.
        let distance = distance(&lower, &other, best);
        if distance >= other.len().max(2) {
            continue;
        }
        if distance < best {
            best = distance;
            found.clear();
        }
        if distance == best && distance <= limit {
            found.push(candidate);
        }
    }
    (found, best)
}

/// What a word is compared by.
fn lower(word: &str) -> Vec<char> {
    word.to_lowercase().chars().take(LONGEST).collect()
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other; something larger
/// than `most` if it is more than that.
fn distance(a: &[char], b: &[char], most: usize) -> usize {
    // What the last row but one says, the last, and the next.
    let mut rows = [[0; LONGEST + 1]; 3];
    let [before, last, row] = &mut rows;
    (0..=b.len()).zip(last.iter_mut()).for_each(|(at, cost)| *cost = at);
    let (mut before, mut last, mut row) = (before, last, row);
    for (i, left) in a.iter().enumerate() {
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(left != right)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                cost = cost.min(before[j - 1] + 1);
            }
            row[j + 1] = cost;
        }
        (before, last, row) = (last, row, before);
        // A swap reaches back two rows, so both must be beyond it.
        if last[..=b.len()].iter().chain(&before[..=b.len()]).all(|cost| *cost > most) {
            return most + 1;
        }
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{meant, nearest};

    #[test]
    fn the_nearest_word_wins() {
        assert_eq!(nearest("devcie", ["device", "layer", "test"]), ["device"]);
        assert_eq!(nearest("DEVICE", ["device", "dvsec"]), ["device"]);
    }

    #[test]
    fn a_tie_gives_all() {
        assert_eq!(nearest("rexer", ["reler", "rexes", "other"]), ["reler", "rexes"]);
    }

    #[test]
    fn a_word_is_no_misspelling_of_itself() {
        assert_eq!(nearest("cap", ["cap", "cam"]), ["cam"]);
    }

    #[test]
    fn a_slip_that_only_one_word_explains_is_certain() {
        assert!(meant("devcie", ["device", "layer"]).certain);
        assert!(meant("DEVICE", ["device", "layer"]).certain);
        assert!(!meant("devc", ["device", "layer"]).certain, "two slips");
        assert!(!meant("ax", ["ay", "az"]).certain, "a tie");
        assert!(!meant("GAP_1", ["GAP_2"]).certain, "a digit tells names apart");
    }

    #[test]
    fn far_words_are_not_suggested() {
        assert!(nearest("frobnicate", ["device", "layer"]).is_empty());
        assert!(nearest("xy", ["in", "id"]).is_empty());
        assert!(nearest(&"x".repeat(100_000), ["device"]).is_empty());
    }
}
