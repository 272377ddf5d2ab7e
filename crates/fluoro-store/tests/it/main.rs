//! The store from outside: what was kept is there, whatever happened meanwhile.

mod documents;
mod store;
