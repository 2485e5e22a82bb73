//! The parts of a finding that several formats write.

use quirk_compiler::diagnostic::Diagnostic;
use quirk_compiler::{Compilation, Place, Position, Sources};

/// `1 file`, `2 files`, `2 entries`
pub(crate) fn count(count: usize, what: &str) -> String {
    match what.strip_suffix('y') {
        _ if count == 1 => format!("1 {what}"),
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {what}s"),
    }
}

/// Where a place begins and where it ends, the end after the last character.
pub(super) fn bounds(place: Place, sources: &Sources) -> (Position, Position) {
    let source = sources.get(place.file);
    (source.position(place.span.start), source.position(place.span.end))
}

/// The path of a file, without a leading `./`.
pub(super) fn path(place: Place, sources: &Sources) -> String {
    let name = sources.get(place.file).name();
    name.strip_prefix("./").map_or_else(|| name.clone(), str::to_owned)
}

/// The message and the way out, for formats that have one field for both.
pub(super) fn message_with_help(found: &Diagnostic) -> String {
    match &found.help {
        Some(help) => format!("{}\nhelp: {help}", found.message),
        None => found.message.clone(),
    }
}

/// A name for each finding that stays when lines before it come or go: made from the rule, the file and the message, and
/// from how many like it stand before it.
pub(super) fn fingerprints(compilation: &Compilation) -> Vec<String> {
    let sources = compilation.sources();
    let mut seen = std::collections::BTreeMap::new();
    let fingerprint = |found: &Diagnostic| {
        let key = format!("{}\0{}\0{}", found.rule.code(), path(found.primary.place, sources), found.message);
        let nth: &mut u32 = seen.entry(key.clone()).or_default();
        *nth += 1;
        format!("{:016x}", fnv1a(format!("{key}\0{nth}").as_bytes()))
    };
    compilation.diagnostics().iter().map(fingerprint).collect()
}

/// FNV-1a: the same on every machine and with every compiler, which the standard library's hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::fnv1a;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf29ce484222325);
        assert_eq!(fnv1a(b"a"), 0xaf63dc4c8601ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x85944171f73967e8);
    }
}
