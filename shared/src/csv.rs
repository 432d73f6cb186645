//! Cells of CSV files, the same for server and page.

use std::borrow::Cow;

/// The cell, safe for spreadsheets: an apostrophe stands before a text that would run as a formula (OWASP, "CSV
/// Injection"). [`from_text`] takes it away again.
#[must_use]
pub fn as_text(cell: &str) -> Cow<'_, str> {
    if runs(cell.trim_start_matches('\'')) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// What [`as_text`] was given: a telephone number such as `+55…` comes back as it was.
#[must_use]
pub fn from_text(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

/// Whether some spreadsheet takes it for a formula. Full-width signs are read like the others, and characters without
/// width before them are not seen.
fn runs(cell: &str) -> bool {
    let seen = cell.trim_start_matches(|c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    });
    seen.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−',
    ])
}

#[cfg(test)]
mod tests {
    use super::{as_text, from_text};

    #[test]
    fn no_cell_is_a_formula() {
        for cell in [
            "=cmd|' /C calc'!A0",
            "+55",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\r=1",
            "\n=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            "\u{feff}=1",
            "\u{200b}\u{200d}＝1",
            "\u{2060}+1",
            "'=1",
        ] {
            assert_eq!(as_text(cell), format!("'{cell}"));
        }
        for cell in ["", "Padaria + Cia", "12.345-6", " =1", "'", "'n Sync", "\u{200b}x"] {
            assert_eq!(as_text(cell), cell);
        }
    }

    #[test]
    fn every_cell_comes_back() {
        for cell in [
            "+55 41 99999-0001",
            "'+55",
            "''=1",
            "=1",
            "－1",
            "\u{feff}=1",
            "",
            "'",
            "'n Sync",
            "x",
            "'x'",
        ] {
            assert_eq!(from_text(&as_text(cell)), cell);
        }
        assert_eq!(from_text("+55"), "+55", "as people type it");
    }
}
