//! Walks the page tree.

use super::PdfProblem;
use super::budget::{MAX_PAGES, hashed};
use super::document::Document;
use super::object::{self, Dict, Key, Object};
use std::collections::HashSet;

/// Pages, and the version that the catalogue states.
///
/// The tree is walked to its leaves, because `/Count` is often wrong. With `check_content`, every page's content must
/// be present as well: this tells a file that lost its end from one whose cross-references only are wrong.
pub(super) fn count(
    document: &mut Document<'_, '_>,
    root: Object,
    check_content: bool,
) -> Result<(u32, Option<String>), PdfProblem> {
    let Object::Dict(mut catalog) = document.resolve(root)? else {
        return Err(PdfProblem::Damaged("the catalogue is missing"));
    };
    let version = catalog.name(Key::Version).and_then(super::sniff::version);
    let Some(tree) = catalog.take(Key::Pages) else {
        return Err(PdfProblem::Damaged("the catalogue has no page tree"));
    };
    // What is not needed any more goes before the next object is read, so that no more than two are there at once.
    drop(catalog);
    let mut pages = 0_u32;
    let mut seen = HashSet::new();
    let mut open = Vec::new();
    object::keep(&mut open, tree, document.budget)?;
    while let Some(node) = open.pop() {
        document.budget.charge(0)?;
        let number = match node {
            Object::Ref(number) => Some(number),
            _ => None,
        };
        let Object::Dict(mut dict) = document.resolve(node)? else {
            return Err(PdfProblem::Damaged("a page is missing"));
        };
        if let Some(kids) = dict.take(Key::Kids) {
            drop(dict);
            document.budget.keep(hashed::<u32>())?;
            if number.is_some_and(|number| !seen.insert(number)) {
                return Err(PdfProblem::Damaged("the page tree goes round in a circle"));
            }
            let Object::Array(kids) = document.resolve(kids)? else {
                return Err(PdfProblem::Damaged("the page tree is broken"));
            };
            for kid in kids.into_iter().rev() {
                document.budget.charge(0)?;
                object::keep(&mut open, kid, document.budget)?;
            }
        } else if is_page(&dict) {
            pages += 1;
            if pages > MAX_PAGES {
                return Err(PdfProblem::TooComplex);
            }
            if check_content {
                require_content(document, dict)?;
            }
        } else if dict.name(Key::Type) != Some(b"Pages") {
            return Err(PdfProblem::Damaged("the page tree holds something else than pages"));
        }
    }
    if pages == 0 {
        return Err(PdfProblem::NoPages);
    }
    Ok((pages, version))
}

/// Sloppy producers leave `/Type` out, so its absence alone does not tell.
fn is_page(dict: &Dict) -> bool {
    match dict.name(Key::Type) {
        Some(kind) => kind == b"Page",
        None => [Key::Contents, Key::MediaBox, Key::Resources]
            .into_iter()
            .any(|key| dict.get(key).is_some()),
    }
}

fn require_content(document: &mut Document<'_, '_>, mut page: Dict) -> Result<(), PdfProblem> {
    let Some(contents) = page.take(Key::Contents) else {
        return Ok(());
    };
    drop(page);
    let parts = match contents {
        Object::Array(parts) => parts,
        one => vec![one],
    };
    for part in parts {
        if document.resolve(part)? == Object::Null {
            return Err(PdfProblem::Damaged("the content of a page is missing"));
        }
    }
    Ok(())
}
