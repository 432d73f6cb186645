//! Extractors that answer in our error format, naming the field.

use std::{
    fs::File,
    io::Seek as _,
    net::{IpAddr, SocketAddr},
    path,
};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{
        ConnectInfo, FromRequest, FromRequestParts, Request,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, header::CONTENT_TYPE, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use esteira_shared::{
    error::{ErrorCode, FieldCode, FieldError},
    validate::Validate,
};
use futures_util::StreamExt as _;
use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::middleware::pace::broken_off;
use crate::{
    app::SharedApp,
    auth::Anyone,
    db::nul,
    error::{AppError, AppResult},
};

/// Largest JSON body.
pub(super) const JSON_LIMIT: usize = 1024 * 1024;
/// The same where strangers may send one: an e-mail, a password, a few names.
const STRANGERS_LIMIT: usize = 8 * 1024;

/// A JSON body, or a JSON answer.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// A JSON body that passed its own `validate`.
#[derive(Debug, Clone, Copy)]
pub struct Valid<T>(pub T);

/// The parts of the address that name things.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        // PostgreSQL compares no text with the character NUL, and nothing is called so.
        if parts.uri.path().contains("%00") {
            return Err(AppError::not_found("resource"));
        }
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await?;
        Ok(Self(path.0))
    }
}

/// The query of the address.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        let with_nul = pairs.filter(|pair| pair.contains("%00")).map(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            FieldError::new(name, FieldCode::Invalid, "must not hold the character NUL")
        });
        let with_nul: Vec<FieldError> = with_nul.collect();
        if !with_nul.is_empty() {
            return Err(AppError::validation(with_nul));
        }
        Ok(Self(axum::extract::Query::try_from_uri(&parts.uri)?.0))
    }
}

/// The address of the browser: the peer, or what the trusted proxy says.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        if !is_json(request.headers()) {
            return Err(AppError::new(
                ErrorCode::UnsupportedMediaType,
                "send JSON with content-type: application/json",
            ));
        }
        let limit = match request.extensions().get::<Anyone>() {
            Some(Anyone) => STRANGERS_LIMIT,
            None => JSON_LIMIT,
        };
        parse(&whole(request.into_body(), limit).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequest<S> for Valid<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let Json(value) = Json::<T>::from_request(request, state).await?;
        value.validate()?;
        Ok(Self(value))
    }
}

/// Reads a body to its end. What is larger than the limit is refused as soon as that is known, from what the sender
/// announces if possible.
///
/// # Errors
/// `too_large`; `timeout` or `malformed_request` when the body does not come to its end.
pub async fn whole(body: Body, limit: usize) -> AppResult<Bytes> {
    check_announced(&body, limit)?;
    let mut whole = BytesMut::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(broken_off)?;
        if whole.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// As [`whole`], into a file in `folder` that has no name: what waits for its turn takes no memory.
///
/// # Errors
/// As [`whole`]; `storage_unavailable` when it cannot be written.
pub async fn on_disk(body: Body, limit: usize, folder: &path::Path) -> AppResult<File> {
    check_announced(&body, limit)?;
    let file = tempfile::tempfile_in(folder).map_err(AppError::storage_unavailable)?;
    let mut writer = BufWriter::new(tokio::fs::File::from_std(file));
    let mut size = 0_usize;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(broken_off)?;
        size = size.saturating_add(chunk.len());
        if size > limit {
            return Err(too_large(limit));
        }
        writer.write_all(&chunk).await.map_err(AppError::storage_unavailable)?;
    }
    writer.flush().await.map_err(AppError::storage_unavailable)?;
    let mut file = writer.into_inner().into_std().await;
    file.rewind().map_err(AppError::storage_unavailable)?;
    Ok(file)
}

fn check_announced(body: &Body, limit: usize) -> AppResult<()> {
    match usize::try_from(body.size_hint().lower()) {
        Ok(announced) if announced > limit => Err(too_large(limit)),
        _ => Ok(()),
    }
}

fn too_large(limit: usize) -> AppError {
    AppError::too_large(i64::try_from(limit).unwrap_or(i64::MAX))
}

fn is_json(headers: &HeaderMap) -> bool {
    let mime = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    mime.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Syntax errors are 400; a value of the wrong kind is 422 with its path.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    // Nobody types one.
    if nul::in_json(body) {
        return Err(AppError::new(
            ErrorCode::MalformedRequest,
            "a text holds the character NUL",
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let missing = inner.to_string();
            let absent = missing
                .strip_prefix("missing field `")
                .and_then(|rest| rest.split('`').next());
            let (field, code) = match absent {
                Some(name) if path == "." => (name.to_owned(), FieldCode::Required),
                Some(name) => (format!("{path}.{name}"), FieldCode::Required),
                None => (path, FieldCode::Invalid),
            };
            AppError::validation(vec![FieldError::new(&field, code, inner.to_string())])
        } else {
            AppError::new(ErrorCode::MalformedRequest, format!("the body is not JSON: {inner}"))
        }
    })?;
    reader
        .end()
        .map_err(|error| AppError::new(ErrorCode::MalformedRequest, format!("the body is not JSON: {error}")))?;
    Ok(value)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        // axum's own writes byte by byte into a buffer of another kind, which costs a tenth of a list.
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => AppError::internal(error).into_response(),
        }
    }
}

impl From<PathRejection> for AppError {
    fn from(_: PathRejection) -> Self {
        // An id that is no id names nothing.
        Self::not_found("resource")
    }
}

impl From<QueryRejection> for AppError {
    fn from(rejection: QueryRejection) -> Self {
        let text = rejection.body_text();
        let detail = text
            .rsplit_once("query string: ")
            .map_or(text.as_str(), |(_, detail)| detail)
            .to_owned();
        let field = detail
            .split_once(':')
            .map(|(field, _)| field)
            .filter(|field| !field.contains(' '));
        let field = field.or_else(|| detail.split('`').nth(1)).unwrap_or("query").to_owned();
        let code = if detail.contains("unknown field") {
            FieldCode::Unknown
        } else {
            FieldCode::Invalid
        };
        Self::validation(vec![FieldError::new(&field, code, detail)])
    }
}

impl FromRequestParts<SharedApp> for ClientAddress {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, AppError> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .filter(|_| app.config.http.trust_forwarded_for)
            .and_then(|value| value.to_str().ok())
            // The last hop is the one our own proxy added; earlier ones may be invented.
            .and_then(|list| list.rsplit(',').next())
            .and_then(|address| address.trim().parse().ok());
        Ok(Self(forwarded.or(peer).unwrap_or(IpAddr::from([127, 0, 0, 1]))))
    }
}
