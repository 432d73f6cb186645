//! What a first visit may weigh, in bytes as they are sent: `frontend/budgets.json`. The end-to-end test of a first visit
//! holds the browser to the same numbers.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::project::Project;

/// Sent sizes by path below the folder of the page.
pub(super) type Sizes = BTreeMap<String, usize>;

#[derive(Deserialize)]
struct Budgets {
    /// The sign-in page with all its files.
    sign_in: usize,
    /// The first page after it, with all its files but the server's answers.
    home: usize,
    /// What the parts share, in all.
    shared: usize,
    /// Each application.
    part: usize,
}

/// # Errors
/// When something weighs more than it may; the error names each and by how much.
pub(super) fn check(project: &Project, sizes: &Sizes) -> Result<()> {
    let text = std::fs::read_to_string(project.path("frontend/budgets.json")).context("cannot read budgets.json")?;
    let budgets: Budgets = serde_json::from_str(&text).context("cannot read budgets.json")?;
    let weights = weigh(sizes, &budgets);
    let mut over = Vec::new();
    for (name, bytes, budget) in &weights {
        println!("page: {bytes:>9} of {budget:>7} bytes  {name}");
        if bytes > budget {
            over.push(format!("{name}: {} bytes more than its {budget}", bytes - budget));
        }
    }
    if !over.is_empty() {
        bail!(
            "the page grew over its budget (frontend/budgets.json):\n  {}",
            over.join("\n  ")
        );
    }
    Ok(())
}

/// Name, weight and budget of everything that has one.
fn weigh(sizes: &Sizes, budgets: &Budgets) -> Vec<(String, usize, usize)> {
    let of = |wanted: &dyn Fn(Kind) -> bool| -> usize {
        let files = sizes.iter().filter(|(path, _)| kind(path).is_some_and(wanted));
        files.map(|(_, bytes)| bytes).sum()
    };
    let sign_in = of(&|kind| kind == Kind::First);
    let shared = of(&|kind| matches!(kind, Kind::Shared | Kind::Rest));
    let home = sign_in + of(&|kind| matches!(kind, Kind::Shared | Kind::Part("home" | "frame")));
    let mut weights = vec![
        ("sign-in".to_owned(), sign_in, budgets.sign_in),
        ("home, with sign-in".to_owned(), home, budgets.home),
        ("shared by the parts".to_owned(), shared, budgets.shared),
    ];
    for (path, bytes) in sizes {
        if let Some(Kind::Part(name)) = kind(path) {
            weights.push((format!("part {name}"), *bytes, budgets.part));
        }
    }
    weights
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    /// Every visit has it.
    First,
    /// What the first page and others share.
    Shared,
    /// What only others share.
    Rest,
    Part(&'a str),
}

/// `None` for what a first visit does not fetch: the PDF reader, and the typeface of code.
fn kind(path: &str) -> Option<Kind<'_>> {
    if path == "fonts/inter.woff2" {
        return Some(Kind::First);
    }
    if path.contains('/') {
        return None;
    }
    let Some((stem, "wasm")) = path.rsplit_once('.') else {
        return Some(Kind::First);
    };
    // `home-1f2e3d4c5b6a7988`; the program itself ends with `_bg`.
    match stem.rsplit_once('-').map(|(name, _)| name) {
        _ if stem.ends_with("_bg") => Some(Kind::First),
        Some("shared") => Some(Kind::Shared),
        Some("rest") => Some(Kind::Rest),
        Some(name) => Some(Kind::Part(name)),
        None => Some(Kind::First),
    }
}

#[cfg(test)]
mod tests {
    use super::{Budgets, Sizes, weigh};

    #[test]
    fn each_file_counts_where_it_is_fetched() {
        let files = [
            ("index.html", 1),
            ("boot-1f2e3d4c5b6a7988.js", 2),
            ("esteira-frontend-1f2e3d4c5b6a7988_bg.wasm", 4),
            ("fonts/inter.woff2", 8),
            ("fonts/jetbrains-mono.woff2", 1_000_000),
            ("vendor/pdfjs-5.6.205/pdf.mjs", 1_000_000),
            ("shared-1f2e3d4c5b6a7988.wasm", 16),
            ("rest-1f2e3d4c5b6a7988.wasm", 32),
            ("home-1f2e3d4c5b6a7988.wasm", 64),
            ("frame-1f2e3d4c5b6a7988.wasm", 256),
            ("monitor-1f2e3d4c5b6a7988.wasm", 128),
        ];
        let sizes: Sizes = files.iter().map(|(path, bytes)| ((*path).to_owned(), *bytes)).collect();
        let budgets = Budgets {
            sign_in: 300,
            home: 500,
            shared: 200,
            part: 100,
        };
        let weights = weigh(&sizes, &budgets);
        let weights: Vec<_> = weights
            .iter()
            .map(|(name, bytes, budget)| (name.as_str(), *bytes, *budget))
            .collect();
        assert_eq!(
            weights,
            [
                ("sign-in", 15, 300),
                ("home, with sign-in", 15 + 16 + 64 + 256, 500),
                ("shared by the parts", 48, 200),
                ("part frame", 256, 100),
                ("part home", 64, 100),
                ("part monitor", 128, 100),
            ]
        );
    }
}
