//! Whether there is room in the data folder.

use std::{io::Write as _, path::Path};

use esteira_shared::dto::health::HealthReason;

/// More than one block of any file system.
const PROBE: [u8; 16 * 1024] = [0; 16 * 1024];

/// Writes a little, because free space alone says nothing of quotas, read-only mounts and used-up inodes.
pub(super) fn check(folder: &Path, min_free_bytes: u64) -> Option<HealthReason> {
    let written = tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(&PROBE));
    if let Err(error) = written {
        tracing::warn!(error = %error, folder = %folder.display(), "the data folder takes nothing more");
        return Some(HealthReason::DiskFull);
    }
    match rustix::fs::statvfs(folder) {
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            (free < min_free_bytes).then_some(HealthReason::DiskLow)
        }
        Err(error) => {
            tracing::debug!(error = %error, "free space is unknown");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn room_little_room_and_no_folder_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(check(folder.path(), 1), None);
        assert_eq!(check(folder.path(), u64::MAX), Some(HealthReason::DiskLow));
        let gone = folder.path().join("gone");
        assert_eq!(check(&gone, 0), Some(HealthReason::DiskFull));
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing is left behind"
        );
    }
}
