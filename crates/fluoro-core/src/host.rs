//! What a language binding may bring of its own into a segment tree.
//!
//! The tree is generic over a [`Host`]: the text it stores names in, the values it accepts as
//! metadata, and a small attachment on every node. [`Native`](crate::Native) is the host of Rust
//! programs. A binding supplies its own, so that it can keep its language's objects as they are.

/// The types a host language stores in a segment tree.
pub trait Host: Sized + 'static {
    /// Text: names, keys, URLs. Read under the segment's lock, so reading must not run user code.
    type Text: AsRef<str>;
    /// A metadata value. It is cloned under the lock and encoded after the lock is released,
    /// since encoding may run user code.
    type Value: Clone;
    /// What the host keeps on every node.
    type Attachment: Attachment<Self> + Default;
}

/// A host's data on one node.
pub trait Attachment<H: Host> {
    /// True while something outside the tree refers to the node, so that its slot is not reused.
    fn is_pinned(&self) -> bool;
    /// Fields the host holds for this node instead of, or in addition to, the tree.
    fn overrides(&self) -> Option<&dyn Overrides<H>>;
}

/// Fields of a node's document that the host holds itself.
pub trait Overrides<H: Host> {
    /// True when the host holds the field called `key`, so that the tree's own is left out.
    fn replaces(&self, key: &str) -> bool;
    /// Calls `visit` with each field the host holds.
    fn for_each(&self, visit: &mut dyn FnMut(&str, &H::Value));
    /// Children the host holds that live in no tree or in another one.
    fn children(&self) -> &[H::Value];
}

impl<H: Host> Attachment<H> for () {
    fn is_pinned(&self) -> bool {
        false
    }

    fn overrides(&self) -> Option<&dyn Overrides<H>> {
        None
    }
}
