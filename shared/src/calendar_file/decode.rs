//! The text of a file, whatever program wrote it.

/// UTF-8, UTF-16 with its mark, or else Windows-1252, which spreadsheets in Brazil write.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(windows_1252).collect(),
        },
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The characters of 0x80 to 0x9f; the others are those of Unicode.
const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::from(byte)),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_s_text_is_read() {
        for bytes in [
            "São João".as_bytes().to_vec(),
            "\u{feff}São João".as_bytes().to_vec(),
            b"S\xe3o Jo\xe3o".to_vec(),
            b"\xff\xfeS\0\xe3\0o\0 \0J\0o\0\xe3\0o\0".to_vec(),
            b"\xfe\xff\0S\0\xe3\0o\0 \0J\0o\0\xe3\0o".to_vec(),
        ] {
            assert_eq!(decode(&bytes), "São João");
        }
        assert_eq!(decode(b"\x80 \x96 \x9f \xff"), "€ – Ÿ ÿ");
        assert_eq!(decode(b""), "");
    }
}
