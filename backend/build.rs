//! The page in `dist/` is embedded: build again when it changes, and build without it too.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("../dist")?;
    println!("cargo::rerun-if-changed=../dist");
    println!("cargo::rerun-if-changed=../migrations");
    Ok(())
}
