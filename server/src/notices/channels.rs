//! The ways that this server has for notices, and what becomes of a message on one of them.

use super::gateway::Gateway;
use super::message::Message;
use super::mini_program::MiniProgram;
use super::push::PushSender;
use super::subscriptions::Channel;
use crate::people::store::People;

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

/// The ways that are set up.
#[derive(Clone, Default)]
pub struct Channels {
    pub push: Option<PushSender>,
    pub mini_program: Option<MiniProgram>,
    pub gateway: Option<Gateway>,
}

impl std::fmt::Debug for Channels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(Channel::ALL.into_iter().filter(|channel| self.has(*channel))).finish()
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

impl Channels {
    #[must_use]
    pub const fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Push => self.push.is_some(),
            Channel::WeChat => self.mini_program.is_some(),
            Channel::Email | Channel::Sms => self.gateway.is_some(),
        }
    }

    /// Sends a message.
    pub async fn send(&self, people: &People, receiver: &Receiver<'_>, message: &Message) -> Delivery {
        let sent = match receiver.channel {
            Channel::Push => match &self.push {
                Some(push) => Some(push.send(receiver.address, receiver.secrets, message).await),
                None => None,
            },
            Channel::WeChat => match &self.mini_program {
                Some(mini_program) => Some(mini_program.send(receiver.address, message).await),
                None => None,
            },
            Channel::Email | Channel::Sms => match &self.gateway {
                Some(gateway) => Some(gateway.send(people, receiver, message).await),
                None => None,
            },
        };
        sent.unwrap_or_else(|| Delivery::failed("this server has no such channel any more".into()))
    }
}
