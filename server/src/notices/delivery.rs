//! The receiver and the outcome of a message, the same for every channel.

use super::subscriptions::Channel;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Done,
    /// Nobody is there any more, and nobody will be.
    Gone,
    /// The member has to consent again first.
    UsedUp,
    Failed {
        why: String,
        /// When the receiver wants to be asked again, if it says so.
        retry_after_seconds: Option<u64>,
    },
}

impl Delivery {
    pub(super) const fn failed(why: String) -> Self {
        Self::Failed { why, retry_after_seconds: None }
    }
}

/// A subscription as far as sending needs it.
#[derive(Clone, Debug)]
pub struct Receiver<'a> {
    pub id: &'a str,
    pub member: &'a str,
    pub channel: Channel,
    pub address: &'a str,
    pub secrets: &'a str,
}
