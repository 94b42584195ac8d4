//! Notices (通知): members are told in time what concerns them, by Web Push, by `WeChat` 订阅消息, or by e-mail and SMS through the
//! operator's own gateway. Each member says what it wants to be told of, and how.
//!
//! What happened leaves a source, stored in the transaction in which it happened. [`gather`] makes notices of the sources later, so an
//! order waits for nobody's telephone; the notices of a source are stored in the transaction that deletes it, so none is lost or made
//! twice. [`messenger`] sends what waits for a subscription as one message, which says what kind of things happened and how often, and
//! nothing else: it is read on locked screens.

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
