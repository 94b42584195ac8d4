//! `gongxiang keys`: API keys of operators, of their payment systems, of merchants, and of programs that only read.

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use gongxiang::identity::Id;
use jiff::Timestamp;

use crate::people::actions::COMMAND_LINE;
use crate::people::keys::{KeySummary, Role};
use crate::people::store::People;

#[derive(Clone, Debug, Subcommand)]
pub enum KeysTask {
    /// Make a key and show it; it cannot be shown again.
    Add {
        /// What the key may do.
        #[arg(long)]
        role: Role,
        /// The merchant, for a merchant's key.
        #[arg(long)]
        member: Option<String>,
        /// A note: what the key is for.
        #[arg(long, default_value = "")]
        note: String,
        /// For how many days the key is valid; without it, until it is revoked.
        #[arg(long, value_parser = clap::value_parser!(i64).range(0..=36_500))]
        days: Option<i64>,
    },
    /// Show all keys without their secrets.
    List,
    /// Revoke a key at once.
    Revoke {
        /// The key's id.
        id: String,
    },
}

pub fn run(database: &str, task: &KeysTask) -> Result<()> {
    super::block_on(async {
        let store = super::open_existing(database).await?;
        let people = People::new(store.pool().clone());
        match task {
            KeysTask::Add { role, member, note, days } => add(&people, *role, member.as_deref(), note, *days).await,
            KeysTask::List => list(&people).await,
            KeysTask::Revoke { id } if people.revoke_key(id, COMMAND_LINE).await? => Ok(()),
            KeysTask::Revoke { id } => bail!("there is no valid key {id}"),
        }
    })
}

async fn add(people: &People, role: Role, member: Option<&str>, note: &str, days: Option<i64>) -> Result<()> {
    let member = match (role, member) {
        (Role::Merchant, Some(member)) => Some(Id::parse(member).with_context(|| format!("`{member}` is no id"))?),
        (Role::Merchant, None) => bail!("a merchant's key takes --member"),
        (_, Some(_)) => bail!("only a merchant's key takes --member"),
        (_, None) => None,
    };
    println!("{}", people.add_key(role, member.as_ref(), note, days, COMMAND_LINE).await?);
    eprintln!("store it now: it is not shown again");
    Ok(())
}

async fn list(people: &People) -> Result<()> {
    let date = |seconds: i64| Timestamp::from_second(seconds).map_or_else(|_| String::from("?"), |at| at.to_string());
    for KeySummary { id, role, member, note, expires, revoked } in people.keys().await? {
        let member = member.map_or(String::new(), |member| format!(" of {member}"));
        let end = match (revoked, expires) {
            (Some(at), _) => format!("revoked {}", date(at)),
            (None, Some(at)) => format!("until {}", date(at)),
            (None, None) => "without end".into(),
        };
        println!("{id}  {role}{member}  {end}  {note}");
    }
    Ok(())
}
