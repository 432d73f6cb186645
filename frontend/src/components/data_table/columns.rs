//! Columns, and which of them the person wants to see.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;

use crate::state::storage;

pub(super) type Cell<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;

pub struct Column<T> {
    pub(super) head: Head,
    pub(super) cell: Cell<T>,
}

/// What is known of a column, whatever its rows are.
pub(super) struct Head {
    pub(super) key: &'static str,
    pub(super) label: String,
    pub(super) sort: Option<&'static str>,
    numeric: bool,
    main: bool,
    hidden: bool,
}

impl<T> Column<T> {
    pub fn new<V: IntoView + 'static>(
        key: &'static str,
        label: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self {
            head: Head {
                key,
                label: label.into(),
                sort: None,
                numeric: false,
                main: false,
                hidden: false,
            },
            cell: Arc::new(move |row| cell(row).into_any()),
        }
    }

    /// The last column, for what can be done with the row.
    pub fn actions<V: IntoView + 'static>(cell: impl Fn(&T) -> V + Send + Sync + 'static) -> Self {
        Self::new(ACTIONS, "", cell)
    }

    /// The column that names the row: the title of its card on a phone, never hidden.
    pub fn main(mut self) -> Self {
        self.head.main = true;
        self
    }

    pub fn numeric(mut self) -> Self {
        self.head.numeric = true;
        self
    }

    /// The key the server sorts by.
    pub fn sort(mut self, key: &'static str) -> Self {
        self.head.sort = Some(key);
        self
    }

    /// Only shown when the person chooses it.
    pub fn hidden(mut self) -> Self {
        self.head.hidden = true;
        self
    }
}

impl Head {
    pub(super) fn is_actions(&self) -> bool {
        self.key == ACTIONS
    }

    /// Whether the person may hide it.
    pub(super) fn is_optional(&self) -> bool {
        !self.main && !self.is_actions()
    }

    pub(super) fn class(&self) -> &'static str {
        match (self.main, self.numeric, self.is_actions()) {
            (true, ..) => "table__main",
            (_, true, _) => "num",
            (.., true) => "table__actions",
            _ => "",
        }
    }
}

const ACTIONS: &str = "actions";

/// The columns that are not shown, kept in the browser under the table's name.
#[derive(Clone, Copy)]
pub(super) struct ChosenColumns {
    name: &'static str,
    off: RwSignal<BTreeSet<String>>,
    choosable: bool,
}

impl ChosenColumns {
    pub(super) fn new(name: &'static str, heads: &[Head]) -> Self {
        // Put in one by one: what is collected into an ordered set is sorted first, and a sort is 4 kB of program.
        let mut off = BTreeSet::new();
        match storage::read(&format!("columns.{name}")) {
            Some(kept) => {
                for key in kept.split(',') {
                    off.insert(key.to_owned());
                }
            }
            None => {
                for head in heads.iter().filter(|head| head.hidden) {
                    off.insert(head.key.to_owned());
                }
            }
        }
        // Choosing among two or three columns would be noise.
        Self {
            name,
            off: RwSignal::new(off),
            choosable: heads.iter().filter(|head| head.is_optional()).count() > 3,
        }
    }

    pub(super) fn can_choose(self) -> bool {
        self.choosable
    }

    pub(super) fn shows(self, key: &str) -> bool {
        self.off.with(|off| !off.contains(key))
    }

    pub(super) fn set(self, key: &str, on: bool) {
        self.off.update(|off| {
            if on {
                off.remove(key);
            } else {
                off.insert(key.to_owned());
            }
        });
        let kept = self
            .off
            .with_untracked(|off| off.iter().cloned().collect::<Vec<_>>().join(","));
        storage::write(&format!("columns.{}", self.name), &kept);
    }
}
