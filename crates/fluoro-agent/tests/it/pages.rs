//! The pages in `docs` say what the code says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fluoro_agent::config::{SETTINGS, Section, Setting};
use fluoro_store::filter::{Filter, KeywordType, keywords};

#[test]
fn the_agent_s_page_has_every_setting() {
    check("agent.md", "settings", &settings());
}

#[test]
fn the_page_of_filter_expressions_has_every_word() {
    check("filter-expressions.md", "words", &words());
}

#[test]
fn the_examples_of_filter_expressions_are_understood() {
    let page = fs::read_to_string(path("filter-expressions.md")).unwrap();
    let blocks = page.split("```").skip(1).step_by(2);
    let examples: Vec<_> = blocks
        .filter_map(|block| block.strip_prefix("text\n"))
        .flat_map(str::lines)
        .collect();
    assert!(!examples.is_empty(), "the page has examples");
    for example in examples {
        let expression = example.split("  #").next().unwrap_or_default();
        if let Err(error) = expression.parse::<Filter>() {
            panic!("{error}");
        }
    }
}

fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(page)
}

/// A part of a page as it should be. With `FLUORO_WRITE_PAGES=1` it is rewritten.
fn check(page: &str, part: &str, wanted: &str) {
    let path = path(page);
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = (
        format!("<!-- {part} -->\n"),
        format!("<!-- end of {part} -->\n"),
    );
    let (before, rest) = text.split_once(&begin).expect("the part begins");
    let (_, after) = rest.split_once(&end).expect("the part ends");
    let wanted = format!("{before}{begin}{wanted}{end}{after}");
    if std::env::var_os("FLUORO_WRITE_PAGES").is_some() {
        fs::write(&path, &wanted).unwrap();
    } else {
        assert_eq!(
            text, wanted,
            "docs/{page} is stale; FLUORO_WRITE_PAGES=1 rewrites it"
        );
    }
}

fn words() -> String {
    let mut text = String::new();
    for of_a_kind in keywords().chunk_by(|one, next| title(one.kind) == title(next.kind)) {
        let title = title(of_a_kind[0].kind);
        text.push_str(&format!("\n**{title}**\n\n| word | meaning |\n|---|---|\n"));
        for keyword in of_a_kind {
            let written = match keyword.kind {
                KeywordType::Function { template } => template,
                _ => keyword.name,
            };
            text.push_str(&format!("| `{written}` | {} |\n", keyword.help));
        }
    }
    text.push('\n');
    text
}

fn title(kind: KeywordType) -> &'static str {
    match kind {
        KeywordType::Boolean => "True or false: alone, or `= true`, `!= true`",
        KeywordType::Number => "Numbers: `=`, `!=`, `<`, `<=`, `>`, `>=`",
        KeywordType::String => {
            "Texts in double quotes: `=`, `!=`, `CONTAINS`, `BEGINSWITH`, `ENDSWITH`"
        }
        KeywordType::Function { .. } => "Services, calls, annotations, groups, causes",
        KeywordType::Operator => "Operators",
    }
}

fn settings() -> String {
    let mut text = String::new();
    for section in Section::ALL {
        text.push_str(&format!(
            "\n**{}**\n\n| flag | environment | cfg.yaml | default | meaning |\n|---|---|---|---|---|\n",
            section.title()
        ));
        let settings = SETTINGS.iter();
        for setting in settings.filter(|setting| setting.section == section) {
            text.push_str(&row(setting));
        }
    }
    text.push('\n');
    text
}

fn row(setting: &Setting) -> String {
    let code = |name: Option<&str>| name.map(|name| format!("`{name}`")).unwrap_or_default();
    let short = setting.short.map(|short| format!("`-{short}` "));
    let flag = setting.flag.map(|flag| format!("`--{flag}`"));
    format!(
        "| {}{} | {} | {} | {} | {} |\n",
        short.unwrap_or_default(),
        flag.unwrap_or_default(),
        code(setting.environment.or(setting.ambient)),
        code(setting.file),
        setting.default,
        setting.help,
    )
}
