//! The page by parts: what sign-in needs is one program, and the pages of each application are a file of their own, which
//! comes when somebody goes there. What more than one application uses is the part `shared`.
//!
//! Trunk calls this when it has built the page. What trunk bound is put aside: wasm-split cuts cargo's file, wasm-bindgen
//! binds the program that is left, wasm-merge makes one `shared` of the pieces, wasm-opt shrinks each file, and all of
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

use crate::process;
use crate::project::Project;
use link::{Named, Script, replace_all};
use module::Import;

/// The page's binary.
const NAME: &str = "esteira-frontend";
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
    /// The application's part, `shared`, or the page's name for the program itself.
    part: String,
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
    let merged = merge(project, &raw)?;

    let small = work.join("small");
    fs::create_dir_all(&small)?;
    let mut pieces = vec![(NAME.to_owned(), work.join(format!("{NAME}_bg.wasm")))];
    pieces.extend(merged.map(|file| ("shared".to_owned(), file)));
    for (part, file) in files(&raw, "split_")? {
        if !script.parts.contains(&part) {
            bail!("the splitter wrote a part that its script does not load: {part}");
        }
        pieces.push((part, file));
    }
    let pieces: Vec<Piece> = pieces
        .into_iter()
        .map(|(part, from)| Piece {
            to: small.join(format!("{part}.wasm")),
            part,
            from,
        })
        .collect();
    shrink(project, &pieces, release)?;
    place(&stage, &work, &script, &pieces)?;
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

/// The splitter writes a piece for each set of parts that share code. One file instead: a page then waits for two files
/// and not for a hundred.
fn merge(project: &Project, raw: &Path) -> Result<Option<PathBuf>> {
    let chunks = files(raw, "chunk_")?;
    if chunks.is_empty() {
        return Ok(None);
    }
    let mut needed: Vec<Import> = Vec::new();
    for (_, file) in &chunks {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
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
    // The merged pieces take from this module what they took from the program; a module of this name must be among them.
    let stub = raw.join("outer.wasm");
    fs::write(&stub, module::passing_on(&needed, OUTER))?;
    let merged = raw.join("shared.wasm");
    let mut command = project.command("wasm-merge");
    command.arg(&stub).arg(PROGRAM);
    for (name, file) in &chunks {
        command.arg(file).arg(format!("chunk_{name}"));
    }
    command.args(FEATURES).arg("-o").arg(&merged);
    process::run(&mut command)?;
    for import in module::imports(&fs::read(&merged)?)? {
        if import.module != OUTER {
            bail!("`shared` still imports {} from `{}`", import.name, import.module);
        }
    }
    Ok(Some(merged))
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
                .arg("-Oz")
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
        piece.part.hash(&mut hasher);
        fs::read(&piece.to)?.hash(&mut hasher);
    }
    let build = format!("{:016x}", hasher.finish());

    let old = trunks_name(stage)?;
    let new = format!("{NAME}-{build}");
    let mut named = Vec::new();
    for piece in pieces {
        let address = if piece.part == NAME {
            format!("{new}_bg.wasm")
        } else {
            format!("{}-{build}.wasm", piece.part)
        };
        fs::copy(&piece.to, stage.join(&address))?;
        named.push(Named {
            part: piece.part.clone(),
            address,
        });
    }
    let shared = named.iter().find(|file| file.part == "shared");
    let link = script.write(&format!("{NAME}.js"), &format!("{new}.js"), shared, &named)?;
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
    fs::write(&page, replace_all(&html, "</head>", &preload)?)?;
    Ok(())
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
