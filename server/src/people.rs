//! Who sends a request: keys, sessions and other means of signing in, and the staff. The books know nothing of them.

pub mod access;
pub mod actions;
pub mod actor;
pub mod holder;
pub mod keys;
pub mod passkeys;
pub mod role;
pub mod sessions;
pub mod sign_in;
pub mod staff;
pub mod store;
pub mod wechat;
