//! HTTP: what clients ask, who may, and how it is answered. The rooms below know nothing of it.
//!
//! | file | what it holds |
//! |---|---|
//! | `routes` | every address with its handler |
//! | `app` | what every handler can reach |
//! | `edge`, `listen`, `rates`, `guard` | what every request passes; connections |
//! | `commands`, `settle`, `preview`, `quote` | what can be done: one table, and its three uses |
//! | `members`, `orders`, `market`, `days`, `scheme`, `rules`, `events`, `ahead` | what can be asked, by resource |
//! | `sessions`, `passkeys`, `newcomers`, `access` | signing in and out, registering, and what one signed in with |
//! | `staff`, `actions` | who works here, and who did what |
//! | `rights`, `actor`, `view` | who asks, whether they may, and what they see |
//! | `query`, `body`, `fields`, `one` | how a request is read |
//! | `answer`, `page`, `problem`, `etag` | how it is answered |
//! | `api`, `schemas`, `openapi` | the document, made of the handlers' arguments and answers |
//! | `files`, `health`, `metrics` | the wallet's files, probes, figures |

mod access;
mod actions;
mod actor;
mod ahead;
mod answer;
mod api;
pub mod app;
mod arrival;
mod body;
mod commands;
mod days;
pub mod edge;
mod etag;
mod events;
mod fields;
mod files;
mod flights;
mod guard;
mod health;
pub mod listen;
mod lookout;
mod market;
mod members;
mod metrics;
mod newcomers;
mod one;
mod openapi;
mod orders;
mod page;
mod passkeys;
mod pending;
mod preview;
mod problem;
mod query;
mod quote;
mod rates;
mod rights;
pub mod routes;
mod rules;
mod schemas;
mod scheme;
mod sessions;
mod settle;
mod staff;
mod view;
