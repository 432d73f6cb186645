//! The page, embedded in the program with its brotli form beside each file.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use crate::{error::AppError, secrets};

#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Assets;

const PAGE: &str = "index.html";

/// Serves an asset, or the page itself for any address that looks like one of its routes. Browsers find all of it below
/// `base`, such as `/esteira`; empty at the root of a host.
pub fn serve(base: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return AppError::not_found("route").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return AppError::new(esteira_shared::error::ErrorCode::MethodNotAllowed, "only GET here").into_response();
    }
    // A last part with a dot is a file: a missing one is 404 and never the page, which a browser would try to run.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let name = if is_file { path } else { PAGE };
    let found = if name == PAGE && !base.is_empty() {
        page_below(base)
    } else {
        find(name, headers)
    };
    match found {
        Some(file) => answer(name, file, headers),
        None if is_file => (StatusCode::NOT_FOUND, "not found").into_response(),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The page was not built into this program: run cargo xtask build.",
        )
            .into_response(),
    }
}

/// What is sent of a file.
struct Found {
    data: Cow<'static, [u8]>,
    etag: String,
    encoding: Option<&'static str>,
}

fn find(name: &str, headers: &HeaderMap) -> Option<Found> {
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes_brotli = accepts.split(',').any(|one| {
        let mut parts = one.split(';');
        parts.next().is_some_and(|coding| coding.trim() == "br") && parts.all(|weight| weight.trim() != "q=0")
    });
    let packed = takes_brotli.then(|| Assets::get(&format!("{name}.br"))).flatten();
    let (file, encoding) = match packed {
        Some(file) => (file, Some("br")),
        None => (Assets::get(name)?, None),
    };
    Some(Found {
        etag: format!("\"{}\"", secrets::hex(&file.metadata.sha256_hash()[..16])),
        data: file.data,
        encoding,
    })
}

/// The page has the addresses that its files have at the root. It is small and asked for once in a visit, so it is written
/// each time, and packed by the layer that packs answers. All else of the page goes by where its files lie.
fn page_below(base: &str) -> Option<Found> {
    let file = Assets::get(PAGE)?;
    let page = put_below(base, &String::from_utf8_lossy(&file.data));
    Some(Found {
        // Weak: whether it is packed is decided later.
        etag: format!("W/\"{}\"", secrets::sha256_hex(page.as_bytes())),
        data: page.into_bytes().into(),
        encoding: None,
    })
}

fn put_below(base: &str, page: &str) -> String {
    page.replace("=\"/", &format!("=\"{base}/"))
}

fn answer(name: &str, file: Found, headers: &HeaderMap) -> Response {
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
        .header(header::ETAG, &file.etag);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == file.etag.as_bytes())
    {
        return answer
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
            .unwrap_or_default();
    }
    if let Some(encoding) = file.encoding {
        answer = answer.header(header::CONTENT_ENCODING, encoding);
    }
    let body = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
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

    #[test]
    fn every_address_of_the_page_is_put_below_the_path() {
        let page = include_str!("../../../frontend/index.html");
        let built = concat!(
            "<link rel=\"icon\" href=\"/icon-1.svg\"/><script src=\"/boot-1.js\"></script>",
            "<meta id=\"esteira-app\" data-shared=\"/shared-1.wasm\" content=\"/e-1.js\" data-wasm=\"/e-1_bg.wasm\">",
            "<a href=\"#main\">x</a>"
        );
        let below = super::put_below("/a/esteira", &format!("{page}{built}"));
        for address in [
            "fonts/inter.woff2",
            "icon-1.svg",
            "boot-1.js",
            "shared-1.wasm",
            "e-1.js",
            "e-1_bg.wasm",
        ] {
            assert!(below.contains(&format!("=\"/a/esteira/{address}\"")), "{address}");
        }
        assert_eq!(below.matches("=\"/").count(), below.matches("=\"/a/esteira/").count());
        assert!(below.contains("href=\"#main\""));
        // In another form they would be passed over.
        assert!(!page.contains("='/") && !page.contains("=/") && !page.contains("url("));
    }
}
