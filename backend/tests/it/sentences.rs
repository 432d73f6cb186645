//! Sentences for people stand in the list of reasons, in every language, and nowhere else in the server.

use std::{
    fs,
    path::{Path, PathBuf},
};

const LETTERS: &str = "áàâãéêíóôõúçÁÀÂÃÉÊÍÓÔÕÚÇ";

/// Made-up data, and what stands in for other systems, speak Portuguese.
const OTHERS: [&str; 4] = ["demo", "demo.rs", "simulators", "cli/simulate"];

/// File, a part of the text, and why it stays.
const ALLOWED: [(&str, &str, &str); 5] = [
    (
        "http/openapi.rs",
        "Administração → Tokens",
        "the name of a page, for developers",
    ),
    ("integrations/rpa/log_line.rs", "CRÍTICO", "a word that robots write"),
    (
        "executions/end.rs",
        "robô{operator}",
        "a name in the history, which the page words",
    ),
    ("executions/settings.rs", "Conexões", "a name in the audit trail"),
    ("clients/import/parse.rs", "sim or não", "what may stand in a file"),
];

#[test]
fn no_sentence_stands_in_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 200, "the sources are read: {}", files.len());
    let mut found = Vec::new();
    let mut used = [false; ALLOWED.len()];
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let is_test = name.split('/').any(|part| part == "tests" || part == "tests.rs");
        if is_test || OTHERS.iter().any(|other| Path::new(&name).starts_with(other)) {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        // Unit tests stand at the end.
        let code = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for text in literals(code) {
            if !text.contains(|c| LETTERS.contains(c)) {
                continue;
            }
            match ALLOWED
                .iter()
                .position(|(file, part, _)| *file == name && text.contains(part))
            {
                Some(index) => used[index] = true,
                None => found.push(format!("{name}: {text}")),
            }
        }
    }
    assert!(
        found.is_empty(),
        "say these with a Reason (shared/src/reason/list.rs): {found:#?}"
    );
    for ((file, part, _), used) in ALLOWED.iter().zip(used) {
        assert!(used, "{file} does not say {part:?} any more");
    }
}

#[test]
fn literals_are_told_from_comments() {
    let code = r##"
        // "não" in a comment
        let quote = '"'; let a: &'static str = "sim \" não"; // "três"
        let raw = r#"com "aspas""#; let escaped = '\''; f("b");
    "##;
    assert_eq!(literals(code), ["sim \\\" não", "com \"aspas\"", "b"]);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The insides of string literals, as they are written.
fn literals(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'', '/', 'r']) {
        let (before, here) = rest.split_at(at);
        let in_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let hashes = here[1..].len() - here[1..].trim_start_matches('#').len();
        if here.starts_with("//") {
            rest = here.split_once('\n').map_or("", |(_, rest)| rest);
        } else if here.starts_with('r') && !in_word && here[1 + hashes..].starts_with('"') {
            let inside = &here[2 + hashes..];
            let end = inside
                .find(&format!("\"{}", "#".repeat(hashes)))
                .unwrap_or(inside.len());
            found.push(&inside[..end]);
            rest = inside.get(end + 1..).unwrap_or_default();
        } else if let Some(inside) = here.strip_prefix('"') {
            let end = end_of(inside);
            found.push(&inside[..end]);
            rest = inside.get(end + 1..).unwrap_or_default();
        } else if let Some(quoted) = here.strip_prefix('\'') {
            rest = after_quote(quoted);
        } else {
            rest = &here[1..];
        }
    }
    found
}

/// Where the literal ends.
fn end_of(inside: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in inside.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    inside.len()
}

/// Behind a letter between quotes; a lifetime has no second one.
fn after_quote(inside: &str) -> &str {
    if let Some(escaped) = inside.strip_prefix('\\') {
        // The letter behind the backslash may be a quote itself.
        let rest = escaped.get(1..).unwrap_or_default();
        return rest.split_once('\'').map_or("", |(_, rest)| rest);
    }
    let mut letters = inside.chars();
    letters.next();
    letters.as_str().strip_prefix('\'').unwrap_or(inside)
}
