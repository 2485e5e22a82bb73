//! Did-you-mean: the known words nearest to a mistyped one.

/// The candidates nearest to a word, all of them at a tie, in the order given; none if nothing is near. Case alone makes no
/// distance.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    /// No keyword is longer; a longer word is no misspelling of one. Keeps the comparison short.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return Vec::new();
    }
    let lower: Vec<char> = word.to_lowercase().chars().collect();
    let limit = match lower.len() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let mut best = limit + 1;
    let mut found = Vec::new();
    for candidate in candidates {
        if candidate.len() > LONGEST || found.contains(&candidate) {
            continue;
        }
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        // A word that shares no character with a candidate as short as the distance is no misspelling of it.
        let distance = distance(&lower, &other);
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
    found
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(left != right)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = core::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

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
    fn far_words_are_not_suggested() {
        assert!(nearest("frobnicate", ["device", "layer"]).is_empty());
        assert!(nearest("xy", ["in", "id"]).is_empty());
        assert!(nearest(&"x".repeat(100_000), ["device"]).is_empty());
    }
}
