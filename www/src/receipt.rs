//! A receipt as it is shown: the same shape for what the rules preview here and for what the server settled.

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::Points;
use gongxiang::receipt;
use serde::Deserialize;

/// One movement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Posting {
    pub from: String,
    pub to: String,
    pub asset: String,
    pub amount: String,
    pub rule: String,
    pub reason: String,
}

/// What an event did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Receipt {
    pub day: Day,
    /// The order's points; for an order only.
    pub points: Option<Points>,
    #[serde(default)]
    pub rewards: Vec<receipt::Reward>,
    pub postings: Vec<Posting>,
    /// What a refund could not recover.
    pub unrecovered: Option<Points>,
}

impl Receipt {
    /// Without what other members earned on the side: that is booked whenever an account is touched, and the wallet does not
    /// know how much it is.
    pub fn about(mut self, me: &Id) -> Self {
        let mine = format!("member {me}");
        self.postings.retain(|posting| posting.rule != "release" || posting.to == mine);
        self
    }

    /// Only what moves to or from this member.
    pub fn only(mut self, me: &Id) -> Self {
        let mine = format!("member {me}");
        self.postings.retain(|posting| posting.from == mine || posting.to == mine);
        self
    }

    /// Whether the same moves by the same rules. The ids of what was made cannot be foreseen, so reasons are not compared.
    pub fn moves_like(&self, other: &Self) -> bool {
        self.postings.len() == other.postings.len()
            && self.postings.iter().zip(&other.postings).all(|(mine, theirs)| {
                let (mine, theirs) = (mine.clone(), theirs.clone());
                Posting { reason: String::new(), ..mine } == Posting { reason: String::new(), ..theirs }
            })
    }
}

impl From<&receipt::Receipt> for Receipt {
    fn from(receipt: &receipt::Receipt) -> Self {
        let posting = |posting: &receipt::Posting| Posting {
            from: posting.from.to_string(),
            to: posting.to.to_string(),
            asset: posting.amount.asset().into(),
            amount: posting.amount.to_string(),
            rule: posting.rule.as_str().into(),
            reason: posting.reason.to_string(),
        };
        Self {
            day: receipt.day,
            points: receipt.order.as_ref().map(|order| order.points),
            rewards: receipt.order.as_ref().map(|order| order.rewards.clone()).unwrap_or_default(),
            postings: receipt.postings.iter().map(posting).collect(),
            unrecovered: receipt.unrecovered,
        }
    }
}
