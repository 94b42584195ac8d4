//! HTTP: what clients ask, who may, and how it is answered. The rooms below know nothing of it.
//!
//! | file | what it holds |
//! |---|---|
//! | `routes` | every address with its handler |
//! | `app` | what every handler can reach |
//! | `edge`, `listen`, `rates`, `guard` | what every request passes; connections |
//! | `commands`, `settle`, `preview`, `quote` | what can be done: one table, and its three uses |
//! | `members`, `orders`, `market`, `days`, `scheme`, `rules`, `rulebook`, `events`, `ahead` | what can be asked, by resource |
//! | `profiles`, `names` | what members say of themselves, and what others see of it |
//! | `notices` | what members are told, and how |
//! | `counter` | what a shop's till starts from, and members' codes |
//! | `sessions`, `passkeys`, `newcomers`, `access` | signing in and out, registering, and what one signed in with |
//! | `staff`, `actions`, `concerns` | who works here, who did what, and whom it concerned |
//! | `proposals` | commands that wait for a second person |
//! | `applications` | who applies for a shop, and what the operator decides |
//! | `rights`, `actor`, `view` | who asks, whether they may, and what they see |
//! | `query`, `body`, `fields`, `one` | how a request is read |
//! | `answer`, `page`, `sheet`, `problem`, `etag` | how it is answered |
//! | `api`, `schemas`, `openapi` | the document, made of the handlers' arguments and answers |
//! | `files`, `health`, `metrics` | the wallet's files, probes, figures |

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
mod commands;
mod concerns;
mod counter;
mod days;
pub mod edge;
mod etag;
mod events;
mod fields;
mod files;
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
mod trades;
mod view;
mod vouchers;
mod webhooks;
