//! The address of a page that others lead to.

/// Reads an address as a link may hold it.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains(['/', '.', '?']));
    match scheme {
        _ if text.is_empty() || text.contains(['#', ' ']) => {
            Err("expected an address without `#` and blanks".to_owned())
        }
        Some(scheme) if !["http", "https", "file"].contains(&scheme) => {
            Err(format!("`{scheme}:` is not an address of a page: `http:`, `https:`, `file:` or a path is"))
        }
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn only_a_page_is_linked() {
        for text in ["https://example.org/p/", "../playground/index.html", "file:///p/index.html", "/p?x:y"] {
            assert_eq!(address(text).as_deref(), Ok(text));
        }
        for text in ["", "p.html#x", "javascript:alert(1)", "data:text/html,x", "a b"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
