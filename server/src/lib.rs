//! The settlement server, and what the `gongxiang` command line does.
//!
//! A shell around the rules: it reads, asks the book, keeps the answer and says it. No number is computed here. A room knows
//! only the rooms below it, and no two modules know each other.
//!
//! | room | what it holds | what it may know |
//! |---|---|---|
//! | [`cli`] | one file a command | all |
//! | [`http`] | routes, rights, answers, the document, connections | the rooms below |
//! | [`books`] | exports and imports | [`ledger`] |
//! | [`webhooks`] | events told to others, each at least once | [`ledger`] |
//! | [`people`] | keys, sessions, passkeys, `WeChat` accounts | the ground |
//! | [`ledger`] | the queue of events, groups that are settled, the store, the audit, the close of a day | the ground |
//!
//! The ground: [`limits`] (every limit of the server), [`text`] (hashes, JSON), [`language`] and [`flags`] (words of reports and
//! red flags), [`clock`], [`shutdown`], [`metrics`], [`logs`], [`output`] (files that are written whole or not at all),
//! [`outbound`] (requests to others).

#![allow(missing_docs, reason = "nobody publishes this crate: a comment says why, or is left out")]

pub mod books;
pub mod cli;
pub mod clock;
pub mod flags;
pub mod http;
pub mod language;
pub mod ledger;
pub mod limits;
pub mod logs;
pub mod metrics;
pub mod outbound;
pub mod output;
pub mod people;
pub mod shutdown;
pub mod text;
pub mod webhooks;
