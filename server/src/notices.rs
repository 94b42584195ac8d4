//! Notices (通知) tell members in time what concerns them: by Web Push, by `WeChat` 订阅消息, or by e-mail and SMS through
//! the operator's own gateway. Each member chooses of what it is told, and how.
//!
//! - An event leaves a source, stored in the same transaction.
//! - [`gather`] turns sources into notices later, so an order does not wait for messages. The transaction that stores
//!   the notices of a source also deletes the source, so none is lost or made twice.
//! - [`messenger`] sends what waits for a subscription as one message. It says what kind of things happened and how
//!   often, and nothing else, because people read it on locked screens.

pub mod channels;
pub mod delivery;
pub mod gateway;
pub mod gather;
pub mod kind;
pub mod list;
pub mod message;
pub mod messenger;
pub mod mini_program;
mod news;
pub mod push;
pub mod subscriptions;
pub mod vapid;

use sqlx::AnyPool;

/// The tables of the notices.
#[derive(Clone, Debug)]
pub struct Notices {
    pool: AnyPool,
}

impl Notices {
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }
}
