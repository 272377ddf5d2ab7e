//! What a trace must have to be wanted, as far as that can be told without making its facts.

use memchr::memmem::Finder;
use serde::Serialize;

use super::glance::Glance;

/// How far two times of a trace may be from the exact ones, in seconds.
const SLACK: f64 = 1e-5;

/// What a trace must have to be wanted.
///
/// A trace that lacks it is not wanted; one that has it may still not be.
#[derive(Clone, Debug)]
pub struct Needs(Need);

#[derive(Clone, Debug)]
enum Need {
    Nothing,
    Bytes(Box<Finder<'static>>),
    Some(Trait),
    LastsAtLeast(f64),
    All(Vec<Need>),
    Any(Vec<Need>),
}

/// What some entity of a trace must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trait {
    Error,
    Fault,
    Throttle,
    InProgress,
}

impl Needs {
    /// Every trace may be wanted.
    pub const NOTHING: Self = Self(Need::Nothing);

    /// An entity that is so.
    pub(crate) const fn some(entity: Trait) -> Self {
        Self(Need::Some(entity))
    }

    /// A text as part of any text.
    pub(crate) fn text(part: &str) -> Self {
        Self::bytes(part.as_bytes())
    }

    /// A value that facts hold in these very bytes.
    pub(crate) fn value(value: &impl Serialize) -> Self {
        postcard::to_allocvec(value).map_or(Self::NOTHING, |bytes| Self::bytes(&bytes))
    }

    fn bytes(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::NOTHING;
        }
        Self(Need::Bytes(Box::new(Finder::new(bytes).into_owned())))
    }

    /// From its first start to its last end at least so many seconds.
    pub(crate) const fn lasts_at_least(seconds: f64) -> Self {
        Self(Need::LastsAtLeast(seconds))
    }

    /// All of these.
    pub(crate) fn all(needs: impl IntoIterator<Item = Self>) -> Self {
        let needs = needs.into_iter().map(|needs| needs.0);
        let mut needs: Vec<_> = needs
            .filter(|need| !matches!(need, Need::Nothing))
            .collect();
        match needs.len() {
            0 => Self::NOTHING,
            1 => Self(needs.remove(0)),
            _ => Self(Need::All(needs)),
        }
    }

    /// One of these at least.
    pub(crate) fn any(needs: impl IntoIterator<Item = Self>) -> Self {
        let needs: Vec<_> = needs.into_iter().map(|needs| needs.0).collect();
        if needs.iter().any(|need| matches!(need, Need::Nothing)) {
            return Self::NOTHING;
        }
        Self(Need::Any(needs))
    }

    /// Whether nothing is needed.
    pub(crate) const fn is_nothing(&self) -> bool {
        matches!(self.0, Need::Nothing)
    }

    /// Whether a trace may be wanted that lasts so many seconds and has these facts, as the store
    /// writes them.
    pub(crate) fn may_be_met(&self, seconds: f64, facts: &[u8]) -> bool {
        self.is_nothing()
            || self.0.may_be_met(&mut Sight {
                seconds,
                facts,
                glance: None,
            })
    }
}

/// What is seen of a trace.
struct Sight<'f> {
    seconds: f64,
    facts: &'f [u8],
    /// Taken when it is asked for.
    glance: Option<Glance>,
}

impl Sight<'_> {
    /// Facts that are damaged may be anything; who reads them will see.
    fn has(&mut self, wanted: Trait) -> bool {
        let facts = self.facts;
        let everything = Glance {
            error: true,
            fault: true,
            throttle: true,
            in_progress: true,
        };
        let glance = self
            .glance
            .get_or_insert_with(|| Glance::at(facts).unwrap_or(everything));
        match wanted {
            Trait::Error => glance.error,
            Trait::Fault => glance.fault,
            Trait::Throttle => glance.throttle,
            Trait::InProgress => glance.in_progress,
        }
    }
}

impl Need {
    fn may_be_met(&self, sight: &mut Sight<'_>) -> bool {
        match self {
            Self::Nothing => true,
            Self::Bytes(finder) => finder.find(sight.facts).is_some(),
            Self::Some(wanted) => sight.has(*wanted),
            Self::LastsAtLeast(seconds) => sight.seconds >= seconds - SLACK,
            Self::All(needs) => needs.iter().all(|need| need.may_be_met(sight)),
            Self::Any(needs) => needs.iter().any(|need| need.may_be_met(sight)),
        }
    }
}
