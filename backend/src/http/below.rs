//! Everything below a path of a host, such as `/esteira`.
//!
//! Some proxies pass the path on, others take it away. Both work: the path is taken away here when it is there, before
//! anything else looks at the request.

use std::sync::Arc;

use axum::{Router, extract::Request, http::Uri};
use tower_service::Service as _;

/// The same service below `base`; it also answers without.
pub fn serve(base: Arc<str>, service: Router) -> Router {
    Router::new().fallback(move |mut request: Request| {
        if let Some(uri) = without(&base, request.uri()) {
            *request.uri_mut() = uri;
        }
        service.clone().call(request)
    })
}

/// `None` when the address is not below `base`.
fn without(base: &str, uri: &Uri) -> Option<Uri> {
    let path = match uri.path().strip_prefix(base)? {
        "" => "/",
        rest if rest.starts_with('/') => rest,
        _ => return None,
    };
    let rest = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_taken_away_once_and_whole() {
        for (given, rest) in [
            ("/esteira", Some("/")),
            ("/esteira/", Some("/")),
            ("/esteira?a=/esteira", Some("/?a=/esteira")),
            ("/esteira/api/v1/jobs?q=a%20b&r=1", Some("/api/v1/jobs?q=a%20b&r=1")),
            ("/esteira/esteira/x", Some("/esteira/x")),
            (
                "http://tools.example.com/esteira/mes",
                Some("http://tools.example.com/mes"),
            ),
            ("/esteiras/x", None),
            ("/api/esteira", None),
            ("/", None),
            ("*", None),
        ] {
            let uri: Uri = given.parse().unwrap();
            let rest: Option<Uri> = rest.map(|rest| rest.parse().unwrap());
            assert_eq!(without("/esteira", &uri), rest, "{given}");
        }
    }
}
