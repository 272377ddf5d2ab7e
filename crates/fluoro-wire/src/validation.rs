//! Which documents AWS X-Ray would reject, with its codes and a reason that a person can use.
//!
//! The service names some codes in its documentation and others were seen in its answers;
//! [`RejectionCode::is_known_from_aws`] tells them from those that were made up here in the same
//! manner. What the service is not known to reject is taken: unknown fields, odd types of fields
//! that it does not insist on, trace ids whose time is old, ahead or random.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    Field, ReceivedEntity, TraceId, limits::MAX_NAME_CHARACTERS, name::refused_character,
    received::field::quoted,
};

/// Largest document that is taken, in bytes.
///
/// The service says "64 kB" without telling which; this is the larger reading, because a document
/// in between is better shown than lost. [`MAX_DOCUMENT_BYTES`](crate::limits::MAX_DOCUMENT_BYTES)
/// is the smaller one, for those who send.
pub const MAX_RECEIVED_BYTES: usize = 65_536;

/// A reason for which a document is rejected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RejectionCode {
    /// Not JSON. Known from AWS.
    ParseError,
    /// No `id`. Known from AWS.
    MissingId,
    /// `id` is not 16 hex digits. Known from AWS.
    InvalidId,
    /// No `trace_id`. Known from AWS.
    MissingTraceId,
    /// `trace_id` is not spelled as one. Known from AWS.
    InvalidTraceId,
    /// No `name`.
    MissingName,
    /// `name` is empty, too long or has a character that is not allowed. Known from AWS.
    InvalidName,
    /// No `start_time`.
    MissingStartTime,
    /// `start_time` is not a time. Known from AWS.
    InvalidStartTime,
    /// Neither `end_time` nor `in_progress`.
    MissingEndTime,
    /// `end_time` is not a time, or there although `in_progress` is true.
    InvalidEndTime,
    /// A subsegment on its own without `parent_id`.
    MissingParentId,
    /// `parent_id` is not 16 hex digits.
    InvalidParentId,
    /// Larger than [`MAX_RECEIVED_BYTES`].
    DocumentTooLarge,
}

impl RejectionCode {
    /// Every code.
    pub const ALL: [Self; 14] = [
        Self::ParseError,
        Self::MissingId,
        Self::InvalidId,
        Self::MissingTraceId,
        Self::InvalidTraceId,
        Self::MissingName,
        Self::InvalidName,
        Self::MissingStartTime,
        Self::InvalidStartTime,
        Self::MissingEndTime,
        Self::InvalidEndTime,
        Self::MissingParentId,
        Self::InvalidParentId,
        Self::DocumentTooLarge,
    ];

    /// The code as answers spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ParseError => "ParseError",
            Self::MissingId => "MissingId",
            Self::InvalidId => "InvalidId",
            Self::MissingTraceId => "MissingTraceId",
            Self::InvalidTraceId => "InvalidTraceId",
            Self::MissingName => "MissingName",
            Self::InvalidName => "InvalidName",
            Self::MissingStartTime => "MissingStartTime",
            Self::InvalidStartTime => "InvalidStartTime",
            Self::MissingEndTime => "MissingEndTime",
            Self::InvalidEndTime => "InvalidEndTime",
            Self::MissingParentId => "MissingParentId",
            Self::InvalidParentId => "InvalidParentId",
            Self::DocumentTooLarge => "DocumentTooLarge",
        }
    }

    /// Whether AWS documents this code or was seen to answer with it.
    pub const fn is_known_from_aws(self) -> bool {
        matches!(
            self,
            Self::ParseError
                | Self::MissingId
                | Self::InvalidId
                | Self::MissingTraceId
                | Self::InvalidTraceId
                | Self::InvalidName
                | Self::InvalidStartTime
        )
    }
}

impl fmt::Display for RejectionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Why AWS X-Ray would reject a document.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Rejection {
    /// The kind of mistake.
    pub code: RejectionCode,
    /// The value, its place as a JSON pointer, and what is allowed.
    pub message: String,
}

impl Rejection {
    fn new(code: RejectionCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl<'a> ReceivedEntity<'a> {
    /// Reads a document and checks its size; [`check`](Self::check) looks at the rest.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if it is too large or not JSON.
    pub fn read_checked(bytes: &'a [u8]) -> Result<Self, Rejection> {
        if bytes.len() > MAX_RECEIVED_BYTES {
            let message = format!(
                "the document has {} bytes; at most {MAX_RECEIVED_BYTES} are allowed",
                bytes.len()
            );
            return Err(Rejection::new(RejectionCode::DocumentTooLarge, message));
        }
        Self::read(bytes).map_err(|error| {
            let message = format!("the document is {error}");
            Rejection::new(RejectionCode::ParseError, message)
        })
    }

    /// Whether the service would take this document; then, the trace that it belongs to.
    ///
    /// ```
    /// use fluoro_wire::{ReceivedEntity, RejectionCode};
    /// let document = ReceivedEntity::read_checked(br#"{"id":"53995c3f42cd8ad8"}"#)?;
    /// let rejection = document.check().unwrap_err();
    /// assert_eq!(rejection.code, RejectionCode::MissingTraceId);
    /// assert!(rejection.message.starts_with("/trace_id is missing"));
    /// # Ok::<(), fluoro_wire::Rejection>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejection`] with the first mistake.
    pub fn check(&self) -> Result<TraceId, Rejection> {
        let place = Place::Root;
        check_id(self, &place)?;
        let trace_id = *required(
            &self.trace_id,
            &place.field("trace_id"),
            (RejectionCode::MissingTraceId, RejectionCode::InvalidTraceId),
            "1-<8 hex digits>-<24 hex digits>",
        )?;
        check_parent(self, &place)?;
        check_rest(self, &place)?;
        Ok(trace_id)
    }
}

/// Where an entity stands in its document.
enum Place<'a> {
    Root,
    Subsegment(&'a Place<'a>, usize),
}

/// A field of an entity, as a JSON pointer.
struct FieldPlace<'a>(&'a Place<'a>, &'static str);

impl<'a> Place<'a> {
    const fn field(&'a self, name: &'static str) -> FieldPlace<'a> {
        FieldPlace(self, name)
    }
}

/// How many of the outermost and of the innermost levels a place names.
const LEVELS_AT_EACH_END: usize = 10;

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut levels = Vec::new();
        let mut place = self;
        while let Self::Subsegment(parent, index) = place {
            levels.push(index);
            place = parent;
        }
        let left_out = levels.len().saturating_sub(2 * LEVELS_AT_EACH_END);
        for (depth, index) in levels.iter().rev().enumerate() {
            if left_out == 0 || depth < LEVELS_AT_EACH_END || depth >= LEVELS_AT_EACH_END + left_out
            {
                write!(formatter, "/subsegments/{index}")?;
            } else if depth == LEVELS_AT_EACH_END {
                write!(formatter, "/({left_out} more)")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for FieldPlace<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.0, self.1)
    }
}

fn required<'f, T>(
    field: &'f Field<T>,
    place: &FieldPlace<'_>,
    (missing, invalid): (RejectionCode, RejectionCode),
    allowed: &str,
) -> Result<&'f T, Rejection> {
    match field {
        Field::Value(value) => Ok(value),
        Field::Wrong(value) => Err(not_allowed(invalid, place, value, allowed)),
        Field::Absent => {
            let message = format!("{place} is missing; it must be {allowed}");
            Err(Rejection::new(missing, message))
        }
    }
}

fn not_allowed(
    code: RejectionCode,
    place: &FieldPlace<'_>,
    value: impl fmt::Display,
    allowed: &str,
) -> Rejection {
    Rejection::new(code, format!("{place} is {value}; it must be {allowed}"))
}

fn check_id(entity: &ReceivedEntity<'_>, place: &Place<'_>) -> Result<(), Rejection> {
    let codes = (RejectionCode::MissingId, RejectionCode::InvalidId);
    required(&entity.id, &place.field("id"), codes, "16 hex digits").map(|_| ())
}

fn check_parent(entity: &ReceivedEntity<'_>, place: &Place<'_>) -> Result<(), Rejection> {
    if entity.parent_id == Field::Absent && !entity.is_streamed_subsegment() {
        return Ok(());
    }
    let codes = (
        RejectionCode::MissingParentId,
        RejectionCode::InvalidParentId,
    );
    let allowed = "the 16 hex digits of the enclosing entity's id";
    required(&entity.parent_id, &place.field("parent_id"), codes, allowed).map(|_| ())
}

/// What segments and subsegments have in common beside the id.
fn check_rest(entity: &ReceivedEntity<'_>, place: &Place<'_>) -> Result<(), Rejection> {
    check_name(entity, &place.field("name"))?;
    check_start(entity, &place.field("start_time"))?;
    check_end(entity, &place.field("end_time"))?;
    for (index, subsegment) in entity.subsegments.iter().enumerate() {
        let place = Place::Subsegment(place, index);
        check_id(subsegment, &place)?;
        check_rest(subsegment, &place)?;
    }
    Ok(())
}

fn check_name(entity: &ReceivedEntity<'_>, place: &FieldPlace<'_>) -> Result<(), Rejection> {
    let allowed = "1 to 200 letters, digits, spaces or _ . : / % & # = + - @ \\";
    let codes = (RejectionCode::MissingName, RejectionCode::InvalidName);
    let name = required(&entity.name, place, codes, allowed)?;
    let mistake = if name.is_empty() {
        "empty".to_owned()
    } else if name.len() > MAX_NAME_CHARACTERS && name.chars().count() > MAX_NAME_CHARACTERS {
        format!("{} with {} characters", quoted(name), name.chars().count())
    } else if let Some(character) = refused_character(name) {
        format!("{}, which has {character:?}", quoted(name))
    } else {
        return Ok(());
    };
    Err(not_allowed(
        RejectionCode::InvalidName,
        place,
        mistake,
        allowed,
    ))
}

const A_TIME: &str = "a number of seconds since 1970";

fn check_start(entity: &ReceivedEntity<'_>, place: &FieldPlace<'_>) -> Result<(), Rejection> {
    let codes = (
        RejectionCode::MissingStartTime,
        RejectionCode::InvalidStartTime,
    );
    let time = *required(&entity.start_time, place, codes, A_TIME)?;
    if is_time(time) {
        return Ok(());
    }
    Err(not_allowed(codes.1, place, time, A_TIME))
}

fn check_end(entity: &ReceivedEntity<'_>, place: &FieldPlace<'_>) -> Result<(), Rejection> {
    let code = RejectionCode::InvalidEndTime;
    match &entity.end_time {
        Field::Value(time) if !is_time(*time) => Err(not_allowed(code, place, time, A_TIME)),
        Field::Wrong(value) => Err(not_allowed(code, place, value, A_TIME)),
        Field::Value(time) if entity.in_progress => {
            let message =
                format!("{place} is {time}, but in_progress is true; only one is allowed");
            Err(Rejection::new(code, message))
        }
        Field::Absent if !entity.in_progress => {
            let message = format!("{place} is missing; it must be {A_TIME}, or in_progress true");
            Err(Rejection::new(RejectionCode::MissingEndTime, message))
        }
        Field::Value(_) | Field::Absent => Ok(()),
    }
}

/// The end of the year 9999: what is later was meant as milliseconds.
const LAST_TIME: f64 = 253_402_300_800.0;

fn is_time(seconds: f64) -> bool {
    (0.0..LAST_TIME).contains(&seconds)
}
