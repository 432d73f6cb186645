//! What the certificate of a PostgreSQL must show.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};

use crate::integrations;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    /// Anybody's will do: what is sent is hidden from those who only listen.
    Nothing,
    /// One in this file has signed it.
    Issuer(PathBuf),
    /// The same, and it has the server's name. Without a file the machine's own certificates count.
    Name(Option<PathBuf>),
}

/// `seen` is set when a certificate was shown that nobody checked.
///
/// # Errors
/// When the file cannot be used.
pub(super) fn client_config(check: &Check, seen: &Arc<AtomicBool>) -> anyhow::Result<ClientConfig> {
    let builder = integrations::tls_builder()?;
    let algorithms = builder.crypto_provider().signature_verification_algorithms;
    let verifier: Arc<dyn ServerCertVerifier> = match check {
        Check::Nothing => Arc::new(Unchecked {
            seen: Arc::clone(seen),
            schemes: algorithms.supported_schemes(),
        }),
        Check::Issuer(file) => Arc::new(Trusted::read(file, false, algorithms)?),
        Check::Name(Some(file)) => Arc::new(Trusted::read(file, true, algorithms)?),
        Check::Name(None) => return integrations::tls_config(),
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    Ok(builder.with_no_client_auth())
}

#[derive(Debug)]
struct Unchecked {
    seen: Arc<AtomicBool>,
    schemes: Vec<SignatureScheme>,
}

/// A certificate that anybody may have made proves nothing, and neither does a signature by its key. So also those of
/// a form that rustls does not read are taken.
impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.seen.store(true, Ordering::Relaxed);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Trusts what stands in a file.
#[derive(Debug)]
struct Trusted {
    certificates: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
    named: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Trusted {
    fn read(file: &Path, named: bool, algorithms: WebPkiSupportedAlgorithms) -> anyhow::Result<Self> {
        let certificates = CertificateDer::pem_file_iter(file)
            .and_then(|found| found.collect::<Result<Vec<_>, _>>())
            .with_context(|| format!("cannot read the sslrootcert {}", file.display()))?;
        anyhow::ensure!(
            !certificates.is_empty(),
            "there is no certificate in the sslrootcert {}",
            file.display()
        );
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots
                .add(certificate.clone())
                .with_context(|| format!("cannot use the sslrootcert {}", file.display()))?;
        }
        Ok(Self {
            certificates,
            roots,
            named,
            algorithms,
        })
    }

    /// The file may hold the server's own certificate. One that signed itself often says that it may sign others, and is
    /// then refused as a server's.
    fn holds(&self, certificate: &CertificateDer<'_>) -> bool {
        self.certificates.iter().any(|own| **own == **certificate)
    }
}

impl ServerCertVerifier for Trusted {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let signed = verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        );
        if let Err(error) = signed
            && (is_of_its_time(&error) || !self.holds(end_entity))
        {
            return Err(error);
        }
        if self.named {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Too old or too new: this holds also for a certificate that is in the file.
fn is_of_its_time(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        )
    )
}
