//! The rules of 共享购 (gongxiang), a consumer-points scheme: exact, pure, the same natively and in WebAssembly.
//!
//! A browser, a mini-program and the settlement server call the same functions, so they get the same numbers. The rules have
//! no I/O, no clock, no randomness and no floats; time is an argument. The contract is `docs/RULES.md`, and HACKING.md explains
//! the terms.
//!
//! # The map of the modules
//!
//! A module uses only modules in the rows below its own:
//!
//! | modules |
//! |---|
//! | `wasm`: the JavaScript surface |
//! | [`wire`]: plain data in, plain data out |
//! | [`past`]: the figures of a journal that was settled, as the type [`economy::Run`], which a simulation returns too |
//! | [`review`]: red flags; [`rulebook`]: the rules as members read them; [`forecast`]: what a member may expect; [`statement`]: an account brought up to date by day records; [`absorption`]: what orders and goods absorb |
//! | [`economy`]: the whole network, day by day |
//! | [`book`]: the whole state, `apply(event) -> receipt` |
//! | [`order`]: who gets what from an order, and why; [`day`]: the close of a day, for book, simulator and forecast alike |
//! | [`receipt`]: what happened, by which rule, and why; [`release`]: units, `nav`, `acc`, eras; [`price`]: the next day's price; [`purchase`]: packs and redemptions that may come back; `preset`: the rule sets that ship with the rules |
//! | [`event`]: a line of the journal, and the codes of refusals |
//! | [`ruleset`]: the scheme's numbers; [`market`]: offers and trades; [`power`]: growth, for statistics |
//! | [`quantity`]: exact decimals with named roundings; [`identity`]: ids, regions, days; [`tree`]: plain data |
//! | [`limits`]: how large anything may be; `wide`: products and quotients in 256 bits; `contract`: the tables of events, codes, rules and reasons, as macros |
//!
//! [`day_report`] adds up what a day brought. It uses [`book`] and [`economy`], and no other module uses it.
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

pub mod absorption;
pub mod book;
mod contract;
pub mod day;
pub mod day_report;
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
pub mod rulebook;
pub mod ruleset;
pub mod statement;
pub mod tree;
#[cfg(feature = "wasm")]
mod wasm;
mod wide;
pub mod wire;
