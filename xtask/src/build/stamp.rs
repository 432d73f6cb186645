//! Fingerprints that tell whether the page has to be built again.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

/// Hash of names and contents below `root/<each entry>`; entries that do not exist count as such.
pub(super) fn of_contents(root: &Path, entries: &[&str]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for entry in entries {
        for file in files(&root.join(entry))? {
            file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
            fs::read(&file)
                .with_context(|| format!("cannot read {}", file.display()))?
                .hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

/// Hash of names, sizes and times: enough to see that somebody else wrote there.
pub(super) fn of_listing(directory: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in files(directory)? {
        let facts = fs::metadata(&file)?;
        let changed = facts.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        (file, facts.len(), changed).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Every file at or below `path`, sorted.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![path.to_path_buf()];
    while let Some(next) = pending.pop() {
        if next.is_file() {
            found.push(next);
        } else if next.is_dir() {
            for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
                pending.push(entry?.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{of_contents, of_listing};

    #[test]
    fn contents_follow_every_byte_and_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b.rs");
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(&file, "one").unwrap();
        let first = of_contents(folder.path(), &["a", "absent"]).unwrap();
        assert_eq!(first, of_contents(folder.path(), &["a", "absent"]).unwrap());
        std::fs::write(&file, "two").unwrap();
        let second = of_contents(folder.path(), &["a", "absent"]).unwrap();
        assert_ne!(first, second);
        std::fs::rename(&file, folder.path().join("a/c.rs")).unwrap();
        assert_ne!(second, of_contents(folder.path(), &["a", "absent"]).unwrap());
    }

    #[test]
    fn a_listing_follows_size_and_name() {
        let folder = tempfile::tempdir().unwrap();
        let empty = of_listing(folder.path()).unwrap();
        std::fs::write(folder.path().join("index.html"), "x").unwrap();
        assert_ne!(empty, of_listing(folder.path()).unwrap());
    }
}
