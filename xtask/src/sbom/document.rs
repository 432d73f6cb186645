//! The list in the words of CycloneDX.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::tree::{Graph, Package};

/// Something that is no crate.
pub(super) struct Carried {
    pub(super) name: &'static str,
    pub(super) version: Option<String>,
    pub(super) licence: &'static str,
    pub(super) purl: String,
}

/// What the program is known to be made of, and what is known only to build or test it. A list that disagrees is wrong.
const IN_IT: [&str; 7] = [
    "axum",
    "diesel",
    "tokio",
    "libsqlite3-sys",
    "leptos",
    "esteira-frontend",
    "pdfjs-dist",
];
const NOT_IN_IT: [&str; 5] = ["serde_derive", "cc", "proptest", "s3s", "leptos_i18n_codegen"];

/// The list: `server` contains `page`, and the page contains what is `carried`.
///
/// # Errors
/// When one of the two is not in the graph.
pub(super) fn write(
    graph: &Graph,
    checksums: &BTreeMap<(String, String), String>,
    (server, page): (&str, &str),
    carried: &[Carried],
) -> Result<Value> {
    let name_of = |package: &Package| (package.name.clone(), package.version.clone());
    // Only what came from a registry can be found there.
    let reference = |package: &Package| {
        let kind = if checksums.contains_key(&name_of(package)) {
            "pkg:cargo/"
        } else {
            ""
        };
        format!("{kind}{}@{}", package.name, package.version)
    };
    let component = |package: &Package| {
        let reference = reference(package);
        let mut component = json!({
            "type": "library",
            "bom-ref": reference,
            "name": package.name,
            "version": package.version,
            "licenses": [{ "expression": package.licence }],
        });
        if let (Some(fields), Some(checksum)) = (component.as_object_mut(), checksums.get(&name_of(package))) {
            fields.insert("purl".to_owned(), json!(reference));
            fields.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": checksum }]));
        }
        component
    };
    let half = |name: &str| {
        let found = graph.keys().find(|package| package.name == name);
        found.with_context(|| format!("{name} is not in its own tree"))
    };
    let (server, page) = (half(server)?, half(page)?);

    let mut components = BTreeMap::new();
    let mut depends: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (package, below) in graph {
        if package != server {
            components.insert(reference(package), component(package));
        }
        let on = depends.entry(reference(package)).or_default();
        on.extend(below.iter().map(reference));
    }
    depends.entry(reference(server)).or_default().insert(reference(page));
    for one in carried {
        let mut component = json!({
            "type": "library",
            "bom-ref": one.purl,
            "name": one.name,
            "licenses": [{ "expression": one.licence }],
            "purl": one.purl,
        });
        if let (Some(fields), Some(version)) = (component.as_object_mut(), &one.version) {
            fields.insert("version".to_owned(), json!(version));
        }
        components.insert(one.purl.clone(), component);
        depends.entry(one.purl.clone()).or_default();
        depends.entry(reference(page)).or_default().insert(one.purl.clone());
    }

    let mut whole = component(server);
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("type".to_owned(), json!("application"));
    }
    let depends: Vec<Value> = depends
        .into_iter()
        .map(|(of, on)| json!({ "ref": of, "dependsOn": on }))
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": whole },
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": depends,
    }))
}

/// What CycloneDX's schema asks of the fields used here, and what this program is known to be made of.
///
/// # Errors
/// With the first thing that is wrong.
pub(super) fn check(document: &Value) -> Result<()> {
    let list = |name: &str| {
        let found = document.get(name).and_then(Value::as_array);
        found.with_context(|| format!("it has no list of {name}"))
    };
    let word = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if word(document, "bomFormat") != "CycloneDX" || word(document, "specVersion") != "1.6" {
        bail!("it does not say that it is CycloneDX 1.6");
    }
    let whole = document
        .pointer("/metadata/component")
        .context("it does not say of what it is")?;
    let (mut references, mut names) = (BTreeSet::new(), BTreeSet::new());
    for component in list("components")?.iter().chain([whole]) {
        let (name, reference) = (word(component, "name"), word(component, "bom-ref"));
        let licence = component.pointer("/licenses/0/expression").and_then(Value::as_str);
        if name.is_empty() || reference.is_empty() || licence.is_none_or(str::is_empty) {
            bail!("no name, reference or licence: {component}");
        }
        let address = word(component, "purl");
        if !(address.is_empty() || address.starts_with("pkg:cargo/") || address.starts_with("pkg:npm/")) {
            bail!("no address of a package: {component}");
        }
        if let Some(hash) = component.pointer("/hashes/0/content").and_then(Value::as_str)
            && (hash.len() != 64 || !hash.bytes().all(|letter| letter.is_ascii_hexdigit()))
        {
            bail!("no SHA-256: {component}");
        }
        if !references.insert(reference.clone()) {
            bail!("{reference} stands there twice");
        }
        names.insert(name);
    }
    for entry in list("dependencies")? {
        let below = entry.get("dependsOn").and_then(Value::as_array).into_iter().flatten();
        for reference in below.chain(entry.get("ref")).filter_map(Value::as_str) {
            if !references.contains(reference) {
                bail!("{reference} is depended on and not listed");
            }
        }
    }
    if let Some(missing) = IN_IT.into_iter().find(|name| !names.contains(*name)) {
        bail!("{missing} is in the program and not listed");
    }
    if let Some(superfluous) = NOT_IN_IT.into_iter().find(|name| names.contains(*name)) {
        bail!("{superfluous} is listed and not in the program");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
