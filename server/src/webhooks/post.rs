//! Sends one message, signed according to Standard Webhooks.

use hyper::Method;

use super::secret::Secret;
use crate::outbound::Outbound;

/// A message that is ready to be sent.
pub struct Signed {
    /// The same whenever it is sent again.
    pub id: String,
    /// Seconds since 1970.
    pub at: i64,
    pub body: String,
}

/// Sends it, signed with each secret: while one is being changed, the receiver knows one of the two. Any 2xx counts as received.
///
/// # Errors
/// Why it was not received, in words.
pub async fn post<'a>(
    outbound: &Outbound,
    url: &str,
    secrets: impl Iterator<Item = &'a str>,
    message: Signed,
) -> Result<(), String> {
    let Signed { id, at, body } = message;
    let mut signatures = Vec::new();
    for secret in secrets {
        let secret = Secret::parse(secret).ok_or("its secret cannot be read")?;
        signatures.push(secret.signature(&id, at, &body));
    }
    let headers = [
        ("content-type", "application/json".into()),
        ("user-agent", concat!("gongxiang/", env!("CARGO_PKG_VERSION")).into()),
        ("webhook-signature", signatures.join(" ")),
        ("webhook-timestamp", at.to_string()),
        ("webhook-id", id),
    ];
    match outbound.send(Method::POST, url, &headers, body.into_bytes()).await {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) => Err(format!("it answers {}", answer.status)),
        Err(error) => Err(error.to_string()),
    }
}
