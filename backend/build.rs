//! The page in `dist/` is embedded in release builds: build again when it changes, and build without it too. Other builds
//! read it from the folder.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("../dist")?;
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../dist");
    }
    println!("cargo::rerun-if-changed=../migrations");
    Ok(())
}
