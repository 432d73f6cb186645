//! Calls to addresses that people typed in: kept away from the private network unless a setting allows it.
//!
//! A name is judged by what it resolves to, when it is connected to, so that a name that changes its mind between check
//! and use gains nothing. An address written as a number never reaches a resolver and is judged before the call.
//! Redirects are not followed, because each would be a new address that nobody typed.

mod public;

use std::{net::IpAddr, sync::Arc, time::Duration};

pub use public::is_public;
use reqwest::{
    Client, Method, RequestBuilder, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

const USER_AGENT: &str = concat!("esteira/", env!("CARGO_PKG_VERSION"));
const CONNECT: Duration = Duration::from_secs(5);
/// For a whole call; callers that send large bodies ask for more on their request.
pub const TOTAL: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    #[error("not an http or https address")]
    BadUrl,
    #[error("{0} is a private address; ESTEIRA_OUTBOUND_ALLOW_PRIVATE=true would allow it")]
    PrivateAddress(String),
}

/// The client for calls to outside. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    allow_private: bool,
}

impl Outbound {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(allow_private: bool) -> anyhow::Result<Self> {
        Ok(Self {
            client: http_client(allow_private)?,
            allow_private,
        })
    }

    /// # Errors
    /// When the address is malformed, or a private one and these are not allowed.
    pub fn get(&self, url: &str) -> Result<RequestBuilder, OutboundError> {
        self.request(Method::GET, url)
    }

    /// # Errors
    /// When the address is malformed, or a private one and these are not allowed.
    pub fn post(&self, url: &str) -> Result<RequestBuilder, OutboundError> {
        self.request(Method::POST, url)
    }

    /// # Errors
    /// When the address is malformed, or a private one and these are not allowed.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, OutboundError> {
        let url = Url::parse(url).map_err(|_| OutboundError::BadUrl)?;
        let host = match (url.scheme(), url.host_str()) {
            ("http" | "https", Some(host)) => host,
            _ => return Err(OutboundError::BadUrl),
        };
        // The parser has already turned 0x7f.1 and its kin into dotted numbers.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if !self.allow_private && literal.is_ok_and(|address| !is_public(address)) {
            return Err(OutboundError::PrivateAddress(host.to_owned()));
        }
        Ok(self.client.request(method, url))
    }
}

/// A client that neither follows redirects nor reads proxy settings and, unless allowed, connects to no name that
/// resolves to a private address. Addresses written as numbers pass it by: [`Outbound`] stops these.
///
/// # Errors
/// When TLS cannot be set up.
pub fn http_client(allow_private: bool) -> anyhow::Result<Client> {
    let builder = Client::builder()
        .tls_backend_preconfigured(super::tls_config()?)
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(TOTAL);
    let builder = if allow_private {
        builder
    } else {
        builder.dns_resolver(Arc::new(PublicOnly))
    };
    Ok(builder.build()?)
}

/// Whether two addresses lead to the same scheme, host and port; what is secret for one must not go to another.
#[must_use]
pub fn same_host(a: Option<&str>, b: Option<&str>) -> bool {
    let origin = |url: Option<&str>| url.and_then(|url| Url::parse(url).ok()).map(|url| url.origin());
    origin(a) == origin(b)
}

/// Scheme, host and port of an address: what anybody may see of it. The rest may hold secrets.
#[must_use]
pub fn shown_address(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        _ => "…".to_owned(),
    }
}

/// Which address was refused, if that is why a request failed.
#[must_use]
pub fn refused_address(error: &reqwest::Error) -> Option<&OutboundError> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref() {
            return Some(refused);
        }
        source = cause.source();
    }
    None
}

struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<_> = found
                .iter()
                .copied()
                .filter(|address| is_public(address.ip()))
                .collect();
            if public.is_empty() && !found.is_empty() {
                return Err(OutboundError::PrivateAddress(name.as_str().to_owned()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
