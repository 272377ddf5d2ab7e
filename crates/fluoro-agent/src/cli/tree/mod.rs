//! A trace as a tree, with a timeline beside it.

mod label;
mod mark;
mod render;
mod row;
mod timeline;

pub(super) use render::render;

#[cfg(test)]
mod tests;
