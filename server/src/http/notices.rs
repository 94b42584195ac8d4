//! A member's notices and subscriptions. Nobody else sees or changes them.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use gongxiang::identity::Id;
use gongxiang_words::Language;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;

use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Number, Query};
use super::rights::{Addressee, Anybody, SignedIn};
use crate::ledger::store::StoreError;
use crate::limits::{SUBSCRIPTIONS_MAX, WECHAT_CODE_LENGTH_MAX};
use crate::notices::delivery::Delivery;
use crate::notices::gateway::is_email;
use crate::notices::kind::NoticeKind;
use crate::notices::list::Notice;
use crate::notices::message::Message;
use crate::notices::push::{BrowserKeys, PushSender};
use crate::notices::subscriptions::{Channel, Subscription, Wish};

/// Of what this server tells, and how.
#[derive(Serialize, ToSchema)]
pub struct NoticeOffer {
    kinds: Vec<NoticeKind>,
    channels: Vec<Channel>,
    /// The key for `pushManager.subscribe`, as `applicationServerKey`; null without the channel `push`.
    #[schema(required = true)]
    push_key: Option<String>,
    /// The template for `wx.requestSubscribeMessage`; null without the channel `wechat`.
    #[schema(required = true)]
    wechat_template: Option<String>,
}

/// Open to everybody: a browser needs the key before anybody signs in.
pub async fn offer(State(app): State<App>, _: Anybody, _: Query<NoParameters>) -> Result<Answer<NoticeOffer>, Problem> {
    let channels = &app.channels;
    Ok(Answer::of(&NoticeOffer {
        kinds: NoticeKind::ALL.into(),
        channels: Channel::ALL.into_iter().filter(|channel| channels.has(*channel)).collect(),
        push_key: channels.push.as_ref().map(PushSender::public_key),
        wechat_template: channels.mini_program.as_ref().map(|program| program.template().to_owned()),
    }))
}

/// The language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MessageLanguage {
    En,
    Zh,
}

impl From<MessageLanguage> for Language {
    fn from(language: MessageLanguage) -> Self {
        match language {
            MessageLanguage::En => Self::En,
            MessageLanguage::Zh => Self::Zh,
        }
    }
}

impl From<Language> for MessageLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Zh => Self::Zh,
        }
    }
}

/// A subscription. Times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct SubscriptionNow {
    subscription: String,
    channel: Channel,
    /// The push service or the address for e-mail, so that its owner knows it; null where there is nothing to show.
    #[schema(required = true)]
    to: Option<String>,
    kinds: Vec<NoticeKind>,
    language: MessageLanguage,
    /// Messages that `WeChat` still takes; null for other channels.
    #[schema(required = true)]
    consents: Option<i64>,
    made: i64,
    /// Why the last message failed; null if it arrived.
    #[schema(required = true)]
    trouble: Option<String>,
}

impl From<Subscription> for SubscriptionNow {
    fn from(subscription: Subscription) -> Self {
        let Subscription { id, channel, address, kinds, language, consents, made, trouble } = subscription;
        let to = match channel {
            Channel::Push => address.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned)),
            Channel::Email => Some(address),
            Channel::WeChat | Channel::Sms => None,
        };
        Self {
            subscription: id,
            channel,
            to,
            kinds: kinds.into_iter().collect(),
            language: language.into(),
            consents: (channel == Channel::WeChat).then_some(consents),
            made,
            trouble: Some(trouble).filter(|trouble| !trouble.is_empty()),
        }
    }
}

/// A member's subscriptions, oldest first.
#[derive(Serialize, ToSchema)]
pub struct SubscriptionList {
    subscriptions: Vec<SubscriptionNow>,
}

pub async fn subscriptions(
    State(app): State<App>,
    _: Query<NoParameters>,
    Addressee(member): Addressee,
) -> Result<Answer<SubscriptionList>, Problem> {
    Ok(Answer::of(&SubscriptionList { subscriptions: of(&app, &member).await? }))
}

/// Those of a member.
pub(super) async fn of(app: &App, member: &Id) -> Result<Vec<SubscriptionNow>, Problem> {
    let all = app.notices.subscriptions(member).await.map_err(StoreError::from)?;
    Ok(all.into_iter().map(SubscriptionNow::from).collect())
}

/// Where a browser gets messages: its `PushSubscription` as JSON.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PushAddress {
    #[schema(max_length = 1000)]
    endpoint: String,
    keys: PushKeys,
    /// Not read: a push service says so when a subscription has ended.
    #[serde(default, rename = "expirationTime")]
    #[schema(value_type = Option<i64>)]
    #[expect(dead_code, reason = "browsers send it")]
    expiration_time: IgnoredAny,
}

/// With what messages to a browser are encrypted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PushKeys {
    p256dh: String,
    auth: String,
}

/// A wish to be told. Each channel needs one more field, except `sms`, which takes the telephone number of the profile.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    channel: Channel,
    /// Of what to be told; at least one.
    #[schema(min_items = 1)]
    kinds: Vec<NoticeKind>,
    language: MessageLanguage,
    /// For `push`.
    #[schema(nullable = false)]
    push: Option<PushAddress>,
    /// For `wechat`: a code of `wx.login()`.
    #[schema(min_length = 1, max_length = 256, nullable = false)]
    code: Option<String>,
    /// For `wechat`: whether the user has just consented to one message.
    #[serde(default)]
    consent: bool,
    /// For `email`.
    #[schema(max_length = 254, nullable = false)]
    email: Option<String>,
}

fn bad(field: &str, detail: impl Into<String>) -> Problem {
    Problem::new(Failure::BadSubscription, field, detail)
}

fn some_kinds(kinds: Vec<NoticeKind>) -> Result<BTreeSet<NoticeKind>, Problem> {
    let kinds: BTreeSet<_> = kinds.into_iter().collect();
    if kinds.is_empty() {
        Err(bad("kinds", "names at least one kind; to be told of nothing, end the subscription"))
    } else {
        Ok(kinds)
    }
}

/// Subscribes. A browser gets a first message at once; if that does not arrive, nothing is stored.
pub async fn subscribe(
    State(app): State<App>,
    _: Query<NoParameters>,
    Addressee(member): Addressee,
    body: Result<SignInBody<NewSubscription>, Problem>,
) -> Result<Answer<SubscriptionNow>, Problem> {
    if app.names.subscribing.wait(&member.to_string()).is_some() {
        return Err(Failure::RateLimited.into());
    }
    let NewSubscription { channel, kinds, language, push, code, consent, email } = body?.0;
    let (kinds, language) = (some_kinds(kinds)?, Language::from(language));
    if !app.channels.has(channel) {
        return Err(Problem::new(Failure::ChannelOff, "channel", Failure::ChannelOff.sentence()));
    }
    let given = [
        ("push", push.is_some(), Channel::Push),
        ("code", code.is_some(), Channel::WeChat),
        ("email", email.is_some(), Channel::Email),
    ];
    if let Some((field, ..)) = given.into_iter().find(|(_, is_there, of)| *is_there && *of != channel) {
        return Err(bad(field, format!("is not for the channel `{}`", channel.as_str())));
    }
    let missing = |field| bad(field, format!("is missing: the channel `{}` needs it", channel.as_str()));
    let (address, secrets) = match channel {
        Channel::Push => read_push(&app, push.ok_or_else(|| missing("push"))?)?,
        Channel::WeChat => (openid(&app, &member, &code.ok_or_else(|| missing("code"))?).await?, String::new()),
        Channel::Email => {
            let email =
                email.filter(|email| is_email(email)).ok_or_else(|| bad("email", "is no address for e-mail"))?;
            (email, String::new())
        }
        Channel::Sms => {
            let stored = app.people.profile(&member).await.map_err(StoreError::from)?;
            stored
                .and_then(|stored| stored.profile.phone)
                .ok_or_else(|| bad("channel", "the profile has no telephone number"))?;
            (String::new(), String::new())
        }
    };
    let known = app.notices.subscriptions(&member).await.map_err(StoreError::from)?;
    let is_known = known.iter().any(|known| known.channel == channel && known.address == address);
    let too_many = || Problem::exceeds(Failure::TooManySubscriptions, "", SUBSCRIPTIONS_MAX.to_string());
    if !is_known {
        if i64::try_from(known.len()).is_ok_and(|known| known >= SUBSCRIPTIONS_MAX) {
            return Err(too_many());
        }
        if let Some(push) = app.channels.push.as_ref().filter(|_| channel == Channel::Push) {
            arrived(push.send(&address, &secrets, &Message::first(language)).await)?;
        }
    }
    let wish = Wish { channel, address, secrets, kinds, language, consent: consent && channel == Channel::WeChat };
    let stored = app.notices.subscribe(&member, &wish).await.map_err(StoreError::from)?;
    stored.map(|stored| Answer::of(&SubscriptionNow::from(stored))).ok_or_else(too_many)
}

/// Endpoint and keys of a browser, as they are stored.
fn read_push(app: &App, push: PushAddress) -> Result<(String, String), Problem> {
    let PushAddress { endpoint, keys: PushKeys { p256dh, auth }, .. } = push;
    BrowserKeys::parse(&p256dh, &auth)
        .map_err(|key| bad(&format!("push.keys.{key}"), "is no key of a browser's subscription"))?;
    if let Some(sender) = &app.channels.push {
        sender.check(&endpoint).map_err(|error| bad("push.endpoint", error.to_string()))?;
    }
    Ok((endpoint, format!("{p256dh} {auth}")))
}

/// Whether the first message arrived.
fn arrived(delivery: Delivery) -> Result<(), Problem> {
    let why = match delivery {
        Delivery::Done => return Ok(()),
        Delivery::Gone => "it answers that this subscription has ended; subscribe anew in the browser".into(),
        Delivery::UsedUp => Failure::PushRefused.sentence().into(),
        Delivery::Failed { why, .. } => why,
    };
    Err(Problem::new(Failure::PushRefused, "push.endpoint", why))
}

/// What `WeChat` calls a member who signs in by it.
async fn openid(app: &App, member: &Id, code: &str) -> Result<String, Problem> {
    let wechat = app.sign_in.wechat.as_ref().ok_or_else(|| Problem::sign_in_off("wechat"))?;
    if code.is_empty() || code.len() > WECHAT_CODE_LENGTH_MAX {
        return Err(Failure::BadCode.into());
    }
    let user = wechat.user(code).await?;
    let holder = app.people.wechat_member(&user.account).await.map_err(StoreError::from)?;
    // Otherwise somebody else would get the messages.
    if holder.as_ref() == Some(member) { Ok(user.openid) } else { Err(Failure::WrongMember.into()) }
}

/// What a subscription is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionChange {
    /// At least one.
    #[schema(min_items = 1)]
    kinds: Vec<NoticeKind>,
    language: MessageLanguage,
}

/// Changes one of one's own subscriptions. What waits and is no longer wanted is not sent.
pub async fn change(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(subscription): Path<String>,
    body: Result<SignInBody<SubscriptionChange>, Problem>,
) -> Result<Answer<SubscriptionNow>, Problem> {
    let SubscriptionChange { kinds, language } = body?.0;
    let kinds = some_kinds(kinds)?;
    let changed = app.notices.change_subscription(&member, &subscription, &kinds, language.into()).await;
    one(changed)
}

/// Counts one more consent of `WeChat` on one of one's own subscriptions.
pub async fn consent(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(subscription): Path<String>,
) -> Result<Answer<SubscriptionNow>, Problem> {
    one(app.notices.consent(&member, &subscription).await)
}

fn one(found: sqlx::Result<Option<Subscription>>) -> Result<Answer<SubscriptionNow>, Problem> {
    let found = found.map_err(StoreError::from)?.ok_or(Failure::NotFound)?;
    Ok(Answer::of(&SubscriptionNow::from(found)))
}

/// Ends one of one's own subscriptions, with what waits for it.
pub async fn unsubscribe(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(subscription): Path<String>,
) -> Result<Gone, Problem> {
    let ended = app.notices.unsubscribe(&member, &subscription).await.map_err(StoreError::from)?;
    if ended { Ok(Gone) } else { Err(Failure::NotFound.into()) }
}

/// A notice.
#[derive(Serialize, ToSchema)]
struct NoticeRow {
    number: i64,
    kind: NoticeKind,
    /// The day of the scheme.
    day: String,
    /// When the notice was made, seconds since 1970.
    at: i64,
    /// What it is about; each kind has its own fields (docs/notices.md).
    #[schema(value_type = Object)]
    about: Value,
}

/// A page of notices.
#[derive(Serialize, ToSchema)]
pub struct NoticesPage {
    /// Newest first.
    notices: Vec<NoticeRow>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<i64>,
}

/// Which page of the notices.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticesQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

/// One's own, of the kinds that one subscribed to.
pub async fn list(
    State(app): State<App>,
    Query(NoticesQuery { before, limit }): Query<NoticesQuery>,
    Addressee(member): Addressee,
) -> Result<Answer<NoticesPage>, Problem> {
    let before = before.map_or(i64::MAX, |Number(before)| before);
    let mut found = app.notices.of_member(&member, before, limit.rows() + 1).await.map_err(StoreError::from)?;
    let next = cut(&mut found, limit, |notice| notice.number);
    let row = |Notice { number, kind, day, detail, made }| NoticeRow {
        number,
        kind,
        day,
        at: made,
        about: serde_json::from_str(&detail).unwrap_or_default(),
    };
    Ok(Answer::of(&NoticesPage { notices: found.into_iter().map(row).collect(), next }))
}
