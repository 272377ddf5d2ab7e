//! The words of the language, with what they mean.

use KeywordType::{Boolean, Function, Number, Operator, String};

/// One word of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keyword {
    /// How it is written: `http.status`, `service`, `annotation`.
    pub name: &'static str,
    /// What may follow it.
    pub kind: KeywordType,
    /// What it means, in one line.
    pub help: &'static str,
}

/// What may follow a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeywordType {
    /// Nothing, or `=`/`!=` and `true`/`false`.
    Boolean,
    /// A comparison with a number.
    Number,
    /// A comparison with a text in double quotes.
    String,
    /// What a function takes, as a template: `service("name") { … }`.
    Function {
        /// What to write, with `…` for what is to be filled in.
        template: &'static str,
    },
    /// `AND`, `OR`, `NOT`, `CONTAINS`, `BEGINSWITH`, `ENDSWITH`.
    Operator,
}

/// All words, for completion and help.
pub fn keywords() -> &'static [Keyword] {
    KEYWORDS
}

const fn word(name: &'static str, kind: KeywordType, help: &'static str) -> Keyword {
    Keyword { name, kind, help }
}

const fn function(name: &'static str, template: &'static str, help: &'static str) -> Keyword {
    word(name, Function { template }, help)
}

const KEYWORDS: &[Keyword] = &[
    word("ok", Boolean, "neither an error nor a fault"),
    word("error", Boolean, "the caller is to blame: status 4xx"),
    word("throttle", Boolean, "turned away for load: status 429"),
    word(
        "fault",
        Boolean,
        "the service is to blame: status 5xx or an exception",
    ),
    word("partial", Boolean, "something is still in progress"),
    word(
        "inferred",
        Boolean,
        "a service took part that sends no segments",
    ),
    word(
        "first",
        Boolean,
        "the first of the list; in braces, of the services or entities",
    ),
    word(
        "last",
        Boolean,
        "the last of the list; in braces, of the services or entities",
    ),
    word("remote", Boolean, "the work was done in another service"),
    word("root", Boolean, "the service that the request entered at"),
    word(
        "responsetime",
        Number,
        "seconds until the request was answered",
    ),
    word("duration", Number, "seconds until everything was done"),
    word(
        "http.status",
        Number,
        "the status that the request was answered with",
    ),
    word("index", Number, "the place in the list, from 0"),
    word(
        "coverage",
        Number,
        "share of the root's response time, from 0 to 1",
    ),
    word("http.url", String, "the URL of the request"),
    word("http.method", String, "the method of the request"),
    word(
        "http.useragent",
        String,
        "the program that made the request",
    ),
    word(
        "http.clientip",
        String,
        "the address that the request came from",
    ),
    word("user", String, "who made the request"),
    word(
        "name",
        String,
        "the name of the service, entity or exception",
    ),
    word(
        "type",
        String,
        "the type of the service, say AWS::EC2::Instance",
    ),
    word("message", String, "the message of an exception"),
    word("availabilityzone", String, "where the service ran"),
    word(
        "instance.id",
        String,
        "the EC2 instance that the service ran on",
    ),
    word(
        "resource.arn",
        String,
        "the ARN of the resource that did the work",
    ),
    function(
        "service",
        "service(\"…\") { … }",
        "a service took part; in braces, what must hold for it",
    ),
    function(
        "edge",
        "edge(\"…\", \"…\") { … }",
        "a service called another; in braces, what must hold for the call",
    ),
    function(
        "id",
        "id(name: \"…\", type: \"…\", account.id: \"…\")",
        "a service, told by more than its name",
    ),
    function(
        "annotation",
        "annotation.…",
        "what the code has annotated; numbers, texts and flags",
    ),
    function("group.name", "group.name = \"…\"", "the filter of a group"),
    function("group.arn", "group.arn = \"…\"", "the filter of a group"),
    function(
        "rootcause.fault.service",
        "rootcause.fault.service { … }",
        "a service on the way to a fault",
    ),
    function(
        "rootcause.fault.entity",
        "rootcause.fault.entity { … }",
        "a segment or subsegment on the way to a fault",
    ),
    function(
        "rootcause.fault.exception",
        "rootcause.fault.exception { … }",
        "an exception behind a fault",
    ),
    function(
        "rootcause.error.service",
        "rootcause.error.service { … }",
        "a service on the way to an error",
    ),
    function(
        "rootcause.error.entity",
        "rootcause.error.entity { … }",
        "a segment or subsegment on the way to an error",
    ),
    function(
        "rootcause.error.exception",
        "rootcause.error.exception { … }",
        "an exception behind an error",
    ),
    function(
        "rootcause.responsetime.service",
        "rootcause.responsetime.service { … }",
        "a service that took the time",
    ),
    function(
        "rootcause.responsetime.entity",
        "rootcause.responsetime.entity { … }",
        "a segment or subsegment that took the time",
    ),
    function(
        "rootcause.responsetime.exception",
        "rootcause.responsetime.exception { … }",
        "never there: time has no exceptions",
    ),
    function(
        "rootcause.json",
        "rootcause.json = #[…]",
        "a root cause, as summaries show it",
    ),
    word("AND", Operator, "both; the same as side by side"),
    word("OR", Operator, "one or both; AND binds tighter"),
    word("NOT", Operator, "the opposite; the same as !"),
    word("CONTAINS", Operator, "the text has this in it"),
    word("BEGINSWITH", Operator, "the text starts with this"),
    word("ENDSWITH", Operator, "the text ends with this"),
];
