//! Who is who, and who may do what: beside the books, never in them.

pub mod actor;
pub mod keys;
pub mod passkeys;
pub mod sessions;
pub mod sign_in;
pub mod store;
pub mod wechat;
