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
//! | [`rules`] | rule sets from files and presets; `gongxiang rules` |
//! | [`needs`] | which rows events need, and which events need to be alone |
//! | [`store`] | what is kept: one trait, `SQLite`, `PostgreSQL` and memory behind it |
//! | [`group`] | a group of events settled by the rules on what was loaded for it; pure |
//! | [`metrics`] | what is measured |
//! | [`ledger`] | the writers: requests in groups, answered when they are committed |
//! | [`people`] | keys and sessions: who may do what |
//! | [`passkeys`], [`wechat`] | how members sign in |
//! | [`audit`] | everything rebuilt from the journal and compared |
//! | [`output`] | files that are written whole or not at all |
//! | [`books`] | what others can read: hledger, beancount, CSV; `gongxiang export` |
//! | [`import`] | orders of other systems as a journal; `gongxiang import` |
//! | [`economy`], [`review`] | `gongxiang economy`, `gongxiang review`: scenarios, the past, red flags |
//! | [`api`] | HTTP |
//! | [`keys`] | `gongxiang keys` |
//! | [`rates`] | how many requests a client may send |
//! | [`edge`] | what every request passes before the API |
//! | [`listen`] | connections, and how they end |
//! | [`scrape`] | `/metrics` |
//! | [`clock`] | the day that closes by itself |
//! | [`outbound`] | requests of ours to others |
//! | [`webhooks`] | events told to others, each at least once |
//! | [`backup`] | `gongxiang backup` and `restore` |
//! | [`config`] | settings, and where each came from |
//! | [`logs`] | the log |
//! | [`serve`] | `gongxiang serve`: all of these put together |

pub mod api;
pub mod audit;
pub mod backup;
pub mod books;
pub mod clock;
pub mod config;
pub mod economy;
pub mod edge;
pub mod group;
pub mod import;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod limits;
pub mod listen;
pub mod logs;
pub mod metrics;
pub mod needs;
pub mod outbound;
pub mod output;
pub mod passkeys;
pub mod people;
pub mod rates;
pub mod review;
pub mod rules;
pub mod scrape;
pub mod serve;
pub mod store;
pub mod webhooks;
pub mod wechat;
