//! Makes the module of translations from `locales/<language>/<application>.json`. A key that one language lacks, or an
//! argument that differs between them, stops the build.

use std::{env, error::Error, fs, path::PathBuf};

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=build.rs");
    // What cuts the program into parts has to know which code needs which.
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|kind| kind == "wasm32") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let home = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);

    // One file per application and language; both languages must have the same files.
    let mut applications: Vec<String> = fs::read_dir(home.join("locales/pt-BR"))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    applications.sort();

    let mut config = Config::new("pt-BR")
        .map_err(text)?
        .add_locale("en")
        .map_err(text)?
        .add_namespaces(applications)
        .map_err(text)?;
    // Texts are plain strings here, with their arguments filled in.
    config.options = ParseOptions::default().interpolate_display(true);
    let parsed = parse_locales(Some(home), config).map_err(text)?;
    // A missing key is only a warning to the parser, which would show the other language in its place.
    let gaps: Vec<String> = parsed.diag.warnings().iter().map(ToString::to_string).collect();
    if !gaps.is_empty() {
        return Err(gaps.join("\n").into());
    }
    let errors: Vec<String> = parsed.diag.errors().iter().map(ToString::to_string).collect();
    if !errors.is_empty() {
        return Err(errors.join("\n").into());
    }
    let code = leptos_i18n_codegen::gen_code(&parsed, None, false, None, false).map_err(text)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs"), code.to_string())?;
    Ok(())
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
