//! The rules of the scheme.
