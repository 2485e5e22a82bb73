//! Makes a rule of its folder.

/// Declares rules as statics, each from the files of its folder, and the list of them. A folder in that of a family is
/// `family/folder`.
macro_rules! rules {
    ($($name:ident = $code:literal $folder:ident $(/ $inner:ident)? $severity:ident $($flag:ident)?;)*) => {
        $(
            #[doc = concat!("The rule of `compiler/src/rules/", stringify!($folder), $("/", stringify!($inner),)? "`.")]
            pub static $name: $crate::catalogue::Rule = {
                const FOLDER: &str = rules!(@last $folder $($inner)?);
                const NAME: [u8; FOLDER.len()] = $crate::catalogue::collect::dashed(FOLDER);
                let page = text!([$folder $($inner)?] "rule.md");
                let (meaning, rests_on) = $crate::catalogue::collect::parts(page);
                $crate::catalogue::Rule {
                    code: $code,
                    name: $crate::catalogue::collect::text(&NAME),
                    severity: $crate::severity::Severity::$severity,
                    silenceable: rules!(@silenceable $($flag)?),
                    meaning,
                    rests_on,
                    failing: rules!(@example [$folder $($inner)?] "failing.quirk" $($flag)?),
                    corrected: rules!(@example [$folder $($inner)?] "corrected.quirk" $($flag)?),
                }
            };
        )*
        pub(super) static RULES: &[&$crate::catalogue::Rule] = &[$(&$name),*];
    };
    (@last $folder:ident) => { stringify!($folder) };
    (@last $family:ident $folder:ident) => { stringify!($folder) };
    (@silenceable silenceable) => { true };
    (@silenceable $($flag:ident)?) => { false };
    (@example $path:tt $file:literal unshown) => { "" };
    (@example $path:tt $file:literal $($flag:ident)?) => { text!($path $file) };
}

/// A file of a rule's folder.
macro_rules! text {
    ([$($folder:ident)+] $file:literal) => {
        include_str!(concat!("../rules/", $(stringify!($folder), "/",)+ $file))
    };
}

/// What comes before the last paragraph of `rule.md`.
const RESTS_ON: &[u8] = b"\n\nRests on: ";

/// What a rule says, and what that rests on. A text without the latter does not compile.
pub(super) const fn parts(text: &'static str) -> (&'static str, &'static str) {
    let bytes = text.as_bytes();
    // From the end, and little for each byte: rustc interprets this for every rule.
    let mut at = bytes.len() - RESTS_ON.len();
    while bytes[at] != RESTS_ON[0] || !begins(bytes, at, RESTS_ON) {
        at -= 1;
    }
    let (meaning, rest) = text.split_at(at);
    let (_, rest) = rest.split_at(RESTS_ON.len());
    let (rests_on, _) = rest.split_at(rest.len() - 1);
    (meaning, rests_on)
}

const fn begins(bytes: &[u8], at: usize, with: &[u8]) -> bool {
    let mut n = 0;
    while n < with.len() {
        if bytes[at + n] != with[n] {
            return false;
        }
        n += 1;
    }
    true
}

/// The name of a rule, from that of its folder.
pub(super) const fn dashed<const N: usize>(folder: &str) -> [u8; N] {
    let mut name = [0; N];
    let mut at = 0;
    while at < N {
        name[at] = match folder.as_bytes()[at] {
            b'_' => b'-',
            letter => letter,
        };
        at += 1;
    }
    name
}

/// ASCII is UTF-8.
pub(super) const fn text(name: &'static [u8]) -> &'static str {
    match core::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{dashed, parts, text};

    #[test]
    fn a_name_has_dashes() {
        const NAME: [u8; 3] = dashed("a_b");
        assert_eq!(text(&NAME), "a-b");
    }

    #[test]
    fn a_text_has_two_parts() {
        assert_eq!(parts("A.\n\nB.\n\nRests on: C, D.\n"), ("A.\n\nB.", "C, D."));
    }
}
