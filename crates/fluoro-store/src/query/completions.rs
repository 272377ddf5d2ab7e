//! Words that recent traces use, for whoever is typing a filter expression.

use std::{borrow::Cow, collections::HashMap, ops::ControlFlow};

use crate::{
    StoreError, TimeRange, TimeRangeKind, Traces,
    facts::{AnnotationValue, EntityFacts},
    topology::{self, Topology},
};

/// What is being typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completion<'a> {
    /// The key of an annotation.
    Annotation,
    /// A value of the annotation with this key.
    AnnotationValue(&'a str),
    /// The name of a service.
    Service,
    /// A user.
    User,
    /// A URL of an entry point.
    Url,
}

/// Up to `limit` words of recent traces (up to `now`, in seconds since the epoch) that begin with
/// `prefix` in any case, the most frequent first.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn completions(
    store: &dyn Traces,
    kind: Completion<'_>,
    prefix: &str,
    limit: usize,
    now: f64,
) -> Result<Vec<String>, StoreError> {
    let range = TimeRange {
        kind: TimeRangeKind::Event,
        start: 0.0,
        end: now + MOST_AHEAD,
    };
    let mut words = Words {
        prefix: prefix.to_lowercase(),
        counts: HashMap::new(),
    };
    let mut room = MAX_TRACES;
    store.scan(range, None, &mut |trace| {
        words.collect(kind, &trace.facts.entities);
        room -= 1;
        if room == 0 {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(words.most_frequent(limit))
}

/// Most traces that are looked at.
const MAX_TRACES: usize = 5_000;

/// Most different words that are counted.
const MAX_WORDS: usize = 10_000;

/// How far the clocks of other machines may be ahead, in seconds.
const MOST_AHEAD: f64 = 3_600.0;

struct Words {
    prefix: String,
    counts: HashMap<String, u64>,
}

impl Words {
    fn collect(&mut self, kind: Completion<'_>, entities: &[EntityFacts]) {
        if kind == Completion::Service {
            let topology = Topology::new(entities);
            for place in topology.services() {
                self.add(topology.node(place).name);
            }
            return;
        }
        let root = topology::root(entities);
        for (place, entity) in entities.iter().enumerate() {
            let Some(details) = entity.details.as_deref() else {
                continue;
            };
            match kind {
                Completion::User => details.user.iter().for_each(|user| self.add(user)),
                Completion::Url if root == Some(place) => {
                    details.url.iter().for_each(|url| self.add(url));
                }
                Completion::Url | Completion::Service => {}
                Completion::Annotation => {
                    details
                        .annotations
                        .iter()
                        .for_each(|(key, _)| self.add(key));
                }
                Completion::AnnotationValue(wanted) => {
                    let annotations = details.annotations.iter();
                    let values = annotations.filter(|(key, _)| **key == *wanted);
                    values.for_each(|(_, value)| self.add(&written(value)));
                }
            }
        }
    }

    fn add(&mut self, word: &str) {
        if let Some(count) = self.counts.get_mut(word) {
            *count += 1;
        } else if self.counts.len() < MAX_WORDS && word.to_lowercase().starts_with(&self.prefix) {
            self.counts.insert(word.to_owned(), 1);
        }
    }

    fn most_frequent(self, limit: usize) -> Vec<String> {
        let mut words: Vec<_> = self.counts.into_iter().collect();
        words.sort_unstable_by(|(one, count), (other, other_count)| {
            other_count.cmp(count).then_with(|| one.cmp(other))
        });
        words
            .into_iter()
            .map(|(word, _)| word)
            .take(limit)
            .collect()
    }
}

fn written(value: &AnnotationValue) -> Cow<'_, str> {
    match value {
        AnnotationValue::Boolean(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        AnnotationValue::Number(number) => Cow::Owned(number.to_string()),
        AnnotationValue::String(text) => Cow::Borrowed(text),
    }
}
