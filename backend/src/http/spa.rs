//! The page, embedded in the program with its brotli form beside each file.

use axum::{
    body::Body,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::AppError;

#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Assets;

/// Serves an asset, or the page itself for any address that looks like one of its routes.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return AppError::not_found("route").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return AppError::new(esteira_shared::error::ErrorCode::MethodNotAllowed, "only GET here").into_response();
    }
    // A last part with a dot is a file: a missing one is 404 and never the page, which a browser would try to run.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let name = if is_file { path } else { "index.html" };
    match find(name, &headers) {
        Some((file, encoding)) => answer(name, file, encoding, &headers),
        None if is_file => (StatusCode::NOT_FOUND, "not found").into_response(),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The page was not built into this program: run cargo xtask build.",
        )
            .into_response(),
    }
}

fn find(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes_brotli = accepts.split(',').any(|one| {
        let mut parts = one.split(';');
        parts.next().is_some_and(|coding| coding.trim() == "br") && parts.all(|weight| weight.trim() != "q=0")
    });
    if takes_brotli && let Some(file) = Assets::get(&format!("{name}.br")) {
        return Some((file, Some("br")));
    }
    Assets::get(name).map(|file| (file, None))
}

fn answer(name: &str, file: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", crate::secrets::hex(&file.metadata.sha256_hash()[..16]));
    // The build puts a hash of the content into each name; such a file never changes.
    let is_hashed = name.rsplit('/').next().is_some_and(has_hash);
    let cache = if is_hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    let mut answer = Response::builder()
        .header(header::CONTENT_TYPE, mime.as_ref())
        .header(header::CACHE_CONTROL, cache)
        .header(header::VARY, "accept-encoding")
        .header(header::ETAG, &etag);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return answer
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
            .unwrap_or_default();
    }
    if let Some(encoding) = encoding {
        answer = answer.header(header::CONTENT_ENCODING, encoding);
    }
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    answer.body(body).unwrap_or_default()
}

/// `esteira-1f2e3d4c5b6a7988_bg.wasm`: a run of sixteen hexadecimal digits.
fn has_hash(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_hexdigit())
        .any(|part| part.len() >= 16)
}

#[cfg(test)]
mod tests {
    #[test]
    fn tells_hashed_names_from_plain_ones() {
        assert!(super::has_hash("esteira-1f2e3d4c5b6a7988_bg.wasm"));
        assert!(super::has_hash("monitor-1f2e3d4c5b6a7988.wasm"));
        assert!(!super::has_hash("split_monitor.wasm"));
        assert!(!super::has_hash("index.html"));
        assert!(!super::has_hash("favicon.svg"));
    }
}
