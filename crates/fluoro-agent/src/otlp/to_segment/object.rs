//! Writes JSON objects and arrays into a buffer, member by member.

use fluoro_wire::json;

/// An object that is being written.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
}

/// An array that is being written.
pub(super) struct Array<'a> {
    out: &'a mut Vec<u8>,
}

/// Appends an object with what `fill` writes.
pub(super) fn write_object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    out.push(b'{');
    fill(&mut Object { out });
    out.push(b'}');
}

impl Object<'_> {
    /// Writes a text, if there is one.
    pub(super) fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            json::write_str(self.value(key), value);
        }
    }

    /// Writes an integer, if there is one.
    pub(super) fn integer(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            json::write_i64(self.value(key), value);
        }
    }

    /// Writes `true`, or nothing.
    pub(super) fn flag(&mut self, key: &str, value: bool) {
        if value {
            json::write_bool(self.value(key), true);
        }
    }

    /// Writes an object; nothing at all if `fill` writes nothing.
    pub(super) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        let start = self.out.len();
        let out = self.value(key);
        out.push(b'{');
        fill(&mut Object { out });
        self.close(start, b'{', b'}');
    }

    /// Writes an array; nothing at all if `fill` writes nothing.
    pub(super) fn array(&mut self, key: &str, fill: impl FnOnce(&mut Array<'_>)) {
        let start = self.out.len();
        let out = self.value(key);
        out.push(b'[');
        fill(&mut Array { out });
        self.close(start, b'[', b']');
    }

    /// Writes members that were written before, if there are any.
    pub(super) fn members(&mut self, members: &[u8]) {
        if !members.is_empty() {
            separate(self.out, b'{');
            self.out.extend_from_slice(members);
        }
    }

    /// The buffer, for a value that the caller writes behind `key`.
    pub(super) fn value(&mut self, key: &str) -> &mut Vec<u8> {
        separate(self.out, b'{');
        json::write_str(self.out, key);
        self.out.push(b':');
        self.out
    }

    fn close(&mut self, start: usize, opening: u8, closing: u8) {
        if self.out.last() == Some(&opening) {
            self.out.truncate(start);
        } else {
            self.out.push(closing);
        }
    }
}

impl Array<'_> {
    /// Writes an object.
    pub(super) fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        write_object(self.value(), fill);
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &str) {
        json::write_str(self.value(), text);
    }

    /// The buffer, for a value that the caller writes.
    pub(super) fn value(&mut self) -> &mut Vec<u8> {
        separate(self.out, b'[');
        self.out
    }
}

/// A value never ends with an opening bracket, so the last byte tells whether one came before.
fn separate(out: &mut Vec<u8>, opening: u8) {
    if out.last() != Some(&opening) {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_objects_and_arrays_leave_nothing_and_commas_stand_between() {
        let mut out = Vec::new();
        write_object(&mut out, |object| {
            object.object("empty", |object| object.array("empty", |_| {}));
            object.text("brackets", Some("{["));
            object.object("inner", |object| {
                object.integer("a", Some(1));
                object.text("absent", None);
                object.flag("b", true);
                object.flag("c", false);
            });
            object.members(b"");
            object.members(b"\"d\":2");
            object.array("list", |array| {
                array.text("[");
                array.object(|_| {});
                array.object(|object| object.flag("e", true));
            });
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"brackets":"{[","inner":{"a":1,"b":true},"d":2,"list":["[",{},{"e":true}]}"#
        );
    }
}
