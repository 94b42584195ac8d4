//! The people behind requests: keys, sessions and other ways of signing in, the staff, commands that wait for a second
//! person, what the two sides of a trade write to each other, and applications for shops. The ledger knows nothing of
//! them.

pub mod access;
pub mod actions;
pub mod actor;
pub mod applications;
pub mod counter;
pub mod device;
pub mod enrolments;
pub mod guests;
pub mod holder;
pub mod keys;
pub mod passkeys;
pub mod profile_text;
pub mod profiles;
pub mod proposals;
pub mod role;
pub mod second_person;
pub mod sessions;
pub mod sign_in;
pub mod staff;
pub mod store;
pub mod tokens;
pub mod trades;
pub mod wechat;
