//! Books in other formats: exports for accountants, imports from other systems.

pub mod export;
pub mod import;
