//! Files and folders that only the user of this program may read: other users of the machine must not copy the database.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
/// What group and others may do.
const OTHERS: u32 = 0o077;
/// In a folder with this bit everybody keeps files, as in `/tmp`.
const SHARED: u32 = 0o1000;

/// The data folder, made when it is not there. One that is there is closed to others, if it is plainly ours.
///
/// # Errors
/// When it cannot be made.
pub fn folder(path: &Path) -> io::Result<()> {
    new_folder(path)?;
    let facts = path.metadata()?;
    if facts.mode() & OTHERS == 0 {
        return Ok(());
    }
    let ours = facts.mode() & SHARED == 0 && is_ours(path)?;
    if !ours || tighten(path, FOLDER).is_err() {
        tracing::warn!(
            path = %path.display(),
            "other users of this machine may look into the data folder; give it to this program alone, with mode 0700"
        );
    }
    Ok(())
}

/// A folder, closed to others when it is made here.
///
/// # Errors
/// When it cannot be made.
pub fn new_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// The database's file, made when it is not there; the files that SQLite keeps beside it are closed too.
///
/// # Errors
/// When it cannot be made.
pub fn file(path: &Path) -> io::Result<()> {
    match create(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    for path in [path.to_owned(), beside("-wal"), beside("-shm")] {
        let open = path
            .metadata()
            .is_ok_and(|facts| facts.is_file() && facts.mode() & OTHERS != 0);
        if open && let Err(error) = tighten(&path, FILE) {
            tracing::warn!(path = %path.display(), %error, "other users of this machine may read this file");
        }
    }
    Ok(())
}

/// A new file with this text.
///
/// # Errors
/// When it is there already, or cannot be written.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE).open(path)
}

/// Only its owner may do this.
fn tighten(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// An empty folder, or one in which this program has kept its data before.
fn is_ours(path: &Path) -> io::Result<bool> {
    let kept = ["esteira.db", "secret.key"].iter().any(|name| path.join(name).exists());
    Ok(kept || path.read_dir()?.next().is_none())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    fn open_to_all(path: &Path) {
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn what_is_made_here_is_closed() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("var/data");
        folder(&data).unwrap();
        assert_eq!(mode(&data), 0o700);
        file(&data.join("esteira.db")).unwrap();
        assert_eq!(mode(&data.join("esteira.db")), 0o600);
        write(&data.join("secret.key"), "x").unwrap();
        assert_eq!(mode(&data.join("secret.key")), 0o600);
        assert!(write(&data.join("secret.key"), "y").is_err(), "never over another");
    }

    #[test]
    fn what_an_earlier_version_left_open_is_closed() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let names = ["esteira.db", "esteira.db-wal", "esteira.db-shm"].map(|name| data.join(name));
        for path in &names {
            std::fs::write(path, "kept").unwrap();
            open_to_all(path);
        }
        open_to_all(&data);
        folder(&data).unwrap();
        file(&data.join("esteira.db")).unwrap();
        assert_eq!(mode(&data), 0o700);
        for path in &names {
            assert_eq!(mode(path), 0o600, "{}", path.display());
            assert_eq!(std::fs::read_to_string(path).unwrap(), "kept");
        }
    }

    #[test]
    fn a_folder_with_things_of_others_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("of-others.txt"), "x").unwrap();
        open_to_all(place.path());
        folder(place.path()).unwrap();
        assert_eq!(mode(place.path()), 0o755);
        let shared = tempfile::tempdir().unwrap();
        std::fs::set_permissions(shared.path(), Permissions::from_mode(0o1777)).unwrap();
        folder(shared.path()).unwrap();
        assert_eq!(mode(shared.path()), 0o1777);
    }
}
