//! The rules of 共享购 (gongxiang), a consumer-points scheme: exact, pure, the same natively and in WebAssembly.
//!
//! Whatever a browser, a mini-program or the settlement server computes, the same function here computed it. There is
//! no I/O, no clock, no randomness and no float in the rules; time is an argument. The contract is `RULES.md`.
//!
//! # The map of the house
//!
//! A room knows only rooms below it:
//!
//! | floor | rooms |
//! |---|---|
//! | 4 | [`wire`]: plain data in, plain data out; `wasm`: the JavaScript surface |
//! | 3 | [`review`]: red flags; [`economy`]: the whole network, day by day; [`past`]: the same from a journal; [`forecast`]: what a member may expect; [`book`]: the whole state, `apply(event) -> receipt`; [`statement`]: an account brought up to date by day records |
//! | 2 | [`event`]: one line of the journal, the codes; [`order`]: who gets what by an order, and why; [`release`]: units, `nav`, `acc`, eras; [`market`]: offers and trades; [`purchase`]: packs and redemptions that may come back; [`price`]: the next day's; [`day`]: the close, for book, simulator and forecast alike |
//! | 1 | [`ruleset`]: the scheme's numbers; [`receipt`]: what happened, by which rule, in words |
//! | 0 | [`quantity`]: exact decimals with named roundings; [`identity`]: ids, regions, days; [`tree`]: plain data; [`limits`]; [`power`]: growth, for statistics |
//!
//! # Example
//!
//! ```
//! use gongxiang::book::Book;
//! use gongxiang::{wire, preset, tree::Tree};
//!
//! let mut book = Book::open(preset::seed()?);
//! let event: Tree = serde_json::from_str(r#"{"type": "member.registered", "member": "ann"}"#)?;
//! let receipt = book.apply(&wire::event::read(&event)?).result?;
//! assert_eq!(receipt.postings[0].amount.to_string(), "200");
//! assert_eq!(book.account_state("ann")?.unwrap().locked.to_string(), "200");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod book;
mod contract;
pub mod day;
pub mod economy;
pub mod event;
pub mod forecast;
pub mod identity;
pub mod limits;
pub mod market;
pub mod order;
pub mod past;
pub mod power;
#[cfg(feature = "toml")]
pub mod preset;
pub mod price;
pub mod purchase;
pub mod quantity;
pub mod receipt;
pub mod release;
pub mod review;
pub mod ruleset;
pub mod statement;
pub mod tree;
#[cfg(feature = "wasm")]
mod wasm;
mod wide;
pub mod wire;
