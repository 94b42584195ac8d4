//! The `gongxiang` command line, a file a command; `main.rs` reads the arguments and calls one of them.

pub mod audit;
pub mod backup;
pub mod config;
pub mod days;
pub mod economy;
pub mod export;
pub mod import;
pub mod keys;
pub mod openapi;
pub mod replay;
pub mod review;
pub mod rules;
pub mod serve;
pub mod settings;
pub mod webhooks;
