//! Which documents X-Ray did not take, and whether they may be sent again.

use serde::Deserialize;

use super::super::answer::{Answer, Refusal};

/// Parts of codes after which a document is sent again.
const TEMPORARY: [&str; 4] = [
    "Throttl",
    "ServiceUnavailable",
    "InternalFailure",
    "InternalError",
];

/// What `PutTraceSegments` answers.
#[derive(Debug, Deserialize)]
pub(super) struct PutTraceSegmentsOutput {
    #[serde(rename = "UnprocessedTraceSegments", default)]
    unprocessed: Option<Vec<Unprocessed>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unprocessed {
    /// Absent when the document could not be read.
    id: Option<String>,
    error_code: Option<String>,
    message: Option<String>,
}

/// The ids of a document.
#[derive(Default, Deserialize)]
struct Ids {
    id: Option<String>,
    trace_id: Option<String>,
}

impl PutTraceSegmentsOutput {
    /// Says for each document that was not taken what becomes of it.
    pub(super) fn answer(self, documents: &[Vec<u8>]) -> Answer {
        let unprocessed = self.unprocessed.unwrap_or_default();
        if unprocessed.is_empty() {
            return Answer::default();
        }
        let mut free: Vec<Option<Ids>> = documents.iter().map(|bytes| Some(ids(bytes))).collect();
        let mut answer = Answer::default();
        // Those that name a document come first: the others get what is left.
        let (named, unnamed): (Vec<_>, Vec<_>) =
            unprocessed.into_iter().partition(|one| one.id.is_some());
        for one in named.into_iter().chain(unnamed) {
            let place = free
                .iter()
                .position(|ids| ids.as_ref().is_some_and(|ids| ids.id == one.id))
                .or_else(|| free.iter().position(Option::is_some));
            // More errors than documents: the surplus speaks of nothing that was sent.
            let Some(place) = place else { break };
            let ids = free[place].take().unwrap_or_default();
            one.conclude(place, &ids, &mut answer);
        }
        answer
    }
}

impl Unprocessed {
    fn conclude(self, place: usize, ids: &Ids, answer: &mut Answer) {
        let code = self.error_code.unwrap_or_default();
        if TEMPORARY.iter().any(|part| code.contains(part)) {
            answer.again.push(place);
            return;
        }
        let unknown = "unknown".to_owned();
        let id = self.id.as_ref().or(ids.id.as_ref()).unwrap_or(&unknown);
        let trace_id = ids.trace_id.as_ref().unwrap_or(&unknown);
        answer.refused.push(Refusal {
            documents: 1,
            code,
            message: self.message.unwrap_or_default(),
            document: Some(format!("segment {id} of trace {trace_id}")),
        });
    }
}

fn ids(document: &[u8]) -> Ids {
    serde_json::from_slice(document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(output: &str) -> Answer {
        let documents = [
            br#"{"id":"00000000000000aa","trace_id":"1-5759e988-bd862e3fe1be46a994272793"}"#
                .to_vec(),
            br#"{"id":"00000000000000bb","in_progress":true}"#.to_vec(),
            br#"{"id":"00000000000000bb","end_time":2}"#.to_vec(),
            b"[]".to_vec(),
        ];
        let output: PutTraceSegmentsOutput = serde_json::from_str(output).unwrap();
        output.answer(&documents)
    }

    #[test]
    fn an_invalid_document_is_refused_with_code_and_message() {
        let answer = answer(
            r#"{"UnprocessedTraceSegments":[{"Id":"00000000000000aa","ErrorCode":"InvalidTraceId","Message":"Invalid segment. ErrorCode: InvalidTraceId"}]}"#,
        );
        assert_eq!(answer.again, [0; 0]);
        let refusal = &answer.refused[0];
        assert_eq!(refusal.code, "InvalidTraceId");
        assert_eq!(
            refusal.document.as_deref(),
            Some("segment 00000000000000aa of trace 1-5759e988-bd862e3fe1be46a994272793")
        );
    }

    #[test]
    fn throttled_documents_are_sent_again_each_of_them_once() {
        let throttled = r#"{"Id":"00000000000000bb","ErrorCode":"ThrottledException"}"#;
        let nameless = r#"{"Id":null,"ErrorCode":"MissingId","Message":"m"}"#;
        let answer = answer(&format!(
            r#"{{"UnprocessedTraceSegments":[{nameless},{throttled},{throttled}]}}"#
        ));
        assert_eq!(answer.again, [1, 2]);
        assert_eq!(answer.refused.len(), 1);
    }

    #[test]
    fn everything_was_taken_when_nothing_is_said() {
        assert_eq!(answer("{}"), Answer::default());
        assert_eq!(
            answer(r#"{"UnprocessedTraceSegments":null}"#),
            Answer::default()
        );
    }
}
