//! Where backups are brought to, and who can open them.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use age::x25519;
use secrecy::SecretString;

use super::{
    StorageUrl,
    settings::Reader,
    storage_url::{self, S3Settings},
};
use crate::object::ObjectKey;

#[derive(Clone)]
pub struct BackupConfig {
    pub target: StorageUrl,
    /// The folder within a bucket.
    pub folder: Option<ObjectKey>,
    /// Who can open encrypted backups; nobody when there are none.
    pub recipients: Vec<x25519::Recipient>,
}

/// As people know it: a folder, or a bucket with its folder.
impl std::fmt::Display for BackupConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.target, &self.folder) {
            (StorageUrl::Local(path), _) => write!(f, "{}", path.display()),
            (StorageUrl::S3(s3), None) => write!(f, "s3://{}", s3.bucket),
            (StorageUrl::S3(s3), Some(folder)) => write!(f, "s3://{}/{}", s3.bucket, folder.as_str()),
        }
    }
}

pub(super) fn read(from: &mut Reader<'_>, data_dir: &Path, documents: &StorageUrl, patience: Duration) -> BackupConfig {
    let folder = from.text("ESTEIRA_BACKUP_DIR").map(PathBuf::from);
    let local = StorageUrl::Local(folder.clone().unwrap_or_else(|| data_dir.join("backups")));
    let bucket = bucket(from, documents, patience);
    if folder.is_some() && bucket.is_some() {
        from.refuse("ESTEIRA_BACKUP_DIR", "cannot be set together with ESTEIRA_BACKUP_URL");
    }
    let (target, folder) = bucket.unwrap_or((local, None));
    BackupConfig {
        target,
        folder,
        recipients: recipients(from),
    }
}

/// What is said of a store is as for documents, and what is not said is as it is for them.
fn bucket(
    from: &mut Reader<'_>,
    documents: &StorageUrl,
    patience: Duration,
) -> Option<(StorageUrl, Option<ObjectKey>)> {
    const NAME: &str = "ESTEIRA_BACKUP_URL";
    let access = from.text("ESTEIRA_BACKUP_S3_ACCESS_KEY");
    let secret = from.text("ESTEIRA_BACKUP_S3_SECRET_KEY");
    if access.is_some() != secret.is_some() {
        from.refuse(
            "ESTEIRA_BACKUP_S3_ACCESS_KEY",
            "must be set together with ESTEIRA_BACKUP_S3_SECRET_KEY",
        );
    }
    let text = from.text(NAME)?;
    let theirs = match documents {
        StorageUrl::S3(settings) => Some(settings),
        StorageUrl::Local(_) => None,
    };
    let own = access.zip(secret.map(SecretString::from));
    let read = in_bucket(&text).and_then(|(place, folder)| {
        let endpoint = theirs.and_then(|settings| settings.endpoint.clone());
        let keys = own.or_else(|| theirs.and_then(|settings| settings.keys.clone()));
        let mut target = storage_url::parse(&place, endpoint, keys, patience)?;
        if let (StorageUrl::S3(S3Settings { region, .. }), Some(theirs)) = (&mut target, theirs)
            && !place.contains("region=")
        {
            region.clone_from(&theirs.region);
        }
        Ok((target, folder))
    });
    read.map_err(|problem| from.refuse(NAME, problem)).ok()
}

/// Takes the folder out of `s3://bucket/folder?…`.
fn in_bucket(text: &str) -> Result<(String, Option<ObjectKey>), String> {
    let Some(rest) = text.strip_prefix("s3://") else {
        return Ok((text.to_owned(), None));
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (bucket, folder) = place.split_once('/').unwrap_or((place, ""));
    let folder = folder.trim_end_matches('/');
    let place = format!("s3://{bucket}?{query}");
    if folder.is_empty() {
        return Ok((place, None));
    }
    let key = ObjectKey::parse(folder).filter(|key| key.parts().all(|part| !part.starts_with('.')));
    match key {
        Some(key) => Ok((place, Some(key))),
        None => Err("the folder in the bucket must be a name such as esteira/backups".to_owned()),
    }
}

/// Public keys of age. A secret key among them would be a mistake worth telling without repeating it.
fn recipients(from: &mut Reader<'_>) -> Vec<x25519::Recipient> {
    const NAME: &str = "ESTEIRA_BACKUP_RECIPIENT";
    let text = from.text(NAME).unwrap_or_default();
    let mut recipients = Vec::new();
    for key in text.split(',').map(str::trim).filter(|key| !key.is_empty()) {
        match key.parse() {
            Ok(recipient) => recipients.push(recipient),
            Err(_) => from.refuse(
                NAME,
                "must be public keys of age (age1…) between commas; age-keygen makes one",
            ),
        }
    }
    recipients
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that meets the unexpected shall panic")]
mod tests {
    use super::*;
    use crate::config::Config;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let vars = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::load(vars).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn backups_go_to_a_folder_or_a_bucket_of_their_own() {
        let backups = |pairs: &[(&str, &str)]| load(pairs).map(|config| config.backups);
        let shown = |pairs: &[(&str, &str)]| backups(pairs).expect("valid").to_string();
        assert_eq!(shown(&[]), "data/backups");
        assert_eq!(shown(&[("ESTEIRA_BACKUP_DIR", "/mnt/nas/esteira")]), "/mnt/nas/esteira");
        let s3 = (
            "ESTEIRA_BACKUP_URL",
            "s3://vault/esteira/nightly?endpoint=https://s3.example.com",
        );
        assert_eq!(shown(&[s3]), "s3://vault/esteira/nightly");
        assert_eq!(shown(&[("ESTEIRA_BACKUP_URL", "s3://vault")]), "s3://vault");
        assert_eq!(shown(&[("ESTEIRA_BACKUP_URL", "file:///mnt/nas")]), "/mnt/nas");
        let keys = |pairs: &[(&str, &str)]| match backups(pairs).expect("valid").target {
            StorageUrl::S3(s3) => (s3.endpoint, s3.keys.map(|(access, _)| access)),
            StorageUrl::Local(_) => (None, None),
        };
        let documents = [
            ("ESTEIRA_STORAGE_URL", "s3://beg?endpoint=https://docs.example.com"),
            ("MINIO_ACCESS_KEY", "fake-access"),
            ("MINIO_SECRET_KEY", "fake-secret"),
        ];
        let own = [
            ("ESTEIRA_BACKUP_S3_ACCESS_KEY", "fake-vault"),
            ("ESTEIRA_BACKUP_S3_SECRET_KEY", "fake-secret"),
        ];
        let both = |more: &[(&'static str, &'static str)]| [&documents[..], more].concat();
        let same = both(&[("ESTEIRA_BACKUP_URL", "s3://vault")]);
        assert_eq!(
            keys(&same),
            (
                Some("https://docs.example.com".to_owned()),
                Some("fake-access".to_owned())
            ),
            "the documents' store, when nothing else is said"
        );
        let other = [&both(&[s3])[..], &own[..]].concat();
        assert_eq!(
            keys(&other),
            (Some("https://s3.example.com".to_owned()), Some("fake-vault".to_owned()))
        );
        for pairs in [
            vec![("ESTEIRA_BACKUP_URL", "ftp://x")],
            vec![("ESTEIRA_BACKUP_URL", "s3://vault/../x")],
            vec![("ESTEIRA_BACKUP_URL", "s3://vault"), ("ESTEIRA_BACKUP_DIR", "/mnt")],
            vec![own[0]],
            vec![("ESTEIRA_BACKUP_RECIPIENT", "age1wrong")],
        ] {
            let refused = backups(&pairs).err().expect("a mistake");
            assert!(
                refused.len() == 1 && refused.iter().all(|problem| problem.starts_with("ESTEIRA_BACKUP_")),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn a_secret_key_of_age_is_refused_and_not_repeated() {
        let problems = load(&[("ESTEIRA_BACKUP_RECIPIENT", "AGE-SECRET-KEY-1FAKE")])
            .err()
            .expect("no public key");
        assert!(problems.iter().all(|problem| !problem.contains("FAKE")), "{problems:?}");
        let (ana, bia) = (x25519::Identity::generate(), x25519::Identity::generate());
        let both = format!("{}, {}", ana.to_public(), bia.to_public());
        let config = load(&[("ESTEIRA_BACKUP_RECIPIENT", &both)]).expect("valid");
        assert_eq!(config.backups.recipients.len(), 2);
    }
}
