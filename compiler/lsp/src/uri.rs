//! Paths as the protocol writes them.

use std::path::{Component, Path, PathBuf};

/// The path of a URI. A text that has no file, such as `untitled:1`, is called by its URI.
pub(crate) fn path(uri: &str) -> PathBuf {
    match uri.strip_prefix("file://") {
        // A host before the path is this one.
        Some(rest) => flat(Path::new(&decoded(rest.find('/').map_or(rest, |at| &rest[at..])))),
        None => PathBuf::from(uri),
    }
}

/// The URI of a path.
pub(crate) fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    if !path.is_absolute() {
        return text;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let mut out = String::from("file://");
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let value = digits.and_then(|digits| u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The path without `.` and `..`, as far as its own words tell.
pub(crate) fn flat(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The way to a file from the folder of another, with `/` between folders.
pub(crate) fn relative(from: &Path, to: &Path) -> String {
    let base: Vec<Component<'_>> = from.parent().unwrap_or(Path::new("")).components().collect();
    let target: Vec<Component<'_>> = to.components().collect();
    let same = base.iter().zip(&target).take_while(|(one, other)| one == other).count();
    let up = base[same..].iter().map(|_| "..".to_owned());
    let down = target[same..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::{path, relative, uri};

    proptest! {
        #[test]
        fn a_path_survives_its_uri(name in "[ -.0-~\u{e9}\u{1d11e}]{1,12}") {
            let way = Path::new("/a folder").join(name.replace('\\', "b"));
            if way == super::flat(&way) {
                prop_assert_eq!(path(&uri(&way)), way);
            }
        }
    }

    #[test]
    fn broken_escapes_are_read_as_they_are() {
        assert_eq!(path("file:///a%2"), Path::new("/a%2"));
        assert_eq!(path("file:///a%zz%41"), Path::new("/a%zzA"));
        assert_eq!(path("file://host/a/../b"), Path::new("/b"));
        assert_eq!(path("untitled:1"), Path::new("untitled:1"));
    }

    #[test]
    fn the_way_from_one_file_to_another() {
        let way = |from, to| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b/x.quirk", "/a/b/y.quirk"), "y.quirk");
        assert_eq!(way("/a/b/x.quirk", "/a/c/d/y.quirk"), "../c/d/y.quirk");
    }
}
