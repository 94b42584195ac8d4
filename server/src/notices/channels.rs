//! The channels by which this server can send notices.

use super::delivery::{Delivery, Receiver};
use super::gateway::Gateway;
use super::message::Message;
use super::mini_program::MiniProgram;
use super::push::PushSender;
use super::subscriptions::Channel;
use crate::people::store::People;

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
