//! The browser: three doors over one shared crate.
