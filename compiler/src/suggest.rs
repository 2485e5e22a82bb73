//! Did-you-mean: the known names that are nearest to one that is not known.

use quirk_dsl::nearest;

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
    use super::did_you_mean;

    #[test]
    fn all_names_at_a_tie_are_suggested() {
        assert_eq!(did_you_mean("at", ["ats", "atx"]).as_deref(), Some("did you mean `ats` or `atx`?"));
    }
}
