//! The store from outside: what was kept is there, whatever happened meanwhile, and questions
//! about it are answered.

mod concurrency;
mod crash;
mod damage;
mod disk_full;
mod distributions;
mod documents;
mod filters;
mod graphs;
mod memory_store;
mod model;
mod retention;
mod shop;
mod store;
mod subprocess;
mod summaries;
mod whole_traces;
