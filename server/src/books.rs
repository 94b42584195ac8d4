//! Books in other forms: exports for accountants, imports from other systems.

pub mod export;
pub mod import;
