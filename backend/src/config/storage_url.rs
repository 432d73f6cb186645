//! Where documents are kept.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;

use super::settings::Reader;
use crate::object::ObjectKey;

/// A document store that was understood.
#[derive(Clone)]
pub enum StorageUrl {
    /// `file://folder`
    Local(PathBuf),
    /// `s3://bucket?endpoint=…&region=…`
    S3(S3Settings),
}

#[derive(Clone)]
pub struct S3Settings {
    pub bucket: String,
    /// Absent: Amazon's own.
    pub endpoint: Option<String>,
    pub region: String,
    /// Absent: the chain of the AWS libraries (environment, profile, instance).
    pub keys: Option<(String, SecretString)>,
    /// How long it may take to answer.
    pub patience: Duration,
}

/// How long an S3 store may take, when nothing is set.
pub(crate) const S3_PATIENCE: Duration = Duration::from_secs(30);
/// The bucket that older tools of the field use.
const DEFAULT_BUCKET: &str = "beg";
/// All keys of documents begin so.
const DOCUMENTS_FOLDER: &str = "pdfs";

/// Where robots leave what they bring: an S3 store of its own when one is set, otherwise the one that documents are kept
/// in. Nowhere when these are kept in a folder.
pub(super) fn robot_files(from: &mut Reader<'_>, storage: &StorageUrl, patience: Duration) -> Option<S3Settings> {
    let endpoint = from.url("ESTEIRA_ROBOT_S3_ENDPOINT");
    let access = from.text("ESTEIRA_ROBOT_S3_ACCESS_KEY");
    let secret = from.text("ESTEIRA_ROBOT_S3_SECRET_KEY");
    if access.is_some() != secret.is_some() {
        from.refuse(
            "ESTEIRA_ROBOT_S3_ACCESS_KEY",
            "must be set together with ESTEIRA_ROBOT_S3_SECRET_KEY",
        );
    }
    let keys = access.zip(secret.map(SecretString::from));
    let of_documents = match storage {
        StorageUrl::S3(settings) => Some(settings.clone()),
        StorageUrl::Local(_) => None,
    };
    let region = from.text("ESTEIRA_ROBOT_S3_REGION");
    if endpoint.is_none() && keys.is_none() && region.is_none() {
        return of_documents;
    }
    Some(S3Settings {
        bucket: String::new(),
        endpoint,
        region: region.unwrap_or_else(|| "us-east-1".to_owned()),
        keys,
        patience,
    })
}

/// The folder of the documents' own bucket in which robots leave what they bring. The documents' own folder is none.
pub(super) fn robot_folder(from: &mut Reader<'_>) -> Option<ObjectKey> {
    const NAME: &str = "ESTEIRA_ROBOT_S3_FOLDER";
    let text = from.text(NAME)?;
    let folder = ObjectKey::parse(text.trim_end_matches('/'));
    let first = folder.as_ref().and_then(|folder| folder.parts().next());
    match first {
        None => from.refuse(NAME, "must be a folder such as robos/faturas"),
        Some(first) if first.eq_ignore_ascii_case(DOCUMENTS_FOLDER) => {
            from.refuse(NAME, "documents are kept there; it must be another folder");
        }
        Some(_) => return folder,
    }
    None
}

/// How long any S3 store may take to answer.
pub(super) fn patience(from: &mut Reader<'_>) -> Duration {
    Duration::from_secs(from.ranged("ESTEIRA_S3_PATIENCE_S", S3_PATIENCE.as_secs(), 1..=600))
}

pub(super) fn read(from: &mut Reader<'_>, data_dir: &Path, patience: Duration) -> StorageUrl {
    let keys = match (from.text("MINIO_ACCESS_KEY"), from.text("MINIO_SECRET_KEY")) {
        (Some(access), Some(secret)) => Some((access, SecretString::from(secret))),
        (None, None) => None,
        _ => {
            from.refuse("MINIO_ACCESS_KEY", "must be set together with MINIO_SECRET_KEY");
            None
        }
    };
    let endpoint = from.url("MINIO_ENDPOINT");
    let local = StorageUrl::Local(data_dir.join("storage"));
    match from.text("ESTEIRA_STORAGE_URL") {
        Some(text) => parse(&text, endpoint, keys, patience).unwrap_or_else(|problem| {
            from.refuse("ESTEIRA_STORAGE_URL", problem);
            local
        }),
        None if endpoint.is_some() => StorageUrl::S3(S3Settings {
            bucket: DEFAULT_BUCKET.to_owned(),
            endpoint,
            region: "us-east-1".to_owned(),
            keys,
            patience,
        }),
        None => local,
    }
}

impl StorageUrl {
    /// Reads an address as `ESTEIRA_STORAGE_URL` has it; what it does not say of an S3 store is as it is of another one.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub fn read(text: &str, other: &Self) -> Result<Self, String> {
        let (endpoint, keys, patience) = match other {
            Self::S3(s3) => (s3.endpoint.clone(), s3.keys.clone(), s3.patience),
            Self::Local(_) => (None, None, S3_PATIENCE),
        };
        parse(text, endpoint, keys, patience)
    }
}

pub(super) fn parse(
    text: &str,
    endpoint: Option<String>,
    keys: Option<(String, SecretString)>,
    patience: Duration,
) -> Result<StorageUrl, String> {
    if let Some(path) = text.strip_prefix("file://") {
        return if path.is_empty() {
            Err("file:// needs a folder".to_owned())
        } else {
            Ok(StorageUrl::Local(path.into()))
        };
    }
    let Some(rest) = text.strip_prefix("s3://") else {
        return Err("must start with file:// or s3://".to_owned());
    };
    let (bucket, query) = rest.split_once('?').unwrap_or((rest, ""));
    let bucket = bucket.trim_end_matches('/');
    if bucket.is_empty()
        || !bucket
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    {
        return Err("s3:// needs the name of a bucket, such as s3://beg".to_owned());
    }
    let mut settings = S3Settings {
        bucket: bucket.to_owned(),
        endpoint,
        region: "us-east-1".to_owned(),
        keys,
        patience,
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("endpoint", url)) if url.starts_with("http://") || url.starts_with("https://") => {
                settings.endpoint = Some(url.trim_end_matches('/').to_owned());
            }
            Some(("region", region)) if !region.is_empty() => settings.region = region.to_owned(),
            _ => {
                return Err(format!(
                    "{pair}: only endpoint=http(s)://… and region=… may follow the bucket"
                ));
            }
        }
    }
    Ok(StorageUrl::S3(settings))
}

/// Without keys, fit for logs.
impl std::fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local(path) => write!(f, "file://{}", path.display()),
            Self::S3(s3) => write!(
                f,
                "s3://{} at {}",
                s3.bucket,
                s3.endpoint.as_deref().unwrap_or("Amazon S3")
            ),
        }
    }
}
