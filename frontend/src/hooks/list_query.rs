//! A list's filter, order and place. They are kept in the address, so "back" restores them and a link shares them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    params::ParamsMap,
};
use serde::de::DeserializeOwned;

/// Filter, order and cursor of the list on this page.
#[derive(Clone, Copy)]
pub struct ListQuery {
    query: Memo<ParamsMap>,
    path: Memo<String>,
    /// Keys of the address that belong to the page around the list.
    beside: &'static [&'static str],
    /// Cursors of the pages before this one; the empty text stands for the first page.
    before: StoredValue<Vec<String>>,
    go: StoredValue<Go, LocalStorage>,
}

type Go = Box<dyn Fn(&str, bool)>;

/// `let list = use_list_query();` once per list page.
pub fn use_list_query() -> ListQuery {
    use_list_query_beside(&[])
}

/// The same on a page that keeps more in its address, for example its tab. These keys filter nothing and survive
/// "clear".
pub fn use_list_query_beside(beside: &'static [&'static str]) -> ListQuery {
    let location = use_location();
    let navigate = use_navigate();
    let go: Go = Box::new(move |address, replace| {
        navigate(
            address,
            NavigateOptions {
                replace,
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    });
    // While the next page is on its way the address is already its own: this list must not read by it.
    let here = location.pathname.get_untracked();
    let query = Memo::new(move |old: Option<&ParamsMap>| match old {
        Some(old) if location.pathname.get() != here => old.clone(),
        _ => location.query.get(),
    });
    ListQuery {
        query,
        path: location.pathname,
        beside,
        before: StoredValue::new(Vec::new()),
        go: StoredValue::new_local(go),
    }
}

impl ListQuery {
    /// The query as the API's own struct. An address that does not fit (an old link, typed by hand) reads as no filter.
    pub fn read<Q: DeserializeOwned + Default>(self) -> Q {
        let mut pairs = self.pairs();
        pairs.retain(|key, _| !self.is_beside(key));
        read_pairs(&pairs)
    }

    /// One value, tracked.
    pub fn get(self, key: &str) -> Option<String> {
        self.query
            .with(|query| query.get(key))
            .filter(|value| !value.is_empty())
    }

    /// The value as a signal.
    pub fn signal(self, key: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.get(key))
    }

    /// Whether anything but order and place narrows the list.
    pub fn is_filtered(self) -> bool {
        self.pairs()
            .keys()
            .any(|key| !matches!(key.as_str(), "sort" | "cursor" | "limit") && !self.is_beside(key))
    }

    /// Sets or clears one filter and returns to the first page. Does not add a step to "back".
    pub fn set(self, key: &str, value: Option<String>) {
        self.change(&[(key, value)]);
    }

    /// Sets several filters in one step.
    pub fn change(self, changes: &[(&str, Option<String>)]) {
        let mut pairs = self.pairs_now();
        if !changes.iter().all(|(key, _)| self.is_beside(key)) {
            pairs.remove("cursor");
            self.before.set_value(Vec::new());
        }
        for (key, value) in changes {
            match value.as_ref().filter(|value| !value.is_empty()) {
                Some(value) => pairs.insert((*key).to_owned(), value.clone()),
                None => pairs.remove(*key),
            };
        }
        self.go_to(&pairs, true);
    }

    /// No filter; the order stays.
    pub fn clear(self) {
        let mut pairs = self.pairs_now();
        pairs.retain(|key, _| key == "sort" || self.is_beside(key));
        self.before.set_value(Vec::new());
        self.go_to(&pairs, true);
    }

    /// The order: key and whether it descends (`-name`).
    pub fn sort(self) -> Option<(String, bool)> {
        let sort = self.get("sort")?;
        Some(match sort.strip_prefix('-') {
            Some(key) => (key.to_owned(), true),
            None => (sort, false),
        })
    }

    /// Ascending, then descending, then the list's own order.
    pub fn toggle_sort(self, key: &str) {
        let next = match untrack(|| self.sort()) {
            Some((now, false)) if now == key => Some(format!("-{key}")),
            Some((now, true)) if now == key => None,
            _ => Some(key.to_owned()),
        };
        self.set("sort", next);
    }

    pub fn is_first_page(self) -> bool {
        self.get("cursor").is_none()
    }

    /// The page after this one; a step of its own for "back".
    pub fn next(self, cursor: String) {
        let mut pairs = self.pairs_now();
        let here = pairs.insert("cursor".to_owned(), cursor).unwrap_or_default();
        self.before.update_value(|before| before.push(here));
        self.go_to(&pairs, false);
    }

    /// The page before this one, or the first when that is not known (after a link into the middle).
    pub fn previous(self) {
        let cursor = self
            .before
            .try_update_value(Vec::pop)
            .flatten()
            .filter(|cursor| !cursor.is_empty());
        let mut pairs = self.pairs_now();
        match cursor {
            Some(cursor) => pairs.insert("cursor".to_owned(), cursor),
            None => pairs.remove("cursor"),
        };
        self.go_to(&pairs, false);
    }

    pub fn first(self) {
        let mut pairs = self.pairs_now();
        pairs.remove("cursor");
        self.before.set_value(Vec::new());
        self.go_to(&pairs, false);
    }

    /// One of a few words in the address, as a signal to write. It is the first word when the address has none.
    pub fn bound(self, key: &'static str, among: &'static [&'static str]) -> RwSignal<String> {
        let usual = among.first().copied().unwrap_or_default();
        let read = move || {
            let there = self.get(key).filter(|value| among.contains(&value.as_str()));
            there.unwrap_or_else(|| usual.to_owned())
        };
        let value = RwSignal::new(untrack(read));
        Effect::new(move |_| {
            let there = read();
            if value.get_untracked() != there {
                value.set(there);
            }
        });
        Effect::new(move |_| {
            let chosen = value.get();
            if chosen != untrack(read) {
                self.set(key, Some(chosen).filter(|chosen| chosen != usual));
            }
        });
        value
    }

    fn is_beside(self, key: &str) -> bool {
        self.beside.contains(&key)
    }

    fn pairs(self) -> BTreeMap<String, String> {
        // Put in one by one: what is collected into an ordered map is sorted first, and a sort is 4 kB of program.
        let mut pairs = BTreeMap::new();
        self.query.with(|query| {
            for (key, value) in query.clone() {
                if !value.is_empty() {
                    pairs.insert(key.into_owned(), value);
                }
            }
        });
        pairs
    }

    fn pairs_now(self) -> BTreeMap<String, String> {
        untrack(|| self.pairs())
    }

    fn go_to(self, pairs: &BTreeMap<String, String>, replace: bool) {
        let address = address(self.path.get_untracked(), pairs);
        self.go.with_value(|go| go(&address, replace));
    }
}

fn read_pairs<Q: DeserializeOwned + Default>(pairs: &BTreeMap<String, String>) -> Q {
    serde_urlencoded::to_string(pairs)
        .ok()
        .and_then(|text| serde_urlencoded::from_str(&text).ok())
        .unwrap_or_default()
}

fn address(path: String, pairs: &BTreeMap<String, String>) -> String {
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use esteira_shared::{
        dto::processes::{ProcessQuery, ProcessSort, StatusList},
        status::ProcessStatus,
    };

    use super::*;
    use crate::api::query_string;

    /// What the router does with an address.
    fn pairs_of(address: &str) -> BTreeMap<String, String> {
        let (_, query) = address.split_once('?').unwrap();
        serde_urlencoded::from_str(query).unwrap()
    }

    #[test]
    fn a_filter_survives_the_address() {
        let query = ProcessQuery {
            month: Some("2026-10".parse().unwrap()),
            status: StatusList(vec![ProcessStatus::ErroDownload, ProcessStatus::Rejeitado]),
            late: true,
            q: Some("Açaí & Cia = 100 %".to_owned()),
            sort: Some(ProcessSort::LongestWaiting),
            ..ProcessQuery::default()
        };
        let there = format!("/processos{}", query_string(&query));
        let pairs = pairs_of(&there);
        assert_eq!(read_pairs::<ProcessQuery>(&pairs), query);
        let again = address("/processos".to_owned(), &pairs);
        assert_eq!(read_pairs::<ProcessQuery>(&pairs_of(&again)), query);
    }

    #[test]
    fn no_filter_leaves_the_address_bare() {
        assert_eq!(address("/clientes".to_owned(), &BTreeMap::new()), "/clientes");
        assert_eq!(query_string(&ProcessQuery::default()), "");
    }

    #[test]
    fn an_address_that_does_not_fit_reads_as_no_filter() {
        for typed in [
            "/processos?month=outubro",
            "/processos?status=PRONTO",
            "/processos?late=talvez",
        ] {
            assert_eq!(
                read_pairs::<ProcessQuery>(&pairs_of(typed)),
                ProcessQuery::default(),
                "{typed}"
            );
        }
    }
}
