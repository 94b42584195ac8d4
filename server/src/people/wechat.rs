//! Asks `WeChat` who a user is: `code2session` of its mini-programs.
//!
//! The request's URL contains the app's secret and its answer contains a `session_key`. Neither is logged, stored or
//! passed on.

use std::fmt;
use std::net::IpAddr;

use anyhow::{Result, bail};
use async_trait::async_trait;
use hyper::Method;
use serde::Deserialize;
use thiserror::Error;
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::limits::WECHAT_AT_ONCE;
use crate::outbound::{Outbound, OutboundError};
use crate::text::fingerprint;

pub const ADDRESS: &str = "https://api.weixin.qq.com";

/// Why the user was not recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WeChatError {
    /// The code is invalid, was used, or is older than five minutes.
    #[error("the code does not hold")]
    Code,
    /// The user, or everybody together, made too many requests.
    #[error("the user came too often")]
    Rate,
    /// `WeChat` blocks the user as a risk.
    #[error("the user is a risk")]
    Risk,
    /// No answer, or an unusable one.
    #[error("there is no answer")]
    Unavailable,
}

/// A user of this app.
#[derive(Clone, Debug)]
pub struct WeChatUser {
    /// A hash that identifies the user: what is kept of who signs in.
    pub account: String,
    /// What `WeChat` calls the user: kept only of who wants messages.
    pub openid: String,
}

/// Finds the user of a code from `wx.login()`.
#[async_trait]
pub trait Code2Session: fmt::Debug + Send + Sync {
    async fn user(&self, code: &str) -> std::result::Result<WeChatUser, WeChatError>;
}

pub struct WeChat {
    outbound: Outbound,
    address: Url,
    appid: String,
    secret: String,
    /// Anybody may send codes, so a stranger could use up the app's quota and our connections.
    places: Semaphore,
}

impl fmt::Debug for WeChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeChat").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// The fields that we read. Errors have no openid.
#[derive(Deserialize)]
struct SessionAnswer {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    openid: String,
}

impl WeChat {
    /// A mini-program. `address` is `WeChat`, or a server that stands in for it.
    ///
    /// # Errors
    /// If the address is invalid, or would send the secret unencrypted.
    pub fn new(address: &str, appid: String, secret: String) -> Result<Self> {
        let mut url = safe_address(address)?;
        url.set_path("/sns/jscode2session");
        // An operator's stand-in may be in a private network.
        Ok(Self {
            outbound: Outbound::new(address != ADDRESS)?,
            address: url,
            appid,
            secret,
            places: Semaphore::new(WECHAT_AT_ONCE),
        })
    }
}

/// The address of `WeChat`, or of a server that stands in for it.
///
/// # Errors
/// If it is invalid, or the app's secret would go there unencrypted.
pub fn safe_address(address: &str) -> Result<Url> {
    let url: Url = address.parse()?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !here {
        bail!("`{address}` is no address of `https://`, and the secret goes there");
    }
    Ok(url)
}

#[async_trait]
impl Code2Session for WeChat {
    async fn user(&self, code: &str) -> std::result::Result<WeChatUser, WeChatError> {
        let _place = self.places.try_acquire().map_err(|_| WeChatError::Rate)?;
        let mut url = self.address.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.appid)
            .append_pair("secret", &self.secret)
            .append_pair("js_code", code)
            .append_pair("grant_type", "authorization_code");
        let answer = self.outbound.send(Method::GET, url.as_str(), &[], Vec::new()).await.map_err(|error| {
            let why = match error {
                // The error's text would contain the address.
                OutboundError::Address(_) => "its address cannot be asked".into(),
                error => error.to_string(),
            };
            tracing::warn!(why, "WeChat does not answer");
            WeChatError::Unavailable
        })?;
        let SessionAnswer { errcode, openid } = serde_json::from_slice(&answer.body).map_err(|_| {
            tracing::warn!(status = answer.status, "WeChat answers what makes no sense");
            WeChatError::Unavailable
        })?;
        match errcode {
            0 if !openid.is_empty() => {
                let account = fingerprint(format!("{} {openid}", self.appid).as_bytes());
                Ok(WeChatUser { account, openid })
            }
            // 40029: invalid; 40163: already used.
            40029 | 40163 => Err(WeChatError::Code),
            45011 => Err(WeChatError::Rate),
            40226 => Err(WeChatError::Risk),
            errcode => {
                // -1: busy. Any other code is a mistake in the app's configuration.
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
