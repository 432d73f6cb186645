//! External systems, each behind a trait, and the one door through which calls leave.

pub mod holidays;
pub mod outbound;
pub mod retry_after;
pub mod rpa;
pub mod sat;
pub mod smtp;
mod whole_answer;

use std::sync::{Arc, LazyLock};

use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier, crypto::aws_lc_rs};

/// The machine's root certificates, read once.
static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        // Not an error: an installation that calls nobody needs none, and a call that does names the reason itself.
        let problems = found
            .errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ");
        tracing::warn!(
            problems,
            "no root certificates on this machine (package ca-certificates): TLS calls will fail"
        );
    }
    Arc::new(roots)
});

/// How TLS is spoken to everything outside: one provider, the machine's own roots.
///
/// # Errors
/// When the provider offers none of the protocol versions that rustls considers safe.
pub fn tls_config() -> anyhow::Result<ClientConfig> {
    let builder = tls_builder()?.with_root_certificates(ROOTS.clone());
    Ok(builder.with_no_client_auth())
}

/// The same with whom to trust left open.
pub(crate) fn tls_builder() -> anyhow::Result<ConfigBuilder<ClientConfig, WantsVerifier>> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?)
}
