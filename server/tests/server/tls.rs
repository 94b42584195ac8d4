//! Webhooks over TLS: only to a server with a certificate that this machine trusts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::json;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::receiver::Receiver;
use crate::support::{Folder, Server, TestResult, argument, gongxiang};

const PATIENCE: Duration = Duration::from_secs(20);

/// An authority that signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> TestResult<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// A server with a certificate for `name`.
    fn receiver(&self, name: &str) -> TestResult<Receiver> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new([name.to_owned()])?.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(certificate)], key)?;
        Receiver::start_tls(Arc::new(config))
    }
}

/// Adds a webhook on this machine; returns its secret.
fn add(database: &str, receiver: &Receiver) -> TestResult<String> {
    let port = receiver.address.rsplit(':').next().ok_or("no port")?;
    let url = format!("https://localhost:{port}/hook");
    let said = gongxiang(&["webhooks", "--database", database, "add", &url, "--allow-private-webhooks"])?;
    Ok(said.trim().split_once(' ').ok_or("no secret")?.1.to_owned())
}

#[test]
fn only_whoever_a_trusted_certificate_names_is_told() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let (trusted, other) = (Authority::new("trusted")?, Authority::new("unknown")?);
    let roots = folder.path("roots.pem");
    std::fs::write(&roots, &trusted.pem)?;
    let server = Server::start_with(
        &["--database", &database, "--allow-private-webhooks"],
        &[("SSL_CERT_FILE", argument(&roots)), ("SSL_CERT_DIR", "")],
    )?;
    let told = trusted.receiver("localhost")?;
    let misnamed = trusted.receiver("elsewhere.example")?;
    let unknown = other.receiver("localhost")?;
    let secret = add(&database, &told)?;
    add(&database, &misnamed)?;
    add(&database, &unknown)?;
    let event = json!({"type": "member.registered", "member": "ann"}).to_string();
    assert_eq!(server.post("/v1/events", "application/json", event)?.0, 200);
    for one in told.wait_for(1)? {
        one.verify(&secret)?;
    }
    let started = Instant::now();
    let list = loop {
        let list = gongxiang(&["webhooks", "--database", &database, "list"])?;
        if list.matches("; failed").count() == 2 {
            break list;
        }
        assert!(started.elapsed() < PATIENCE, "{list}");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(list.contains("not valid for name") && list.contains("UnknownIssuer"), "{list}");
    assert!(misnamed.all().is_empty() && unknown.all().is_empty());
    Ok(())
}
