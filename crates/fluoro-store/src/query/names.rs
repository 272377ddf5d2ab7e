//! Keeps each text once, however often it is seen.

use std::{collections::HashMap, rc::Rc};

/// A text that is kept; equal texts have equal names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Name(u32);

/// The texts that are kept.
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: Vec<Rc<str>>,
    known: HashMap<Rc<str>, Name>,
}

impl Names {
    /// Keeps a text.
    pub(super) fn of(&mut self, text: &str) -> Name {
        if let Some(name) = self.find(text) {
            return name;
        }
        let name = Name(self.texts.len() as u32);
        let text: Rc<str> = text.into();
        self.texts.push(Rc::clone(&text));
        self.known.insert(text, name);
        name
    }

    /// A text that is kept already.
    pub(super) fn find(&self, text: &str) -> Option<Name> {
        self.known.get(text).copied()
    }

    /// The text of a name.
    pub(super) fn text(&self, name: Name) -> &str {
        &self.texts[name.0 as usize]
    }
}
