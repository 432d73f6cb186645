//! Where a PDF is kept: `pdfs/{operator}/{client}_{year}_{month}_{timestamp}_{filename}.pdf`.

use esteira_shared::instant::Instant;
use esteira_shared::month::Month;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longest safe part; four of them and the rest stay under the column's 500.
const PART: usize = 80;

/// The key of a new document. Every part has only ASCII letters, digits and `-`. So no name can leave its folder, hide,
/// or have a meaning for a shell or a file system.
#[must_use]
pub(super) fn storage_key(operator: &str, client: &str, month: Month, at: Instant, filename: &str) -> String {
    let stem = filename
        .strip_suffix(".pdf")
        .or_else(|| filename.strip_suffix(".PDF"))
        .unwrap_or(filename);
    format!(
        "pdfs/{}/{}_{:04}_{:02}_{}_{}.pdf",
        safe(operator, "OPERADORA"),
        safe(client, "Cliente"),
        month.year(),
        month.month(),
        at.format("%Y%m%d_%H%M%S"),
        safe(stem, "fatura"),
    )
}

/// `Clínica São José & Cia.` → `ClinicaSaoJoseCia`
fn safe(text: &str, fallback: &str) -> String {
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c));
    let kept: String = plain
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(PART)
        .collect();
    let kept = kept.trim_matches('-');
    if kept.is_empty() {
        fallback.to_owned()
    } else {
        kept.to_owned()
    }
}

/// A file name that is safe to show and to offer: no path, no control or direction-changing characters, at most 255
/// bytes.
#[must_use]
pub(super) fn shown_filename(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let strange = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = name.nfc().filter(|c| !strange(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    let stem = clean
        .strip_suffix(".pdf")
        .or_else(|| clean.strip_suffix(".PDF"))
        .unwrap_or(clean)
        .trim();
    let mut short = String::new();
    for c in stem.chars() {
        if short.len() + c.len_utf8() > 251 {
            break;
        }
        short.push(c);
    }
    if short.is_empty() {
        "fatura.pdf".to_owned()
    } else {
        format!("{short}.pdf")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(filename: &str) -> String {
        let at = chrono::DateTime::from_timestamp(1_762_439_452, 0)
            .unwrap_or_default()
            .into();
        let month = Month::new(2025, 10).unwrap_or_else(|_| Month::of(chrono::NaiveDate::default()));
        storage_key("OI", "ClienteA", month, at, filename)
    }

    #[test]
    fn has_the_documented_form() {
        assert_eq!(key("fatura.pdf"), "pdfs/OI/ClienteA_2025_10_20251106_143052_fatura.pdf");
    }

    #[test]
    fn no_name_escapes() {
        for name in [
            "../../etc/passwd",
            "..\\..\\x.pdf",
            "\u{202e}fdp.exe",
            "a/b\0c.pdf",
            "",
            "…",
            "-rf",
            "CON",
        ] {
            let key = key(name);
            assert!(key.starts_with("pdfs/OI/ClienteA_2025_10_20251106_143052_"), "{key}");
            assert!(
                !key.contains("..") && key.matches('/').count() == 2 && key.is_ascii(),
                "{key}"
            );
            let shown = shown_filename(name);
            assert!(
                shown.ends_with(".pdf") && !shown.contains(['/', '\\', '\0', '\u{202e}']),
                "{shown:?}"
            );
        }
        assert_eq!(shown_filename("C:\\notas\\Fatura São José.PDF"), "Fatura São José.pdf");
        assert!(shown_filename(&"ç".repeat(900)).len() <= 255);
    }
}
