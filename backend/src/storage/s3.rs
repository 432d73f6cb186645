//! Any store that speaks S3: Amazon's own or a self-hosted one.

use std::{io, path::Path, time::Duration};

use anyhow::Context as _;
use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_s3::{
    Client,
    config::{
        Builder, Region, RequestChecksumCalculation, ResponseChecksumValidation, SharedCredentialsProvider,
        retry::RetryConfig, timeout::TimeoutConfig,
    },
    error::{ProvideErrorMetadata, SdkError},
    operation::get_object::GetObjectError,
    primitives::ByteStream,
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use esteira_shared::reason::Reason;
use futures_util::{StreamExt as _, stream};
use secrecy::ExposeSecret as _;
use tokio::time::Instant;

use super::{Storage, StorageError, StoredObject, is_valid_key, refuse_bad_key};
use crate::{config::S3Settings, object::ObjectAddress};

const CONNECT: Duration = Duration::from_secs(5);
/// A check tells what is true now, so it neither waits long nor repeats.
const CHECK: Duration = Duration::from_secs(4);
/// The slowest line to the store that a large document is still given time for.
const SLOWEST_BYTES_PER_S: u64 = 1024 * 1024;
/// The region whose buckets are made without naming one.
const AMAZON_DEFAULT_REGION: &str = "us-east-1";

pub(super) struct S3Storage {
    client: Client,
    bucket: String,
    patience: Duration,
}

impl S3Storage {
    pub(super) async fn open(settings: &S3Settings) -> anyhow::Result<Self> {
        let storage = Self::new(settings).await;
        storage.ensure_bucket(settings).await?;
        Ok(storage)
    }

    async fn new(settings: &S3Settings) -> Self {
        Self {
            client: client(settings).await,
            bucket: settings.bucket.clone(),
            patience: settings.patience,
        }
    }

    async fn ensure_bucket(&self, settings: &S3Settings) -> anyhow::Result<()> {
        let bucket = &self.bucket;
        let Err(error) = self.client.head_bucket().bucket(bucket).send().await else {
            return Ok(());
        };
        match http_status(&error) {
            Some(404) => {}
            Some(403) => {
                return Err(error).with_context(|| format!("the S3 keys give no access to the bucket {bucket}"));
            }
            Some(301) => {
                return Err(error)
                    .with_context(|| format!("the bucket {bucket} is in another region than {}", settings.region));
            }
            _ => return Err(error).with_context(|| format!("cannot reach the bucket {bucket}")),
        }
        // Other stores know one region, or refuse names of regions that are not theirs.
        let elsewhere = settings.endpoint.is_none() && settings.region != AMAZON_DEFAULT_REGION;
        let location = elsewhere.then(|| {
            let region = BucketLocationConstraint::from(settings.region.as_str());
            CreateBucketConfiguration::builder().location_constraint(region).build()
        });
        let made = self
            .client
            .create_bucket()
            .bucket(bucket)
            .set_create_bucket_configuration(location)
            .send()
            .await;
        match made {
            Ok(_) => tracing::info!(bucket, "made the bucket"),
            // Another replica may have made it since.
            Err(error) => {
                let there = self.client.head_bucket().bucket(bucket).send().await.is_ok();
                return if there {
                    Ok(())
                } else {
                    Err(error).with_context(|| format!("there is no bucket {bucket}, and it cannot be made"))
                };
            }
        }
        Ok(())
    }
}

async fn client(settings: &S3Settings) -> Client {
    let region = Region::new(settings.region.clone());
    let credentials = match &settings.keys {
        Some((access, secret)) => SharedCredentialsProvider::new(Credentials::new(
            access.clone(),
            secret.expose_secret().to_owned(),
            None,
            None,
            "settings",
        )),
        None => SharedCredentialsProvider::new(
            aws_config::default_provider::credentials::DefaultCredentialsChain::builder()
                .region(region.clone())
                .build()
                .await,
        ),
    };
    let mut config = aws_sdk_s3::Config::builder()
        .region(region)
        .credentials_provider(credentials)
        .force_path_style(true)
        // Stores other than Amazon's refuse the checksums that the library would add to everything.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts(settings.patience, Duration::ZERO));
    // Without the slash at its end, the last part of an address with a path runs into the bucket's name.
    config.set_endpoint_url(
        settings
            .endpoint
            .as_ref()
            .map(|url| format!("{}/", url.trim_end_matches('/'))),
    );
    Client::from_conf(config.build())
}

/// The whole call ends within patience and the extra time. One attempt takes half of the patience at most, so that a
/// connection that has gone silent is replaced by another. Of a document that is read, this bounds the time until it begins.
fn timeouts(patience: Duration, extra: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT.min(patience / 2))
        .operation_attempt_timeout(patience / 2 + extra)
        .operation_timeout(patience + extra)
        .build()
}

/// What a document of this size takes longer on the slowest line.
fn extra(size_bytes: u64) -> Duration {
    Duration::from_secs(size_bytes / SLOWEST_BYTES_PER_S)
}

#[async_trait]
impl Storage for S3Storage {
    async fn put_file(&self, key: &str, file: &Path, content_type: &str) -> Result<(), StorageError> {
        refuse_bad_key(key)?;
        let opened = async {
            let size_bytes = tokio::fs::metadata(file).await?.len();
            anyhow::Ok((size_bytes, ByteStream::from_path(file).await?))
        };
        let (size_bytes, body) = opened
            .await
            .with_context(|| format!("cannot read {}", file.display()))
            .map_err(StorageError::Unavailable)?;
        let patient = Builder::new().timeout_config(timeouts(self.patience, extra(size_bytes)));
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .body(body);
        request
            .customize()
            .config_override(patient)
            .send()
            .await
            .map_err(|error| unavailable("put", error))?;
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<StoredObject, StorageError> {
        if !is_valid_key(key) {
            return Err(StorageError::NotFound);
        }
        get(&self.client, self.patience, &self.bucket, key, &["NoSuchKey"]).await
    }

    fn location(&self, key: &str) -> Option<String> {
        Some(format!("s3://{}/{key}", self.bucket))
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        refuse_bad_key(key)?;
        match self.client.delete_object().bucket(&self.bucket).key(key).send().await {
            Err(error) if error.code() != Some("NoSuchKey") => Err(unavailable("delete", error)),
            _ => Ok(()),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| unavailable("list", error))?;
            keys.extend(
                page.contents
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|object| object.key),
            );
        }
        // S3 promises the order, not every store that speaks it keeps the promise.
        keys.sort_unstable();
        Ok(keys)
    }

    async fn check(&self) -> Result<(), StorageError> {
        let impatient = Builder::new()
            .timeout_config(timeouts(CHECK.min(self.patience), Duration::ZERO))
            .retry_config(RetryConfig::disabled());
        let request = self
            .client
            .head_bucket()
            .bucket(&self.bucket)
            .customize()
            .config_override(impatient);
        request.send().await.map_err(|error| unavailable("check", error))?;
        Ok(())
    }
}

/// The codes in `missing` say that there is no such document; any other is the store's trouble. The document arrives within
/// patience and the extra time, counted from this call, or its stream ends with an error: a store that sends a byte now and
/// then is as good as away.
async fn get(
    client: &Client,
    patience: Duration,
    bucket: &str,
    key: &str,
    missing: &[&str],
) -> Result<StoredObject, StorageError> {
    let asked = Instant::now();
    let object = match client.get_object().bucket(bucket).key(key).send().await {
        Ok(object) => object,
        Err(error) if error.code().is_some_and(|code| missing.contains(&code)) => {
            return Err(StorageError::NotFound);
        }
        Err(error) => return Err(unavailable("get", error)),
    };
    let size_bytes = object
        .content_length()
        .and_then(|length| u64::try_from(length).ok())
        .context("S3 did not say how long the document is")
        .map_err(StorageError::Unavailable)?;
    let deadline = asked + patience + extra(size_bytes);
    let body = stream::try_unfold(object.body, move |mut body| async move {
        let chunk = tokio::time::timeout_at(deadline, body.try_next())
            .await?
            .map_err(io::Error::other)?;
        io::Result::Ok(chunk.map(|chunk| (chunk, body)))
    });
    Ok(StoredObject {
        size_bytes,
        body: body.boxed(),
    })
}

/// Reads from any bucket of a store, where robots leave what they bring.
pub struct S3Reader {
    client: Client,
    patience: Duration,
}

impl S3Reader {
    /// The bucket of the settings is not looked at.
    pub async fn open(settings: &S3Settings) -> Self {
        Self {
            client: client(settings).await,
            patience: settings.patience,
        }
    }

    /// Opens an object.
    ///
    /// # Errors
    /// As [`Storage::get`]. Any other trouble has a reason for the analyst.
    pub async fn get(&self, address: &ObjectAddress) -> Result<StoredObject, StorageError> {
        // A bucket that a robot made up is no trouble of the store.
        let missing = ["NoSuchKey", "NoSuchBucket", "NotFound"];
        let (bucket, key) = (address.bucket(), address.key().as_str());
        get(&self.client, self.patience, bucket, key, &missing)
            .await
            .map_err(for_analyst)
    }
}

fn unavailable<E>(what: &'static str, error: SdkError<E>) -> StorageError
where
    E: std::error::Error + Send + Sync + 'static,
{
    StorageError::Unavailable(anyhow::Error::new(error).context(format!("S3 {what} failed")))
}

fn for_analyst(error: StorageError) -> StorageError {
    match error {
        StorageError::NotFound => StorageError::NotFound,
        StorageError::Unavailable(error) => {
            let why = error
                .downcast_ref::<SdkError<GetObjectError>>()
                .map_or(Reason::StoreNotUnderstood {}, why);
            StorageError::Unavailable(error.context(Reason::RobotStoreFailed { why: Box::new(why) }))
        }
    }
}

fn why(error: &SdkError<GetObjectError>) -> Reason {
    match (error, http_status(error)) {
        (SdkError::TimeoutError(_), _) => Reason::StoreSilent {},
        (SdkError::DispatchFailure(_), _) => Reason::StoreUnreachable {},
        (_, Some(status @ (401 | 403))) => Reason::StoreRefusesKeys { status },
        (_, Some(status)) => Reason::StoreAnswered { status },
        (_, None) => Reason::StoreRequestUnmade {},
    }
}

fn http_status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

#[cfg(test)]
mod tests;
