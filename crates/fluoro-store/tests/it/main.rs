//! The store from outside: what was kept is there, whatever happened meanwhile.

mod concurrency;
mod crash;
mod damage;
mod disk_full;
mod documents;
mod model;
mod retention;
mod store;
mod subprocess;
