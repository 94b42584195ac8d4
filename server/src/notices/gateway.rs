//! E-mail and SMS. The server talks to no provider itself: it sends each message as a webhook (Standard Webhooks) to
//! the operator's own gateway, which passes it on. The words of a message are the same as on every other channel.

use anyhow::{Context as _, Result};
use gongxiang::identity::Id;
use hyper::Method;
use jiff::Timestamp;
use serde::Serialize;

use super::delivery::{Delivery, Receiver};
use super::message::{Count, Message};
use super::subscriptions::{Channel, language_code};
use crate::outbound::Outbound;
use crate::people::store::People;
use crate::text::json;
use crate::webhooks::secret::Secret;

/// The body of a request to the gateway.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    channel: &'static str,
    to: &'a str,
    member: &'a str,
    language: &'static str,
    title: &'static str,
    text: String,
    notices: Vec<Count>,
}

#[derive(Clone)]
pub struct Gateway {
    outbound: Outbound,
    url: String,
    secret: Secret,
}

impl Gateway {
    /// `secret` is as a webhook's, `whsec_…`.
    pub fn new(outbound: Outbound, url: &str, secret: &str) -> Result<Self> {
        outbound.check(url)?;
        let secret = Secret::parse(secret).context("the gateway's secret is not `whsec_` and base64")?;
        Ok(Self { outbound, url: url.into(), secret })
    }

    pub(super) async fn send(&self, people: &People, receiver: &Receiver<'_>, message: &Message) -> Delivery {
        let phone = if receiver.channel == Channel::Sms { Some(phone(people, receiver.member).await) } else { None };
        let to = match &phone {
            None => receiver.address,
            Some(Ok(Some(phone))) => phone,
            Some(Ok(None)) => return Delivery::failed("the profile has no telephone number".into()),
            Some(Err(error)) => return Delivery::failed(error.to_string()),
        };
        let now = Timestamp::now();
        let data = Data {
            channel: receiver.channel.as_str(),
            to,
            member: receiver.member,
            language: language_code(message.language),
            title: message.title(),
            text: message.text(),
            notices: message.counts(),
        };
        let body = json(&Body { r#type: "notice", timestamp: now.to_string(), data });
        let (id, seconds) = (format!("ntc_{}_{}", receiver.id, message.tag), now.as_second());
        let headers = [
            ("content-type", "application/json".into()),
            ("user-agent", concat!("gongxiang/", env!("CARGO_PKG_VERSION")).into()),
            ("webhook-signature", self.secret.signature(&id, seconds, &body)),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-id", id),
        ];
        match self.outbound.send(Method::POST, &self.url, &headers, body.into_bytes()).await {
            Ok(answer) => match answer.status {
                200..300 => Delivery::Done,
                // The gateway knows that this address is dead.
                410 => Delivery::Gone,
                status => Delivery::Failed {
                    why: format!("the gateway answers {status}"),
                    retry_after_seconds: answer.retry_after_seconds,
                },
            },
            Err(error) => Delivery::failed(format!("the gateway: {error}")),
        }
    }
}

async fn phone(people: &People, member: &str) -> sqlx::Result<Option<String>> {
    let Some(member) = Id::parse(member) else { return Ok(None) };
    Ok(people.profile(&member).await?.and_then(|stored| stored.profile.phone))
}

/// Whether this looks like an address for e-mail: the gateway finds out whether somebody is there.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"@\"(),:;<>[\\]".contains(c));
    text.len() <= crate::limits::EMAIL_BYTES_MAX
        && text.split_once('@').is_some_and(|(name, domain)| {
            plain(name) && plain(domain) && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_e_mail_has_a_name_and_a_domain() {
        for good in ["ann@shop.example", "a.b+c@x.y", "ann@xn--fiq228c.cn"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@x.y", "a".repeat(300));
        for bad in [
            "", "ann", "@x.y", "ann@", "ann@x", "a b@x.y", "a@b@x.y", "a@.y", "a@x.", "a\n@x.y", "a,b@x.y", "安@x.y",
            &long,
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
