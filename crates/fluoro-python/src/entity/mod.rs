//! Segments and subsegments as Python sees them.
//!
//! A Python object here is a handle: a segment's handle owns the tree, a subsegment's handle is
//! its segment and an index. Handles of subsegments are made when Python asks for one. The tree
//! knows the handle of a node while it is alive, so that asking twice gives the same object, but
//! does not keep it alive.
//!
//! No Python object is made, dropped or called while a tree is locked.

pub(crate) mod annotations;
pub(crate) mod attributes;
mod base;
mod children;
mod collector;
pub(crate) mod dummy;
mod facade;
pub(crate) mod fields;
mod generic;
mod handle;
mod http;
mod identity;
pub(crate) mod metadata;
mod methods;
pub(crate) mod mutation;
mod outcome;
pub(crate) mod segment;
mod subsegment;
mod weak;

use fluoro_core::tree::Tree;

pub(crate) use base::{Entity, Kind, segment_of};
pub(crate) use children::{reconcile, remove, unlist};
pub(crate) use dummy::{DummySegment, DummySubsegment};
pub(crate) use facade::FacadeSegment;
pub(crate) use handle::{as_built_in, as_entity, begin_child, enclosing, handle, register};
pub(crate) use identity::{clean_name, parse_id};
pub(crate) use methods::document;
pub(crate) use outcome::change_outcome;
pub(crate) use segment::{RefCounter, Segment};
pub(crate) use subsegment::Subsegment;

use crate::host::PythonHost;

pub(crate) type PythonTree = Tree<PythonHost>;
