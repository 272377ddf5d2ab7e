//! The words of the language, with what they mean.

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
    &[]
}
