//! Who imports whom in `backend/src`, read from the sources. The layers are in `docs/ARCHITECTURE.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What puts the applications together, and what tries their parsers: nothing below may name it.
const ABOVE: [&str; 4] = ["applications", "cli", "demo", "fuzzing"];

/// Applications of which each may import only those before it.
const ORDER: [&str; 5] = ["clients", "processes", "executions", "sending", "bulk"];

#[test]
fn the_platform_names_no_application() {
    let structure = Structure::of_the_server();
    none(&structure.upward());
}

#[test]
fn modules_import_each_other_in_no_circle() {
    none(&Structure::of_the_server().circles());
}

#[test]
fn applications_keep_their_order() {
    none(&Structure::of_the_server().out_of_order());
}

#[test]
fn routes_are_made_only_where_handlers_say_who_may_call_them() {
    none(&served_otherwise(&sources()));
    let planted = [
        ("jobs.rs", "OpenApiRouter::new().routes(utoipa_axum::routes!(list))"),
        ("mail.rs", "use utoipa_axum::{router::OpenApiRouter, routes};"),
        ("search.rs", "router.route(\"/search\", get(find))"),
        (
            "home.rs",
            "use utoipa_axum::router::OpenApiRouter; /* .route(x) */ x.routes(routes!(get_home))",
        ),
        ("http/router.rs", "router.route(\"/metrics\", get(metrics))"),
        ("simulators/sat.rs", "router.route(\"/saude\", get(health))"),
        ("integrations/sat/tests.rs", "router.route(\"/\", get(answer))"),
    ];
    let files: BTreeMap<String, String> = planted.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    assert_eq!(
        served_otherwise(&files),
        [
            "jobs.rs does not serve by crate::routes!",
            "mail.rs does not serve by crate::routes!",
            "search.rs does not serve by crate::routes!"
        ]
    );
}

#[test]
fn the_sources_are_really_read() {
    let structure = Structure::of_the_server();
    for application in ["administration", "jobs", "mail", "processes", "webhooks"] {
        assert!(structure.applications.contains(application), "{application}");
    }
    for (from, to) in [("engine", "db"), ("http", "app"), ("executions", "processes")] {
        let arrow = (from.to_owned(), to.to_owned());
        assert!(structure.imports.contains_key(&arrow), "{from} imports {to}");
    }
}

#[test]
fn every_file_of_tests_is_compiled() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let named = main.lines().any(|line| line == format!("mod {name};"));
        assert!(named || name == "main", "tests/it/main.rs lacks `mod {name};`");
    }
}

#[test]
fn every_way_to_import_is_seen() {
    let text = r##"
        //! Of [`crate::mail`].
        #[cfg(test)]
        mod tests;
        use crate::{
            app::{App, nested::home},
            processes::list, with_conn,
        };
        pub(in crate::engine) fn f<'a>(of: &'a str) -> char {
            /* crate::operators */
            let text = ("crate::webhooks {", r#"" crate::webhooks {"#, '{', '"', '\'');
            super::super::search::find(super::jobs::list());
            crate::clients::account()
        }
        #[cfg(test)]
        #[expect(clippy::x, reason = "}")]
        mod more {
            use crate::executions;
        }
        use crate::bus::Bus;
    "##;
    let all = ["app", "bus", "clients", "engine", "processes", "search", "with_conn"];
    assert_eq!(named(text, 2), BTreeSet::from(all));
}

/// A server of these files, and of a file `applications.rs` that names two applications.
fn planted(files: &[(&str, &str)]) -> Structure {
    let applications = "fn all() { x.merge(processes::routes()).with::<clients::tasks::Import>() }";
    let mut all: BTreeMap<String, String> = ["app", "db", "engine", "clients", "processes"]
        .iter()
        .map(|module| (format!("{module}.rs"), String::new()))
        .collect();
    all.insert("applications.rs".to_owned(), applications.to_owned());
    all.extend(
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
    );
    Structure::of(&all)
}

#[test]
fn a_planted_import_is_found() {
    let fine = [
        ("engine/claim.rs", "use crate::db::Tx;"),
        ("processes/list.rs", "use crate::{clients, engine};"),
    ];
    let structure = planted(&fine);
    assert_eq!(
        structure.applications,
        BTreeSet::from(["clients", "processes"].map(str::to_owned))
    );
    none(&structure.upward());
    none(&structure.circles());
    none(&structure.out_of_order());

    let named = planted(&[("engine/claim.rs", "fn f() { crate::processes::list(); }")]);
    assert_eq!(named.upward(), ["engine imports processes: engine/claim.rs"]);
    let above = planted(&[("db.rs", "use super::applications;")]);
    assert_eq!(above.upward(), ["db imports applications: db.rs"]);
    let circle = planted(&[
        ("app.rs", "use crate::engine;"),
        ("engine/claim.rs", "use crate::db;"),
        ("db/tx.rs", "use crate::{bus, engine};"),
    ]);
    assert_eq!(
        circle.circles(),
        ["db imports engine: db/tx.rs", "engine imports db: engine/claim.rs"]
    );
    let order = planted(&[("clients/model.rs", "use crate::processes;")]);
    assert_eq!(order.out_of_order(), ["clients imports processes: clients/model.rs"]);
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

struct Structure {
    /// Those that `applications.rs` takes routes or tasks from.
    applications: BTreeSet<String>,
    /// The files in which a module imports another.
    imports: BTreeMap<(String, String), Vec<String>>,
}

impl Structure {
    fn of_the_server() -> Self {
        Self::of(&sources())
    }

    /// `files`: texts by their paths below `src`.
    fn of(files: &BTreeMap<String, String>) -> Self {
        let modules: BTreeSet<&str> = files
            .keys()
            .filter_map(|path| path.strip_suffix(".rs"))
            .filter(|name| !name.contains('/') && !["lib", "main"].contains(name))
            .collect();
        let mut imports: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (path, text) in files {
            let place: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
            if !modules.contains(place[0]) || place.contains(&"tests") {
                continue;
            }
            for name in named(text, place.len()) {
                if name != place[0] && modules.contains(name) {
                    let arrow = (place[0].to_owned(), name.to_owned());
                    imports.entry(arrow).or_default().push(path.clone());
                }
            }
        }
        let tokens = tokens(&files["applications.rs"]);
        let applications = tokens
            .windows(5)
            .filter_map(|five| match five {
                [".", "merge", "(", name, "::"] | ["with", "::", "<", name, "::"] => Some(*name),
                _ => None,
            })
            .map(str::to_owned)
            .collect();
        Self { applications, imports }
    }

    fn upward(&self) -> Vec<String> {
        let above = |module: &str| ABOVE.contains(&module) || self.applications.contains(module);
        self.complaints(|from, to| !above(from) && above(to))
    }

    /// Imports from which one comes back to where one was, or from one such circle to another.
    fn circles(&self) -> Vec<String> {
        let mut left: BTreeSet<(&str, &str)> = self
            .imports
            .keys()
            .map(|(from, to)| (from.as_str(), to.as_str()))
            .collect();
        loop {
            let importing: BTreeSet<&str> = left.iter().map(|(from, _)| *from).collect();
            let imported: BTreeSet<&str> = left.iter().map(|(_, to)| *to).collect();
            let before = left.len();
            left.retain(|(from, to)| imported.contains(from) && importing.contains(to));
            if left.len() == before {
                return self.complaints(|from, to| left.contains(&(from, to)));
            }
        }
    }

    fn out_of_order(&self) -> Vec<String> {
        let place = |module: &str| ORDER.iter().position(|name| *name == module);
        self.complaints(|from, to| place(from).zip(place(to)).is_some_and(|(from, to)| from < to))
    }

    fn complaints(&self, wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
        self.imports
            .iter()
            .filter(|((from, to), _)| wrong(from, to))
            .map(|((from, to), files)| format!("{from} imports {to}: {}", files.join(", ")))
            .collect()
    }
}

/// Texts of the server by their paths below `src`.
fn sources() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), "", &mut files);
    files
}

/// Files that make routes by other means than `crate::routes!`, by which a handler that does not say who may call it does
/// not compile. `http` makes those that belong to nobody; simulators and tests are other servers.
fn served_otherwise(files: &BTreeMap<String, String>) -> Vec<String> {
    let other_means = |text: &str| {
        tokens(text).windows(3).any(|three| match three {
            [".", "route", "("] => true,
            ["utoipa_axum", "::", what] => *what != "router",
            _ => false,
        })
    };
    files
        .iter()
        .filter(|(path, _)| !matches!(path.split('/').next(), Some("http" | "simulators")))
        .filter(|(path, _)| !path.split('/').any(|part| ["tests", "tests.rs"].contains(&part)))
        .filter(|(_, text)| other_means(text))
        .map(|(path, _)| format!("{path} does not serve by crate::routes!"))
        .collect()
}

fn read(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            read(&path, &format!("{below}{name}/"), files);
        } else if name.ends_with(".rs") {
            files.insert(format!("{below}{name}"), fs::read_to_string(&path).unwrap());
        }
    }
}

/// What follows `crate::` in a file, or as many `super::` as lead from there to the same place; tests are left out.
fn named(text: &str, depth: usize) -> BTreeSet<&str> {
    let tokens = tokens(text);
    let up = ["super", "::"].repeat(depth);
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        let inside_a_path = at > 0 && tokens[at - 1] == "::";
        if rest.starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            at += 7 + item(&rest[7..]);
            continue;
        }
        if let Some(path) = rest.strip_prefix(&["crate", "::"]) {
            found.extend(first_words(path));
        } else if let Some(path) = rest.strip_prefix(up.as_slice())
            && !inside_a_path
        {
            found.extend(first_words(path));
        }
        at += 1;
    }
    found
}

/// The first word of a path, or of each path between the braces that it begins with.
fn first_words<'a>(path: &[&'a str]) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut level = 0;
    let mut begins = true;
    for token in path {
        match *token {
            "{" => level += 1,
            "}" => level -= 1,
            "," => {}
            word if begins => words.push(word),
            _ => {}
        }
        if level == 0 {
            break;
        }
        begins = level == 1 && matches!(*token, "{" | ",");
    }
    words
}

/// The length of one item, its attributes included.
fn item(tokens: &[&str]) -> usize {
    let mut level = 0;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" | "(" | "[" => level += 1,
            "}" | ")" | "]" => level -= 1,
            _ => {}
        }
        if level == 0 && matches!(*token, "}" | ";") {
            return at + 1;
        }
    }
    tokens.len()
}

/// Words, `::` and single signs, without comments, texts and characters.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, counts) = match first {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), false),
            '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |at| at + 2), false),
            '"' => (quoted(rest), false),
            '\'' => (character(rest), false),
            'r' | 'b' if raw(rest).is_some() => (raw(rest).unwrap(), false),
            ':' if rest.starts_with("::") => (2, true),
            _ if in_word(first) => (rest.find(|sign: char| !in_word(sign)).unwrap_or(rest.len()), true),
            _ => (first.len_utf8(), !first.is_whitespace()),
        };
        let (token, after) = rest.split_at(length);
        if counts {
            found.push(token);
        }
        rest = after;
    }
    found
}

fn in_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// The length of a text in quotation marks.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            '"' if !escaped => return at + 1,
            sign => escaped = sign == '\\' && !escaped,
        }
    }
    text.len()
}

/// The length of a raw text, if this is one.
fn raw(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("br").or(text.strip_prefix('r'))?;
    let begins = inside.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(inside.len() - begins.len() - 1));
    let length = text.len() - begins.len();
    Some(begins.find(&end).map_or(text.len(), |at| length + at + end.len()))
}

/// The length of a character, or of the sign that begins a lifetime.
fn character(text: &str) -> usize {
    let mut signs = text.char_indices().skip(1);
    match (signs.next(), signs.next()) {
        (Some((_, '\\')), _) => text[3..].find('\'').map_or(text.len(), |at| at + 4),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
