#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::tree;
use super::{Carried, check, write};

/// The server with one crate, the page with the same.
fn made() -> Value {
    let server = tree::read("0esteira v0.1.0 (/src)|AGPL-3.0-only\n1serde v1.0.1|MIT/Apache-2.0\n").unwrap();
    let page = tree::read("0esteira-frontend v0.1.0 (/src)|AGPL-3.0-only\n1serde v1.0.1|MIT/Apache-2.0 (*)\n").unwrap();
    let graph: tree::Graph = server.into_iter().chain(page).collect();
    let checksums = BTreeMap::from([(("serde".to_owned(), "1.0.1".to_owned()), "ab".repeat(32))]);
    let carried = [Carried {
        name: "pdfjs-dist",
        version: Some("5.6.205".to_owned()),
        licence: "Apache-2.0",
        purl: "pkg:npm/pdfjs-dist@5.6.205".to_owned(),
    }];
    write(&graph, &checksums, ("esteira", "esteira-frontend"), &carried).unwrap()
}

/// A list with all that the program is known to be made of.
fn whole() -> Value {
    let mut document = made();
    let components = document.get_mut("components").and_then(Value::as_array_mut).unwrap();
    for name in super::IN_IT
        .into_iter()
        .filter(|name| !["esteira-frontend", "pdfjs-dist"].contains(name))
    {
        components
            .push(json!({ "type": "library", "bom-ref": name, "name": name, "licenses": [{ "expression": "MIT" }] }));
    }
    document
}

fn refusal(change: impl FnOnce(&mut Value)) -> String {
    let mut document = whole();
    change(&mut document);
    check(&document).unwrap_err().to_string()
}

fn at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    document.pointer_mut(pointer).unwrap()
}

#[test]
fn each_part_stands_there_once_with_licence_hash_and_what_it_needs() {
    let own = |name: &str, kind: &str| {
        json!({
            "type": kind, "bom-ref": format!("{name}@0.1.0"), "name": name, "version": "0.1.0",
            "licenses": [{ "expression": "AGPL-3.0-only" }],
        })
    };
    let expected = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": own("esteira", "application") },
        "components": [
            own("esteira-frontend", "library"),
            {
                "type": "library", "bom-ref": "pkg:cargo/serde@1.0.1", "name": "serde", "version": "1.0.1",
                "licenses": [{ "expression": "MIT OR Apache-2.0" }], "purl": "pkg:cargo/serde@1.0.1",
                "hashes": [{ "alg": "SHA-256", "content": "ab".repeat(32) }],
            },
            {
                "type": "library", "bom-ref": "pkg:npm/pdfjs-dist@5.6.205", "name": "pdfjs-dist", "version": "5.6.205",
                "licenses": [{ "expression": "Apache-2.0" }], "purl": "pkg:npm/pdfjs-dist@5.6.205",
            },
        ],
        "dependencies": [
            { "ref": "esteira-frontend@0.1.0", "dependsOn": ["pkg:cargo/serde@1.0.1", "pkg:npm/pdfjs-dist@5.6.205"] },
            { "ref": "esteira@0.1.0", "dependsOn": ["esteira-frontend@0.1.0", "pkg:cargo/serde@1.0.1"] },
            { "ref": "pkg:cargo/serde@1.0.1", "dependsOn": [] },
            { "ref": "pkg:npm/pdfjs-dist@5.6.205", "dependsOn": [] },
        ],
    });
    assert_eq!(made(), expected);
}

#[test]
fn a_list_that_is_wrong_is_refused() {
    check(&whole()).unwrap();
    assert!(refusal(|list| *at(list, "/specVersion") = json!("1.4")).contains("CycloneDX 1.6"));
    assert!(refusal(|list| *at(list, "/components/0/licenses") = json!([])).contains("licence"));
    assert!(refusal(|list| *at(list, "/components/1/purl") = json!("https://example.com/serde")).contains("address"));
    assert!(refusal(|list| *at(list, "/components/1/hashes/0/content") = json!("ab")).contains("SHA-256"));
    assert!(refusal(|list| *at(list, "/components/0/bom-ref") = json!("axum")).contains("axum stands there twice"));
    assert!(refusal(|list| *at(list, "/dependencies/0/ref") = json!("gone@1")).contains("gone@1"));
    assert!(refusal(|list| *at(list, "/components/2/name") = json!("pdf")).contains("pdfjs-dist is in the program"));
    assert!(refusal(|list| *at(list, "/components/1/name") = json!("serde_derive")).contains("serde_derive is listed"));
}

#[test]
fn a_half_that_is_missing_is_named() {
    let graph = tree::read("0esteira v0.1.0|MIT\n").unwrap();
    let error = write(&graph, &BTreeMap::new(), ("esteira", "esteira-frontend"), &[]).unwrap_err();
    assert!(error.to_string().contains("esteira-frontend"), "{error}");
}
