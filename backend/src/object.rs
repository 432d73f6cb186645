//! Names in a store that speaks S3: keys of objects, and addresses `s3://bucket/key`.
//!
//! Some stores, and proxies before them, normalise paths, so that two texts lead to one object. Comparing texts would not
//! see that. So names are parsed, and a text that could lead to another place than it says is no name.

/// Longest key that S3 knows.
const KEY_MAX_BYTES: usize = 1_024;
const BUCKET_MAX_BYTES: usize = 255;

/// The key of an object: parts between slashes, none of them empty, `.` or `..`, also when its `%` forms are decoded
/// however often. No backslash and no control character stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// Nothing when the text is no such key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > KEY_MAX_BYTES || text.chars().any(char::is_control) {
            return None;
        }
        let mut bytes = text.as_bytes().to_vec();
        loop {
            if !is_plain(&bytes) {
                return None;
            }
            let decoded = percent_decoded(&bytes);
            if decoded.len() == bytes.len() {
                return Some(Self(text.to_owned()));
            }
            bytes = decoded;
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Whether the first parts are those of the folder, and more follow.
    #[must_use]
    pub fn is_below(&self, folder: &Self) -> bool {
        self.0
            .strip_prefix(folder.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// What an `s3://bucket/key` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectAddress {
    bucket: String,
    key: ObjectKey,
}

impl ObjectAddress {
    /// Nothing when the text is no such address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (bucket, key) = text.strip_prefix("s3://")?.split_once('/')?;
        // The bucket is a part of the path as well. It has at least one letter or digit, so it is neither `.` nor `..`.
        let named = bucket.len() <= BUCKET_MAX_BYTES
            && bucket.starts_with(|c: char| c.is_ascii_alphanumeric())
            && bucket
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        if !named {
            return None;
        }
        Some(Self {
            bucket: bucket.to_owned(),
            key: ObjectKey::parse(key)?,
        })
    }

    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    #[must_use]
    pub fn key(&self) -> &ObjectKey {
        &self.key
    }
}

fn is_plain(bytes: &[u8]) -> bool {
    // 0xC0 and 0xC1 only begin overlong forms, with which careless decoders read a dot or a slash.
    let strange = |byte: &u8| byte.is_ascii_control() || matches!(*byte, b'\\' | 0xC0 | 0xC1);
    !bytes.iter().any(strange)
        && bytes
            .split(|byte| *byte == b'/')
            .all(|part| !matches!(part, b"" | b"." | b".."))
}

/// Each `%2e` as the byte that it stands for; a `%` without two digits stays.
pub(crate) fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, others @ ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| {
                rest = others;
                high * 16 + low
            }),
            _ => None,
        };
        decoded.push(byte.unwrap_or(*first));
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_where_it_says() {
        for key in [
            "a",
            "pdfs/OI/ClienteA_2025_10_20251106_143052_fatura.pdf",
            "São Paulo/100% pago/a b+ç.pdf",
            "a%20b/%C3%A7.pdf",
            "a/...",
            "a/.oculto",
            "a/x..pdf",
            "100%25",
        ] {
            assert_eq!(ObjectKey::parse(key).as_ref().map(ObjectKey::as_str), Some(key));
        }
        let long = "a".repeat(KEY_MAX_BYTES + 1);
        for key in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "./a",
            "../a",
            "a/.",
            "a/./b",
            "x/../a",
            "a/..",
            "a\\b",
            "a\0b",
            "a\nb",
            "a\u{7f}b",
            "a\u{85}b",
            "x/%2e%2e/a",
            "x/%2E%2e/a",
            "x/.%2e/a",
            "x%2f..%2fa",
            "x/%252e%252e/a",
            "x/%25252e%25252e/a",
            "x/%2%65%2e/a",
            "a%2f%2fb",
            "a%2f",
            "%2fa",
            "a%5cb",
            "a%00b",
            "a%0ab",
            "x/%c0%ae%c0%ae/a",
            &long,
        ] {
            assert_eq!(ObjectKey::parse(key), None, "{key:?}");
        }
    }

    #[test]
    fn a_folder_holds_what_is_below_it() {
        let key = |text: &str| ObjectKey::parse(text).unwrap_or(ObjectKey(String::new()));
        let folder = key("robos/2026");
        assert!(key("robos/2026/a.pdf").is_below(&folder));
        assert!(key("robos/2026/x/a.pdf").is_below(&folder));
        for other in [
            "robos/2026",
            "robos/2026x/a.pdf",
            "robos/a.pdf",
            "pdfs/robos/2026/a.pdf",
            "Robos/2026/a.pdf",
        ] {
            assert!(!key(other).is_below(&folder), "{other}");
        }
    }

    #[test]
    fn an_address_has_a_bucket_and_a_key() {
        let found = ObjectAddress::parse("s3://brm-bucket/VIVO/2025-10/0001.pdf");
        let parts = found.as_ref().map(|found| (found.bucket(), found.key().as_str()));
        assert_eq!(parts, Some(("brm-bucket", "VIVO/2025-10/0001.pdf")));
        for text in [
            "",
            "s3://",
            "s3:///a.pdf",
            "s3://beg",
            "s3://beg/",
            "s3://beg//pdfs/a.pdf",
            "s3://beg/./pdfs/a.pdf",
            "s3://beg/x/../pdfs/a.pdf",
            "s3://./beg/pdfs/a.pdf",
            "s3://../beg/a.pdf",
            "s3://b%65g/pdfs/a.pdf",
            "s3://robos?x/a.pdf",
            "S3://beg/a.pdf",
            "https://beg/a.pdf",
        ] {
            assert_eq!(ObjectAddress::parse(text), None, "{text}");
        }
    }
}
