//! A `.br` beside every asset that shrinks, made once at build time so that the server never compresses.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

use super::{budget::Sizes, stamp};

/// Fonts and raster images are compressed already.
const COMPRESSIBLE: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Returns what each file weighs when it is sent.
pub(super) fn brotli(dist: &Path) -> Result<Sizes> {
    let (mut raw, mut sizes) = (0, Sizes::new());
    for file in stamp::files(dist)? {
        let Some(kind) = file.extension().and_then(|kind| kind.to_str()) else {
            continue;
        };
        if kind == "br" {
            continue;
        }
        let plain = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut smallest = plain.len();
        if COMPRESSIBLE.contains(&kind) {
            let packed = pack(&plain)?;
            if packed.len() < plain.len() {
                smallest = packed.len();
                fs::write(file.with_extension(format!("{kind}.br")), packed)?;
            }
        }
        let name = file.strip_prefix(dist).unwrap_or(&file).display().to_string();
        println!("page: {:>9} -> {smallest:>8} bytes  {name}", plain.len());
        raw += plain.len();
        sizes.insert(name, smallest);
    }
    let sent: usize = sizes.values().sum();
    println!("page: {raw:>9} -> {sent:>8} bytes  all assets");
    Ok(sizes)
}

fn pack(plain: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut packed, &parameters).context("brotli failed")?;
    Ok(packed)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::brotli;

    #[test]
    fn writes_what_unpacks_to_the_same_bytes_and_leaves_fonts_alone() {
        let folder = tempfile::tempdir().unwrap();
        let text = "fatura ".repeat(500);
        std::fs::write(folder.path().join("a.css"), &text).unwrap();
        std::fs::write(folder.path().join("b.woff2"), &text).unwrap();
        let sizes = brotli(folder.path()).unwrap();
        assert!(sizes.get("a.css").unwrap() < sizes.get("b.woff2").unwrap());
        let packed = std::fs::read(folder.path().join("a.css.br")).unwrap();
        let mut plain = Vec::new();
        ::brotli::BrotliDecompress(&mut &*packed, &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        assert!(!folder.path().join("b.woff2.br").exists());
    }
}
