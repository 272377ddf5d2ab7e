//! Filter expressions: which traces are asked for, in the language of the X-Ray console.
//!
//! ```text
//! expr  := and ("OR" and)*          and := not (["AND"] not)*       not := ("!" | "NOT") not | "(" expr ")" | term
//! term  := KEYWORD [op value]       op  := = != < <= > >= CONTAINS BEGINSWITH ENDSWITH
//!        | service([node]) [{ expr }]
//!        | edge(node, node) [{ expr }]                  node := "name" | id(name: "…", type: "…", account.id: "…")
//!        | annotation.KEY [op value] | annotation[KEY] [op value]
//!        | group.name = "…" | group.arn = "…"
//!        | rootcause.(fault|error|responsetime).(service|entity|exception) [{ expr }]
//!        | rootcause.json = #[ … ]
//! ```
//! Side by side means AND, AND binds tighter than OR, and words may be written in any case.
//! A keyword stands for the root of the trace; inside `service(…) { }` and the like, for the
//! element at hand.
//!
//! ```
//! use fluoro_store::filter::Filter;
//! let filter: Filter = r#"service("pricing") { fault } AND duration > 2"#.parse()?;
//! assert_eq!(filter.to_string(), r#"service("pricing") { fault } AND duration > 2"#);
//! let error = "duration > slow".parse::<Filter>().unwrap_err();
//! assert_eq!((error.at, error.length), (11, 4));
//! # Ok::<(), fluoro_store::filter::FilterError>(())
//! ```

mod annotation_terms;
mod display;
mod element;
mod entity_selector;
mod error;
mod evaluation;
mod expression;
mod groups;
mod json_pattern;
mod keyword;
mod needs;
mod parser;
mod selection;
mod service_terms;
mod suggestion;
mod terms;
mod token;
mod vocabulary;

pub use entity_selector::EntitySelector;
pub use error::FilterError;
pub use keyword::{Keyword, KeywordType, keywords};
pub use selection::{Filter, GroupReference};
