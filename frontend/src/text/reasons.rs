//! Reasons of the server in the reader's language. What somebody else said is marked in them, and shown as a quote.

use esteira_shared::{
    language::Language,
    reason::{QUOTE, ReasonDto, UNQUOTE},
};
use leptos::prelude::*;

use crate::i18n::{Locale, locale};

/// What is read on the screen now.
pub fn language() -> Language {
    match locale() {
        Locale::pt_BR => Language::PtBr,
        Locale::en => Language::En,
    }
}

/// The sentence, with marks around quotes; [`quotes`] shows it.
pub fn told(reason: &ReasonDto) -> String {
    reason.reason().marked(language())
}

/// Somebody else's text, to be shown by [`quotes`].
pub fn quoted(text: &str) -> String {
    format!("{QUOTE}{}{UNQUOTE}", plain(text))
}

/// A marked text without its marks: for titles, and for what is copied.
pub fn plain(text: &str) -> String {
    text.replace([QUOTE, UNQUOTE], "")
}

/// A marked text on the screen. One that is a quote altogether gets quotation marks.
pub fn quotes(text: &str) -> AnyView {
    let pieces = pieces(text);
    if let [(true, quote)] = pieces.as_slice() {
        let quote = (*quote).to_owned();
        return view! { <q data-quoted="">{quote}</q> }.into_any();
    }
    pieces
        .into_iter()
        .map(|(quoted, text)| {
            let text = text.to_owned();
            if quoted {
                view! { <bdi data-quoted="">{text}</bdi> }.into_any()
            } else {
                text.into_any()
            }
        })
        .collect_view()
        .into_any()
}

/// The pieces of a marked text, each with whether it is a quote.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once(QUOTE) {
        let Some((quote, after)) = marked.split_once(UNQUOTE) else {
            break;
        };
        pieces.push((false, before));
        pieces.push((true, quote));
        rest = after;
    }
    pieces.push((false, rest));
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::{pieces, plain, quoted};

    #[test]
    fn quotes_are_told_from_our_own_words() {
        assert_eq!(pieces("ours"), [(false, "ours")]);
        assert_eq!(pieces(&quoted("theirs")), [(true, "theirs")]);
        assert_eq!(
            pieces(&quoted("a\u{2069} b \u{2068}c")),
            [(true, "a b c")],
            "whatever marks it has"
        );
        let both = format!("{} answered {}.", quoted("https://example.com"), quoted("não"));
        assert_eq!(
            pieces(&both),
            [
                (true, "https://example.com"),
                (false, " answered "),
                (true, "não"),
                (false, ".")
            ]
        );
        assert_eq!(plain(&both), "https://example.com answered não.");
        assert!(pieces("").is_empty());
    }
}
