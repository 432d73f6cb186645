//! Cells of CSV files, the same for server and page.

use std::borrow::Cow;

/// The cell, safe for spreadsheets: an apostrophe stands before a text that would run as a formula (OWASP, "CSV
/// Injection").
#[must_use]
pub fn as_text(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::as_text;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=cmd|' /C calc'!A0", "+55", "-1", "@SUM(A1)", "\tx", "\r=1"] {
            assert_eq!(as_text(cell), format!("'{cell}"));
        }
        for cell in ["", "Padaria + Cia", "12.345-6", " =1"] {
            assert_eq!(as_text(cell), cell);
        }
    }
}
