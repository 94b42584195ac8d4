//! Who sends a request: keys, sessions and other means of signing in. The books know nothing of them.

pub mod access;
pub mod actor;
pub mod keys;
pub mod passkeys;
pub mod sessions;
pub mod sign_in;
pub mod store;
pub mod wechat;
