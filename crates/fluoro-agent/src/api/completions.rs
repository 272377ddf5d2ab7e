//! `GET /api/completions`: words for whoever is typing a filter expression.

use axum::extract::{Query, State, rejection::QueryRejection};
use fluoro_store::query::{Completion, completions};
use serde::Deserialize;
use serde_json::json;

use super::{
    answer::{Answer, ApiError, json},
    state::Api,
};
use crate::clock;

/// Most words of an answer.
const MOST: usize = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
    kind: Kind,
    #[serde(default)]
    prefix: String,
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Annotation,
    AnnotationValue,
    Service,
    User,
    Url,
}

/// Words that begin with the prefix, the most frequent first.
pub(super) async fn list(
    State(api): State<Api>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer {
    let Query(asked) = asked?;
    let answer = api.queries.ask(move |store| {
        let kind = completion(&asked)?;
        let values = completions(store, kind, &asked.prefix, MOST, clock::now())?;
        json(&json!({"Values": values}))
    });
    answer.await
}

fn completion(asked: &Asked) -> Result<Completion<'_>, ApiError> {
    Ok(match asked.kind {
        Kind::Annotation => Completion::Annotation,
        Kind::AnnotationValue => match &asked.key {
            Some(key) => Completion::AnnotationValue(key),
            None => {
                return Err(ApiError::invalid(
                    "key must say which annotation's values are asked for",
                ));
            }
        },
        Kind::Service => Completion::Service,
        Kind::User => Completion::User,
        Kind::Url => Completion::Url,
    })
}
