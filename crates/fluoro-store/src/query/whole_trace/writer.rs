//! Writes the segments of a trace, each with everything that hangs below it.

use fluoro_wire::TraceId;

use super::{WholeSegment, forest::Forest, inferred};

/// Subsegments that are nested deeper stand on their own: most JSON readers give up on depth.
const MAX_DEPTH: usize = 50;

/// What a streamed subsegment does not repeat once it is back in its parent.
const OF_STREAMED: [&str; 3] = ["trace_id", "parent_id", "type"];

/// All segments by start: those that were sent, those that are inferred, and subsegments whose
/// parent is not there.
pub(super) fn segments(id: TraceId, forest: &Forest<'_>) -> Vec<WholeSegment> {
    let mut writer = Writer {
        trace: id.to_string(),
        forest,
        is_written: vec![false; forest.len()],
        segments: Vec::new(),
    };
    let is_below = forest.is_below_another();
    // What is not written from the tops hangs in a loop of parents.
    let tops = forest.places().filter(|&place| !is_below[place]);
    for place in tops.chain(forest.places()) {
        writer.add_with_deeper(place);
    }
    let mut segments = writer.segments;
    for entity in forest.places().map(|place| forest.entity(place)) {
        if entity.is_inferring() {
            let segment = inferred::segment(id, &entity.document);
            segments.extend(segment.map(|segment| (entity.start(), segment)));
        }
    }
    segments.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    segments.into_iter().map(|(_, segment)| segment).collect()
}

/// Appends a member to an object that was opened; the value is JSON already.
pub(super) fn write_member(out: &mut String, key: &str, value: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str(&serde_json::Value::from(key).to_string());
    out.push(':');
    out.push_str(value);
}

struct Writer<'f, 'a> {
    trace: String,
    forest: &'f Forest<'a>,
    is_written: Vec<bool>,
    segments: Vec<(f64, WholeSegment)>,
}

impl Writer<'_, '_> {
    /// Adds an entity as a segment of its own, and after it what is too deep in it.
    fn add_with_deeper(&mut self, top: usize) {
        let mut open = vec![top];
        while let Some(place) = open.pop() {
            if self.is_written[place] {
                continue;
            }
            let mut document = String::new();
            self.write(&mut document, place, 0, &mut open);
            let entity = self.forest.entity(place);
            let id = entity.document.text("id").unwrap_or_default().into_owned();
            let segment = WholeSegment { id, document };
            self.segments.push((entity.start(), segment));
        }
    }

    fn write(&mut self, out: &mut String, place: usize, depth: usize, deeper: &mut Vec<usize>) {
        self.is_written[place] = true;
        let entity = self.forest.entity(place);
        let is_back_in_parent = entity.is_document && depth > 0;
        out.push('{');
        for (key, value) in &entity.document.members {
            if !(is_back_in_parent && OF_STREAMED.contains(&&**key)) {
                write_member(out, key, value.get());
            }
        }
        if !entity.is_document && depth == 0 {
            self.write_origin(out, place);
        }
        let children = &entity.children;
        let (nested, too_deep) =
            children.split_at(if depth < MAX_DEPTH { children.len() } else { 0 });
        deeper.extend(too_deep);
        self.write_subsegments(out, nested, depth, deeper);
        out.push('}');
    }

    fn write_subsegments(
        &mut self,
        out: &mut String,
        children: &[usize],
        depth: usize,
        deeper: &mut Vec<usize>,
    ) {
        let mut is_first = true;
        for &child in children {
            if self.is_written[child] {
                continue;
            }
            if is_first {
                write_member(out, "subsegments", "[");
            } else {
                out.push(',');
            }
            is_first = false;
            self.write(out, child, depth + 1, deeper);
        }
        if !is_first {
            out.push(']');
        }
    }

    /// What a subsegment needs once it was taken out of its parent.
    fn write_origin(&self, out: &mut String, place: usize) {
        write_member(out, "type", "\"subsegment\"");
        write_member(out, "trace_id", &format!("\"{}\"", self.trace));
        if let Some(parent) = self.forest.parent_id(place) {
            write_member(out, "parent_id", &format!("\"{parent}\""));
        }
    }
}
