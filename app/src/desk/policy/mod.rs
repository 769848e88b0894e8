//! The versions of the policy: what each changed, who drafted it, who approved it, and which is in force.

pub mod diff;
mod page;
mod text;

pub use page::Page;
