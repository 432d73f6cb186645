//! CSV files made in the browser: semicolons and a byte order mark, as Excel in Brazil reads them.

use esteira_shared::csv::as_text;
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// One line with its end. A cell that a spreadsheet would run as a formula gets an apostrophe in front.
pub fn line<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell.as_ref())).collect();
    format!("{}\r\n", cells.join(";"))
}

fn quoted(cell: &str) -> String {
    let harmless = as_text(cell);
    if harmless.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", harmless.replace('"', "\"\""))
    } else {
        harmless.into_owned()
    }
}

/// Hands the text to the person as a file.
///
/// # Errors
/// When the browser makes no file of it.
pub fn save(filename: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let parts = Array::of1(&JsValue::from_str(&format!("\u{feff}{text}")));
    let url = Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &options)?)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(filename);
    link.click();
    // The browser has taken what it needs by the next turn; a minute is generous.
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&url);
        },
        std::time::Duration::from_secs(60),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_stand_between_semicolons() {
        assert_eq!(line(&["12", "cnpj", "Não confere."]), "12;cnpj;Não confere.\r\n");
        assert_eq!(line(&["", ""]), ";\r\n");
    }

    #[test]
    fn what_would_break_the_line_is_quoted() {
        assert_eq!(line(&["a;b", "c"]), "\"a;b\";c\r\n");
        assert_eq!(
            line(&["Padaria \"Sol\"", "duas\nlinhas"]),
            "\"Padaria \"\"Sol\"\"\";\"duas\nlinhas\"\r\n"
        );
    }

    #[test]
    fn a_formula_becomes_text() {
        for cell in ["=1+1", "+55", "-1", "@SUM(A1)", "\tx"] {
            assert_eq!(line(&[cell]), format!("'{cell}\r\n"), "{cell}");
        }
        assert_eq!(line(&["=A1;B1"]), "\"'=A1;B1\"\r\n");
    }
}
