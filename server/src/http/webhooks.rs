//! Webhooks: for the operator.

use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::enter;
use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Number, Query};
use super::rights::Operator;
use super::sessions::Nothing;
use crate::ledger::store::StoreError;
use crate::limits::{WEBHOOK_URL_BYTES_MAX, WEBHOOKS_MAX};
use crate::outbound::Outbound;
use crate::people::actions::Deed;
use crate::webhooks::registry::{self, Delivery, Webhook};

/// A webhook without its secret.
#[derive(Serialize, ToSchema)]
pub struct WebhookNow {
    webhook: String,
    url: String,
    /// The types of events that it gets; empty for all.
    events: Vec<String>,
    /// Failures in a row.
    failures: i64,
    /// Deliveries that wait.
    waiting: i64,
    /// Deliveries that were given up, and can be sent again.
    given_up: i64,
    /// Why the last attempt failed; null if it did not.
    #[schema(required = true)]
    trouble: Option<String>,
}

impl From<Webhook> for WebhookNow {
    fn from(known: Webhook) -> Self {
        let Webhook { id, url, kinds, failures, waiting, dead, trouble } = known;
        let events = kinds.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
        let trouble = Some(trouble).filter(|trouble| !trouble.is_empty());
        Self { webhook: id, url, events, failures, waiting, given_up: dead, trouble }
    }
}

/// All webhooks, the oldest first.
#[derive(Serialize, ToSchema)]
pub struct WebhookList {
    webhooks: Vec<WebhookNow>,
}

pub async fn list(State(app): State<App>, _: Operator, _: Query<NoParameters>) -> Result<Answer<WebhookList>, Problem> {
    let all = registry::list(app.people.pool()).await.map_err(StoreError::from)?;
    Ok(Answer::of(&WebhookList { webhooks: all.into_iter().map(WebhookNow::from).collect() }))
}

/// A webhook to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Begins with `https://`; a private address is refused, unless the server's setting `allow-private-webhooks` says otherwise.
    #[schema(min_length = 1, max_length = 1000)]
    url: String,
    /// The types of events that it gets, such as `order.placed`; all, if it is left out or empty.
    #[serde(default)]
    events: Vec<String>,
}

/// A secret, which is shown only once.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecret {
    webhook: String,
    /// Checks signatures (Standard Webhooks).
    secret: String,
}

pub async fn add(
    State(app): State<App>,
    Operator(actor): Operator,
    _: Query<NoParameters>,
    body: Result<SignInBody<NewWebhook>, Problem>,
) -> Result<Answer<WebhookSecret>, Problem> {
    let NewWebhook { url, events } = body?.0;
    let bad = |field: &str, why: String| Problem::new(Failure::BadWebhook, field, why);
    if url.len() > WEBHOOK_URL_BYTES_MAX {
        return Err(bad("url", format!("has more than {WEBHOOK_URL_BYTES_MAX} bytes")));
    }
    if let Some(unknown) = events.iter().find(|event| !registry::is_event(event)) {
        return Err(bad("events", format!("`{unknown}` is no type of event")));
    }
    let outbound = outbound(&app)?;
    outbound.check(&url).map_err(|error| bad("url", error.to_string()))?;
    let pool = app.people.pool();
    let known = registry::list(pool).await.map_err(StoreError::from)?;
    if i64::try_from(known.len()).is_ok_and(|known| known >= WEBHOOKS_MAX) {
        return Err(Problem::exceeds(Failure::TooManyWebhooks, "", WEBHOOKS_MAX.to_string()));
    }
    let (webhook, secret) = registry::add(pool, &outbound, &url, &events).await.map_err(|_| Failure::Unavailable)?;
    enter(&app, &actor, Deed::WebhookAdded, &format!("webhook {webhook}")).await?;
    Ok(Answer::of(&WebhookSecret { webhook, secret }))
}

fn outbound(app: &App) -> Result<Outbound, Problem> {
    Outbound::new(app.allow_private_webhooks).map_err(|_| Failure::Unavailable.into())
}

/// The webhook in an address.
async fn known(app: &App, id: &str) -> Result<Webhook, Problem> {
    let known = registry::one(app.people.pool(), id).await.map_err(StoreError::from)?;
    Ok(known.ok_or(Failure::NotFound)?)
}

pub async fn one(
    State(app): State<App>,
    _: Operator,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Answer<WebhookNow>, Problem> {
    Ok(Answer::of(&WebhookNow::from(known(&app, &id).await?)))
}

/// Removes it, with what waits for it.
pub async fn remove(
    State(app): State<App>,
    Operator(actor): Operator,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Gone, Problem> {
    let Webhook { id, .. } = known(&app, &id).await?;
    registry::remove(app.people.pool(), &id).await.map_err(|_| Failure::Unavailable)?;
    enter(&app, &actor, Deed::WebhookRemoved, &format!("webhook {id}")).await?;
    Ok(Gone)
}

/// Makes a new secret. For 24 hours the old one signs beside it, so that the receiver can be changed in between.
pub async fn change_secret(
    State(app): State<App>,
    Operator(actor): Operator,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<WebhookSecret>, Problem> {
    body?;
    let Webhook { id, .. } = known(&app, &id).await?;
    let secret = registry::change_secret(app.people.pool(), &id).await.map_err(|_| Failure::Unavailable)?;
    let secret = secret.ok_or(Failure::NotFound)?;
    enter(&app, &actor, Deed::WebhookSecretChanged, &format!("webhook {id}")).await?;
    Ok(Answer::of(&WebhookSecret { webhook: id, secret }))
}

/// What became of a test.
#[derive(Serialize, ToSchema)]
pub struct WebhookTested {
    /// Whether the receiver answered 2xx.
    received: bool,
    /// Why it was not received; null if it was.
    #[schema(required = true)]
    trouble: Option<String>,
}

/// Sends a message of the type `webhook.test` once, now.
pub async fn test(
    State(app): State<App>,
    _: Operator,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<WebhookTested>, Problem> {
    body?;
    let tested = registry::test(app.people.pool(), &outbound(&app)?, &id).await.map_err(|_| Failure::Unavailable)?;
    let trouble = tested.ok_or(Failure::NotFound)?.err();
    Ok(Answer::of(&WebhookTested { received: trouble.is_none(), trouble }))
}

/// A delivery: waiting, given up, or one of the last that were received.
#[derive(Serialize, ToSchema)]
pub struct DeliveryNow {
    /// The place of its event in the journal; its `webhook-id` is `msg_PLACE`.
    place: i64,
    r#type: String,
    #[schema(pattern = "^(waiting|given_up|received)$")]
    state: &'static str,
    /// How often it failed.
    tries: i64,
    /// When it was tried last, seconds since 1970; null if it was not.
    #[schema(required = true)]
    tried: Option<i64>,
    /// Why that failed; null if it did not.
    #[schema(required = true)]
    trouble: Option<String>,
}

impl From<Delivery> for DeliveryNow {
    fn from(delivery: Delivery) -> Self {
        let state = match delivery.state {
            0 => "waiting",
            1 => "given_up",
            _ => "received",
        };
        let Delivery { place, kind, tries, tried, trouble, .. } = delivery;
        let tried = tried.and_then(|at| Timestamp::from_millisecond(at).ok()).map(Timestamp::as_second);
        Self { place, r#type: kind, state, tries, tried, trouble: trouble.filter(|trouble| !trouble.is_empty()) }
    }
}

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
pub struct DeliveriesPage {
    /// Newest events first.
    deliveries: Vec<DeliveryNow>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<i64>,
}

/// Which page of the deliveries.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

pub async fn deliveries(
    State(app): State<App>,
    _: Operator,
    Query(DeliveriesQuery { before, limit }): Query<DeliveriesQuery>,
    Path(id): Path<String>,
) -> Result<Answer<DeliveriesPage>, Problem> {
    let Webhook { id, .. } = known(&app, &id).await?;
    let before = before.map_or(i64::MAX, |Number(before)| before);
    let found = registry::deliveries(app.people.pool(), &id, before, limit.rows() + 1).await;
    let mut found = found.map_err(StoreError::from)?;
    let next = cut(&mut found, limit, |last| last.place);
    Ok(Answer::of(&DeliveriesPage { deliveries: found.into_iter().map(DeliveryNow::from).collect(), next }))
}

/// Sends an event again, at once, whatever became of it.
pub async fn send_again(
    State(app): State<App>,
    _: Operator,
    _: Query<NoParameters>,
    Path((id, place)): Path<(String, String)>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Gone, Problem> {
    body?;
    let Webhook { id, .. } = known(&app, &id).await?;
    let place = place.parse().map_err(|_| Failure::NotFound)?;
    let sent = registry::send_again(app.people.pool(), &id, place).await.map_err(StoreError::from)?;
    if sent { Ok(Gone) } else { Err(Failure::NotFound.into()) }
}
