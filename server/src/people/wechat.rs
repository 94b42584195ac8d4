//! Who somebody is at `WeChat`: `code2session` of its mini-programs.
//!
//! The address of that request holds the app's secret, and its answer a `session_key`: neither is logged, kept or sent on.

use std::fmt;
use std::net::IpAddr;

use anyhow::{Result, bail};
use async_trait::async_trait;
use hyper::Method;
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

use crate::outbound::{Outbound, OutboundError};
use crate::text::fingerprint;

/// Where `WeChat` is.
pub const ADDRESS: &str = "https://api.weixin.qq.com";

/// Why nobody was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WeChatError {
    /// The code is none, was used, or is older than five minutes.
    #[error("the code does not hold")]
    Code,
    /// The user came too often.
    #[error("the user came too often")]
    Rate,
    /// `WeChat` holds the user for a risk.
    #[error("the user is a risk")]
    Risk,
    /// There is no answer, or none that says who it is.
    #[error("there is no answer")]
    Unavailable,
}

/// Says who has got a code from `wx.login()`.
#[async_trait]
pub trait Code2Session: fmt::Debug + Send + Sync {
    /// A hash that stands for the user of this app.
    async fn account(&self, code: &str) -> std::result::Result<String, WeChatError>;
}

/// `WeChat` itself.
pub struct WeChat {
    outbound: Outbound,
    address: Url,
    appid: String,
    secret: String,
}

impl fmt::Debug for WeChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeChat").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// What is read of the answer. Both are there where both could be: errors have no openid.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    openid: String,
}

impl WeChat {
    /// For one mini-program. `address` is where `WeChat` is, or what stands in its place.
    ///
    /// # Errors
    /// If it is no address, or one to which the secret would go in the clear.
    pub fn new(address: &str, appid: String, secret: String) -> Result<Self> {
        let mut url: Url = address.parse()?;
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
            None => false,
        };
        if url.scheme() != "https" && !here {
            bail!("`{address}` is no address of `https://`, and the secret goes there");
        }
        url.set_path("/sns/jscode2session");
        // What an operator put in its place may well be in a private network.
        Ok(Self { outbound: Outbound::new(address != ADDRESS)?, address: url, appid, secret })
    }
}

#[async_trait]
impl Code2Session for WeChat {
    async fn account(&self, code: &str) -> std::result::Result<String, WeChatError> {
        let mut url = self.address.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.appid)
            .append_pair("secret", &self.secret)
            .append_pair("js_code", code)
            .append_pair("grant_type", "authorization_code");
        let answer = self.outbound.send(Method::GET, url.as_str(), &[], Vec::new()).await.map_err(|error| {
            let why = match error {
                // It names the address.
                OutboundError::Address(_) => "its address cannot be asked".into(),
                error => error.to_string(),
            };
            tracing::warn!(why, "WeChat does not answer");
            WeChatError::Unavailable
        })?;
        let Said { errcode, openid } = serde_json::from_slice(&answer.body).map_err(|_| {
            tracing::warn!(status = answer.status, "WeChat answers what makes no sense");
            WeChatError::Unavailable
        })?;
        match errcode {
            0 if !openid.is_empty() => Ok(fingerprint(format!("{} {openid}", self.appid).as_bytes())),
            // Invalid; used before.
            40029 | 40163 => Err(WeChatError::Code),
            45011 => Err(WeChatError::Rate),
            40226 => Err(WeChatError::Risk),
            errcode => {
                // -1 is busy; everything else is a matter of how this app is set up.
                tracing::warn!(errcode, "WeChat does not say who it is");
                Err(WeChatError::Unavailable)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_goes_nowhere_in_the_clear() {
        let client = |address: &str| WeChat::new(address, "wx1".into(), "top-secret".into());
        for address in [ADDRESS, "https://proxy.internal", "http://127.0.0.1:8081", "http://localhost:8081"] {
            let shown = client(address).map(|client| format!("{client:?}")).unwrap_or_default();
            assert!(shown.contains("wx1") && !shown.contains("top-secret"), "{address}: {shown}");
        }
        for address in ["http://api.weixin.qq.com", "http://10.0.0.1", "api.weixin.qq.com", ""] {
            assert!(client(address).is_err(), "{address}");
        }
    }
}
