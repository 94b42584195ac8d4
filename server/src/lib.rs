//! The settlement server and the `gongxiang` command line.
//!
//! The rules compute. This crate reads requests, gives events to the book, stores what changed and answers; it computes
//! no amounts. A module may use only the modules below it, so no two of them depend on each other.
//!
//! | module | what it holds | what it may use |
//! |---|---|---|
//! | [`cli`] | one file per command | all |
//! | [`http`] | routes, rights, answers, the `OpenAPI` document, connections | the modules below |
//! | [`books`] | exports and imports | [`ledger`] |
//! | [`webhooks`] | delivery of events to other systems, at least once | [`ledger`] |
//! | [`notices`] | messages to members about what concerns them: by push, `WeChat`, e-mail and SMS | [`webhooks`], [`people`], [`ledger`] |
//! | [`goods`] | goods for points: the catalogue, its pictures, the vouchers | [`ledger`] |
//! | [`admission`] | opens the shops of approved applications | [`people`], [`ledger`] |
//! | [`people`] | keys, staff, sessions, passkeys, `WeChat` accounts, profiles; commands that wait for a second person; what the two sides of a trade write to each other; applications for shops | the base |
//! | [`ledger`] | the queue of events, groups, the store, the audit, the close of a day | the base |
//!
//! The base: [`limits`] (every limit of the server), [`text`] (hashes, JSON), [`language`] and [`flags`] (the words
//! of reports and red flags), [`clock`], [`shutdown`], [`metrics`], [`logs`], [`output`] (files that are written whole or
//! not at all), [`outbound`] (requests to other servers), [`transaction`] (how transactions begin).

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    reason = "nobody publishes this crate: a comment says why, or is left out"
)]

pub mod admission;
pub mod books;
pub mod cli;
pub mod clock;
pub mod flags;
pub mod goods;
pub mod http;
pub mod language;
pub mod ledger;
pub mod limits;
pub mod logs;
pub mod metrics;
pub mod notices;
pub mod outbound;
pub mod output;
pub mod people;
pub mod shutdown;
pub mod text;
pub mod transaction;
pub mod webhooks;
