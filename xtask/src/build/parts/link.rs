//! The script through which the program loads its parts: the beginning is the splitter's, the loaders are ours.
//!
//! The splitter's own loaders name a file for each set of parts that share code, a hundred and more. Here a loader names the
//! merged files, and each file is fetched by `esteiraPart` of `frontend/boot.js`, which sees why one did not come.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

const EXPORT: &str = "export const __wasm_split_load_";
/// What the loaders below call, and what says that the script is the one that we know.
const NEEDED: [&str; 3] = [
    "\nfunction getSharedImports() {",
    "\nfunction makeLoad(fetcher, deps) {",
    "\nfunction wrapAsyncCb(callee) {",
];

/// The splitter's files of shared code, by their numbers.
pub(super) type Chunks = BTreeSet<String>;

/// A part of the program that it may ask for.
pub(super) struct Part {
    pub(super) name: String,
    /// What it needs besides its own file.
    pub(super) chunks: Chunks,
}

/// A finished file and where it lies beside the script.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) address: String,
    /// What was merged into it; empty for the file of one part.
    pub(super) chunks: Chunks,
}

/// What was read from the splitter's script.
pub(super) struct Script {
    /// Up to its first loader.
    head: String,
    pub(super) parts: Vec<Part>,
}

impl Script {
    /// # Errors
    /// When it has another form than the pinned version's.
    pub(super) fn read(script: &str) -> Result<Self> {
        let first = ["\nconst __chunk_", "\nexport const __wasm_split_load_"]
            .iter()
            .filter_map(|loader| script.find(loader))
            .min()
            .context("the splitter's script has no loader")?;
        let mut head = script.get(..first).unwrap_or_default().to_owned();
        head.push('\n');
        for needed in NEEDED {
            if !head.contains(needed) {
                bail!("the splitter's script has another form: no `{}`", needed.trim());
            }
        }
        let loaders = script.split(EXPORT).skip(1);
        let parts = loaders
            .map(|loader| {
                let (name, load) = loader
                    .split_once(" = wrapAsyncCb(")
                    .context("a loader of the splitter's script has another form")?;
                Ok(Part {
                    name: name.to_owned(),
                    chunks: chunks(load),
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self { head, parts })
    }

    /// The whole script. `program` is the script of wasm-bindgen, `written` its name in the splitter's script; `files` are
    /// the parts' own and the merged ones.
    ///
    /// # Errors
    /// When the splitter's script imports something else, or a part needs what was merged into no file.
    pub(super) fn write(&self, written: &str, program: &str, files: &[Named]) -> Result<String> {
        let mut script = replace_all(
            &self.head,
            &format!("from \"./{written}\""),
            &format!("from \"./{program}\""),
        )?;
        script.push_str(
            "const part = (file, imports) => () => {\n    \
                 const answer = esteiraPart(new URL(file, import.meta.url));\n    \
                 answer.catch(() => {});\n    \
                 return async (given) => WebAssembly.instantiateStreaming(answer, imports(given));\n\
             };\n",
        );
        let merged: Vec<&Named> = files.iter().filter(|file| !file.chunks.is_empty()).collect();
        for file in &merged {
            writeln!(
                script,
                "const {} = makeLoad(part(\"./{}\", (given) => ({{ outer: given.__wasm_split }})), []);",
                file.name, file.address
            )?;
        }
        for part in &self.parts {
            if let Some(chunk) = part
                .chunks
                .iter()
                .find(|chunk| !merged.iter().any(|file| file.chunks.contains(*chunk)))
            {
                bail!("{} needs chunk {chunk}, which is in no file", part.name);
            }
            let needs = merged.iter().filter(|file| !file.chunks.is_disjoint(&part.chunks));
            let needs = needs.map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
            let load = match files
                .iter()
                .find(|file| file.chunks.is_empty() && file.name == part.name)
            {
                Some(file) => format!("part(\"./{}\", (given) => given)", file.address),
                // All its code is in a merged file or in the program.
                None => "() => async () => ({})".to_owned(),
            };
            writeln!(
                script,
                "{EXPORT}{} = wrapAsyncCb(makeLoad({load}, [{needs}]));",
                part.name
            )?;
        }
        Ok(script)
    }
}

/// The numbers in `[__chunk_3, __chunk_14]`.
fn chunks(loader: &str) -> Chunks {
    loader
        .split("__chunk_")
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect())
        .collect()
}

/// # Errors
/// When `old` is not there.
pub(super) fn replace_all(text: &str, old: &str, new: &str) -> Result<String> {
    if !text.contains(old) {
        bail!("`{old}` is not where it was: a tool writes another form now");
    }
    Ok(text.replace(old, new))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Chunks, Named, Script, replace_all};

    const WRITTEN: &str = r#"import { initSync } from "./page.js";

let sharedImports = undefined;
function getSharedImports() {
    return sharedImports;
}
function wrapAsyncCb(callee) {
}
function makeLoad(fetcher, deps) {
    /* kept */
}
/* home, month */
const __chunk_3 = makeLoad(() => {
    const src = fetch(new URL("./chunk_3.wasm", import.meta.url));
    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
/* month, webhooks */
const __chunk_14 = makeLoad(() => {
    const src = fetch(new URL("./chunk_14.wasm", import.meta.url));
}
, []);
export const __wasm_split_load_month = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_month.wasm", import.meta.url));
}
, [__chunk_3, __chunk_14]));
export const __wasm_split_load_home = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), [__chunk_3]));
"#;

    fn chunks(numbers: &[&str]) -> Chunks {
        numbers.iter().map(|number| (*number).to_owned()).collect()
    }

    fn named(name: &str, merged: &[&str]) -> Named {
        Named {
            name: name.to_owned(),
            address: format!("{name}-1.wasm"),
            chunks: chunks(merged),
        }
    }

    #[test]
    fn reads_the_parts_and_what_each_needs() {
        let script = Script::read(WRITTEN).unwrap();
        let [month, home] = script.parts.as_slice() else {
            panic!("two parts")
        };
        assert_eq!((month.name.as_str(), &month.chunks), ("month", &chunks(&["3", "14"])));
        assert_eq!((home.name.as_str(), &home.chunks), ("home", &chunks(&["3"])));
    }

    #[test]
    fn keeps_the_beginning_and_writes_each_loader_anew() {
        let files = [named("month", &[]), named("shared", &["3"]), named("rest", &["14"])];
        let text = Script::read(WRITTEN)
            .unwrap()
            .write("page.js", "page-1.js", &files)
            .unwrap();
        assert!(text.starts_with("import { initSync } from \"./page-1.js\";\n"));
        assert!(text.contains("    /* kept */\n"));
        assert!(!text.contains("__chunk_"));
        assert!(text.contains(
            "const shared = makeLoad(part(\"./shared-1.wasm\", (given) => ({ outer: given.__wasm_split })), []);\n"
        ));
        assert!(text.contains(
            "export const __wasm_split_load_month = \
             wrapAsyncCb(makeLoad(part(\"./month-1.wasm\", (given) => given), [shared, rest]));\n"
        ));
        assert!(text.ends_with(
            "export const __wasm_split_load_home = wrapAsyncCb(makeLoad(() => async () => ({}), [shared]));\n"
        ));
    }

    #[test]
    fn a_chunk_in_no_file_is_refused() {
        let files = [named("month", &[]), named("shared", &["3"])];
        let refused = Script::read(WRITTEN).unwrap().write("page.js", "page-1.js", &files);
        assert!(refused.unwrap_err().to_string().contains("month needs chunk 14"));
    }

    #[test]
    fn another_form_is_refused() {
        assert!(Script::read("import x from \"y\";\n").is_err());
        let other = WRITTEN.replace(
            "function makeLoad(fetcher, deps)",
            "const makeLoad = (fetcher, deps) =>",
        );
        assert!(Script::read(&other).is_err());
        let other = WRITTEN.replace(" = wrapAsyncCb", "=wrapAsyncCb");
        assert!(Script::read(&other).is_err());
        let files = [named("shared", &["3", "14"])];
        assert!(
            Script::read(WRITTEN)
                .unwrap()
                .write("other.js", "x.js", &files)
                .is_err()
        );
    }

    #[test]
    fn a_replacement_that_finds_nothing_is_an_error() {
        assert_eq!(replace_all("a b a", "a", "c").unwrap(), "c b c");
        assert!(replace_all("a", "b", "c").unwrap_err().to_string().contains("`b`"));
    }
}
