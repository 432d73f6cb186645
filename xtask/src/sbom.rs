//! The list of what is in the shipped program (CycloneDX 1.6): the crates of the server and of the page, and what else the
//! page carries. What only builds or tests it is not in it. It says nothing of when or where it was made, so the same sources
//! always have the same list.

mod document;
mod tree;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use self::document::Carried;
use self::tree::Graph;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Where to write it; target/esteira.cdx.json when not given
    pub(crate) path: Option<PathBuf>,
}

/// The root of each half, and what it is compiled for.
const SERVER: (&str, &str) = ("esteira", "x86_64-unknown-linux-gnu");
const PAGE: (&str, &str) = ("esteira-frontend", "wasm32-unknown-unknown");

pub(crate) fn sbom(project: &Project, arguments: &Arguments) -> Result<()> {
    let mut graph = linked(project, SERVER)?;
    for (package, below) in linked(project, PAGE)? {
        graph.entry(package).or_default().extend(below);
    }
    let lock = std::fs::read_to_string(project.path("Cargo.lock"))?;
    let document = document::write(&graph, &tree::checksums(&lock), (SERVER.0, PAGE.0), &carried(project)?)?;
    document::check(&document)?;
    let path = match &arguments.path {
        Some(path) => path.clone(),
        None => project.target().join("esteira.cdx.json"),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let text = format!("{}\n", serde_json::to_string_pretty(&document)?);
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("sbom: {} crates in {}", graph.len(), path.display());
    Ok(())
}

/// The crates that are linked into one half. Macros only run while it is compiled.
fn linked(project: &Project, (package, target): (&str, &str)) -> Result<Graph> {
    let mut command = project.cargo();
    command
        .args(["tree", "--locked", "--package", package, "--target", target])
        .args([
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "depth",
            "--format",
            tree::FORMAT,
        ]);
    let output = process::output(&mut command)?;
    if !output.status.success() {
        bail!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    tree::read(&String::from_utf8_lossy(&output.stdout))
}

/// What the page carries beside its program. The folder of pdf.js is named after its version.
fn carried(project: &Project) -> Result<Vec<Carried>> {
    let mut versions = Vec::new();
    for entry in std::fs::read_dir(project.path("frontend/vendor"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        versions.extend(name.strip_prefix("pdfjs-").map(str::to_owned));
    }
    let [version] = versions.as_slice() else {
        bail!("frontend/vendor has {} versions of pdf.js, not one", versions.len());
    };
    Ok(vec![
        Carried {
            name: "pdfjs-dist",
            version: Some(version.clone()),
            licence: "Apache-2.0",
            purl: format!("pkg:npm/pdfjs-dist@{version}"),
        },
        font("inter"),
        font("jetbrains-mono"),
    ])
}

/// Cut from a package of fonts; see frontend/fonts/README.md.
fn font(name: &'static str) -> Carried {
    Carried {
        name,
        version: None,
        licence: "OFL-1.1",
        purl: format!("pkg:npm/%40fontsource-variable/{name}"),
    }
}
