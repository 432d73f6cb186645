//! The table of pages, and what follows from it: routes, the rail's rows, who may open a page, and its part of the
//! program.

mod part;
pub mod paths;
mod pattern;
pub mod prefetch;
mod table;

use esteira_shared::permission::Permission;
use leptos::prelude::*;
use leptos_router::NestedRoute;

use crate::{
    base::{self, Address},
    components::IconName,
    i18n::tr,
    pages::frame::PageOutlet,
    state::Session,
};
pub use part::Part;
pub(crate) use part::part;
use pattern::Pattern;
use table::PAGES;

/// A page: everything that is known of it before its part has come.
pub struct Page {
    /// `/clientes/:id`.
    path: &'static str,
    /// Without this permission the page is not drawn, its row is absent, and its part is not fetched. `None`: everybody
    /// who is signed in may open it.
    needs: Option<Permission>,
    row: Option<RailRow>,
    pub part: Part,
}

/// Where a row stands in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RailGroup {
    Work,
    Registry,
    Administration,
}

pub struct RailRow {
    pub group: RailGroup,
    pub path: &'static str,
    pub icon: IconName,
    pub label: fn() -> &'static str,
    /// Stays in the bottom bar of a phone; the others are behind "Mais".
    pub on_phone: bool,
    /// The second key of `g …`, which goes there.
    pub key: &'static str,
}

impl RailRow {
    pub fn address(&self) -> Address {
        Address(self.path)
    }
}

impl Page {
    pub fn is_open_to(&self, session: Session) -> bool {
        self.needs.is_none_or(|permission| session.may(permission))
    }
}

/// One route for each page. All are of one type, so that the router's code is there once.
pub fn routes() -> Vec<NestedRoute<Pattern, (), (), impl leptos_router::ChooseView>> {
    PAGES
        .iter()
        .map(|page| NestedRoute::new(Pattern(page.path), move || view! { <PageOutlet page/> }))
        .collect()
}

/// The rows this person sees.
pub fn rail(session: Session) -> Vec<&'static RailRow> {
    open(session).filter_map(|page| page.row.as_ref()).collect()
}

/// The pages behind the rows this person sees, and those below them.
fn within_reach(session: Session) -> impl Iterator<Item = &'static Page> {
    open(session).filter(|page| row_of(page.path).is_some())
}

fn open(session: Session) -> impl Iterator<Item = &'static Page> {
    PAGES.iter().filter(move |page| page.is_open_to(session))
}

/// The row a page belongs to: `/clientes/…` to Clientes.
pub fn row_of(path: &str) -> Option<&'static RailRow> {
    let path = base::inside(path);
    let fits = |row: &&RailRow| match path.strip_prefix(row.path) {
        Some(rest) => row.path != paths::HOME.0 && (rest.is_empty() || rest.starts_with('/')) || path == row.path,
        None => false,
    };
    PAGES.iter().filter_map(|page| page.row.as_ref()).find(fits)
}

/// The page at an address.
fn page_at(path: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| Pattern(page.path).values(path).is_some())
}

impl RailGroup {
    /// The heading above its rows; the work of every day needs none.
    pub fn label(self) -> Option<&'static str> {
        match self {
            Self::Work => None,
            Self::Registry => Some(tr!(frame.registry)),
            Self::Administration => Some(tr!(frame.administration)),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_that_fits_is_the_one() {
        let path = |address| page_at(address).map(|page| page.path);
        assert_eq!(path("/"), Some("/"));
        assert_eq!(path("/clientes/importar"), Some("/clientes/importar"));
        assert_eq!(path("/clientes/0197"), Some("/clientes/:id"));
        assert_eq!(path("/monitor/tarefas/0197"), Some("/monitor/tarefas/:id"));
        assert_eq!(path("/clientes/0197/mais"), None);
        assert_eq!(path("/nada"), None);
    }

    #[test]
    fn every_address_stands_once_and_every_key_too() {
        let mut paths: Vec<_> = PAGES.iter().map(|page| page.path).collect();
        paths.sort_unstable();
        let all = paths.len();
        paths.dedup();
        assert_eq!(paths.len(), all);
        let mut keys: Vec<_> = PAGES.iter().filter_map(|page| Some(page.row.as_ref()?.key)).collect();
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn a_page_below_another_belongs_to_its_row() {
        assert_eq!(row_of("/clientes/0197").unwrap().address(), paths::CLIENTS);
        assert_eq!(row_of("/execucoes/:id").unwrap().address(), paths::EXECUTIONS);
        assert_eq!(row_of("/").unwrap().address(), paths::HOME);
        assert!(row_of("/conta").is_none());
    }
}
