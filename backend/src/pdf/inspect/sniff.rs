//! What a file is, going by its first bytes.

use super::lexer::find;

/// First bytes of formats that people mistake for the invoice.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"\x89PNG\r\n\x1A\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!\x1A\x07", "RAR"),
    (b"7z\xBC\xAF\x27\x1C", "7z"),
    (b"\x1F\x8B", "GZIP"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "DOC/XLS"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
];

/// The format's name, if it is one of those worth naming.
pub(super) fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("WebP");
    }
    let known = SIGNATURES.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, name)) = known {
        return Some(name);
    }
    let head = bytes.get(..1024).unwrap_or(bytes);
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some("TXT");
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let lower = text.to_ascii_lowercase();
    if lower.first() == Some(&b'<') {
        return markup(&lower);
    }
    match lower.first()? {
        b'{' | b'[' => Some("JSON"),
        _ if is_text(text) => Some("TXT"),
        _ => None,
    }
}

fn markup(lower: &[u8]) -> Option<&'static str> {
    let has = |word: &[u8]| find(lower, word).is_some();
    if has(b"<!doctype html") || has(b"<html") || has(b"<head") || has(b"<body") {
        Some("HTML")
    } else if has(b"<svg") {
        Some("SVG")
    } else if lower
        .get(1)
        .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'?' | b'!'))
    {
        Some("XML")
    } else {
        None
    }
}

fn is_text(head: &[u8]) -> bool {
    let readable = match std::str::from_utf8(head) {
        Ok(_) => true,
        // Cut within a character at the end of the window, or an old one-byte encoding with a few accents.
        Err(_) => head.iter().filter(|b| !b.is_ascii()).count() * 10 < head.len(),
    };
    readable
        && !head
            .iter()
            .any(|b| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r' | 12))
}

/// The version in `%PDF-1.7`.
pub(super) fn header_version(data: &[u8]) -> Option<String> {
    version(data.get(5..8)?)
}

/// `1.7` from the bytes of a name or header; single digits, so versions order as text.
pub(super) fn version(bytes: &[u8]) -> Option<String> {
    match bytes {
        [major @ b'1'..=b'9', b'.', minor @ b'0'..=b'9'] => Some(format!("{}.{}", *major as char, *minor as char)),
        _ => None,
    }
}
