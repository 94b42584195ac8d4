//! HTTP: routes, rights and answers. The modules below (`ledger`, `people` and so on) know nothing of it.
//!
//! | file | what it holds |
//! |---|---|
//! | `routes` | every address with its handler |
//! | `app` | what every handler can reach |
//! | `edge`, `arrival`, `changes`, `listen`, `rates`, `guard` | what every request passes; connections |
//! | `commands`, `settle`, `flights`, `preview`, `quote` | the table of commands, and what is done with one: settled once, previewed, quoted |
//! | `members`, `orders`, `market`, `days`, `scheme`, `rules`, `rulebook`, `events` | what can be read, by resource |
//! | `ahead`, `lookout` | forecasts and scenarios, and how many run at a time |
//! | `pending`, `team`, `overview` | what is to come to a member, what its team brings, the operator's figures |
//! | `trades` | what the two sides of a trade write to each other, and disputes |
//! | `goods`, `vouchers` | goods for points |
//! | `profiles`, `names`, `look_ups` | profiles, what others see of them, and how often one may look somebody up |
//! | `notices` | a member's notices and subscriptions |
//! | `webhooks`, `keys`, `tokens` | webhooks, API keys and tokens for apps, for the operator |
//! | `counter` | what a shop's till starts from, and members' codes |
//! | `sessions`, `passkeys`, `newcomers`, `access` | signing in and out, registering, and what one signed in with |
//! | `staff`, `actions`, `concerns` | the staff, the list of who did what, and whom an event concerned |
//! | `proposals` | commands that wait for a second person |
//! | `applications` | applications for a shop |
//! | `rights`, `actor`, `view` | who asks, whether they may, and what they see |
//! | `query`, `body`, `fields`, `one`, `event_errors` | how a request is read |
//! | `answer`, `page`, `sheet`, `problem`, `etag` | how it is answered |
//! | `api`, `schemas`, `openapi` | the document, made of the handlers' arguments and answers |
//! | `files`, `wallet` | the wallet's files, in a directory or inside the program |
//! | `health`, `metrics` | probes, figures |

mod access;
mod actions;
mod actor;
mod ahead;
mod announced;
mod answer;
mod api;
pub mod app;
mod applications;
mod arrival;
mod body;
pub mod changes;
mod commands;
mod concerns;
mod counter;
mod days;
pub mod edge;
mod etag;
mod event_errors;
mod events;
mod fields;
pub mod files;
mod flights;
mod goods;
mod guard;
mod health;
mod keys;
pub mod listen;
mod look_ups;
mod lookout;
mod market;
mod members;
mod metrics;
mod names;
mod newcomers;
mod notices;
mod one;
mod openapi;
mod orders;
mod overview;
mod page;
mod passkeys;
mod pending;
mod preview;
mod problem;
mod profiles;
mod proposals;
mod query;
mod quote;
mod rates;
mod returns;
mod rights;
pub mod routes;
mod rulebook;
mod rules;
mod schemas;
mod scheme;
mod sessions;
mod settle;
mod sheet;
mod staff;
mod team;
mod tokens;
mod trades;
mod view;
mod vouchers;
pub mod wallet;
mod webhooks;
