//! Who sends a request: keys, sessions and other means of signing in, and the staff; what waits for a second person; what the sides of a
//! trade tell each other; and who applies for a shop. The books know nothing of them.

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
pub mod trades;
pub mod wechat;
