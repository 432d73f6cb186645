//! The character NUL, which PostgreSQL keeps in no text and compares with none.

/// Whether a text within this JSON holds it. A backslash that is escaped itself begins no escape.
#[must_use]
pub fn in_json(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::in_json;

    #[test]
    fn only_the_character_itself_counts() {
        for text in [r#""\u0000""#, r#""a\\\u00001""#, r#"{"a\u0000":1}"#, r#""\n\u0000""#] {
            assert!(in_json(text.as_bytes()), "{text}");
        }
        for text in ["", r"\", r#""\\u0000""#, r#""\\\\u0000""#, r#""u0000""#, r#""\u0001""#] {
            assert!(!in_json(text.as_bytes()), "{text}");
        }
    }
}
