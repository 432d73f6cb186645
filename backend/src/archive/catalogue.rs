//! Which tables a backup has, and in which order.

use std::collections::BTreeSet;

use super::manifest::Column;

/// A table as a database describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Its primary key.
    pub(super) key: Vec<String>,
    /// The tables that it refers to.
    pub(super) refers_to: Vec<String>,
}

/// The tables that stay behind: they are about the running program, or the schema itself makes them anew.
///
/// - who is signed in (everybody signs in again after a restore), and answers kept for a day for requests sent twice;
/// - the processes that run jobs: jobs they had when the backup was made run again, as after their death;
/// - objects that are just being put into the store: sweeping them for a copy would sweep them for the original.
pub(super) const STAYS: [&str; 5] = [
    "__diesel_schema_migrations",
    "idempotency_keys",
    "sessions",
    "storage_intents",
    "workers",
];

/// Rows that stay behind: the backup that is being made is not made yet.
pub(super) fn condition(table: &str) -> Option<&'static str> {
    (table == "backups").then_some("status <> 'making'")
}

/// The tables that move, each after those that it refers to and else by name.
///
/// # Errors
/// When one has no key, or two refer to each other: the rules of this file do not cover that.
pub(super) fn moving(found: Vec<Found>) -> anyhow::Result<Vec<Found>> {
    let mut left: Vec<Found> = found
        .into_iter()
        .filter(|table| !STAYS.contains(&table.name.as_str()))
        .collect();
    left.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(table) = left.iter().find(|table| table.key.is_empty()) {
        anyhow::bail!("the table {} has no primary key, so its rows have no order", table.name);
    }
    let moving: BTreeSet<String> = left.iter().map(|table| table.name.clone()).collect();
    let mut done = BTreeSet::new();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_ready = |table: &Found| {
            let mut needed = table.refers_to.iter().filter(|other| **other != table.name);
            needed.all(|other| done.contains(other) || !moving.contains(other))
        };
        let Some(place) = left.iter().position(is_ready) else {
            let names: Vec<&str> = left.iter().map(|table| table.name.as_str()).collect();
            anyhow::bail!("these tables refer to each other in a circle: {}", names.join(", "));
        };
        let table = left.remove(place);
        done.insert(table.name.clone());
        ordered.push(table);
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn table(name: &str, refers_to: &[&str]) -> Found {
        Found {
            name: name.to_owned(),
            columns: Vec::new(),
            key: vec!["id".to_owned()],
            refers_to: refers_to.iter().map(|other| (*other).to_owned()).collect(),
        }
    }

    fn order(tables: Vec<Found>) -> Vec<String> {
        moving(tables).unwrap().into_iter().map(|table| table.name).collect()
    }

    #[test]
    fn each_stands_after_those_that_it_refers_to() {
        let tables = vec![
            table("accounts", &["clients", "operators"]),
            table("clients", &["organizations"]),
            table("operators", &["organizations", "operators"]),
            table("organizations", &[]),
            table("sessions", &["users"]),
            table("users", &["organizations"]),
        ];
        assert_eq!(
            order(tables),
            ["organizations", "clients", "operators", "accounts", "users"]
        );
    }

    #[test]
    fn a_circle_and_a_table_without_key_are_refused() {
        let circle = vec![table("a", &["b"]), table("b", &["a"])];
        assert!(moving(circle).unwrap_err().to_string().contains("a, b"));
        let keyless = Found {
            key: Vec::new(),
            ..table("a", &[])
        };
        assert!(
            moving(vec![keyless])
                .unwrap_err()
                .to_string()
                .contains("no primary key")
        );
    }
}
