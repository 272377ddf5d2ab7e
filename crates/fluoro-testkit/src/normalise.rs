use std::collections::HashMap;

use serde_json::Value;

/// Replaces what differs from run to run: ids, times, versions and the working directory.
///
/// Ids become `trace-1`, `id-1`, `id-2` … in the order in which the documents name them, so that
/// links between documents stay visible. The documents of one call share the numbering.
///
/// ```
/// use serde_json::json;
/// let mut documents = [json!({"id": "53995c3f42cd8ad8", "start_time": 1.5}),
///                      json!({"id": "00f067aa0ba902b7", "parent_id": "53995c3f42cd8ad8"})];
/// fluoro_testkit::normalise(&mut documents);
/// assert_eq!(documents[1], json!({"id": "id-2", "parent_id": "id-1"}));
/// ```
pub fn normalise(documents: &mut [Value]) {
    let mut names = Names::default();
    for document in documents {
        names.replace_in(document);
    }
}

#[derive(Default)]
struct Names {
    traces: HashMap<String, String>,
    ids: HashMap<String, String>,
}

impl Names {
    fn replace_in(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace_in(item)),
            Value::Object(fields) => {
                for (key, field) in fields.iter_mut() {
                    // What users put there is theirs, whatever the keys are called.
                    if key != "metadata" && key != "annotations" && !self.replace(key, field) {
                        self.replace_in(field);
                    }
                }
            }
            _ => {}
        }
    }

    /// Replaces a value that the key alone tells to be one of a kind.
    fn replace(&mut self, key: &str, value: &mut Value) -> bool {
        let replaced = match (key, &*value) {
            ("trace_id", Value::String(id)) => name_of(&mut self.traces, "trace", id),
            ("id" | "parent_id" | "cause", Value::String(id)) => name_of(&mut self.ids, "id", id),
            ("start_time" | "end_time", Value::Number(_)) => "time".to_owned(),
            ("sdk_version" | "runtime_version" | "version", Value::String(_)) => {
                "version".to_owned()
            }
            ("working_directory", Value::String(_)) => "working directory".to_owned(),
            _ => return false,
        };
        *value = Value::String(replaced);
        true
    }
}

fn name_of(names: &mut HashMap<String, String>, kind: &str, id: &str) -> String {
    let next = names.len() + 1;
    names
        .entry(id.to_owned())
        .or_insert_with(|| format!("{kind}-{next}"))
        .clone()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_documents_and_causes_share_the_numbering_and_user_data_stays() {
        let mut documents = [json!({
            "id": "a", "trace_id": "t", "start_time": 1.0, "end_time": 2.0,
            "metadata": {"default": {"id": "mine"}},
            "cause": {"working_directory": "/srv", "exceptions": [{"id": "e", "message": "no"}]},
            "subsegments": [{"id": "b", "cause": "e"}],
        })];
        normalise(&mut documents);
        assert_eq!(
            documents[0],
            json!({
                "id": "id-2", "trace_id": "trace-1", "start_time": "time", "end_time": "time",
                "metadata": {"default": {"id": "mine"}},
                "cause": {"working_directory": "working directory", "exceptions": [{"id": "id-1", "message": "no"}]},
                "subsegments": [{"id": "id-3", "cause": "id-1"}],
            })
        );
    }
}
