//! The settlement server, and what the `gongxiang` command line does.
//!
//! A shell around the rules: it reads, asks the book, keeps the answer and says it. No number is computed here.
//!
//! The map, from the ground up:
//!
//! | room | what it knows |
//! |---|---|
//! | [`limits`] | every limit of the server, in one place |
//! | [`journal`] | lines of a journal, read one by one; `gongxiang replay` |
//! | [`rules`] | rule sets from files and presets; `gongxiang rules check` |
//! | [`economy`], [`review`] | `gongxiang economy`, `gongxiang review`: scenarios, the past, red flags |
//! | [`storage`] | `SQLite`: what is kept, and that it still fits together |
//! | [`ledger`] | the book in memory and its only writer |
//! | [`api`] | HTTP |
//! | [`serve`] | `gongxiang serve`: all of these put together |

pub mod api;
pub mod economy;
pub mod journal;
pub mod ledger;
pub mod limits;
pub mod review;
pub mod rules;
pub mod serve;
pub mod storage;
