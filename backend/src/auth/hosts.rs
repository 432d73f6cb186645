//! The names under which this installation is reached.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header, uri::Authority};
use esteira_shared::error::ErrorCode;

use crate::error::{AppError, AppResult};

/// Which names, and which origins of pages, are our own.
pub(super) struct Hosts {
    /// Scheme and host of the public address, as browsers write an origin.
    origin: Option<String>,
    names: Vec<String>,
}

impl Hosts {
    pub(super) fn of(public_url: Option<&str>, allowed: &[String]) -> Self {
        let public = public_url.and_then(|url| url.split_once("://"));
        let public = public.map(|(scheme, rest)| (scheme, rest.split('/').next().unwrap_or_default()));
        let names = public.iter().map(|(_, place)| *place);
        Self {
            names: names
                .chain(allowed.iter().map(String::as_str))
                .filter_map(name)
                .collect(),
            origin: public.map(|(scheme, place)| format!("{scheme}://{place}").to_ascii_lowercase()),
        }
    }

    /// Whether browsers reach us over TLS.
    pub(super) fn https(&self) -> bool {
        self.origin.as_deref().is_some_and(|own| own.starts_with("https://"))
    }

    /// Whether a page of this origin is ours: it has the public address, or the one that the request itself went to.
    /// With an `https` address, a page that came over `http` may have been written by anybody on the way.
    pub(super) fn is_own(&self, origin: &str, host: Option<&str>) -> bool {
        let Some((scheme, place)) = origin.split_once("://") else {
            return false;
        };
        if scheme != "https" && (scheme != "http" || self.https()) {
            return false;
        }
        let own = self.origin.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(origin))
            || host.is_some_and(|host| host.eq_ignore_ascii_case(place))
    }

    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> AppResult<()> {
        let header = headers.get(header::HOST).and_then(|value| value.to_str().ok());
        // HTTP/2 has the name in the address.
        let host = header.or_else(|| uri.authority().map(Authority::as_str));
        let known = host
            .and_then(name)
            .is_some_and(|name| is_this_machine(&name) || self.names.contains(&name));
        if known {
            return Ok(());
        }
        let message = format!(
            "this installation does not know the name {:?}; set ESTEIRA_PUBLIC_URL to the address that people type, \
             or add the name to ESTEIRA_ALLOWED_HOSTS",
            host.unwrap_or_default()
        );
        Err(AppError::new(ErrorCode::HostNotAllowed, message))
    }
}

/// Without port, in small letters.
fn name(place: &str) -> Option<String> {
    if place.parse::<IpAddr>().is_ok() {
        // An IPv6 address as settings may have it, without brackets.
        return Some(place.to_ascii_lowercase());
    }
    let place: Authority = place.parse().ok()?;
    let host = place.host().trim_start_matches('[').trim_end_matches(']');
    Some(host.trim_end_matches('.').to_ascii_lowercase())
}

/// No other machine can make these lead here.
fn is_this_machine(name: &str) -> bool {
    let address: Option<IpAddr> = name.parse().ok();
    name == "localhost" || address.is_some_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn knows(hosts: &Hosts, host: &str) -> bool {
        let headers: HeaderMap = [(header::HOST, host.parse().unwrap())].into_iter().collect();
        hosts.check(&Uri::from_static("/api/v1/setup"), &headers).is_ok()
    }

    #[test]
    fn only_names_of_ours_are_known() {
        let allowed = ["Esteira.internal", "10.0.0.5", "fd00::5"].map(str::to_owned);
        let hosts = Hosts::of(Some("https://esteira.example.com:8443/base"), &allowed);
        for host in [
            "esteira.example.com:8443",
            "ESTEIRA.example.com",
            "esteira.example.com.",
            "esteira.internal:8080",
            "10.0.0.5:8080",
            "[fd00::5]:8080",
            "localhost",
            "localhost:8080",
            "127.0.0.1:8080",
            "127.8.8.8",
            "[::1]:8080",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(knows(&hosts, host), "{host}");
        }
        for host in [
            "rebound.example",
            "localhost.rebound.example",
            "127.0.0.1.rebound.example",
            "esteira.example.com.rebound.example",
            "10.0.0.6",
            "0.0.0.0:8080",
            "",
        ] {
            assert!(!knows(&hosts, host), "{host}");
        }
        let nothing = HeaderMap::new();
        assert!(hosts.check(&Uri::from_static("/api/v1/setup"), &nothing).is_err());
        let http2 = Uri::from_static("https://esteira.example.com/api/v1/setup");
        assert!(hosts.check(&http2, &nothing).is_ok());
    }

    #[test]
    fn an_origin_is_ours_by_scheme_and_host() {
        let host = Some("esteira.example.com");
        let https = Hosts::of(Some("https://esteira.example.com"), &[]);
        assert!(https.is_own("https://esteira.example.com", host));
        assert!(https.is_own("https://esteira.example.com", Some("127.0.0.1:8080")));
        for foreign in [
            "http://esteira.example.com",
            "chrome-extension://esteira.example.com",
            "null",
            "https://evil.example",
        ] {
            assert!(!https.is_own(foreign, host), "{foreign}");
        }
        let plain = Hosts::of(None, &[]);
        assert!(plain.is_own("http://esteira.example.com", host));
        // Behind a proxy with TLS that nobody told us of.
        assert!(plain.is_own("https://esteira.example.com", host));
        assert!(!plain.is_own("chrome-extension://esteira.example.com", host));
    }
}
