//! Requests to other servers: webhooks, push services, the gateway for notices, and `WeChat`.
//!
//! The address is checked after its name was resolved, and exactly this address is connected. So a name cannot lead into
//! a private network, even if it resolves differently the second time. Redirects are not followed. Time and size are
//! limited.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderValue};
use hyper::http::uri::Scheme;
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::limits::{OUTBOUND_BYTES_MAX, OUTBOUND_TIME_MAX};

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum OutboundError {
    /// The URL is invalid or not allowed.
    #[error("`{0}` is no address of `https://` with a host")]
    Address(String),
    /// The address is on this machine or in a private network.
    #[error("the address is of this machine or of a private network")]
    Private,
    /// The connection failed.
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    /// The answer is not HTTP, or is too large.
    #[error("no answer: {0}")]
    Http(String),
    #[error("no answer in time")]
    Time,
}

#[derive(Clone, Debug)]
pub struct OutboundAnswer {
    pub status: u16,
    pub body: Vec<u8>,
    /// When the server wants to be asked again, if it says so in seconds.
    pub retry_after_seconds: Option<u64>,
}

/// Sends requests to other servers.
#[derive(Clone)]
pub struct Outbound {
    tls: TlsConnector,
    allow_private: bool,
}

struct Target {
    tls: bool,
    host: String,
    port: u16,
    authority: HeaderValue,
    path: Uri,
}

impl Outbound {
    /// Trusts the certificates of this machine. `allow_private` also allows private addresses and plain HTTP.
    pub fn new(allow_private: bool) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), allow_private })
    }

    /// Checks a URL as far as possible without resolving its name.
    pub fn check(&self, url: &str) -> Result<(), OutboundError> {
        let target = self.target(url)?;
        match target.host.parse() {
            Ok(address) if !self.allowed(address) => Err(OutboundError::Private),
            _ => Ok(()),
        }
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<OutboundAnswer, OutboundError> {
        let target = self.target(url)?;
        timeout(OUTBOUND_TIME_MAX, self.ask(method, target, headers, body)).await.map_err(|_| OutboundError::Time)?
    }

    fn target(&self, url: &str) -> Result<Target, OutboundError> {
        let bad = || OutboundError::Address(url.into());
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP && self.allow_private => false,
            _ => return Err(bad()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(bad)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).parse().map_err(|_| bad())?;
        let authority = HeaderValue::from_str(authority.as_str()).map_err(|_| bad())?;
        if host.is_empty() { Err(bad()) } else { Ok(Target { tls, host, port, authority, path }) }
    }

    fn allowed(&self, address: IpAddr) -> bool {
        self.allow_private || is_public(address)
    }

    async fn ask(
        &self,
        method: Method,
        target: Target,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<OutboundAnswer, OutboundError> {
        let addresses: Vec<SocketAddr> = lookup_host((target.host.as_str(), target.port)).await?.collect();
        let allowed: Vec<_> = addresses.into_iter().filter(|address| self.allowed(address.ip())).collect();
        if allowed.is_empty() {
            return Err(OutboundError::Private);
        }
        let stream = TcpStream::connect(allowed.as_slice()).await?;
        let mut request = Request::builder().method(method).uri(target.path).header(header::HOST, target.authority);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let http = |error: hyper::http::Error| OutboundError::Http(error.to_string());
        let request = request.body(Full::new(Bytes::from(body))).map_err(http)?;
        if target.tls {
            let name = ServerName::try_from(target.host).map_err(|error| OutboundError::Address(error.to_string()))?;
            exchange(self.tls.connect(name, stream).await?, request).await
        } else {
            exchange(stream, request).await
        }
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<OutboundAnswer, OutboundError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let http = |error: hyper::Error| OutboundError::Http(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(http)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(http)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after_seconds = retry_after.and_then(|seconds| seconds.parse().ok());
        let body = Limited::new(response.into_body(), OUTBOUND_BYTES_MAX).collect().await;
        let body = body.map_err(|error| OutboundError::Http(error.to_string()))?.to_bytes().to_vec();
        Ok(OutboundAnswer { status, body, retry_after_seconds })
    };
    tokio::pin!(answer);
    // Drop the connection as soon as the exchange ends.
    tokio::select! {
        answer = &mut answer => answer,
        ended = connection => match ended {
            Ok(()) => answer.await,
            Err(error) => Err(http(error)),
        },
    }
}

/// Whether an address belongs to the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network; shared by carriers; protocol assignments and 6to4 relays; benchmarks; reserved.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        _ => false,
    };
    !(special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(address) = address.to_ipv4_mapped() {
        return is_public_v4(address);
    }
    let segments = address.segments();
    let v4 = |from: usize| {
        let high = segments.get(from).copied().unwrap_or_default();
        let low = segments.get(from + 1).copied().unwrap_or_default();
        Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
    };
    match segments {
        // IPv4 addresses inside IPv6: NAT64 and 6to4.
        [0x64, 0xff9b, ..] => is_public_v4(v4(6)),
        [0x2002, ..] => is_public_v4(v4(1)),
        // Teredo and other protocols; documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_machines_and_private_networks_are_not_public() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(address.parse().is_ok_and(|address| !is_public(address)), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
        {
            assert!(address.parse().is_ok_and(is_public), "{address}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused_before_anything_is_sent() -> anyhow::Result<()> {
        let outbound = Outbound::new(false)?;
        for url in ["http://example.org/", "ftp://example.org/", "example.org", "/path", "https://a:b@example.org/", ""]
        {
            assert!(matches!(outbound.check(url), Err(OutboundError::Address(_))), "{url}");
        }
        for url in ["https://127.0.0.1/", "https://[::1]:8443/x", "https://169.254.169.254/latest"] {
            assert!(matches!(outbound.check(url), Err(OutboundError::Private)), "{url}");
        }
        assert!(outbound.check("https://example.org:8443/hook?x=1").is_ok());
        assert!(Outbound::new(true)?.check("http://127.0.0.1:1/").is_ok());
        Ok(())
    }
}
