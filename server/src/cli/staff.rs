//! `gongxiang staff`: people with names who work for the operator or in a shop, and the codes with which they sign in
//! for the first time.

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use fast_qr::QRBuilder;
use gongxiang::identity::Id;
use jiff::Timestamp;

use crate::limits::PAGE_MAX;
use crate::people::actions::{COMMAND_LINE, Deed};
use crate::people::enrolments::EnrolmentOutcome;
use crate::people::holder::Holder;
use crate::people::role::StaffRole;
use crate::people::staff::{NewStaff, StaffRow};
use crate::people::store::People;

#[derive(Clone, Debug, Subcommand)]
pub enum StaffTask {
    /// Add somebody, and show a link and a QR code that make the first passkey; they work once.
    Add {
        /// The name, as colleagues know it.
        name: String,
        /// What the person is there for.
        #[arg(long)]
        role: StaffRole,
        /// The merchant of the shop, for an owner or a cashier.
        #[arg(long)]
        shop: Option<String>,
        #[command(flatten)]
        origin: Origin,
    },
    /// Show everybody who is there or was.
    List,
    /// Show a new link and QR code for somebody, for another device.
    Code {
        /// The name, or the id as `list` shows it.
        name: String,
        #[command(flatten)]
        origin: Origin,
    },
    /// End somebody at once: sessions, passkeys and codes.
    End {
        /// The name, or the id as `list` shows it.
        name: String,
    },
}

#[derive(Clone, Debug, clap::Args)]
pub struct Origin {
    /// Where the wallet's pages are, as for `serve`; without it, only the code is printed.
    #[arg(long, env = "GONGXIANG_ORIGIN", value_name = "ORIGIN")]
    origin: Option<String>,
}

pub fn run(database: &str, task: &StaffTask) -> Result<()> {
    super::block_on(async {
        let store = super::open_existing(database).await?;
        let people = People::new(store.pool().clone());
        match task {
            StaffTask::Add { name, role, shop, origin } => {
                let shop = shop.as_deref().map(|shop| Id::parse(shop).with_context(|| format!("`{shop}` is no id")));
                let shop = shop.transpose()?;
                let new = NewStaff { name, role: *role, shop: shop.as_ref() };
                let row = people.add_staff(new, COMMAND_LINE).await?;
                show_code(&people, &row, origin).await
            }
            StaffTask::List => list(&people).await,
            StaffTask::Code { name, origin } => show_code(&people, &one(&people, name).await?, origin).await,
            StaffTask::End { name } => {
                people.end_staff(&one(&people, name).await?.id, COMMAND_LINE).await?;
                Ok(())
            }
        }
    })
}

async fn one(people: &People, name: &str) -> Result<StaffRow> {
    let mut found = people.staff_named(name).await?;
    match (found.pop(), found.is_empty()) {
        (Some(row), true) => Ok(row),
        (Some(_), false) => bail!("there is more than one {name}: name one by the id that `staff list` shows"),
        (None, _) => bail!("there is no {name}"),
    }
}

async fn show_code(people: &People, row: &StaffRow, Origin { origin }: &Origin) -> Result<()> {
    let made = people.enrol(&Holder::Staff(row.id.clone()), None).await?;
    let EnrolmentOutcome::Made { code, holds } = made else { bail!("{} has too many open codes", row.name) };
    people.enter_action(COMMAND_LINE, Deed::CodeMade, &row.title()).await?;
    if let Some(origin) = origin {
        let link = format!("{}/#/operator/enrol/{code}", origin.trim_end_matches('/'));
        println!("{link}");
        let qr = QRBuilder::new(link).build().context("the link does not fit a QR code")?;
        eprintln!("{}", qr.to_str());
    } else {
        println!("{code}");
    }
    eprintln!("{} opens this within {} hours; it works once and is not shown again", row.name, holds / 3_600);
    Ok(())
}

async fn list(people: &People) -> Result<()> {
    let date = |seconds: i64| Timestamp::from_second(seconds).map_or_else(|_| String::from("?"), |at| at.to_string());
    let mut after = String::new();
    loop {
        let rows = people.staff(None, &after, PAGE_MAX).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id.to_string();
        for StaffRow { id, name, role, shop, since, ended } in rows {
            let shop = shop.map_or_else(String::new, |shop| format!(" of {shop}"));
            let end = ended.map_or_else(String::new, |at| format!(", ended {}", date(at)));
            println!("{id}  {}{shop}  since {}{end}  {name}", role.as_str(), date(since));
        }
    }
}
