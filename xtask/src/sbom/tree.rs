//! Reads what cargo says of the crates of a program.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

/// How `cargo tree` shall name each crate.
pub(super) const FORMAT: &str = "{p}|{l}";

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// An SPDX expression.
    pub(super) licence: String,
}

/// Each crate with those it depends on.
pub(super) type Graph = BTreeMap<Package, BTreeSet<Package>>;

/// Reads `cargo tree --prefix depth`. What a crate depends on stands only where it is named for the first time.
///
/// # Errors
/// With the line that is no crate.
pub(super) fn read(text: &str) -> Result<Graph> {
    let mut graph = Graph::new();
    let mut above: Vec<Package> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (depth, package) = row(line).with_context(|| format!("cargo tree printed `{line}`"))?;
        graph.entry(package.clone()).or_default();
        above.truncate(depth);
        if let Some(parent) = above.last() {
            graph.entry(parent.clone()).or_default().insert(package.clone());
        }
        above.push(package);
    }
    Ok(graph)
}

fn row(line: &str) -> Option<(usize, Package)> {
    let (depth, rest) = line.split_at(line.find(|letter: char| !letter.is_ascii_digit())?);
    let (crate_, licence) = rest.strip_suffix(" (*)").unwrap_or(rest).split_once('|')?;
    // A third word is where its sources are.
    let mut words = crate_.split(' ');
    let package = Package {
        name: words.next()?.to_owned(),
        version: words.next()?.strip_prefix('v')?.to_owned(),
        // Older crates write a slash for "or".
        licence: licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR "),
    };
    Some((depth.parse().ok()?, package))
}

/// SHA-256 of each crate's archive by name and version, from the text of `Cargo.lock`. Our own crates have none.
pub(super) fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let entries = lock.split("[[package]]").skip(1);
    entries
        .filter_map(|entry| {
            let field = |name: &str| {
                let mut lines = entry.lines();
                let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'));
                value.map(str::to_owned)
            };
            Some(((field("name")?, field("version")?), field("checksum")?))
        })
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Package, checksums, read};

    fn package(name: &str, licence: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            licence: licence.to_owned(),
        }
    }

    #[test]
    fn a_tree_is_read_with_crates_that_stand_in_it_twice() {
        let text =
            "0own v1.2.3 (/src/own)|MIT\n1a v1.2.3|MIT / Apache-2.0\n2b v1.2.3|ISC\n1c v1.2.3|ISC\n2b v1.2.3|ISC (*)\n";
        let graph = read(text).unwrap();
        let below = |name: &str, licence: &str| -> Vec<String> {
            let set = graph.get(&package(name, licence)).unwrap();
            set.iter().map(|one| one.name.clone()).collect()
        };
        assert_eq!(graph.len(), 4);
        assert_eq!(below("own", "MIT"), ["a", "c"]);
        assert_eq!(below("a", "MIT OR Apache-2.0"), ["b"]);
        assert_eq!(below("c", "ISC"), ["b"]);
        assert!(below("b", "ISC").is_empty());
    }

    #[test]
    fn a_line_that_is_no_crate_is_named() {
        let error = read("0own v1.2.3|MIT\nwarning: something\n").unwrap_err();
        assert!(error.to_string().contains("warning: something"), "{error}");
    }

    #[test]
    fn checksums_are_those_of_the_exact_version() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"aa\"\n\n[[package]]\n\
                    name = \"a\"\nversion = \"2.0.0\"\nchecksum = \"bb\"\ndependencies = [\n \"own\",\n]\n\n[[package]]\n\
                    name = \"own\"\nversion = \"1.0.0\"\n";
        let found = checksums(lock);
        let of = |name: &str, version: &str| found.get(&(name.to_owned(), version.to_owned())).map(String::as_str);
        assert_eq!(of("a", "2.0.0"), Some("bb"));
        assert_eq!(of("a", "1.0.0"), Some("aa"));
        assert_eq!(of("own", "1.0.0"), None);
    }
}
