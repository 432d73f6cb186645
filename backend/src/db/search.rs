//! Search for a part of a text, in any case, for lists of a few rows. Long lists have an index of words.

use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// SQLite knows only the capitals of ASCII, PostgreSQL those of its locale.
    fn lower(text: Text) -> Text;
}

/// A pattern for [`lower`]; wildcards in the text are left out. `None` when nothing is left to look for.
#[must_use]
pub fn like(text: &str) -> Option<String> {
    let part = text.trim().replace(['%', '_', '\\'], "").to_lowercase();
    (!part.is_empty()).then(|| format!("%{part}%"))
}
