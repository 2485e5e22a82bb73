//! Did-you-mean: the known names that are nearest to one that is not known.

/// The nearest of the names, all of them at a tie; none if even the nearest is far.
pub(crate) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let limit = (wrong.chars().count() / 3).max(1);
    let mut best = limit + 1;
    let mut names = Vec::new();
    for name in known {
        let distance = strsim::osa_distance(&wrong.to_lowercase(), &name.to_lowercase());
        if distance < best {
            best = distance;
            names.clear();
        }
        if distance == best && distance <= limit {
            names.push(name);
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// "did you mean `a` or `b`?", if anything is near.
pub(crate) fn did_you_mean<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let names = nearest(wrong, known);
    (!names.is_empty()).then(|| format!("did you mean {}?", listed(&names, "or")))
}

/// `` `a`, `b` or `c` ``
pub(crate) fn listed(names: &[&str], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((one, [])) => one.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, nearest};

    #[test]
    fn all_names_at_a_tie_are_suggested() {
        assert_eq!(nearest("at", ["ats", "atx", "aer"]), ["ats", "atx"]);
        assert_eq!(did_you_mean("at", ["ats", "atx"]).as_deref(), Some("did you mean `ats` or `atx`?"));
    }

    #[test]
    fn a_far_name_is_not_suggested() {
        assert!(nearest("pasid", ["msix", "vendor"]).is_empty());
    }

    #[test]
    fn two_letters_swapped_are_one_slip() {
        assert_eq!(nearest("psaid", ["pasid", "pri"]), ["pasid"]);
    }
}
