//! One sheet instead of one for each file of `style/`: a first visit asks once, and text of one kind packs better together.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Replaces the sheets that the staged page links, in their order, by one.
pub(super) fn join(stage: &Path) -> Result<()> {
    let page = stage.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let mut kept = String::with_capacity(html.len());
    let mut all = String::new();
    let mut place = None;
    for line in html.split_inclusive('\n') {
        let Some(name) = linked(line) else {
            kept.push_str(line);
            continue;
        };
        let file = stage.join(name);
        let sheet = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        all.push_str(&smaller(&sheet));
        fs::remove_file(&file)?;
        place.get_or_insert(kept.len());
    }
    let place = place.context("the page links no style sheet in the form that is known here")?;
    ensure!(
        !kept.contains("rel=\"stylesheet\""),
        "a style sheet is linked in another form"
    );
    let mut hasher = DefaultHasher::new();
    all.hash(&mut hasher);
    let name = format!("style-{:016x}.css", hasher.finish());
    fs::write(stage.join(&name), all)?;
    kept.insert_str(place, &format!("    <link rel=\"stylesheet\" href=\"/{name}\"/>\n"));
    Ok(fs::write(page, kept)?)
}

/// The file that a line of the page links as a style sheet, in trunk's form.
fn linked(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("<link rel=\"stylesheet\" href=\"/")?;
    rest.strip_suffix("\"/>")
}

/// The same without comments, and with one space or line for each stretch of them. Texts in quotes stay.
fn smaller(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => text(rest, first),
            c if c.is_whitespace() => {
                let end = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
                if !out.ends_with([' ', '\n']) {
                    let (space, _) = rest.split_at(end);
                    out.push(if space.contains('\n') { '\n' } else { ' ' });
                }
                rest = rest.split_at(end).1;
                continue;
            }
            c => c.len_utf8(),
        };
        let (taken, left) = rest.split_at(taken);
        if !taken.starts_with("/*") {
            out.push_str(taken);
        }
        rest = left;
    }
    out
}

/// The length of a quoted text at the beginning, its quotes included.
fn text(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{join, smaller};

    #[test]
    fn comments_and_space_go_and_texts_stay() {
        let sheet = "/* one */\n.a::after {  content: \"/* · */  \\\" \";\n\n  color: red; }\n";
        assert_eq!(
            smaller(sheet),
            "\n.a::after { content: \"/* · */  \\\" \";\ncolor: red; }\n"
        );
    }

    #[test]
    fn sheets_become_one_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let page = "<head>\n    <link rel=\"stylesheet\" href=\"/b.css\"/>\n    <link rel=\"stylesheet\" href=\"/a.css\"/>\n</head>\n";
        std::fs::write(folder.path().join("index.html"), page).unwrap();
        std::fs::write(folder.path().join("a.css"), "a{}\n").unwrap();
        std::fs::write(folder.path().join("b.css"), "b{}\n").unwrap();
        join(folder.path()).unwrap();
        let page = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
        let name = page.split("href=\"/").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(page.matches("stylesheet").count(), 1);
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), "b{}\na{}\n");
        assert!(!folder.path().join("a.css").exists());
        assert!(join(tempfile::tempdir().unwrap().path()).is_err(), "no page");
    }
}
