//! 订阅消息 of a mini-program. `WeChat` takes one message for each consent of the user, so consents are counted, and one
//! message covers everything that waits.
//!
//! The app's secret and its access token are neither logged nor stored. The token is `WeChat`'s stable one, so several
//! processes can each ask for it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use hyper::Method;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::delivery::Delivery;
use super::message::Message;
use super::subscriptions::language_code;
use crate::limits::WECHAT_TEXT_CHARS_MAX;
use crate::outbound::Outbound;
use crate::people::wechat::{ADDRESS, safe_address};

/// A template that the operator chose among `WeChat`'s, and the names of its two fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub id: String,
    /// A field of the type `thing`: what happened.
    what: String,
    /// A field of the type `time`: when this was said.
    when: String,
}

impl Template {
    /// Reads `ID,thing1,time2`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(',').map(str::trim).collect();
        let [id, what, when] = parts.as_slice() else {
            return Err("must be the template's id and the names of its two fields, as in ID,thing1,time2".into());
        };
        let is_field = |name: &str, kind: &str| {
            name.strip_prefix(kind).is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if id.is_empty() || !is_field(what, "thing") || !is_field(when, "time") {
            return Err(
                "must name a field of the type thing, such as thing1, and one of the type time, such as time2".into()
            );
        }
        Ok(Self { id: (*id).into(), what: (*what).into(), when: (*when).into() })
    }
}

/// Sends messages of a mini-program.
#[derive(Clone)]
pub struct MiniProgram(Arc<Parts>);

struct Parts {
    outbound: Outbound,
    address: Url,
    appid: String,
    secret: String,
    template: Template,
    zone: TimeZone,
    /// The access token, and until when it is used.
    token: Mutex<Option<(String, Instant)>>,
}

impl fmt::Debug for MiniProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiniProgram").field("appid", &self.0.appid).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

#[derive(Deserialize)]
struct SendAnswer {
    errcode: i64,
}

impl MiniProgram {
    /// `address` is `WeChat`, or a server that stands in for it.
    pub fn new(address: &str, appid: String, secret: String, template: Template, zone: TimeZone) -> Result<Self> {
        let (outbound, url) = (Outbound::new(address != ADDRESS)?, safe_address(address)?);
        let token = Mutex::default();
        Ok(Self(Arc::new(Parts { outbound, address: url, appid, secret, template, zone, token })))
    }

    /// The template for `wx.requestSubscribeMessage`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.0.template.id
    }

    pub(super) async fn send(&self, openid: &str, message: &Message) -> Delivery {
        match self.try_send(openid, message).await {
            Ok(delivery) => delivery,
            // The error's text has neither secret nor token: both are in the address, which is left out.
            Err(error) => Delivery::failed(format!("WeChat: {error}")),
        }
    }

    async fn try_send(&self, openid: &str, message: &Message) -> Result<Delivery> {
        let Parts { template, zone, .. } = &*self.0;
        let now = Timestamp::now().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let mut data = json!({});
        data[&template.what] = json!({"value": message.short_text(WECHAT_TEXT_CHARS_MAX)});
        data[&template.when] = json!({"value": now});
        let lang = if language_code(message.language) == "zh" { "zh_CN" } else { "en_US" };
        let body = json!({
            "touser": openid, "template_id": template.id, "page": "pages/wallet/index", "data": data, "lang": lang,
        });
        let token = self.token().await?;
        let SendAnswer { errcode } = self.post("/cgi-bin/message/subscribe/send", Some(&token), &body).await?;
        Ok(match errcode {
            0 => Delivery::Done,
            // The user did not consent, or the consents are used up.
            43101 => Delivery::UsedUp,
            // The openid is none of this app.
            40003 => Delivery::Gone,
            40001 | 40014 | 42001 => {
                *self.0.token.lock().await = None;
                Delivery::failed(format!("WeChat does not take its token ({errcode})"))
            }
            errcode => Delivery::failed(format!("WeChat answers {errcode}")),
        })
    }

    /// The access token, asked for shortly before it ends.
    async fn token(&self) -> Result<String> {
        const EARLY: Duration = Duration::from_mins(5);
        let mut token = self.0.token.lock().await;
        if let Some((known, until)) = &*token
            && Instant::now() < *until
        {
            return Ok(known.clone());
        }
        let body = json!({"grant_type": "client_credential", "appid": self.0.appid, "secret": self.0.secret});
        let answer: TokenAnswer = self.post("/cgi-bin/stable_token", None, &body).await?;
        if answer.access_token.is_empty() {
            bail!("it gives no token ({})", answer.errcode);
        }
        let holds = Duration::from_secs(answer.expires_in).saturating_sub(EARLY);
        *token = Some((answer.access_token.clone(), Instant::now() + holds));
        Ok(answer.access_token)
    }

    async fn post<T: for<'a> Deserialize<'a>>(&self, path: &str, token: Option<&str>, body: &Value) -> Result<T> {
        let mut url = self.0.address.clone();
        url.set_path(path);
        if let Some(token) = token {
            url.query_pairs_mut().append_pair("access_token", token);
        }
        let headers = [("content-type", "application/json".into())];
        let sent = self.0.outbound.send(Method::POST, url.as_str(), &headers, body.to_string().into_bytes()).await;
        // An error about the address would contain it.
        let answer = sent.map_err(|_| anyhow::anyhow!("it does not answer"))?;
        serde_json::from_slice(&answer.body).context("its answer makes no sense")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_an_id_and_two_fields() {
        let fields = |text: &str| Template::parse(text).map(|template| (template.id, template.what, template.when));
        assert_eq!(fields("AbC-1_2,thing1, time12"), Ok(("AbC-1_2".into(), "thing1".into(), "time12".into())));
        for bad in
            ["", "AbC", "AbC,thing1", ",thing1,time2", "AbC,time2,thing1", "AbC,thing,time2", "AbC,thing1,time2,x"]
        {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
