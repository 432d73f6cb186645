//! The page by parts: what sign-in needs is one program, and the pages of each application are a file of their own, which
//! comes when somebody goes there. What more than one application uses is in two files: `shared` has what the first page
//! needs of it, `rest` what only others do.
//!
//! Trunk calls this when it has built the page. What trunk bound is put aside: wasm-split cuts cargo's file, wasm-bindgen
//! binds the program that is left, wasm-merge makes two files of the shared pieces, wasm-opt shrinks each file, and all of
//! them get one hash of their content into their names. Parts hold addresses inside their own program, so a part of
//! another build never fits; with one hash for all, it is never taken.

mod link;
mod module;

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use super::style;
use crate::process;
use crate::project::Project;
use link::{Chunks, Named, Script, replace_all};
use module::Import;

/// The page's binary.
const NAME: &str = "esteira-frontend";
/// The page that most people open first, and what stands around every page.
const FIRST: [&str; 2] = ["home", "frame"];
/// Under this module name the splitter's pieces import what they need of the program.
const PROGRAM: &str = "__wasm_split";
/// Where the merged piece imports the same from.
const OUTER: &str = "outer";
/// What rustc emits; without them binaryen's programs refuse the files.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// One file of the finished page.
struct Piece {
    /// The application's part, `shared`, `rest`, or the page's name for the program itself.
    name: String,
    /// What was merged into it.
    chunks: Chunks,
    from: PathBuf,
    to: PathBuf,
}

/// Cuts the page in trunk's staging folder into parts.
///
/// # Errors
/// When not called by trunk, or when one of the tools fails or writes something that we do not know.
pub(crate) fn cut(project: &Project) -> Result<()> {
    let started = Instant::now();
    let stage = env::var_os("TRUNK_STAGING_DIR").context("trunk calls this: run `cargo xtask build`")?;
    let stage = PathBuf::from(stage);
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let profile = if release { "wasm-release" } else { "debug" };
    let work = project.target().join("page-parts").join(profile);
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    let raw = work.join("raw");
    fs::create_dir_all(&raw)?;

    let built = project
        .target()
        .join("wasm32-unknown-unknown")
        .join(profile)
        .join(format!("{NAME}.wasm"));
    split(project, &built, &raw)?;
    bind(project, &raw.join(format!("{NAME}.wasm")), &work)?;
    let script = Script::read(&read_text(&raw.join("__wasm_split.js"))?)?;
    let small = work.join("small");
    fs::create_dir_all(&small)?;
    let piece = |name: &str, chunks: Chunks, from: PathBuf| Piece {
        to: small.join(format!("{name}.wasm")),
        name: name.to_owned(),
        chunks,
        from,
    };
    let mut pieces = vec![piece(NAME, Chunks::new(), work.join(format!("{NAME}_bg.wasm")))];
    for (name, chunks) in groups(&script)? {
        let merged = merge(project, &raw, name, &chunks)?;
        pieces.push(piece(name, chunks, merged));
    }
    for (name, file) in files(&raw, "split_")? {
        if !script.parts.iter().any(|part| part.name == name) {
            bail!("the splitter wrote a part that its script does not load: {name}");
        }
        pieces.push(piece(&name, Chunks::new(), file));
    }
    shrink(project, &pieces, release)?;
    place(&stage, &work, &script, &pieces)?;
    if release {
        style::join(&stage)?;
    }
    println!(
        "page: cut into {} files in {:.1} s",
        pieces.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn split(project: &Project, built: &Path, into: &Path) -> Result<()> {
    let mut command = project.command("wasm-split-cli");
    command
        .args(["--target", "web", "--out-name", NAME])
        .arg(built)
        .arg(into);
    process::run(&mut command).context("the page could not be cut: was it linked with --emit-relocs?")
}

fn bind(project: &Project, program: &Path, into: &Path) -> Result<()> {
    let mut command = project.command("wasm-bindgen");
    command
        // The parts use the program's table and memory by these exports.
        .args(["--target=web", "--keep-lld-exports", "--no-demangle", "--no-typescript"])
        .arg(format!("--out-name={NAME}"))
        .arg("--out-dir")
        .arg(into)
        .arg(program);
    process::run(&mut command)
}

/// The splitter writes a chunk for each set of parts that share code. Two files instead: a page then waits for three files
/// and not for a hundred, and the first page not for what it does not use.
fn groups(script: &Script) -> Result<Vec<(&'static str, Chunks)>> {
    let mut first = Chunks::new();
    for name in FIRST {
        let part = script.parts.iter().find(|part| part.name == name);
        first.extend(
            part.with_context(|| format!("no part is named {name}"))?
                .chunks
                .iter()
                .cloned(),
        );
    }
    let others = script.parts.iter().flat_map(|part| &part.chunks);
    let rest: Chunks = others.filter(|chunk| !first.contains(*chunk)).cloned().collect();
    let groups = [("shared", first), ("rest", rest)];
    Ok(groups.into_iter().filter(|(_, chunks)| !chunks.is_empty()).collect())
}

/// One file of many chunks.
fn merge(project: &Project, raw: &Path, name: &str, chunks: &Chunks) -> Result<PathBuf> {
    let file = |chunk: &String| raw.join(format!("chunk_{chunk}.wasm"));
    let mut needed: Vec<Import> = Vec::new();
    for chunk in chunks {
        let file = file(chunk);
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        for import in module::imports(&bytes).with_context(|| format!("cannot read {}", file.display()))? {
            if import.module != PROGRAM {
                bail!(
                    "{} imports from `{}`: a new form of the splitter's modules",
                    file.display(),
                    import.module
                );
            }
            if !needed.contains(&import) {
                needed.push(import);
            }
        }
    }
    // The chunks take from this module what they took from the program; a module of that name must be among them.
    let stub = raw.join(format!("outer_{name}.wasm"));
    fs::write(&stub, module::passing_on(&needed, OUTER))?;
    let merged = raw.join(format!("{name}.wasm"));
    let mut command = project.command("wasm-merge");
    command.arg(&stub).arg(PROGRAM);
    for chunk in chunks {
        command.arg(file(chunk)).arg(format!("chunk_{chunk}"));
    }
    command.args(FEATURES).arg("-o").arg(&merged);
    process::run(&mut command)?;
    for import in module::imports(&fs::read(&merged)?)? {
        if import.module != OUTER {
            bail!("`{name}` still imports {} from `{}`", import.name, import.module);
        }
    }
    Ok(merged)
}

/// wasm-opt for each file, as many at once as there are cores; unoptimised builds keep them as they are.
fn shrink(project: &Project, pieces: &[Piece], release: bool) -> Result<()> {
    if !release {
        for piece in pieces {
            fs::copy(&piece.from, &piece.to).with_context(|| format!("cannot copy {}", piece.from.display()))?;
        }
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut command = project.command("wasm-opt");
            command
                // Packed, this comes out smaller than -Oz does.
                .arg("-Os")
                .args(FEATURES)
                .arg(&piece.from)
                .arg("-o")
                .arg(&piece.to);
            process::run(&mut command)?;
        }
        Ok(())
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().map_err(|_| anyhow!("a thread of wasm-opt panicked"))??;
        }
        Ok(())
    })
}

/// Puts everything into trunk's folder, in place of what trunk bound itself.
fn place(stage: &Path, work: &Path, script: &Script, pieces: &[Piece]) -> Result<()> {
    let bound = read_text(&work.join(format!("{NAME}.js")))?;
    let mut hasher = DefaultHasher::new();
    bound.hash(&mut hasher);
    for piece in pieces {
        piece.name.hash(&mut hasher);
        fs::read(&piece.to)?.hash(&mut hasher);
    }
    // The script before it has names: it too is content.
    let written = format!("{NAME}.js");
    script.write(&written, &written, &named(pieces, ""))?.hash(&mut hasher);
    let build = format!("{:016x}", hasher.finish());

    let old = trunks_name(stage)?;
    let new = format!("{NAME}-{build}");
    let named = named(pieces, &build);
    for (piece, file) in pieces.iter().zip(&named) {
        fs::copy(&piece.to, stage.join(&file.address))?;
    }
    let link = script.write(&written, &format!("{new}.js"), &named)?;
    let link_name = format!("link-{build}.js");
    fs::write(stage.join(&link_name), link)?;
    // Only the address of the script: the keys of the import object are names inside the program.
    let bound = replace_all(&bound, "from \"./__wasm_split.js\"", &format!("from \"./{link_name}\""))?;
    fs::write(stage.join(format!("{new}.js")), bound)?;

    for ending in [".js", "_bg.wasm"] {
        fs::remove_file(stage.join(format!("{old}{ending}")))
            .with_context(|| format!("trunk wrote no {old}{ending}"))?;
    }
    let page = stage.join("index.html");
    let html = replace_all(&read_text(&page)?, &old, &new)?;
    let base = env::var("TRUNK_PUBLIC_URL").unwrap_or_else(|_| "/".to_owned());
    let preload = format!("<link rel=\"modulepreload\" href=\"{base}{link_name}\" crossorigin=\"anonymous\"></head>");
    let mut html = replace_all(&html, "</head>", &preload)?;
    // door.js fetches them as soon as somebody is known to be signed in.
    for file in named
        .iter()
        .filter(|file| ["shared", "frame"].contains(&file.name.as_str()))
    {
        let mark = "<meta id=\"esteira-app\"";
        let soon = format!("{mark} data-{}=\"{base}{}\"", file.name, file.address);
        html = replace_all(&html, mark, &soon)?;
    }
    fs::write(&page, html)?;
    Ok(())
}

/// The files under the names of one build.
fn named(pieces: &[Piece], build: &str) -> Vec<Named> {
    let named = |piece: &Piece| {
        let ending = if piece.name == NAME { "_bg.wasm" } else { ".wasm" };
        Named {
            name: piece.name.clone(),
            address: format!("{}-{build}{ending}", piece.name),
            chunks: piece.chunks.clone(),
        }
    };
    pieces.iter().map(named).collect()
}

/// `esteira-frontend-1f2e3d4c5b6a7988`: how trunk named the program.
fn trunks_name(stage: &Path) -> Result<String> {
    for entry in fs::read_dir(stage).with_context(|| format!("cannot list {}", stage.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(NAME)
            && let Some(stem) = name.strip_suffix(".js")
        {
            return Ok(stem.to_owned());
        }
    }
    bail!("trunk put no {NAME}*.js into {}", stage.display())
}

/// Files `<prefix><name>.wasm` with their names, in the order of the names.
fn files(folder: &Path, prefix: &str) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let part = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".wasm"));
        if let Some(part) = part {
            found.push((part.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Chunks, NAME, Piece, Script, files, groups, named, trunks_name};

    const WRITTEN: &str = "\
function getSharedImports() {
function wrapAsyncCb(callee) {
function makeLoad(fetcher, deps) {
export const __wasm_split_load_month = wrapAsyncCb(makeLoad(x, [__chunk_1, __chunk_2]));
export const __wasm_split_load_home = wrapAsyncCb(makeLoad(x, [__chunk_1, __chunk_3]));
export const __wasm_split_load_frame = wrapAsyncCb(makeLoad(x, [__chunk_5]));
export const __wasm_split_load_webhooks = wrapAsyncCb(makeLoad(x, [__chunk_2, __chunk_4]));
";

    fn chunks(numbers: &[&str]) -> Chunks {
        numbers.iter().map(|number| (*number).to_owned()).collect()
    }

    #[test]
    fn the_first_page_does_not_wait_for_what_only_others_share() {
        // The script begins with its import, so each of its functions has a line end before it.
        let script = Script::read(&format!("\n{WRITTEN}")).unwrap();
        assert_eq!(
            groups(&script).unwrap(),
            [("shared", chunks(&["1", "3", "5"])), ("rest", chunks(&["2", "4"]))]
        );
        let without_home = format!("\n{WRITTEN}").replace("_home", "_start");
        assert!(groups(&Script::read(&without_home).unwrap()).is_err());
    }

    #[test]
    fn every_file_carries_the_build_in_its_name() {
        let piece = |name: &str| Piece {
            name: name.to_owned(),
            chunks: Chunks::new(),
            from: "a".into(),
            to: "b".into(),
        };
        let files = named(&[piece(NAME), piece("month")], "1f2e3d4c5b6a7988");
        let addresses: Vec<_> = files.iter().map(|file| file.address.as_str()).collect();
        assert_eq!(
            addresses,
            [
                "esteira-frontend-1f2e3d4c5b6a7988_bg.wasm",
                "month-1f2e3d4c5b6a7988.wasm"
            ]
        );
    }

    #[test]
    fn finds_what_trunk_and_the_splitter_wrote() {
        let folder = tempfile::tempdir().unwrap();
        assert!(trunks_name(folder.path()).is_err());
        for name in [
            "esteira-frontend-00ff.js",
            "boot-00ff.js",
            "split_b.wasm",
            "split_a.wasm",
            "split_c.txt",
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(trunks_name(folder.path()).unwrap(), "esteira-frontend-00ff");
        let parts = files(folder.path(), "split_").unwrap();
        let names: Vec<_> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
