//! How a connection to a database is protected, as `sslmode` of libpq means it.

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

/// What is checked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verification {
    /// There is no TLS (`disable`).
    Plain,
    /// Nothing: what is sent is encrypted (`require`).
    None,
    /// That an authority vouches for it (`verify-ca`).
    Chain,
    /// That, and its name (`verify-full`).
    Full,
}

/// The protection of a connection; the authorities are those of the file, or else of this machine.
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

/// Checks less than all, as the user has said.
#[derive(Debug)]
struct Verifier {
    /// Checks the chain; nothing: it is not checked.
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
