//! How a connection to a database is protected, according to libpq's `sslmode`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::{db::Protection, error::DatabaseAddressError};

/// What is verified about the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verification {
    /// No TLS (`disable`).
    Plain,
    /// TLS without verification (`require`).
    None,
    /// The certificate chain (`verify-ca`).
    Chain,
    /// The certificate chain and the host name (`verify-full`).
    Full,
}

/// Builds the protection of a connection. The root certificates come from the file, or otherwise from this machine.
pub(super) fn protection(
    verification: Verification,
    root_certificates: Option<&Path>,
) -> Result<Protection, DatabaseAddressError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unreadable(Path::new("TLS"), &error))?;
    let verifier = match (verification, root_certificates) {
        (Verification::Plain, _) => return Ok(Protection::Plain),
        (Verification::None, _) => Verifier {
            inner: None,
            provider,
        },
        (Verification::Full, None) => {
            let builder = builder.with_platform_verifier();
            let config = builder.map_err(|error| unreadable(Path::new("TLS"), &error))?;
            return Ok(Protection::Tls(Box::new(config.with_no_client_auth())));
        }
        (Verification::Chain, None) => {
            return Err(DatabaseAddressError::RootCertificates {
                path: PathBuf::from("sslrootcert"),
                reason: "verify-ca needs it".to_owned(),
            });
        }
        (Verification::Full, Some(path)) => {
            let config = builder.with_root_certificates(roots(path)?);
            return Ok(Protection::Tls(Box::new(config.with_no_client_auth())));
        }
        (Verification::Chain, Some(path)) => {
            let roots = Arc::new(roots(path)?);
            let inner =
                WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
            Verifier {
                inner: Some(inner.map_err(|error| unreadable(path, &error))?),
                provider,
            }
        }
    };
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    Ok(Protection::Tls(Box::new(config.with_no_client_auth())))
}

fn roots(path: &Path) -> Result<RootCertStore, DatabaseAddressError> {
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unreadable(path, &error))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(path, &error))?;
        roots
            .add(certificate)
            .map_err(|error| unreadable(path, &error))?;
    }
    Ok(roots)
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> DatabaseAddressError {
    DatabaseAddressError::RootCertificates {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// A verifier that checks less than everything, as the user has chosen.
#[derive(Debug)]
struct Verifier {
    /// Verifies the chain; `None` if it is not verified.
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(inner) = &self.inner else {
            return Ok(ServerCertVerified::assertion());
        };
        let checked =
            inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match checked {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
