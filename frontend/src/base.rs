//! Where the program lies on its host: at the root, or below a path such as `/esteira`.
//!
//! The server is told by a setting and writes it into the addresses of index.html. boot.js sees by its own address where
//! that is.

use std::{fmt, sync::OnceLock};

use leptos_router::components::ToHref;
use wasm_bindgen::JsValue;

static BASE: OnceLock<String> = OnceLock::new();

/// Asks boot.js; once, before anything is drawn.
pub fn find() {
    let told = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("esteiraBase"));
    let told = told.ok().and_then(|base| base.as_string());
    let _ = BASE.set(told.unwrap_or_default());
}

/// `/esteira`; empty at the root.
pub fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

/// The address of a page as the table of pages writes it: without what the program lies below.
pub fn inside(path: &str) -> &str {
    below(base(), path)
}

/// An address elsewhere stays as it is: whoever opens the server past its proxy sees a page too.
fn below<'a>(base: &str, path: &'a str) -> &'a str {
    match path.strip_prefix(base) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

/// A page that others link to without naming one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub &'static str);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(base())?;
        f.write_str(self.0)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl ToHref for Address {
    fn to_href(&self) -> Box<dyn Fn() -> String + '_> {
        Box::new(|| self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, below};

    #[test]
    fn only_whole_parts_of_an_address_are_taken_away() {
        for (base, path, inside) in [
            ("", "/", "/"),
            ("", "/mes/2026-10", "/mes/2026-10"),
            ("/esteira", "/esteira", "/"),
            ("/esteira", "/esteira/", "/"),
            ("/esteira", "/esteira/mes/2026-10", "/mes/2026-10"),
            ("/esteira", "/esteiras/mes", "/esteiras/mes"),
            ("/esteira", "/mes", "/mes"),
            ("/a/b", "/a/b/clientes", "/clientes"),
        ] {
            assert_eq!(below(base, path), inside, "{path} below {base:?}");
        }
    }

    #[test]
    fn at_the_root_an_address_is_what_the_table_says() {
        assert_eq!(Address("/clientes").to_string(), "/clientes");
    }
}
