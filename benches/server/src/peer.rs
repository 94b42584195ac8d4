//! The other ledger: the crate `doubleentry`, in this process, with its own settings.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use doubleentry::store::{SqlStore, Store};
use doubleentry::{AccountKind, Amount, Currency, Entry, Ledger, LedgerId, MemoSalt, date};
use serde_json::Value;
use tokio::runtime::Runtime;

/// Places of our points and of share value.
const PLACES: u8 = 8;

/// What is moved by an order: postings of a receipt.
#[derive(Clone, Debug)]
pub struct Postings(Vec<Posting>);

#[derive(Clone, Debug)]
struct Posting {
    giver: String,
    receiver: String,
    currency: Currency,
    amount: Amount<PLACES>,
}

/// The ledger on one engine.
pub enum Peer {
    /// A file.
    Sqlite(Ledger<SqlStore<doubleentry::store::Sqlite, PLACES>, PLACES>),
    /// A server.
    Postgres(Ledger<SqlStore<doubleentry::store::Postgres, PLACES>, PLACES>),
}

impl Postings {
    /// Those of a receipt as the server answers it.
    pub fn of(receipt: &Value) -> Result<Self> {
        let posting = |posting: &Value| {
            let text = |field: &str| posting[field].as_str().with_context(|| format!("no {field} in {posting}"));
            let account = |party: &str| format!("Scheme:{}", party.replace(' ', ":"));
            let currency = text("asset")?.replace('_', "").to_uppercase();
            Ok(Posting {
                giver: account(text("from")?),
                receiver: account(text("to")?),
                currency: Currency::new(&currency)?,
                amount: Amount::parse(text("amount")?)?,
            })
        };
        let postings: Result<Vec<_>> =
            receipt["postings"].as_array().context("no postings")?.iter().map(posting).collect();
        Ok(Self(postings?))
    }

    fn entry(&self, key: String) -> Entry<PLACES> {
        self.0.iter().fold(Entry::new(key, date!("2026-01-01")), |entry, posting| {
            let Posting { giver, receiver, currency, amount } = posting;
            entry.debit(giver.as_str(), *amount, *currency).credit(receiver.as_str(), *amount, *currency)
        })
    }
}

impl Peer {
    /// A ledger with every account that the postings name, in a database with nothing in it.
    pub fn open<'a>(url: &str, runtime: &Runtime, postings: impl IntoIterator<Item = &'a Postings>) -> Result<Self> {
        let all: Vec<_> = postings.into_iter().flat_map(|postings| &postings.0).collect();
        let accounts: BTreeSet<_> = all.iter().flat_map(|posting| [&posting.giver, &posting.receiver]).collect();
        let currencies: BTreeMap<_, _> =
            all.iter().map(|posting| (posting.currency.to_string(), posting.currency)).collect();
        runtime.block_on(async {
            if url.starts_with("sqlite:") {
                let store = SqlStore::sqlite(&format!("{url}?mode=rwc")).await?;
                Ok(Self::Sqlite(books(store, &accounts, &currencies).await?))
            } else {
                let store = SqlStore::postgres(url).await?;
                Ok(Self::Postgres(books(store, &accounts, &currencies).await?))
            }
        })
    }

    /// Records the postings as one entry, and again if it says that it was busy.
    pub fn record(&self, runtime: &Runtime, key: &str, postings: &Postings) -> Result<()> {
        loop {
            let entry = postings.entry(key.into());
            let recorded = runtime.block_on(async {
                match self {
                    Self::Sqlite(ledger) => ledger.record(entry).await,
                    Self::Postgres(ledger) => ledger.record(entry).await,
                }
            });
            match recorded {
                Err(error) if error.is_transient() => {}
                recorded => return Ok(recorded.map(drop)?),
            }
        }
    }
}

async fn books<S: Store<PLACES>>(
    store: S,
    accounts: &BTreeSet<&String>,
    currencies: &BTreeMap<String, Currency>,
) -> Result<Ledger<S, PLACES>> {
    // Memos are not used; its own salts would cost it time.
    let ledger = Ledger::with_precision(store, LedgerId::new("example.com/bench")?).await?;
    let ledger = ledger.with_salt_source(|| MemoSalt([1; 16]));
    let first = date!("2026-01-01");
    for currency in currencies.values() {
        ledger.declare_currency(*currency, PLACES, first).await?;
    }
    ledger.define_months(2026, 1..=1).await?;
    for account in accounts {
        ledger.open(account, AccountKind::Liability, first).await?;
    }
    Ok(ledger)
}
