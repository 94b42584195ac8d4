//! The contents of a demo: a journal that is settled at the start, and people with names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gongxiang::identity::Id;
use gongxiang::wire::profile::Profile;
use serde::Deserialize;

use super::replay;
use crate::ledger::journal::JournalReader;
use crate::ledger::queue::Ledger;
use crate::ledger::store::{Page, Place};
use crate::people::guests::{Guest, GuestKind};
use crate::people::profile_text::CheckedProfile;
use crate::people::profiles::{ProfileOutcome, ProfilePart};
use crate::people::role::StaffRole;
use crate::people::staff::{NewStaff, StaffError};
use crate::people::store::People;

/// The file of people.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    profiles: BTreeMap<Id, Profile>,
    staff: Vec<StaffEntry>,
    guests: Vec<GuestEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffEntry {
    name: String,
    role: StaffRole,
    shop: Option<Id>,
}

/// A member by its id, or somebody of the staff by name.
#[derive(Deserialize)]
#[serde(untagged)]
enum GuestEntry {
    Member { kind: GuestKind, member: Id },
    Staff { kind: GuestKind, staff: String },
}

/// Settles a journal into an empty database.
///
/// # Errors
/// If the journal cannot be read or the database fails.
pub async fn settle(journal: &Path, ledger: &Ledger) -> Result<()> {
    let first = ledger.read().await?.journal(Page { after: Place::default(), limit: 1 }).await?;
    if !first.is_empty() {
        eprintln!("the database is not empty: {} is not settled again", journal.display());
        return Ok(());
    }
    let size = fs::metadata(journal).map(|file| file.len()).unwrap_or_default();
    eprintln!("settling {} ({} KB)", journal.display(), size / 1_000);
    let mut refused = 0;
    let settled = replay::settle(&mut JournalReader::open(journal)?, ledger, |_, _| {
        refused += 1;
        Ok(())
    })
    .await?;
    eprintln!("settled {settled} events, {refused} of them refused");
    Ok(())
}

/// Stores the people of a file, and returns those to sign in as. The second time it changes nothing.
///
/// # Errors
/// If the file cannot be read, a name is refused, or the database fails.
pub async fn people(file: &Path, people: &People) -> Result<Arc<[Guest]>> {
    let context = || format!("cannot use {}", file.display());
    let text = fs::read_to_string(file).with_context(context)?;
    let PeopleFile { profiles, staff, guests } =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).with_context(context)?;
    for (member, profile) in profiles {
        if people.profile(&member).await?.is_none() {
            let checked = CheckedProfile::of(profile);
            let checked = checked.map_err(|(field, error)| anyhow::anyhow!("{member}: {field}: {error}"))?;
            if people.keep_profile(&member, ProfilePart::Whole, &checked).await? == ProfileOutcome::ShopNameTaken {
                bail!("{member}: another shop has a name that looks like this one");
            }
        }
    }
    for StaffEntry { name, role, shop } in &staff {
        match people.add_staff(NewStaff { name, role: *role, shop: shop.as_ref() }, "demo").await {
            Ok(_) | Err(StaffError::Exists) => {}
            Err(error) => return Err(error).with_context(|| name.clone()),
        }
    }
    let mut offered = Vec::with_capacity(guests.len());
    for guest in guests {
        offered.extend(match guest {
            GuestEntry::Member { kind, member } => {
                let profile = people.profile(&member).await?.map(|stored| stored.profile).unwrap_or_default();
                let name = profile.shop_name.or(profile.name).unwrap_or_else(|| member.to_string());
                Some(Guest { kind, name, member: Some(member), staff: None })
            }
            // Whoever was ended meanwhile is not offered.
            GuestEntry::Staff { kind, staff } => {
                let row = people.staff_named(&staff).await?.pop();
                row.map(|row| Guest { kind, name: row.name, member: None, staff: Some(row.id) })
            }
        });
    }
    Ok(offered.into())
}
