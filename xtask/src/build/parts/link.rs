//! The script through which the program loads its parts: the beginning is the splitter's, the loaders are ours.
//!
//! The splitter's own loaders name a file for each set of pages that share code, a hundred and more. Here there is one,
//! `shared`, and each file is fetched by `esteiraPart` of `frontend/boot.js`, which sees why one did not come.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

const EXPORT: &str = "export const __wasm_split_load_";
/// What the loaders below call, and what says that the script is the one that we know.
const NEEDED: [&str; 3] = [
    "\nfunction getSharedImports() {",
    "\nfunction makeLoad(fetcher, deps) {",
    "\nfunction wrapAsyncCb(callee) {",
];

/// A file of the program: the page's part by name, and the address beside the script.
pub(super) struct Named {
    pub(super) part: String,
    pub(super) address: String,
}

/// What was read from the splitter's script.
pub(super) struct Script {
    /// Up to its first loader.
    head: String,
    /// The parts that the program may ask for.
    pub(super) parts: Vec<String>,
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
        let parts = script
            .lines()
            .filter_map(|line| line.strip_prefix(EXPORT))
            .map(|rest| rest.split_once(" = ").map(|(name, _)| name.to_owned()))
            .collect::<Option<Vec<String>>>()
            .context("a loader of the splitter's script has another form")?;
        Ok(Self { head, parts })
    }

    /// The whole script. `program` is the script of wasm-bindgen, `written` its name in the splitter's script.
    ///
    /// # Errors
    /// When the splitter's script imports something else.
    pub(super) fn write(
        &self,
        written: &str,
        program: &str,
        shared: Option<&Named>,
        parts: &[Named],
    ) -> Result<String> {
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
        let needs = if let Some(shared) = shared {
            writeln!(
                script,
                "const shared = makeLoad(part(\"./{}\", (given) => ({{ outer: given.__wasm_split }})), []);",
                shared.address
            )?;
            "[shared]"
        } else {
            "[]"
        };
        for name in &self.parts {
            let load = match parts.iter().find(|file| file.part == *name) {
                Some(file) => format!("part(\"./{}\", (given) => given)", file.address),
                // All its code is in `shared` or in the program.
                None => "() => async () => ({})".to_owned(),
            };
            writeln!(script, "{EXPORT}{name} = wrapAsyncCb(makeLoad({load}, {needs}));")?;
        }
        Ok(script)
    }
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
    use super::{Named, Script, replace_all};

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
export const __wasm_split_load_month = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_month.wasm", import.meta.url));
}
, [__chunk_3]));
export const __wasm_split_load_home = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), [__chunk_3]));
"#;

    fn named(part: &str) -> Named {
        Named {
            part: part.to_owned(),
            address: format!("{part}-1.wasm"),
        }
    }

    #[test]
    fn keeps_the_beginning_and_writes_each_loader_anew() {
        let script = Script::read(WRITTEN).unwrap();
        assert_eq!(script.parts, ["month", "home"]);
        let text = script
            .write("page.js", "page-1.js", Some(&named("shared")), &[named("month")])
            .unwrap();
        assert!(text.starts_with("import { initSync } from \"./page-1.js\";\n"));
        assert!(text.contains("    /* kept */\n"));
        assert!(!text.contains("chunk_3"));
        assert!(text.contains(
            "const shared = makeLoad(part(\"./shared-1.wasm\", (given) => ({ outer: given.__wasm_split })), []);\n"
        ));
        assert!(text.contains(
            "export const __wasm_split_load_month = \
             wrapAsyncCb(makeLoad(part(\"./month-1.wasm\", (given) => given), [shared]));\n"
        ));
        assert!(text.ends_with(
            "export const __wasm_split_load_home = wrapAsyncCb(makeLoad(() => async () => ({}), [shared]));\n"
        ));
    }

    #[test]
    fn parts_that_share_nothing_wait_for_nothing() {
        let text = Script::read(WRITTEN)
            .unwrap()
            .write("page.js", "page-1.js", None, &[named("month"), named("home")])
            .unwrap();
        assert!(!text.contains("shared ="));
        assert!(text.contains("(given) => given), []));\n"));
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
        assert!(
            Script::read(WRITTEN)
                .unwrap()
                .write("other.js", "x.js", None, &[])
                .is_err()
        );
    }

    #[test]
    fn a_replacement_that_finds_nothing_is_an_error() {
        assert_eq!(replace_all("a b a", "a", "c").unwrap(), "c b c");
        assert!(replace_all("a", "b", "c").unwrap_err().to_string().contains("`b`"));
    }
}
