//! `fluoro demo`: traces of a shop that does not exist, so that there is something to look at.

mod document;
mod own_agent;
mod random;
mod run;
mod shop;

pub(super) use run::run;
