//! What the files are called.

use esteira_shared::{ids::BackupId, instant::Instant};

/// Of a backup: in order of time, and no two the same.
#[must_use]
pub fn name(id: BackupId, at: Instant, encrypted: bool) -> String {
    let id = id.0.simple().to_string();
    let end = id.get(id.len().saturating_sub(8)..).unwrap_or_default();
    let age = if encrypted { ".age" } else { "" };
    format!("esteira-{}-{end}.tar.zst{age}", at.format("%Y%m%d-%H%M%S"))
}

/// Where it goes when what came out of it was not what went in: kept for whoever looks for the cause.
pub(super) fn aside(name: &str) -> String {
    format!("unproven/{name}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_name_tells_when_and_whether_a_key_is_needed() {
        let id: BackupId = "01939b2e-7c00-7000-8000-0000deadbeef".parse().unwrap();
        let at = "2026-12-02T03:04:05.678Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
            .into();
        assert_eq!(name(id, at, false), "esteira-20261202-030405-deadbeef.tar.zst");
        assert_eq!(name(id, at, true), "esteira-20261202-030405-deadbeef.tar.zst.age");
    }
}
