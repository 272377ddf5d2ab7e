//! The operations of the X-Ray API.

mod account;
mod dispatch;
mod graph;
mod groups;
mod sampling;
mod segments;
mod summaries;
mod tags;
mod traces;

pub(super) use dispatch::answer;
